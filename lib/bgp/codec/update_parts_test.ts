import assert from "node:assert/strict";
import { attributeHex, updateBody } from "../../../tests/support/bgp_octets.ts";
import {
  findingName,
  GOOD,
  GOOD_IPV6,
  IBGP,
  more,
  NEXT_HOP,
  NLRI,
  ORIGIN,
  outcome,
  SHORT,
  walk,
} from "../../../tests/support/walked_updates.ts";
import { attributesOf } from "./attribute_values.ts";
import type { CodecTraits } from "./traits.ts";
import type { UpdateParts } from "./update_parts.ts";

/** The octets between two places, as hexadecimal. */
function between(octets: Uint8Array, start: number, end: number): string {
  return octets.subarray(start, end).toHex();
}

Deno.test("the parts of an IPv4 UPDATE are told by their places", () => {
  const parts = walk(
    updateBody({
      withdrawn: "080a",
      attributes: GOOD + attributeHex(0x80, 4, "ffffffff") + attributeHex(0x40, 6, "") +
        attributeHex(0xc0, 7, "0000fdf2c0000201") + attributeHex(0xc0, 8, "fdf20001") +
        attributeHex(0xc0, 16, "0002fdf200000001") +
        attributeHex(0xc0, 32, "0000fdf2" + "00".repeat(8)) +
        attributeHex(0xc0, 35, "fffffffe"),
      nlri: NLRI,
    }),
  );
  assert.equal(outcome(parts), "ok");
  const { octets } = parts;
  assert.equal(between(octets, parts.withdrawnStart, parts.withdrawnEnd), "080a");
  assert.equal(between(octets, parts.nlriStart, parts.nlriEnd), NLRI);
  assert.equal(between(octets, parts.nextHopStart, parts.nextHopEnd), "c000020a");
  assert.equal(between(parts.pathOctets, parts.pathStart, parts.pathEnd), "02020000fdf20000fbf4");
  assert.equal(between(octets, parts.communitiesStart, parts.communitiesEnd), "fdf20001");
  assert.equal(
    between(octets, parts.extendedCommunitiesStart, parts.extendedCommunitiesEnd),
    "0002fdf200000001",
  );
  assert.equal(
    between(octets, parts.largeCommunitiesStart, parts.largeCommunitiesEnd),
    "0000fdf20000000000000000",
  );
  const { origin, med, localPref, otc, hasAtomicAggregate, aggregatorAs, aggregatorAddress } =
    parts;
  assert.deepEqual(
    { origin, med, localPref, otc, hasAtomicAggregate, aggregatorAs, aggregatorAddress },
    {
      origin: 0,
      med: 4_294_967_295,
      localPref: -1,
      otc: 4_294_967_294,
      hasAtomicAggregate: true,
      aggregatorAs: 65_010,
      aggregatorAddress: 0xc0000201,
    },
  );
  assert.deepEqual([parts.reachFamily, parts.unreachFamily, parts.endOfRib], [-1, -1, -1]);
});

Deno.test("the parts of an IPv6 UPDATE are told by their places", () => {
  const unreach = attributeHex(0x80, 15, "000201 2020010db9");
  const parts = walk(updateBody({ attributes: GOOD_IPV6 + unreach }));
  assert.deepEqual([parts.reachFamily, parts.unreachFamily, parts.endOfRib], [1, 1, -1]);
  assert.equal(between(parts.octets, parts.reachStart, parts.reachEnd), "2020010db8");
  assert.equal(between(parts.octets, parts.unreachStart, parts.unreachEnd), "2020010db9");
  assert.equal(
    between(parts.octets, parts.mpNextHopStart, parts.mpNextHopEnd),
    "fd000000000000000000000000000010",
  );
});

Deno.test("what an internal peer may say is read", () => {
  const parts = walk(
    more(
      attributeHex(0x40, 5, "000000c8") + attributeHex(0x80, 9, "c0000201") +
        attributeHex(0x80, 10, "c0000202c0000203"),
    ),
    IBGP,
  );
  assert.deepEqual([outcome(parts), parts.localPref, parts.originatorId], ["ok", 200, 0xc0000201]);
  assert.equal(
    between(parts.octets, parts.clusterListStart, parts.clusterListEnd),
    "c0000202c0000203",
  );
});

Deno.test("End-of-RIB is told by family, and nothing else is one", () => {
  const endOf = (body: Uint8Array, changes?: Partial<CodecTraits>): number =>
    walk(body, changes).endOfRib;
  const unreach = (hex: string): Uint8Array =>
    updateBody({ attributes: attributeHex(0x80, 15, hex) });
  assert.equal(endOf(updateBody({})), 0);
  assert.equal(endOf(unreach("000201")), 1);
  assert.equal(endOf(unreach("000101")), 0);
  assert.equal(endOf(updateBody({}), { families: [false, true] }), -1);
  assert.equal(endOf(unreach("000201"), { families: [true, false] }), -1);
  assert.equal(endOf(unreach("0002012020010db8")), -1);
  assert.equal(endOf(updateBody({ withdrawn: NLRI })), -1);
  assert.equal(
    endOf(updateBody({ withdrawn: NLRI, attributes: attributeHex(0x80, 15, "000201") })),
    -1,
  );
  assert.equal(endOf(updateBody({ attributes: GOOD })), -1);
});

