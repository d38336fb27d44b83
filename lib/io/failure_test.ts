import assert from "node:assert/strict";
import { failureOf, stopFailure } from "./failure.ts";

const calm = new AbortController().signal;

Deno.test("the system's codes are told apart", () => {
  const failures = {
    ECONNREFUSED: "refused",
    ECONNRESET: "reset",
    EPIPE: "reset",
    ETIMEDOUT: "timeout",
    EHOSTUNREACH: "host_unreachable",
    ENETUNREACH: "network_unreachable",
    EACCES: "local",
    EINVAL: "local",
    EMFILE: "local",
  };
  for (const [code, failure] of Object.entries(failures)) {
    assert.equal(failureOf(Object.assign(new Error("x"), { code }), calm), failure, code);
  }
});

Deno.test("a class without a code is told apart too", () => {
  assert.equal(failureOf(new Deno.errors.ConnectionRefused("x"), calm), "refused");
  assert.equal(failureOf(new Deno.errors.TimedOut("x"), calm), "timeout");
  assert.equal(failureOf("x", calm), "local");
});

Deno.test("a stopped call is a timeout if time ran out, else cancelled", () => {
  const timeout = AbortSignal.abort(new DOMException("late", "TimeoutError"));
  const deadline = AbortSignal.abort(Object.assign(new Error("late"), { kind: "deadline" }));
  const cancelled = AbortSignal.abort(Object.assign(new Error("no"), { kind: "cancelled" }));
  assert.deepEqual([timeout, deadline, cancelled, AbortSignal.abort()].map(stopFailure), [
    "timeout",
    "timeout",
    "cancelled",
    "cancelled",
  ]);
  assert.equal(failureOf(new Deno.errors.ConnectionRefused("x"), cancelled), "cancelled");
});
