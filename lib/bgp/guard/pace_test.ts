import assert from "node:assert/strict";
import { ManualClock } from "../../../tests/support/manual_clock.ts";
import { PolicyDenied } from "../../errors/mod.ts";
import { Pace, restingPrefix, restingSession } from "./pace.ts";

function refusal(act: () => void): readonly unknown[] {
  try {
    act();
    return ["ok"];
  } catch (error) {
    assert.ok(error instanceof PolicyDenied);
    return [error.code, error.detail.retry_after_sec, error.retryable];
  }
}

Deno.test("so many changes within any sixty seconds, and the refusal says when the next may be", async () => {
  const clock = new ManualClock();
  const pace = new Pace({ maxChangesPerMin: 2, cooldownSec: 30 }, clock);
  pace.count();
  await clock.pass(20_000);
  pace.count();
  assert.equal(pace.left, 0);
  assert.deepEqual(refusal(() => pace.judge(null)), ["policy.rate", 40, true]);
  await clock.pass(39_999);
  assert.deepEqual(refusal(() => pace.judge(null)), ["policy.rate", 1, true]);
  await clock.pass(1);
  assert.deepEqual(refusal(() => pace.judge(null)), ["ok"]);
  assert.equal(pace.left, 1);
});

Deno.test("a prefix rests after it was taken back, others do not", async () => {
  const clock = new ManualClock();
  const pace = new Pace({ maxChangesPerMin: 2, cooldownSec: 30 }, clock);
  pace.rest(restingPrefix("192.0.2.0/24"));
  await clock.pass(10_000);
  pace.rest(restingPrefix("198.51.100.0/24"));
  assert.deepEqual(refusal(() => pace.judge(restingPrefix("192.0.2.0/24"))), [
    "policy.cooldown",
    20,
    true,
  ]);
  assert.deepEqual(refusal(() => pace.judge(restingPrefix("203.0.113.0/24"))), ["ok"]);
  await clock.pass(20_000);
  assert.deepEqual(refusal(() => pace.judge(restingPrefix("192.0.2.0/24"))), ["ok"]);
  assert.deepEqual(refusal(() => pace.judge(restingPrefix("198.51.100.0/24"))), [
    "policy.cooldown",
    10,
    true,
  ]);
});

Deno.test("a session and a prefix of the same name rest each for itself", () => {
  const pace = new Pace({ maxChangesPerMin: 2, cooldownSec: 30 }, new ManualClock());
  pace.rest(restingSession("192.0.2.0/24"));
  assert.deepEqual(refusal(() => pace.judge(restingPrefix("192.0.2.0/24"))), ["ok"]);
  assert.deepEqual(
    refusal(() => pace.judge(restingSession("192.0.2.0/24"))),
    ["policy.cooldown", 30, true],
  );
});
