import assert from "node:assert/strict";
import { Gate } from "./gate.ts";

const patient = new AbortController().signal;

Deno.test("no more than the width of the gate are inside, and they come in order", async () => {
  const gate = new Gate(2);
  const inside: number[] = [];
  const came: number[] = [];
  let most = 0;
  await Promise.all(
    [1, 2, 3, 4, 5].map((one) =>
      gate.pass(patient, async () => {
        inside.push(one);
        came.push(one);
        most = Math.max(most, inside.length);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inside.splice(inside.indexOf(one), 1);
      })
    ),
  );
  assert.equal(most, 2);
  assert.deepEqual(came, [1, 2, 3, 4, 5]);
});

Deno.test("who gives up while waiting leaves no gap, and who fails gives his place on", async () => {
  const gate = new Gate(1);
  const first = Promise.withResolvers<void>();
  const failing = gate.pass(patient, async () => {
    await first.promise;
    throw new Error("failed");
  });
  const leave = new AbortController();
  const left = gate.pass(leave.signal, () => Promise.resolve("left"));
  const stays = gate.pass(patient, () => Promise.resolve("stayed"));
  leave.abort(new Error("no time"));
  await assert.rejects(left, /no time/);
  first.resolve();
  await assert.rejects(failing, /failed/);
  assert.equal(await stays, "stayed");
  assert.equal(await gate.pass(patient, () => Promise.resolve("again")), "again");
});

Deno.test("an aborted signal does not enter a gate that is free", async () => {
  await assert.rejects(
    new Gate(1).pass(AbortSignal.abort(new Error("over")), () => Promise.resolve()),
    /over/,
  );
});
