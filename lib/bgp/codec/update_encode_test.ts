import assert from "node:assert/strict";
import fc from "fast-check";
import { bgpTraits } from "../../../tests/support/bgp_octets.ts";
import { ipv4FromBits, ipv6FromBits } from "../../ip/address.ts";
import { parsePrefix, type Prefix, prefixOf, renderPrefix } from "../../ip/prefix.ts";
import { pathLength, renderAsPath } from "../../route/as_path.ts";
import { type Community, parseCommunity, renderCommunity } from "../../route/community.ts";
import type { OutboundRoute } from "../outbound_route.ts";
import { attributesOf } from "./attribute_values.ts";
import { Framer } from "./frame.ts";
import { prefixesOf } from "./nlri_prefixes.ts";
import type { CodecTraits } from "./traits.ts";
import { encodeAnnouncements, encodeEndOfRib, encodeWithdrawals } from "./update_encode.ts";
import { UpdateWalker } from "./update_walk.ts";

const ROUTE: OutboundRoute = {
  prefix: parsePrefix("203.0.113.0/24").prefix,
  nextHop: "192.0.2.10",
  asPath: [65_010],
  origin: "igp",
  med: null,
  localPref: null,
  communities: [],
  otc: null,
};

/** The same session seen from the other side. */
function mirrored(traits: CodecTraits): CodecTraits {
  return {
    ...traits,
    addPathReceive: traits.addPathSend,
    localAs: traits.peerAs,
    peerAs: traits.localAs,
    localAddresses: [],
  };
}

/** Frames and walks messages as the peer would; what each route says, one text a prefix. */
function received(messages: readonly Uint8Array[], traits: CodecTraits): string[] {
  const framer = new Framer();
  framer.isExtended = traits.extendedMessage;
  const walker = new UpdateWalker(mirrored(traits));
  const said: string[] = [];
  for (const message of messages) {
    for (let at = 0; at < message.length;) {
      const room = framer.room(), piece = message.subarray(at, at + room.length);
      room.set(piece);
      framer.filled(piece.length);
      at += piece.length;
    }
    assert.equal(framer.next(), true);
    const parts = walker.walk(framer.octets, framer.bodyStart, framer.bodyEnd);
    assert.deepEqual([parts.outcome, parts.finding], [0, -1]);
    if (parts.endOfRib !== -1) said.push(`end ${parts.endOfRib}`);
    for (const { text } of prefixesOf(parts, "withdrawn", mirrored(traits))) said.push(`- ${text}`);
    const { asPath, origin, nextHop, med, localPref, otc, ...rest } = attributesOf(parts);
    const communities = [
      ...rest.communities,
      ...rest.extendedCommunities,
      ...rest.largeCommunities,
    ];
    const words = [nextHop, renderAsPath(asPath), origin, med, localPref, otc, ...communities];
    for (const { text } of prefixesOf(parts, "announced", mirrored(traits))) {
      said.push(`${text} ${words.join(" ")}`);
    }
  }
  return said;
}

/** What the peer should have understood. */
function meant(route: OutboundRoute, traits: CodecTraits): string {
  const kinds: readonly Community["kind"][] = ["standard", "extended", "large"];
  const communities = kinds.flatMap((kind) =>
    route.communities.filter((community) => community.kind === kind)
  );
  return [
    renderPrefix(route.prefix),
    route.nextHop,
    route.asPath.join(" "),
    route.origin,
    route.med,
    traits.isEbgp ? null : route.localPref ?? 100,
    route.otc,
    ...new Set(communities.map(renderCommunity)),
  ].join(" ");
}

