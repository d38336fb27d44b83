import assert from "node:assert/strict";
import fc from "fast-check";
import { NetglassError } from "../../errors/mod.ts";
import { ipv4FromBits, ipv6FromBits } from "../../ip/address.ts";
import { containsPrefix, overlaps, parsePrefix, type Prefix, prefixOf } from "../../ip/prefix.ts";
import { SPECIAL_USE } from "../../ip/special_use.ts";
import { judgePrefix, type OwnAddress } from "./prefix_rules.ts";
import type { AllowedPrefix } from "./settings.ts";

function allow(text: string, ge: number, le: number): AllowedPrefix {
  return { prefix: parsePrefix(text).prefix, ge, le, originAs: null, peers: [], communities: [] };
}

const EVERYTHING = [allow("0.0.0.0/0", 0, 32), allow("::/0", 0, 128)];

function verdict(
  text: string,
  allowed: readonly AllowedPrefix[] = EVERYTHING,
  lab = false,
  own: readonly OwnAddress[] = [],
): string {
  try {
    judgePrefix(parsePrefix(text).prefix, { localAs: 65_099, lab, allowed }, own);
    return "ok";
  } catch (error) {
    assert.ok(error instanceof NetglassError);
    return error.code;
  }
}

Deno.test("an allow-list of everything does not lift what is never announced", () => {
  assert.deepEqual(
    ["0.0.0.0/0", "8.0.0.0/7", "8.0.0.0/8", "::/0", "2600::/15", "2600::/16"].map((text) =>
      verdict(text)
    ),
    [
      "policy.default_route",
      "policy.prefix_too_short",
      "ok",
      "policy.default_route",
      "policy.prefix_too_short",
      "ok",
    ],
  );
});

Deno.test("a laboratory may have private and documentation space, never loopback or multicast", () => {
  const lab = (text: string) => verdict(text, EVERYTHING, true);
  for (
    const text of ["10.0.0.0/8", "192.0.2.0/24", "198.18.0.0/15", "fd00::/32", "2001:db8::/32"]
  ) {
    assert.deepEqual([verdict(text), lab(text)], ["policy.special_use", "ok"], text);
  }
  for (const text of ["127.0.0.0/8", "224.0.0.0/8", "169.254.0.0/16", "240.0.0.0/8", "fe80::/16"]) {
    assert.equal(lab(text), "policy.special_use", text);
  }
});

Deno.test("translation prefixes are never announced, though the registry calls one reachable", () => {
  for (const text of ["64:ff9b::/96", "64:ff9b::a00:0/104", "64:ff9b:1::/48"]) {
    for (const lab of [false, true]) {
      assert.equal(verdict(text, EVERYTHING, lab), "policy.special_use", text);
    }
  }
});

Deno.test("of several entries around a prefix the longest counts, wherever it stands", () => {
  const wide = allow("198.96.0.0/11", 11, 24);
  const lengths = { localAs: 65_099, lab: false, allowed: [wide, allow("198.100.0.0/16", 24, 24)] };
  const { prefix } = parsePrefix("198.100.7.0/24");
  assert.equal(judgePrefix(prefix, lengths, []).ge, 24);
  assert.equal(
    judgePrefix(prefix, { ...lengths, allowed: lengths.allowed.toReversed() }, []).ge,
    24,
  );
});

Deno.test("what covers special-use space is refused like it, anycast services inside of it are not", () => {
  assert.equal(verdict("192.0.0.0/16"), "policy.special_use");
  assert.equal(verdict("192.175.48.0/24"), "ok");
  assert.equal(verdict("192.0.0.9/32"), "ok");
});

Deno.test("lengths are those of ge to le, ends included, of any entry that holds the prefix", () => {
  const allowed = [allow("20.0.0.0/16", 24, 26), allow("20.0.0.0/8", 8, 8)];
  assert.deepEqual(
    ["20.0.0.0/23", "20.0.0.0/24", "20.0.1.0/26", "20.0.1.0/27", "20.0.0.0/8", "21.0.0.0/8"].map(
      (text) => verdict(text, allowed),
    ),
    [
      "policy.prefix_length",
      "ok",
      "ok",
      "policy.prefix_length",
      "ok",
      "policy.prefix_not_allowed",
    ],
  );
});

const anyPrefix = fc.oneof(
  fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }), fc.integer({ min: 0, max: 32 }))
    .map(([value, length]) => prefixOf(ipv4FromBits(value), length)),
  fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), fc.integer({ min: 0, max: 128 }))
    .map(([value, length]) => prefixOf(ipv6FromBits(value), length)),
);

Deno.test("whatever passes lies in an entry, is long enough, covers no address of ours and is no special-use space", () => {
  const own = [{ address: "20.1.2.3", what: "a session" }, { address: "2600::1", what: "a peer" }];
  const allowed = [...EVERYTHING, allow("20.0.0.0/8", 9, 30)];
  const covers = (prefix: Prefix, text: string) =>
    containsPrefix(prefix, parsePrefix(`${text}/${text.includes(":") ? 128 : 32}`).prefix);
  fc.assert(fc.property(anyPrefix, (prefix) => {
    try {
      const entry = judgePrefix(prefix, { localAs: 65_099, lab: false, allowed }, own);
      assert.ok(containsPrefix(entry.prefix, prefix));
      assert.ok(prefix.length >= entry.ge && prefix.length <= entry.le);
      assert.ok(prefix.length >= (prefix.family === 4 ? 8 : 16));
      assert.ok(own.every(({ address }) => !covers(prefix, address)));
      const touched = SPECIAL_USE.filter((row) => overlaps(row.prefix, prefix));
      assert.ok(touched.length === 0 || touched.some((row) => row.globallyReachable === true));
    } catch (error) {
      assert.ok(error instanceof NetglassError && error.code.startsWith("policy."), String(error));
    }
  }));
});
