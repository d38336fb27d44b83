import assert from "node:assert/strict";
import fc from "fast-check";
import { octetsOf } from "../../../tests/support/bgp_octets.ts";
import { Ipv4NlriCursor, Ipv6NlriCursor, isWholeNlri } from "./nlri.ts";

function read4(hex: string, hasPathId = false): string[] {
  const octets = octetsOf(hex), found: string[] = [];
  const cursor = new Ipv4NlriCursor().open(octets, 0, octets.length, hasPathId);
  while (cursor.next()) {
    found.push(`${cursor.pathId} ${cursor.address.toString(16)}/${cursor.length}`);
  }
  return found;
}

function read6(hex: string, hasPathId = false): string[] {
  const octets = octetsOf(hex), found: string[] = [];
  const cursor = new Ipv6NlriCursor().open(octets, 0, octets.length, hasPathId);
  while (cursor.next()) {
    const words = [cursor.word0, cursor.word1, cursor.word2, cursor.word3];
    found.push(
      `${cursor.pathId} ${words.map((word) => word.toString(16)).join(":")}/${cursor.length}`,
    );
  }
  return found;
}

Deno.test("IPv4 prefixes come as an unsigned address and a length", () => {
  assert.deepEqual(read4("00 08 0a 18 c00002 20 ffffffff"), [
    "0 0/0",
    "0 a000000/8",
    "0 c0000200/24",
    "0 ffffffff/32",
  ]);
});

Deno.test("IPv6 prefixes come as four words and a length", () => {
  assert.deepEqual(
    read6(
      "00 20 20010db8 30 20010db80001 80 20010db8000000000000000000000001 43 20010db800000000ff",
    ),
    [
      "0 0:0:0:0/0",
      "0 20010db8:0:0:0/32",
      "0 20010db8:10000:0:0/48",
      "0 20010db8:0:0:1/128",
      "0 20010db8:0:e0000000:0/67",
    ],
  );
});

Deno.test("bits behind the length are cleared", () => {
  assert.deepEqual(read4("04 ff 09 0aff 1f ffffffff"), [
    "0 f0000000/4",
    "0 a800000/9",
    "0 fffffffe/31",
  ]);
  assert.deepEqual(read6("21 20010db8ff"), ["0 20010db8:80000000:0:0/33"]);
});

Deno.test("a path identifier stands in front of each prefix where it was agreed on", () => {
  assert.deepEqual(read4("00000001 08 0a fffffffe 00", true), ["1 a000000/8", "4294967294 0/0"]);
  assert.deepEqual(read6("00000007 10 2001", true), ["7 20010000:0:0:0/16"]);
});

for (
  const [name, hex, bits, hasPathId] of [
    ["a length of 33 in IPv4", "21 0a00000000", 32, false],
    ["a length of 129 in IPv6", "81 20010db800000000000000000000000000", 128, false],
    ["a length of 255", "ff", 128, false],
    ["a prefix that is cut", "18 c000", 32, false],
    ["a path identifier that is cut", "000000", 32, true],
    ["a path identifier without a prefix", "00000001", 32, true],
    ["prefixes without the path identifiers that were agreed on", "18 c00002", 32, true],
  ] as const
) {
  Deno.test(`${name} is no NLRI, and reading ends there`, () => {
    const octets = octetsOf(hex);
    assert.equal(isWholeNlri(octets, 0, octets.length, bits, hasPathId), false);
    assert.deepEqual(bits === 32 ? read4(hex, hasPathId) : read6(hex, hasPathId), []);
  });
}

Deno.test("no octets are no prefixes", () => {
  assert.equal(isWholeNlri(new Uint8Array(0), 0, 0, 32, true), true);
  assert.deepEqual(read4(""), []);
});

Deno.test("reading stops at the end that it was given, whatever stands behind it", () => {
  const octets = octetsOf("18 c00002 08 0a");
  const cursor = new Ipv4NlriCursor().open(octets, 0, 4, false);
  assert.deepEqual([cursor.next(), cursor.next()], [true, false]);
  assert.deepEqual([isWholeNlri(octets, 0, 4, 32, false), isWholeNlri(octets, 0, 5, 32, false)], [
    true,
    false,
  ]);
});

Deno.test("what is whole is read to its end, what is not is not", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 64, size: "max" }),
      fc.boolean(),
      fc.boolean(),
      (octets, isV6, ids) => {
        const Cursor = isV6 ? Ipv6NlriCursor : Ipv4NlriCursor;
        const cursor = new Cursor().open(octets, 0, octets.length, ids);
        let size = 0;
        while (cursor.next()) size += (ids ? 4 : 0) + 1 + Math.ceil(cursor.length / 8);
        const isWhole = isWholeNlri(octets, 0, octets.length, isV6 ? 128 : 32, ids);
        assert.equal(size === octets.length, isWhole);
      },
    ),
  );
});