/** Below multicast space. */
const prefix4 = fc.tuple(fc.integer({ min: 0, max: 0xdfff_ffff }), fc.nat(32)).map((
  [bits, length],
) => prefixOf(ipv4FromBits(BigInt(bits)), length));
const prefix6 = fc.tuple(fc.bigInt(0n, (0xffn << 120n) - 1n), fc.nat(128)).map(([bits, length]) =>
  prefixOf(ipv6FromBits(bits), length)
);
const community = fc.oneof(
  fc.record({ kind: fc.constant("standard" as const), high: fc.nat(65_535), low: fc.nat(65_535) }),
  fc.record({
    kind: fc.constant("large" as const),
    global: fc.nat(0xffff_ffff),
    local1: fc.nat(0xffff_ffff),
    local2: fc.nat(0xffff_ffff),
  }),
  fc.constantFrom("rt:64500:4000000000", "ro:4200000000:7", "rt:192.0.2.1:65535").map(
    parseCommunity,
  ),
);
const option = fc.option(fc.nat(0xffff_ffff));
const route = fc.oneof(
  fc.record({
    prefix: prefix4,
    nextHop: fc.constantFrom("192.0.2.10", "198.51.100.1", "2001:db8::9"),
  }),
  fc.record({ prefix: prefix6, nextHop: fc.constantFrom("2001:db8::9", "fd00::2") }),
).chain((place) =>
  fc.record({
    asPath: fc.array(
      fc.oneof(fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 1, max: 0xffff_ffff })),
      {
        maxLength: 300,
        size: "large",
      },
    ),
    origin: fc.constantFrom("igp" as const, "egp" as const, "incomplete" as const),
    med: option,
    localPref: option,
    communities: fc.array(community, { maxLength: 12 }),
    otc: option,
  }).map((attributes): OutboundRoute => ({ ...place, ...attributes }))
);
const sessions = fc.record({
  as4: fc.boolean(),
  extendedMessage: fc.boolean(),
  isEbgp: fc.boolean(),
  addPathSend: fc.tuple(fc.boolean(), fc.boolean()),
});

Deno.test("what is announced is what the peer understands, whatever was agreed on", () => {
  fc.assert(
    fc.property(fc.array(route, { maxLength: 8 }), sessions, (routes, session) => {
      const traits = bgpTraits({ ...session, extendedNextHop: true });
      const said = received(encodeAnnouncements(routes, traits), traits);
      assert.deepEqual(said.toSorted(), routes.map((one) => meant(one, traits)).toSorted());
    }),
    { numRuns: 300 },
  );
});

Deno.test("what is withdrawn is what the peer understands", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(prefix4, prefix6), { maxLength: 1500, size: "max" }),
      sessions,
      (prefixes, session) => {
        const traits = bgpTraits(session);
        const said = received(encodeWithdrawals(prefixes, traits), traits);
        const texts = prefixes.map((prefix) => `- ${renderPrefix(prefix)}`);
        assert.deepEqual(said.toSorted(), texts.toSorted());
      },
    ),
    { numRuns: 30 },
  );
});

function prefixes(count: number, isV6: boolean): Prefix[] {
  return Array.from(
    { length: count },
    (_, index) =>
      isV6
        ? prefixOf(ipv6FromBits(0x2001_0db8n << 96n | BigInt(index) << 80n), 48)
        : prefixOf(ipv4FromBits(BigInt(0x0a00_0000 + index * 256)), 24),
  );
}

for (const isV6 of [false, true]) {
  const nextHop = isV6 ? "2001:db8::9" : "192.0.2.10";
  for (const [extendedMessage, longest] of [[false, 4096], [true, 65_535]] as const) {
    Deno.test(`${isV6 ? "IPv6" : "IPv4"} routes with the same attributes fill messages of ${longest} octets`, () => {
      const traits = bgpTraits({ extendedMessage });
      const routes = prefixes(20_000, isV6).map((prefix) => ({ ...ROUTE, prefix, nextHop }));
      const messages = encodeAnnouncements(routes, traits);
      const size = isV6 ? 7 : 4;
      assert.ok(messages.every(({ length }) => length <= longest));
      assert.ok(messages.slice(0, -1).every(({ length }) => length > longest - size));
      assert.deepEqual(received(messages, traits), routes.map((one) => meant(one, traits)));
    });
  }
}

Deno.test("a route of each family, octet for octet", () => {
  const hex = (changes: Partial<OutboundRoute>, traits = bgpTraits()): string[] =>
    encodeAnnouncements([{ ...ROUTE, ...changes }], traits).map((message) =>
      message.subarray(19).toHex()
    );
  assert.deepEqual(hex({}), [
    "0000" + "0014" + "40010100" + "40020602010000fdf2" + "400304c000020a" + "18cb0071",
  ]);
  assert.deepEqual(
    hex({ prefix: parsePrefix("2001:db8::/32").prefix, nextHop: "fd00::10" }),
    [
      "0000" + "002a" + "800e1a00020110fd00000000000000000000000000001000" + "2020010db8" +
      "40010100" + "40020602010000fdf2",
    ],
  );
  assert.deepEqual(
    hex({ asPath: [200_000] }, bgpTraits({ as4: false })),
    [
      "0000" + "001b" + "40010100" + "40020402015ba0" + "400304c000020a" + "c01106020100030d40" +
      "18cb0071",
    ],
  );
});

