import assert from "node:assert/strict";
import fc from "fast-check";
import { octetsOf } from "../../../tests/support/bgp_octets.ts";
import { parseAsPath, renderAsPath } from "../../route/as_path.ts";
import { AS_PATH_FAULT, asPathFaults, decodeAsPath, encodeAsPath } from "./as_path_octets.ts";

function read(hex: string, asBytes: 2 | 4 = 4): string {
  const octets = octetsOf(hex);
  return renderAsPath(decodeAsPath(octets, 0, octets.length, asBytes));
}

Deno.test("every kind of segment is read, in two octets and in four", () => {
  assert.equal(
    read("0202 00030d40 0000fbf4 0102 0000fbf5 0000fbf6 0301 0000fde9 0402 0000fde9 0000fdea"),
    "200000 64500 {64501,64502} (65001) [65001 65002]",
  );
  assert.equal(read("0202 5ba0 fbf4", 2), "23456 64500");
  assert.equal(read(""), "");
});

Deno.test("what stands in front of a malformed segment is read", () => {
  assert.equal(read("0201 0000fbf4 0203 0000fbf5"), "64500");
  assert.equal(read("0201 0000fbf4 0900"), "64500");
});

Deno.test("numbers that need four octets are AS_TRANS in two", () => {
  const path = parseAsPath("200000 64500");
  assert.ok(path !== null);
  assert.equal(encodeAsPath(path, 2).toHex(), "02025ba0fbf4");
});

Deno.test("faults are told apart", () => {
  const faults = (hex: string): number => asPathFaults(octetsOf(hex), 0, octetsOf(hex).length, 4);
  const { malformed, zero, confederation } = AS_PATH_FAULT;
  assert.equal(faults("0201 0000fbf4"), 0);
  assert.equal(faults("0202 0000fbf4 00000000"), zero);
  assert.equal(faults("0202 0000fbf4 00010000"), 0);
  assert.equal(faults("0301 00000000"), zero | confederation);
  assert.equal(faults("0201 00000000 02"), malformed);
});

const numbers = fc.array(fc.integer({ min: 1, max: 0xffff_ffff }), {
  minLength: 1,
  maxLength: 600,
  size: "large",
});

Deno.test("a path that is written is read again, however long its sequences are", () => {
  fc.assert(
    fc.property(numbers, numbers, (first, second) => {
      const path = [{ kind: "sequence", asns: first }, {
        kind: "set",
        asns: second.slice(0, 255),
      }] as const;
      const octets = encodeAsPath(path);
      assert.equal(asPathFaults(octets, 0, octets.length, 4), 0);
      assert.deepEqual(decodeAsPath(octets, 0, octets.length), path);
    }),
    { numRuns: 50 },
  );
});
