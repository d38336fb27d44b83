import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { defaultConfig } from "../config/load.ts";
import { ipv4FromBits, renderAddress } from "../ip/address.ts";
import { SPECIAL_USE } from "../ip/special_use.ts";
import { decide, rulesOf, subjectOf } from "./decide.ts";
import { deriveDeny } from "./net_deny.ts";

const NO_NEEDS = { addresses: [], services: [], udpFamilies: [], udpTools: [] };

/** IPv4 addresses, often at the edges of special ranges. */
const address = fc.oneof(
  fc.nat({ max: 0xffff_ffff }),
  fc.tuple(
    fc.constantFrom(...SPECIAL_USE.filter(({ prefix }) => prefix.family === 4)),
    fc.constantFrom(-1, 0, 1),
    fc.boolean(),
  ).map(([{ prefix }, step, isEnd]) => {
    const edge = Number(prefix.value) + (isEnd ? 2 ** (32 - prefix.length) : 0) + step;
    return Math.min(Math.max(edge, 0), 0xffff_ffff);
  }),
).map((bits) => ipv4FromBits(BigInt(bits)));

const range = fc.tuple(address, fc.integer({ min: 1, max: 32 }))
  .map(([base, length]) => `${renderAddress(base)}/${length}`);

Deno.test("the flags deny exactly the IPv4 addresses that the deciding rules deny", () => {
  fc.assert(
    fc.property(
      address,
      fc.array(range, { maxLength: 3 }),
      fc.boolean(),
      fc.boolean(),
      (target, blocked, blockPrivate, blockMetadata) => {
        const config = defaultConfig();
        const security = {
          ...config.security,
          blocked_targets: blocked,
          block_private: blockPrivate,
          block_cloud_metadata: blockMetadata,
        };
        const deny = deriveDeny({ ...config, security }, NO_NEEDS, []);
        strictEqual(
          deny.covers(renderAddress(target)),
          decide(rulesOf(security), subjectOf(target)).effect === "deny",
          renderAddress(target),
        );
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("nothing that an allow list lets pass is denied, but names that lead to loopback", () => {
  fc.assert(
    fc.property(address, fc.array(range, { minLength: 1, maxLength: 3 }), (target, allowed) => {
      const config = defaultConfig();
      const security = { ...config.security, allowed_targets: allowed };
      const isAllowed = decide(rulesOf(security), subjectOf(target)).effect === "allow";
      const deny = deriveDeny({ ...config, security }, NO_NEEDS, []);
      if (isAllowed) strictEqual(deny.covers(renderAddress(target)), false, renderAddress(target));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("an address that the configuration needs is never denied", () => {
  fc.assert(
    fc.property(address, fc.array(range, { maxLength: 3 }), (needed, blocked) => {
      const config = defaultConfig();
      const security = { ...config.security, blocked_targets: blocked, block_private: true };
      const prefix = { family: 4 as const, value: needed.value, length: 32 };
      const deny = deriveDeny({ ...config, security }, {
        ...NO_NEEDS,
        addresses: [{ range: prefix, reason: "dns.resolvers" }],
      }, []);
      strictEqual(deny.covers(renderAddress(needed)), false);
    }),
  );
});

Deno.test("every denied entry says which rule wants it", () => {
  const config = defaultConfig();
  const security = { ...config.security, blocked_targets: ["b.example"] };
  const deny = deriveDeny({ ...config, security }, NO_NEEDS, []).toArray();
  deepStrictEqual([deny[0], deny[1], ...deny.slice(-3)], [
    { value: "b.example", reasons: ["security.blocked_targets"] },
    { value: "169.254.169.254", reasons: ["security.block_cloud_metadata"] },
    { value: "255.255.255.255", reasons: ["always.unspecified"] },
    { value: "0.0.0.0/8", reasons: ["always.unspecified"] },
    { value: "[::]", reasons: ["always.unspecified"] },
  ]);
});