Deno.test("LOCAL_PREF is not sent to an external peer, and always to an internal one", () => {
  const withPref = { ...ROUTE, localPref: 50 };
  const internal = bgpTraits({ isEbgp: false });
  assert.match(
    received(encodeAnnouncements([withPref], internal), internal)[0] ?? "",
    / igp {2}50 $/,
  );
  assert.match(
    received(encodeAnnouncements([ROUTE], internal), internal)[0] ?? "",
    / igp {2}100 $/,
  );
  assert.match(
    received(encodeAnnouncements([withPref], bgpTraits()), bgpTraits())[0] ?? "",
    / igp {3}$/,
  );
});

Deno.test("a community that is named twice is sent once (RFC 8092 section 3)", () => {
  const community = { kind: "large", global: 64_500, local1: 1, local2: 2 } as const;
  const other = { kind: "standard", high: 64_500, low: 1 } as const;
  const route = { ...ROUTE, communities: [community, other, community, other] };
  assert.match(
    encodeAnnouncements([route], bgpTraits())[0]?.toHex() ?? "",
    /c00804fbf40001c0200c0000fbf4000000010000000218/,
  );
});

Deno.test("the Partial bit goes with the attributes that it is for", () => {
  const communities = [
    { kind: "standard", high: 64_500, low: 1 },
    { kind: "large", global: 1, local1: 2, local2: 3 },
  ] as const;
  const route = { ...ROUTE, communities, partial: [8] };
  assert.match(
    encodeAnnouncements([route], bgpTraits())[0]?.toHex() ?? "",
    /e00804fbf40001c0200c000000010000000200000003/,
  );
});

Deno.test("End-of-RIB is understood as such", () => {
  const traits = bgpTraits();
  assert.deepEqual(received([encodeEndOfRib(0), encodeEndOfRib(1)], traits), ["end 0", "end 1"]);
  assert.equal(encodeEndOfRib(0).length, 23);
  assert.equal(encodeEndOfRib(1).subarray(19).toHex(), "00000006800f03000201");
});

Deno.test("what a session cannot carry is refused, not sent in another form", () => {
  const v6 = parsePrefix("2001:db8::/32").prefix;
  const only4 = bgpTraits({ families: [true, false] });
  assert.throws(() => encodeAnnouncements([{ ...ROUTE, prefix: v6, nextHop: "fd00::1" }], only4), {
    message: "Cannot send 2001:db8::/32: the session did not agree on ipv6-unicast",
  });
  assert.throws(() => encodeWithdrawals([v6], only4), RangeError);
  assert.throws(() => encodeAnnouncements([{ ...ROUTE, prefix: v6 }], bgpTraits()), RangeError);
  assert.throws(() => encodeAnnouncements([{ ...ROUTE, nextHop: "fd00::1" }], bgpTraits()), {
    message: "Cannot announce 203.0.113.0/24 with the next hop fd00::1 on this session",
  });
  const communities = Array.from(
    { length: 1200 },
    (_, low) => ({ kind: "standard" as const, high: 1, low }),
  );
  assert.throws(() => encodeAnnouncements([{ ...ROUTE, communities }], bgpTraits()), {
    message: "Cannot encode an UPDATE: its attributes leave no room for a prefix",
  });
});

Deno.test("prepending 300 times makes two segments that read as one path", () => {
  const traits = bgpTraits();
  const asPath = Array.from({ length: 300 }, () => 65_010);
  const [message] = encodeAnnouncements([{ ...ROUTE, asPath }], traits);
  assert.ok(message !== undefined);
  const path =
    attributesOf(new UpdateWalker(mirrored(traits)).walk(message, 19, message.length)).asPath;
  assert.deepEqual([path.length, pathLength(path)], [1, 300]);
});
