import { deepEqual, equal } from "node:assert/strict";
import { hexText } from "../../bytes/hex.ts";
import { peerSettings } from "../../../tests/support/speaker_settings.ts";
import { parsePrefix } from "../../ip/prefix.ts";
import { parseAsPath } from "../../route/as_path.ts";
import type { PathAttributes } from "../rib/rib_reader.ts";
import type { PeerSettings } from "../settings.ts";
import { expectedSession } from "./export_rules.ts";
import { passOn } from "./pass_on.ts";

const FROM = peerSettings({ index: 1, name: "source", address: "127.0.0.9", remoteAs: 65_009 });

const ATTRIBUTES: PathAttributes = {
  asPath: [{ kind: "sequence", asns: [65_009, 64_500] }],
  origin: "egp",
  nextHop: "192.0.2.9",
  nextHopLinkLocal: null,
  med: 30,
  localPref: null,
  otc: null,
  atomicAggregate: true,
  aggregator: { asn: 64_500, address: "192.0.2.1" },
  originatorId: "10.0.0.9",
  clusterList: ["10.0.0.8"],
  communities: ["64500:7"],
  extendedCommunities: [],
  largeCommunities: ["64500:1:2"],
  partial: [],
  unknown: [{ type: 99, flags: 0xc0, value: Uint8Array.of(1, 2) }],
};

function passed(
  attributes: Partial<PathAttributes> = {},
  to: Partial<PeerSettings> = {},
  from: Partial<PeerSettings> = {},
) {
  const peer = peerSettings(to);
  return passOn(
    {
      prefix: parsePrefix("198.51.100.0/24").prefix,
      attributes: { ...ATTRIBUTES, ...attributes },
      // A route target, and one of a type that stays within an AS.
      extendedCommunities: Uint8Array.of(0, 2, 1, 1, 0, 0, 0, 5, 0x43, 0, 0, 0, 0, 0, 0, 1),
      localPref: 150,
      from: { ...FROM, ...from },
    },
    65_001,
    peer,
    expectedSession({ localAs: 65_001 }, peer),
  );
}

Deno.test("towards another AS our number stands in front, the next hop is ours, MED stays here", () => {
  const { route } = passed();
  deepEqual(route?.asPath, [65_001, 65_009, 64_500]);
  deepEqual([route?.nextHop, route?.med, route?.localPref, route?.origin], [
    "127.0.0.1",
    null,
    null,
    "egp",
  ]);
  deepEqual(route?.communities, [
    { kind: "standard", high: 64_500, low: 7 },
    { kind: "large", global: 64_500, local1: 1, local2: 2 },
  ]);
  deepEqual(
    route?.passedOn?.map(({ type, flags, value }) => [type, flags, hexText(value)]),
    [
      [6, 0x40, ""],
      [7, 0xc0, "0000fbf4c0000201"],
      [16, 0xc0, "0002010100000005"],
      // Partial is set: it was not understood here.
      [99, 0xe0, "0102"],
    ],
  );
});

Deno.test("a Partial bit that came stays set (RFC 4271 section 5)", () => {
  const { route } = passed({ partial: [7, 8, 32] });
  deepEqual(route?.partial, [7, 8, 32]);
  deepEqual(route?.passedOn?.map(({ type, flags }) => [type, flags]), [
    [6, 0x40],
    [7, 0xe0],
    [16, 0xc0],
    [99, 0xe0],
  ]);
});

Deno.test("within our AS path, next hop, MED and LOCAL_PREF stay as they are here", () => {
  const { route } = passed({}, { remoteAs: 65_001 });
  deepEqual(route?.asPath, [65_009, 64_500]);
  deepEqual([route?.nextHop, route?.med, route?.localPref], ["192.0.2.9", 30, 150]);
});

Deno.test("a link-local next hop goes nowhere else", () => {
  const attributes = { nextHop: "fe80::9" };
  equal(
    passed(attributes, { remoteAs: 65_001 }).reason,
    "its next hop would be link-local (RFC 2545 §3): set next_hop.ipv4",
  );
  equal(passed(attributes).route?.nextHop, "127.0.0.1");
});

Deno.test("unused flags of an attribute that nobody understood are not passed on (RFC 4271 section 4.3)", () => {
  const { route } = passed({ unknown: [{ type: 99, flags: 0xdf, value: Uint8Array.of(1) }] });
  equal(route?.passedOn?.at(-1)?.flags, 0xe0);
});

Deno.test("what came from within our AS is not reflected, and nothing goes back", () => {
  equal(
    passed({}, { remoteAs: 65_001 }, { remoteAs: 65_001 }).reason,
    "it came from within our AS",
  );
  equal(passed({}, { index: 1 }).reason, "it came from this peer");
});

Deno.test("communities that forbid it are obeyed", () => {
  equal(passed({ communities: ["65535:65281"] }).reason, "its communities say no-export");
  equal(passed({ communities: ["65535:65283"] }).reason, "its communities say no-export");
  equal(passed({ communities: ["65535:65281"] }, { remoteAs: 65_001 }).reason, null);
  equal(
    passed({ communities: ["65535:65282"] }, { remoteAs: 65_001 }).reason,
    "its communities say no-advertise",
  );
});

Deno.test("OTC keeps a route from providers, peers and route servers, and is added downward", () => {
  for (const role of ["customer", "peer", "rs-client"] as const) {
    equal(passed({ otc: 64_500 }, { role }).reason, "it may go to customers only (OTC, RFC 9234)");
  }
  equal(passed({ otc: 64_500 }, { role: "provider" }).route?.otc, 64_500);
  equal(passed({}, { role: "provider" }).route?.otc, 65_001);
  equal(passed({}, { role: "customer" }).route?.otc, null);
});

Deno.test("paths with sets, and with the AS of the peer, are not passed on", () => {
  equal(
    passed({ asPath: parseAsPath("65009 {64500,64501}") ?? [] }).reason,
    "its path has a set (RFC 9774)",
  );
  equal(
    passed({ asPath: [{ kind: "sequence", asns: [65_009, 65_002] }] }).reason,
    "its path has the AS of this peer",
  );
});
