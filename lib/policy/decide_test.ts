import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { parseAddress } from "../ip/address.ts";
import { decide, decideBeforeLookup, rulesOf, subjectOf } from "./decide.ts";
import { configFor } from "../../tests/support/policy_for.ts";
import type { Config } from "../config/config.ts";

type Security = Partial<Config["security"]>;

const rules = (security: Security) => rulesOf(configFor({ security }).security);
const about = (security: Security, text: string, name: string | null = null) =>
  decide(rules(security), subjectOf(parseAddress(text, { zone: true }), name));
const ruleOf = (security: Security, text: string, name: string | null = null): string => {
  const { effect, rule } = about(security, text, name);
  return `${effect} ${rule}`;
};

Deno.test("without rules an address is allowed by default, private ones too", () => {
  deepEqual(about({}, "10.0.0.5"), {
    effect: "allow",
    rule: "default",
    matched: null,
    reason: "No rule denies it and security.allowed_targets is empty",
    wouldAllow: null,
  });
  equal(ruleOf({}, "127.0.0.1"), "allow default");
  equal(ruleOf({}, "ff02::1"), "allow default");
});

Deno.test("no configuration allows the unspecified addresses", () => {
  for (const text of ["0.0.0.0", "0.1.2.3", "::", "255.255.255.255", "::ffff:0.0.0.0"]) {
    const decision = about({ allowed_targets: ["*"], block_cloud_metadata: false }, text);
    equal(decision.rule, "always.unspecified", text);
    equal(decision.wouldAllow, null);
  }
});

Deno.test("block_private denies what is not globally reachable and what carries such an address", () => {
  const security = { block_private: true, block_cloud_metadata: false };
  const denied = [
    ..."10.0.0.5 172.31.0.1 192.168.0.1 127.0.0.1 169.254.1.1 100.64.0.1 192.0.2.1 198.18.0.1"
      .split(" "),
    ..."224.0.0.1 240.0.0.1 ::1 fe80::1 fe80::1%eth0 fd00::1 fec0::1 ff02::1 2001:db8::1".split(
      " ",
    ),
    ..."::ffff:10.0.0.5 ::10.0.0.5 ::ffff:0:10.0.0.5 64:ff9b::10.0.0.5 2002:a00:5::1".split(" "),
    ..."64:ff9b:1::8.8.8.8 2001:0:a00:5:0:0:f7f7:f7f7 2001:0:808:808:0:0:f5ff:fffa".split(" "),
    ..."2606:4700::5efe:10.0.0.5 2606:4700::200:5efe:10.0.0.5".split(" "),
  ];
  for (const text of denied) equal(ruleOf(security, text), "deny security.block_private", text);
  const allowed = [
    ..."8.8.8.8 172.32.0.1 100.128.0.1 192.0.0.9 2606:4700::1111 ::ffff:8.8.8.8".split(" "),
    ..."64:ff9b::8.8.8.8 2002:808:808::1 2001:0:808:808:0:0:f7f7:f7f7".split(" "),
  ];
  for (const text of allowed) equal(ruleOf(security, text), "allow default", text);
});

Deno.test("a denial says which address inside was the reason", () => {
  deepEqual(about({ block_private: true }, "64:ff9b::10.0.0.5"), {
    effect: "deny",
    rule: "security.block_private",
    matched: "10.0.0.0/8",
    reason:
      '"64:ff9b::a00:5" carries 10.0.0.5 (nat64), which is in 10.0.0.0/8 (Private-Use, RFC 1918 §3)',
    wouldAllow: "security.block_private: false",
  });
});

Deno.test("the first rule in order is named, and wouldAllow lifts all that deny", () => {
  const security = {
    block_private: true,
    blocked_targets: ["169.254.0.0/16", "10.0.0.0/8"],
    allowed_targets: ["*.example.com"],
  };
  const decision = about(security, "169.254.169.254");
  equal(decision.rule, "security.block_cloud_metadata");
  equal(decision.matched, "169.254.169.254");
  equal(
    decision.wouldAllow,
    'security.block_cloud_metadata: false; security.blocked_targets without "169.254.0.0/16"; ' +
      'security.block_private: false; security.allowed_targets: ["169.254.169.254"]',
  );
  equal(
    about({ blocked_targets: ["8.8.8.8"] }, "8.8.8.8").wouldAllow,
    "security.blocked_targets: []",
  );
});

