import assert from "node:assert/strict";
import {
  Bug,
  DecodeError,
  InputError,
  type NetglassError,
  PermissionMissing,
  PolicyDenied,
  RemoteFailure,
  Unavailable,
} from "./mod.ts";
import { errorFromWire, errorToWire } from "./error_wire.ts";

/** Through the clone that a message between threads is. */
function sent(error: unknown): NetglassError {
  return errorFromWire(structuredClone(errorToWire(error)));
}

const errors: readonly NetglassError[] = [
  new InputError("filter", "Cannot read the filter", { hint: "Write it so.", detail: { at: 3 } }),
  new PolicyDenied("allowed_paths", "Cannot open it", { detail: { rule: "pcap.allowed_paths" } }),
  new PermissionMissing("read", "Cannot read it", { flag: "--allow-read=/a", configLine: "a: b" }),
  new Unavailable("file_read", "Cannot read it", { retryable: true }),
  new RemoteFailure("connect", "Cannot connect", { detail: { host: "a" } }),
  new DecodeError("cut_header", "Cannot read the capture", {
    layer: "pcap",
    offset: 4,
    needed: 24,
    had: 4,
    limitedBy: "file size",
    hint: "Copy it again.",
  }),
];

for (const error of errors) {
  Deno.test(`${error.name} comes out of a thread as it went in`, () => {
    const { name, code, message, hint, retryable, detail } = sent(error);
    assert.deepEqual(
      { name, code, message, hint, retryable, detail },
      {
        name: error.name,
        code: error.code,
        message: error.message,
        hint: error.hint,
        retryable: error.retryable,
        detail: error.detail,
      },
    );
    assert.equal(sent(error).constructor, error.constructor);
  });
}

Deno.test("what is not one of ours comes out as a bug with the stack of its thread", () => {
  const bug = sent(new RangeError("too far"));
  assert.equal(bug instanceof Bug, true);
  assert.equal(bug.code, "bug.internal");
  assert.match(String(bug.cause), /RangeError: too far\n\s+at /);
});

Deno.test("a bug keeps the id that it was given", () => {
  const bug = new Bug(new Error("x"));
  assert.equal((sent(bug) as Bug).id, bug.id);
});