Deno.test("the types that were discarded are listed, each with its own", () => {
  const parts = walk(
    more(attributeHex(0x40, 5, "00000064") + attributeHex(0x80, 9, "c0000201") + ORIGIN),
  );
  assert.deepEqual([...parts.discarded.subarray(0, parts.discardedCount)], [5, 9, 1]);
  assert.deepEqual([findingName(parts), parts.findingAttribute], ["local-pref-external", 5]);
  assert.equal(parts.localPref, -1);
});

Deno.test("the Partial bit is kept of optional transitive attributes that are read", () => {
  const parts = walk(
    more(
      attributeHex(0xe0, 7, "0000fdf2c0000201") + attributeHex(0xe0, 8, "fdf20001") +
        attributeHex(0xc0, 16, "0002fdf200000001") +
        attributeHex(0xe0, 32, "0000fdf2" + "00".repeat(8)) +
        attributeHex(0xe0, 35, "0000fdf2") + attributeHex(0xa0, 4, "00000001"),
    ),
  );
  assert.equal(outcome(parts), "ok");
  assert.deepEqual(attributesOf(parts).partial, [7, 8, 32, 35]);
  assert.deepEqual(attributesOf(walk(more(""))).partial, []);
});

Deno.test("attributes not understood are carried whole, by type; those not transitive are dropped", () => {
  const parts = walk(
    more(
      attributeHex(0xc0, 200, "0102") + attributeHex(0xe0, 99, "03") +
        attributeHex(0x80, 150, "04") +
        attributeHex(0xd0, 128, ""),
    ),
  );
  const carried = Array.from(
    { length: parts.unknownCount },
    (_, index) =>
      between(parts.octets, parts.unknownStart[index] ?? 0, parts.unknownEnd[index] ?? 0),
  );
  assert.deepEqual(carried, ["e0630103", "d0800000", "c0c8020102"]);
});

Deno.test("all unknown types there are may come at once", () => {
  const unknown = Array.from({ length: 256 }, (_, type) => 255 - type).filter((type) => type > 40);
  const attributes = unknown.map((type) => attributeHex(0xc0, type, "01")).join("");
  const parts = walk(updateBody({ attributes: GOOD + attributes, nlri: NLRI }));
  assert.deepEqual([outcome(parts), parts.unknownCount], ["ok", 215]);
  assert.equal(
    between(parts.octets, parts.unknownStart[0] ?? 0, parts.unknownEnd[0] ?? 0),
    "c0290101",
  );
});

Deno.test("a link-local address of ours is known with its zone and without", () => {
  const reach = attributeHex(0x80, 14, `00020110fe80${"00".repeat(13)}01002020010db8`);
  const body = updateBody({ attributes: reach + GOOD });
  for (const address of ["fe80::1", "fe80::1%eth0"]) {
    assert.equal(outcome(walk(body, { localAddresses: [address] })), "withdraw next-hop-self");
  }
});

Deno.test("a path of 600 ASes in three segments is taken as it is", () => {
  const segment = (count: number): string =>
    `02${count.toString(16).padStart(2, "0")}${"0000fdf2".repeat(count)}`;
  const value = segment(255) + segment(255) + segment(90);
  const parts = walk(
    updateBody({ attributes: ORIGIN + attributeHex(0x50, 2, value) + NEXT_HOP, nlri: NLRI }),
  );
  assert.equal(outcome(parts), "ok");
  assert.equal(between(parts.pathOctets, parts.pathStart, parts.pathEnd), value);
});

/** AS_PATH of two octets, AS4_PATH and others in hexadecimal; the merged path. */
function merged(shortPath: string, others: string): UpdateParts {
  const attributes = ORIGIN + attributeHex(0x40, 2, shortPath) + NEXT_HOP + others;
  return walk(updateBody({ attributes, nlri: NLRI }), SHORT);
}

const pathOf = ({ pathOctets, pathStart, pathEnd }: UpdateParts): string =>
  between(pathOctets, pathStart, pathEnd);

Deno.test("AS numbers of two octets are widened, AS_TRANS stays where nothing says more", () => {
  assert.equal(pathOf(merged("0202 fdf2 5ba0", "")), "02020000fdf200005ba0");
});

Deno.test("AS4_PATH takes the place of as much of the path as it tells", () => {
  const as4 = attributeHex(0xc0, 17, "0202 00030d40 0000fbf4");
  assert.equal(pathOf(merged("0203 fdf2 5ba0 fbf4", as4)), "02010000fdf2020200030d400000fbf4");
});

Deno.test("an AS4_PATH that is longer than the path is not used", () => {
  const as4 = attributeHex(0xc0, 17, "0202 00030d40 0000fbf4");
  const parts = merged("0201 5ba0", as4);
  assert.deepEqual([outcome(parts), pathOf(parts)], ["ok", "020100005ba0"]);
});

Deno.test("an AGGREGATOR of a real AS says that AS4_PATH is stale, one of AS_TRANS is replaced", () => {
  const as4 = attributeHex(0xc0, 17, "0201 00030d40") + attributeHex(0xc0, 18, "00030d40c0000202");
  const real = merged("0202 fdf2 5ba0", attributeHex(0xc0, 7, "fdf2c0000201") + as4);
  assert.deepEqual([pathOf(real), real.aggregatorAs], ["02020000fdf200005ba0", 65_010]);
  const trans = merged("0202 fdf2 5ba0", attributeHex(0xc0, 7, "5ba0c0000201") + as4);
  assert.deepEqual([pathOf(trans), trans.aggregatorAs, trans.aggregatorAddress], [
    "02010000fdf2020100030d40",
    200_000,
    0xc0000202,
  ]);
});
