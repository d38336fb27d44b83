import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { type Community, communityMeaning, parseCommunity, renderCommunity } from "./community.ts";

Deno.test("the three kinds are told apart by their form", () => {
  deepEqual(parseCommunity("64500:1"), { kind: "standard", high: 64500, low: 1 });
  deepEqual(parseCommunity("4200000001:1:2"), {
    kind: "large",
    global: 4200000001,
    local1: 1,
    local2: 2,
  });
  deepEqual(parseCommunity("rt:64500:4294967295"), {
    kind: "extended",
    type: "rt",
    administrator: { asn: 64500 },
    value: 4294967295,
  });
  deepEqual(parseCommunity("SoO:192.0.2.1:7"), {
    kind: "extended",
    type: "ro",
    administrator: { ipv4: "192.0.2.1" },
    value: 7,
  });
});

Deno.test("well-known names are read in any case, with hyphens or underscores", () => {
  const names: readonly [string, string][] = [
    ["no-export", "65535:65281"],
    ["NO_EXPORT", "65535:65281"],
    ["no_advertise", "65535:65282"],
    ["local-AS", "65535:65283"],
    ["NO_EXPORT_SUBCONFED", "65535:65283"],
    ["no-peer", "65535:65284"],
    ["NOPEER", "65535:65284"],
    ["blackhole", "65535:666"],
    ["graceful-shutdown", "65535:0"],
    ["gshut", "65535:0"],
    ["accept-own", "65535:1"],
    ["llgr-stale", "65535:6"],
    ["no-llgr", "65535:7"],
    ["standby-pe", "65535:9"],
    ["internet", "0:0"],
  ];
  for (const [name, value] of names) equal(renderCommunity(parseCommunity(name)), value);
});

Deno.test("an AS number in asdot is written in asplain", () => {
  equal(renderCommunity(parseCommunity("rt:1.10:5")), "rt:65546:5");
});

Deno.test("an error points at the column", () => {
  const faults: readonly [string, number, string][] = [
    ["", 1, '"" is no well-known name'],
    ["no-exports", 1, '"no-exports" is no well-known name'],
    ["4294967041", 1, '"4294967041" is no well-known name'],
    ["65536:1", 1, '"65536" is more than 65535'],
    ["1:65536", 3, '"65536" is more than 65535'],
    ["1:", 3, "a number is missing"],
    ["1:01", 3, '"01" is no number'],
    ["1:-1", 3, '"-1" is no number'],
    ["1:1\n", 3, '"1\\n" is no number'],
    ["1: 1", 3, '" 1" is no number'],
    ["１:1", 1, '"\\uff11" is no number'],
    ["1:2:4294967296", 5, '"4294967296" is more than 4294967295'],
    ["1:2:3:4", 6, "it has more than three parts"],
    ["rt:64500", 9, "a part is missing"],
    ["rt:65536:65536", 10, '"65536" is more than 65535'],
    ["rt:192.0.2.1:65536", 14, '"65536" is more than 65535'],
    ["rt:x:1", 4, '"x" is neither an AS number nor an IPv4 address'],
    ["rt:64500:1:2", 11, "it has more than three parts"],
    ["rt:2001:db8::1:1", 12, "it has more than three parts"],
    ["blac\u212ahole", 1, '"blac\\u212ahole" is no well-known name'],
  ];
  for (const [text, column, problem] of faults) {
    throws(() => parseCommunity(text), {
      code: "input.community",
      detail: { column },
      message: `Cannot read ${quoted(text)} as a community: column ${column}: ${problem}`,
    });
  }
});

/** As messages quote it. */
function quoted(text: string): string {
  return JSON.stringify(text).replace("１", "\\uff11").replace("\u212a", "\\u212a");
}

const u16 = fc.integer({ min: 0, max: 65535 });
const u32 = fc.integer({ min: 0, max: 4294967295 });
const wideAsn = fc.integer({ min: 65536, max: 4294967295 });
const type = fc.constantFrom("rt" as const, "ro" as const);
const kind = fc.constant("extended" as const);
const communities: fc.Arbitrary<Community> = fc.oneof(
  fc.record({ kind: fc.constant("standard" as const), high: u16, low: u16 }),
  fc.record({ kind: fc.constant("large" as const), global: u32, local1: u32, local2: u32 }),
  fc.record({ kind, type, administrator: u16.map((asn) => ({ asn })), value: u32 }),
  fc.record({ kind, type, administrator: wideAsn.map((asn) => ({ asn })), value: u16 }),
  fc.record({ kind, type, administrator: fc.ipV4().map((ipv4) => ({ ipv4 })), value: u16 }),
);

Deno.test("writing and reading give the same community back", () => {
  fc.assert(fc.property(communities, (community) => {
    deepEqual(parseCommunity(renderCommunity(community)), community);
  }));
});

Deno.test("any other text is an input error and nothing else", () => {
  fc.assert(fc.property(
    fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom(..."rto:019.-_") })),
    (text) => {
      try {
        parseCommunity(text);
      } catch (error) {
        equal((error as { code: string }).code, "input.community");
      }
    },
  ));
});

Deno.test("a meaning is told only where it is the same everywhere", () => {
  equal(communityMeaning("65535:666"), "blackhole: discard traffic to this prefix (RFC 7999)");
  equal(
    communityMeaning("65535:65281"),
    "no-export: do not announce outside of the AS or its confederation (RFC 1997)",
  );
  equal(communityMeaning("ovs:invalid"), "origin validation state: invalid (RFC 8097)");
  equal(communityMeaning("rt:64500:1"), "route target: who may import it (RFC 4360)");
  equal(communityMeaning("64500:1"), null);
  equal(communityMeaning("64500:1:2"), null);
  equal(communityMeaning("0x4300000000000000"), null);
});
