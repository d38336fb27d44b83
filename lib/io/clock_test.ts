import assert from "node:assert/strict";
import { systemClock } from "./clock.ts";

Deno.test("sleep takes its time and leaves nothing behind", async () => {
  const startedMs = systemClock.monotonicMs();
  await systemClock.sleep(20, new AbortController().signal);
  assert.ok(systemClock.monotonicMs() - startedMs >= 19);
});

Deno.test("sleep ends at once with the reason of its signal", async () => {
  const stop = new AbortController();
  const sleeping = systemClock.sleep(60_000, stop.signal);
  stop.abort(new Error("enough"));
  await assert.rejects(sleeping, { message: "enough" });
  await assert.rejects(systemClock.sleep(60_000, stop.signal), { message: "enough" });
});