Deno.test("deny wins over allow", () => {
  const allowed_targets = ["10.0.0.5", "router.example", "*"];
  equal(
    ruleOf({ allowed_targets, blocked_targets: ["10.0.0.0/8"] }, "10.0.0.5"),
    "deny security.blocked_targets",
  );
  equal(
    ruleOf({ allowed_targets, block_private: true }, "10.0.0.5"),
    "deny security.block_private",
  );
  equal(
    ruleOf({ allowed_targets, blocked_targets: ["router.example"] }, "8.8.8.8", "router.example"),
    "deny security.blocked_targets",
  );
});

Deno.test("a name that is allowed may lead to a private address unless block_private is set", () => {
  const allowed_targets = ["*.corp.example"];
  equal(
    ruleOf({ allowed_targets }, "10.0.0.5", "router.corp.example"),
    "allow security.allowed_targets",
  );
  equal(
    ruleOf({ allowed_targets, block_private: true }, "10.0.0.5", "router.corp.example"),
    "deny security.block_private",
  );
  equal(
    ruleOf({ allowed_targets }, "169.254.169.254", "router.corp.example"),
    "deny security.block_cloud_metadata",
  );
});

Deno.test("a name on no list passes where its address is on it", () => {
  const allowed_targets = ["10.0.0.0/8"];
  equal(
    ruleOf({ allowed_targets }, "10.0.0.5", "router.example"),
    "allow security.allowed_targets",
  );
  equal(ruleOf({ allowed_targets }, "8.8.8.8", "router.example"), "deny security.allowed_targets");
});

Deno.test("an allowed IPv4 range covers mapped addresses and no other embedding", () => {
  const allowed_targets = ["10.0.0.0/8"];
  equal(ruleOf({ allowed_targets }, "::ffff:10.0.0.5"), "allow security.allowed_targets");
  equal(ruleOf({ allowed_targets }, "64:ff9b::10.0.0.5"), "deny security.allowed_targets");
  equal(ruleOf({ allowed_targets }, "2002:a00:5::1"), "deny security.allowed_targets");
});

Deno.test("a name is decided before DNS where its addresses cannot matter", () => {
  const before = (security: Security, name: string) =>
    decideBeforeLookup(rules(security), name)?.rule ?? null;
  equal(before({}, "www.example.com"), null);
  equal(before({}, "metadata.google.internal"), "security.block_cloud_metadata");
  equal(before({ blocked_targets: ["*.example.com"] }, "example.com"), "security.blocked_targets");
  equal(
    before({ allowed_targets: ["*.example.com"] }, "www.example.org"),
    "security.allowed_targets",
  );
  equal(before({ allowed_targets: ["*.example.com", "10.0.0.0/8"] }, "www.example.org"), null);
});

Deno.test("what wouldAllow says is true", () => {
  const texts = ["10.0.0.5", "169.254.169.254", "8.8.8.8", "::1", "64:ff9b::a00:5", "192.0.2.1"];
  const patterns = ["10.0.0.0/8", "8.8.8.8", "::/0", "169.254.0.0/16", "192.0.0.0/8"];
  const securities = fc.record({
    block_private: fc.boolean(),
    block_cloud_metadata: fc.boolean(),
    allowed_targets: fc.subarray(patterns),
    blocked_targets: fc.subarray(patterns),
  });
  fc.assert(
    fc.property(fc.constantFrom(...texts), securities, (text, security) => {
      const { wouldAllow, effect } = about(security, text);
      if (effect === "allow") return;
      const changed: Security = (wouldAllow ?? "").split("; ").reduce<Security>((now, line) => {
        const without = /^security\.blocked_targets without (.*)$/.exec(line)?.[1];
        if (without !== undefined) {
          const gone: string[] = JSON.parse(`[${without}]`);
          return {
            ...now,
            blocked_targets: security.blocked_targets.filter((one) => !gone.includes(one)),
          };
        }
        const [, key = "", value = "null"] = /^security\.([a-z_]+): (.*)$/.exec(line) ?? [];
        return { ...now, [key]: JSON.parse(value) };
      }, security);
      equal(about(changed, text).effect, "allow", `${text}: ${wouldAllow}`);
    }),
    { numRuns: 500 },
  );
});
