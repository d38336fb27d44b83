import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { readRange } from "../config/target_cover.ts";
import { ipv4FromBits } from "../ip/address.ts";
import { contains, type Prefix } from "../ip/prefix.ts";
import { renderPatternFlag, renderRangeFlag, subtractRange } from "./range_flags.ts";
import { parseTargetPattern } from "./targets.ts";

function range(text: string): Prefix {
  const found = readRange(text);
  if (found === null) throw new Error(`no range: ${text}`);
  return found;
}

function without(outer: string, hole: string): readonly (string | null)[] {
  return subtractRange(range(outer), range(hole)).map(renderRangeFlag);
}

Deno.test("a range is cut around a hole", () => {
  deepStrictEqual(without("10.0.0.0/8", "10.0.0.0/10"), ["10.64.0.0/10", "10.128.0.0/9"]);
  deepStrictEqual(without("192.0.2.0/30", "192.0.2.1"), ["192.0.2.0", "192.0.2.2/31"]);
  deepStrictEqual(without("10.0.0.0/8", "11.0.0.0/8"), ["10.0.0.0/8"]);
  deepStrictEqual(without("10.0.0.0/8", "0.0.0.0/0"), []);
  deepStrictEqual(without("10.0.0.0/8", "10.0.0.0/8"), []);
  strictEqual(without("127.0.0.0/8", "127.0.0.53").length, 24);
});

Deno.test("a flag has brackets for IPv6 and no form for an IPv6 range", () => {
  strictEqual(renderRangeFlag(range("192.0.2.1")), "192.0.2.1");
  strictEqual(renderRangeFlag(range("192.0.2.9/24")), "192.0.2.0/24");
  strictEqual(renderRangeFlag(range("2001:DB8::1")), "[2001:db8::1]");
  strictEqual(renderRangeFlag(range("::/128")), "[::]");
  strictEqual(renderRangeFlag(range("2001:db8::/32")), null);
});

Deno.test("a pattern has a flag unless it is a glob that Deno cannot parse", () => {
  const rows: readonly [pattern: string, flag: string | null][] = [
    ["Host.Example.", "host.example"],
    ["*.Bücher.example", "*.xn--bcher-kva.example"],
    ["::ffff:192.0.2.0/120", "192.0.2.0/24"],
    ["2001:db8::/32", null],
    ["*", null],
    ["we*rd.example", null],
    ["a.*.example", null],
  ];
  for (const [pattern, flag] of rows) {
    strictEqual(renderPatternFlag(parseTargetPattern(pattern)), flag, pattern);
  }
});

Deno.test("an address is in the pieces exactly if it is in the range and not in the hole", () => {
  const prefix = fc.tuple(fc.nat({ max: 0xffff_ffff }), fc.integer({ min: 0, max: 32 }))
    .map(([bits, length]): Prefix => {
      const host = BigInt(32 - length);
      return { family: 4, value: BigInt(bits) >> host << host, length };
    });
  fc.assert(
    fc.property(prefix, prefix, fc.nat({ max: 0xffff_ffff }), (outer, hole, bits) => {
      for (const address of [ipv4FromBits(BigInt(bits)), ipv4FromBits(hole.value)]) {
        strictEqual(
          subtractRange(outer, hole).some((piece) => contains(piece, address)),
          contains(outer, address) && !contains(hole, address),
        );
      }
    }),
  );
});
