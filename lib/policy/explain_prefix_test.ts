import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { type IpAddress, ipv4FromBits, ipv6FromBits, parseAddress } from "../ip/address.ts";
import { contains, lastAddress, parsePrefix, prefixOf } from "../ip/prefix.ts";
import { configFor } from "../../tests/support/policy_for.ts";
import { decide, rulesOf, subjectOf } from "./decide.ts";
import { explainRanges, type RangeDecision } from "./explain_prefix.ts";
import type { Config } from "../config/config.ts";

const rules = (security: Partial<Config["security"]>) => rulesOf(configFor({ security }).security);
const explain = (security: Partial<Config["security"]>, text: string): string[] =>
  explainRanges(rules(security), parsePrefix(text).prefix).map(({ range, effect, rule }) =>
    `${range} ${effect} ${rule}`
  );

Deno.test("a prefix under one rule is one range", () => {
  deepEqual(explain({ block_private: true }, "10.0.0.0/8"), [
    "10.0.0.0/8 deny security.block_private",
  ]);
  deepEqual(explain({}, "8.8.8.0/24"), ["8.8.8.0/24 allow default"]);
  deepEqual(explain({}, "8.8.8.8/32"), ["8.8.8.8/32 allow default"]);
});

Deno.test("a prefix is cut where a rule begins or ends", () => {
  deepEqual(explain({ blocked_targets: ["192.0.2.64/26"] }, "192.0.2.0/24"), [
    "192.0.2.0/26 allow default",
    "192.0.2.64/26 deny security.blocked_targets",
    "192.0.2.128/25 allow default",
  ]);
  deepEqual(explain({}, "169.254.169.252/30"), [
    "169.254.169.252/31 allow default",
    "169.254.169.254/32 deny security.block_cloud_metadata",
    "169.254.169.255/32 allow default",
  ]);
  deepEqual(explain({ block_private: true }, "172.0.0.0/10"), [
    "172.0.0.0/12 allow default",
    "172.16.0.0/12 deny security.block_private",
    "172.32.0.0/11 allow default",
  ]);
});

Deno.test("IPv4 rules cut the IPv6 prefixes that carry IPv4 addresses", () => {
  const blocked_targets = ["203.0.113.0/24"];
  deepEqual(explain({ blocked_targets }, "64:ff9b::203.0.112.0/118"), [
    "64:ff9b::cb00:7000/120 allow default",
    "64:ff9b::cb00:7100/120 deny security.blocked_targets",
    "64:ff9b::cb00:7200/119 allow default",
  ]);
  deepEqual(explain({ blocked_targets }, "2002:cb00:7100::/40"), [
    "2002:cb00:7100::/40 deny security.blocked_targets",
  ]);
});

Deno.test("a Teredo prefix is said to be both, since the IPv4 address is behind", () => {
  deepEqual(explain({}, "2001::/32"), [
    "2001::/32 allow default",
    "2001::/32 deny always.unspecified",
  ]);
});

Deno.test("the reason speaks of the range, or of the address if it is one", () => {
  const [range] = explainRanges(rules({ block_private: true }), parsePrefix("10.0.0.0/24").prefix);
  equal(range?.reason, '"10.0.0.0/24" is in 10.0.0.0/8 (Private-Use, RFC 1918 §3)');
  const [one] = explainRanges(rules({ block_private: true }), parsePrefix("10.0.0.5/32").prefix);
  equal(one?.reason, '"10.0.0.5" is in 10.0.0.0/8 (Private-Use, RFC 1918 §3)');
});

Deno.test("a range on no list says which line would list the whole prefix", () => {
  const [one] = explainRanges(
    rules({ allowed_targets: ["10.0.0.0/8"] }),
    parsePrefix("8.8.0.0/16").prefix,
  );
  equal(one?.reason, '"8.8.0.0/16" matches nothing in security.allowed_targets');
  equal(one?.wouldAllow, 'security.allowed_targets: ["8.8.0.0/16"]');
});

Deno.test("the explanation of a prefix agrees with the decision about any address of it", () => {
  const all = rules({
    block_private: true,
    blocked_targets: ["8.8.8.0/24", "2606:4700::/33"],
    allowed_targets: ["8.0.0.0/6", "2600::/12", "64:ff9b::/96", "2002::/16"],
  });
  const isIn = (range: RangeDecision, address: IpAddress): boolean => {
    if (range.range.includes("/")) return contains(parsePrefix(range.range).prefix, address);
    const [from, to] = range.range.split("-").map((text) => parseAddress(text));
    return from?.family === address.family && from.value <= address.value &&
      to !== undefined && address.value <= to.value;
  };
  // Prefixes near the edges of the rules, so that cuts matter.
  const seeds = [
    "8.8.8.8",
    "10.0.0.1",
    "172.16.0.1",
    "2606:4700::1",
    "64:ff9b::808:808",
    "2002:808:808::",
  ]
    .map((text) => parseAddress(text));
  const cases = fc.constantFrom(...seeds).chain((seed) =>
    fc.tuple(
      fc.integer({ min: seed.family === 4 ? 0 : 8, max: seed.family === 4 ? 32 : 128 }),
      fc.bigInt(0n, (1n << 128n) - 1n),
    ).map(([length, noise]) => {
      const prefix = prefixOf(seed, length);
      const last = lastAddress(prefix).value;
      const value = prefix.value + noise % (last - prefix.value + 1n);
      const address = seed.family === 4 ? ipv4FromBits(value) : ipv6FromBits(value);
      return { prefix, address };
    })
  );
  fc.assert(
    fc.property(cases, ({ prefix, address }) => {
      const holding = explainRanges(all, prefix).filter((range) => isIn(range, address));
      const { effect, rule } = decide(all, subjectOf(address));
      // In 64:ff9b:1::/48 the IPv4 address inside may be denied by a rule that comes first.
      const isMixed = address.value >> 80n === 0x0064ff9b0001n;
      equal(
        holding.some((range) => range.effect === effect && (isMixed || range.rule === rule)),
        true,
      );
    }),
    { numRuns: 500 },
  );
});
