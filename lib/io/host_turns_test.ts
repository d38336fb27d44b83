import assert from "node:assert/strict";
import fc from "fast-check";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { HostTurns } from "./host_turns.ts";

const never = new AbortController().signal;

Deno.test("turns at one host come a second apart, in the order of asking", async () => {
  const clock = new ManualClock();
  const turns = new HostTurns(clock, 1000);
  const came: [string, number][] = [];
  for (const name of ["a", "b", "c"]) {
    void turns.take("stat.example", never).then(() => came.push([name, clock.monotonicMs()]));
  }
  await clock.pass(5000);
  assert.deepEqual(came, [["a", 0], ["b", 1000], ["c", 2000]]);
});

Deno.test("hosts do not wait for each other, and a host that rested is asked at once", async () => {
  const clock = new ManualClock();
  const turns = new HostTurns(clock, 1000);
  await turns.take("a.example", never);
  await turns.take("b.example", never);
  await clock.pass(1000);
  await turns.take("a.example", never);
  assert.equal(clock.monotonicMs(), 1000);
});

Deno.test("who leaves the queue lets those behind move up, but not overtake", async () => {
  const clock = new ManualClock();
  const turns = new HostTurns(clock, 1000);
  const impatient = new AbortController();
  const came: [string, number][] = [];
  const take = (name: string, signal: AbortSignal) =>
    turns.take("stat.example", signal).then(
      () => void came.push([name, clock.monotonicMs()]),
      (error) => void came.push([`${name} ${error}`, clock.monotonicMs()]),
    );
  void take("a", never);
  void take("b", never);
  void take("c", impatient.signal);
  void take("d", never);
  await clock.pass(500);
  impatient.abort("left");
  await clock.pass(5000);
  assert.deepEqual(came, [["a", 0], ["c left", 500], ["b", 1000], ["d", 2000]]);
  assert.equal(clock.sleeping, 0);
});

Deno.test("no queue is longer than sixty", async () => {
  const clock = new ManualClock();
  const turns = new HostTurns(clock, 1000);
  const stop = new AbortController();
  const waits = Array.from(
    { length: 60 },
    () => turns.take("stat.example", stop.signal).catch(() => null),
  );
  assert.deepEqual(await turns.take("stat.example", never), { why: "busy" });
  stop.abort();
  await Promise.all(waits);
  assert.equal(clock.sleeping, 0);
});

Deno.test("a pause refuses at once, those in the queue too, and ends", async () => {
  const clock = new ManualClock();
  const turns = new HostTurns(clock, 1000);
  await turns.take("stat.example", never);
  turns.pause("stat.example", 30_000);
  assert.deepEqual(await turns.take("stat.example", never), {
    why: "rate_limited",
    waitMs: 30_000,
  });
  await clock.pass(30_000);
  assert.equal(await turns.take("stat.example", never), null);
});

Deno.test("a pause that begins while somebody waits for a turn holds for them", async () => {
  const clock = new ManualClock();
  const turns = new HostTurns(clock, 1000);
  await turns.take("stat.example", never);
  const waiting = turns.take("stat.example", never);
  await clock.pass(500);
  turns.pause("stat.example", 10_000);
  await clock.pass(500);
  assert.deepEqual(await waiting, { why: "rate_limited", waitMs: 9500 });
});

Deno.test("a pause of years ends after a quarter of an hour", async () => {
  const clock = new ManualClock();
  const turns = new HostTurns(clock, 1000);
  turns.pause("stat.example", 1e15);
  await clock.pass(900_000);
  assert.equal(await turns.take("stat.example", never), null);
});

Deno.test("whoever leaves whenever, two turns are never closer than the interval", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ at: fc.nat(3000), patience: fc.nat(4000) }), { maxLength: 12 }),
      async (callers) => {
        const clock = new ManualClock();
        const turns = new HostTurns(clock, 1000);
        const starts: number[] = [];
        const ended = callers.map(async ({ at, patience }) => {
          const stop = new AbortController();
          await clock.sleep(at);
          void clock.sleep(patience).then(() => stop.abort());
          await turns.take("stat.example", stop.signal).then(
            () => starts.push(clock.monotonicMs()),
            () => {},
          );
        });
        await clock.pass(20_000);
        await Promise.all(ended);
        starts.reduce((before, start) => {
          assert.ok(start - before >= 1000, `${starts}`);
          return start;
        }, -1000);
      },
    ),
    { numRuns: 30 },
  );
});
