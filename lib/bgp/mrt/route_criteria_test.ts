import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import {
  joined,
  octetSource,
  sampleTable,
  sampleUpdates,
  SESSION,
  TIME_SEC,
} from "../../../tests/support/mrt_samples.ts";
import { addressFromBytes, parseAddress } from "../../ip/address.ts";
import { containsPrefix, parsePrefix, type Prefix, prefixOf } from "../../ip/prefix.ts";
import type { AsPath } from "../../route/as_path.ts";
import { matchesAsPath, parseAsPathPattern } from "../../route/as_path_pattern.ts";
import { parseCommunity } from "../../route/community.ts";
import { encodeAsPath } from "../codec/as_path_octets.ts";
import { encodeAttribute } from "../codec/attribute_octets.ts";
import { type MrtMatches, SearchVisitor } from "./mrt_search.ts";
import { encodePeerIndex, encodeRibEntries } from "./mrt_writer.ts";
import { readMrt } from "./read_mrt.ts";
import type { RouteCriteria } from "./route_criteria.ts";

const ANY: RouteCriteria = {
  prefix: null,
  family: null,
  originAsn: null,
  viaAsn: null,
  asPath: null,
  community: null,
  peerAddress: null,
  peerAsn: null,
  kind: null,
  fromSec: null,
  toSec: null,
};

async function search(octets: Uint8Array, criteria: Partial<RouteCriteria>): Promise<MrtMatches> {
  const visitor = new SearchVisitor({
    criteria: { ...ANY, ...criteria },
    skip: 0,
    limit: 1_000,
    format: "routes",
  });
  await readMrt(octetSource(octets), visitor);
  return visitor.matches();
}

const FILE = joined(sampleTable(), sampleUpdates());

async function count(criteria: Partial<RouteCriteria>): Promise<number> {
  return (await search(FILE, criteria)).count;
}

Deno.test("each criterion picks what it names", async () => {
  equal(await count({}), 8);
  equal(await count({ family: 6 }), 1);
  equal(await count({ originAsn: 64_501 }), 6);
  equal(await count({ originAsn: 64_511 }), 1);
  equal(await count({ originAsn: 64_502 }), 0);
  equal(await count({ viaAsn: 64_502 }), 1);
  equal(await count({ asPath: parseAsPathPattern("^64500 64501$") }), 6);
  equal(await count({ community: parseCommunity("no-export") }), 6);
  equal(await count({ community: parseCommunity("64500:2") }), 0);
  equal(await count({ peerAddress: parseAddress("2001:db8::2") }), 2);
  equal(await count({ peerAsn: 64_500 }), 6);
  equal(await count({ kind: "withdraw" }), 1);
  equal(await count({ fromSec: TIME_SEC + 1 }), 2);
  equal(await count({ toSec: TIME_SEC, kind: "announce" }), 2);
});

Deno.test("the longest prefix around an address is the one that is kept", async () => {
  const value = parsePrefix("198.51.100.7/32").prefix;
  const index = encodePeerIndex(TIME_SEC, 1, "", [
    { address: SESSION.peer, asn: 64_500, routerId: 1 },
  ]);
  const path = { peer: 0, originatedSec: 0, pathId: null, attributes: new Uint8Array(0) };
  const prefixes = ["198.0.0.0/8", "198.51.100.0/24", "198.51.0.0/16", "198.51.100.0/24"];
  const ribs = prefixes.map((text, n) =>
    encodeRibEntries(TIME_SEC, n, parsePrefix(text).prefix, [path])
  );
  const { count, routes } = await search(joined(index, ...ribs), {
    prefix: { value, match: "longest" },
  });
  equal(count, 2);
  deepEqual(routes.map(({ network }) => network), ["198.51.100.0/24", "198.51.100.0/24"]);
});

const address = fc.oneof(
  // Few values, so that prefixes hold each other.
  fc.tuple(fc.constantFrom(10, 11), fc.constantFrom(0, 128), fc.constantFrom(0, 1), fc.nat(255))
    .map((octets) => Uint8Array.from(octets)),
  fc.uint8Array({ minLength: 16, maxLength: 16, max: 1 }),
).map(addressFromBytes);
const anyPrefix: fc.Arbitrary<Prefix> = fc.tuple(address, fc.nat(128)).map(([of, bits]) =>
  prefixOf(of, Math.min(bits, of.family === 4 ? 32 : 128))
);

Deno.test("prefixes are compared in their octets as lib/ip compares them", async () => {
  await fc.assert(
    fc.asyncProperty(anyPrefix, anyPrefix, async (value, other) => {
      const index = encodePeerIndex(TIME_SEC, 1, "", [
        { address: SESSION.peer, asn: 64_500, routerId: 1 },
      ]);
      const path = { peer: 0, originatedSec: 0, pathId: null, attributes: new Uint8Array(0) };
      const file = joined(index, encodeRibEntries(TIME_SEC, 0, other, [path]));
      const found = async (match: "exact" | "covered" | "covering") =>
        (await search(file, { prefix: { value, match } })).count === 1;
      const isInside = containsPrefix(value, other), isAround = containsPrefix(other, value);
      equal(await found("covered"), isInside);
      equal(await found("covering"), isAround);
      equal(await found("exact"), isInside && isAround);
    }),
    { numRuns: 300 },
  );
});

Deno.test("AS path patterns mean in octets what they mean on paths", async () => {
  const asn = fc.constantFrom(64_500, 64_501, 64_502, 4_200_000_000);
  const path: fc.Arbitrary<AsPath> = fc.array(
    fc.record({
      kind: fc.constantFrom("sequence" as const, "set" as const),
      asns: fc.array(asn, { minLength: 1, maxLength: 4 }),
    }),
    { maxLength: 3 },
  );
  const patterns = [
    "64501",
    "^64500",
    "64502$",
    "^64500 .* 64501$",
    "64500+ 64502",
    "^. 64501",
    "^$",
  ]
    .map(parseAsPathPattern);
  await fc.assert(
    fc.asyncProperty(path, async (of) => {
      const index = encodePeerIndex(TIME_SEC, 1, "", [
        { address: SESSION.peer, asn: 64_500, routerId: 1 },
      ]);
      const attributes = encodeAttribute(2, encodeAsPath(of));
      const entry = { peer: 0, originatedSec: 0, pathId: null, attributes };
      const file = joined(
        index,
        encodeRibEntries(TIME_SEC, 0, prefixOf(SESSION.peer, 24), [entry]),
      );
      for (const asPath of patterns) {
        equal((await search(file, { asPath })).count === 1, matchesAsPath(asPath, of));
      }
    }),
    { numRuns: 200 },
  );
});
