import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { hex } from "../../../tests/support/capture_bytes.ts";
import {
  ATTRIBUTES,
  dumpLines,
  joined,
  message,
  octetSource,
  sampleTable,
  sampleUpdates,
  SESSION,
  TIME_SEC,
} from "../../../tests/support/mrt_samples.ts";
import { addressFromBytes } from "../../ip/address.ts";
import { prefixOf, renderPrefix } from "../../ip/prefix.ts";
import { type FoundRoute, foundRoute } from "./found_route.ts";
import { encodeMessageRecord, encodePeerIndex, encodeRibEntries } from "./mrt_writer.ts";
import { readMrt } from "./read_mrt.ts";
import { RECORD_KINDS } from "./record_kind.ts";

async function routesOf(octets: Uint8Array, size?: number) {
  const routes: FoundRoute[] = [];
  const coverage = await readMrt(octetSource(octets, size), {
    onRoute: (route) => void routes.push(foundRoute(route, null)),
  });
  return { routes, coverage };
}

/** A record of `type` and `subtype`. */
function record(type: number, subtype: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(12);
  const view = new DataView(octets.buffer);
  view.setUint32(0, TIME_SEC);
  view.setUint16(4, type);
  view.setUint16(6, subtype);
  view.setUint32(8, body.length);
  return joined(octets, body);
}

Deno.test("a table is read with its peers, and printed as bgpdump prints it", async () => {
  const { lines, coverage } = await dumpLines(sampleTable());
  deepEqual(lines, [
    "TABLE_DUMP2|1795219200|B|192.0.2.1|64500|198.51.100.0/24|64500 64501|IGP|192.0.2.1|0|10|64500:1 no-export|NAG||",
    "TABLE_DUMP2|1795219200|B|2001:db8::2|4200000000|198.51.100.0/24|64500 64501|IGP|192.0.2.1|0|10|64500:1 no-export|NAG||",
    "TABLE_DUMP2|1795219200|B|2001:db8::2|4200000000|2001:db8:5::/48|64502 {64510,64511}|EGP|2001:db8::1|0|0||AG|64502 198.51.100.1|",
  ]);
  deepEqual([...coverage.records], [
    ["PEER_INDEX_TABLE", 1],
    ["RIB_IPV4_UNICAST", 1],
    ["RIB_IPV6_UNICAST", 1],
  ]);
  equal(coverage.damage.count, 0);
});

Deno.test("the reader passes over what the table of kinds says, and nothing else", async () => {
  // Where a generic entry names its family, this has IPv4 unicast.
  const body = Uint8Array.from({ length: 64 }, (_, at) => at === 5 || at === 6 ? 1 : 0);
  for (const { type, subtype, name, isRead } of RECORD_KINDS) {
    const { coverage } = await routesOf(record(type, subtype, body));
    deepEqual([name, coverage.passedOver, [...coverage.records]], [name, isRead ? 0 : 1, [[
      name,
      1,
    ]]]);
  }
  equal((await routesOf(record(99, 3, body))).coverage.passedOver, 1);
});

Deno.test("messages are read with their times, and what we sent is told of whom to", async () => {
  const { lines, coverage } = await dumpLines(sampleUpdates());
  const attributes = "64500 64501|IGP|192.0.2.1|0|10|64500:1 no-export|NAG||";
  deepEqual(lines, [
    "BGP4MP_ET|1795219200.000001|STATE|192.0.2.1|64500|5|6",
    `BGP4MP_ET|1795219200.000003|A|192.0.2.1|64500|198.51.100.0/24|${attributes}`,
    `BGP4MP_ET|1795219200.000003|A|192.0.2.1|64500|203.0.113.0/24|${attributes}`,
    "BGP4MP_ET|1795219200.000004|W|192.0.2.1|64500|198.51.100.0/24",
    `BGP4MP_LOCAL|1795219201|A|192.0.2.1|64500|198.51.100.0/24|${attributes}`,
    `BGP4MP_LOCAL|1795219201|A|192.0.2.1|64500|203.0.113.0/24|${attributes}`,
  ]);
  equal(coverage.damage.count, 0);
});

Deno.test("a route of TABLE_DUMP is read with its AS numbers of two octets", async () => {
  const attributes = hex("40010100 400206 0202 fbf4 fbf5 400304 c0000201");
  const body = joined(
    hex("0000 0001 0a140000 10 01 6aff0000 c0000201 fbf4"),
    Uint8Array.of(0, attributes.length),
    attributes,
  );
  const { lines } = await dumpLines(record(12, 1, body));
  deepEqual(lines, [
    "TABLE_DUMP|1795219200|B|192.0.2.1|64500|10.20.0.0/16|64500 64501|IGP|192.0.2.1|0|0||NAG||",
  ]);
});

Deno.test("AS4_PATH is merged into the path of a session with two octets", async () => {
  const attributes = hex(
    "40010102 400208 0203 fbf4 5ba0 5ba0 400304 c0000201 c0110a 0202 fa56ea00 fa56ea01",
  );
  const update = joined(hex("0000 0000"), attributes, hex("080a"));
  update[3] = attributes.length;
  const session = hex("fbf4 fde7 0000 0001 c0000201 c0000202");
  const { lines } = await dumpLines(record(16, 1, joined(session, message(2, update))));
  deepEqual(lines, [
    "BGP4MP|1795219200|A|192.0.2.1|64500|10.0.0.0/8|64500 4200000000 4200000001|INCOMPLETE|192.0.2.1|0|0||NAG||",
  ]);
});

Deno.test("path identifiers are read in tables and in messages (RFC 8050)", async () => {
  const update = joined(
    hex("0000"),
    Uint8Array.of(0, ATTRIBUTES.length),
    ATTRIBUTES,
    hex("00000007 080a"),
  );
  const { routes } = await routesOf(joined(
    encodePeerIndex(TIME_SEC, 1, "", [{ address: SESSION.peer, asn: 64_500, routerId: 1 }]),
    encodeRibEntries(TIME_SEC, 0, prefixOf(SESSION.peer, 24), [
      { peer: 0, originatedSec: TIME_SEC, pathId: 4_294_967_295, attributes: ATTRIBUTES },
    ]),
    encodeMessageRecord({ sec: TIME_SEC, microseconds: null }, SESSION, message(2, update), {
      hasPathId: true,
    }),
  ));
  deepEqual(routes.map(({ network, path_id }) => [network, path_id]), [
    ["192.0.2.0/24", 4_294_967_295],
    ["10.0.0.0/8", 7],
  ]);
});

Deno.test("places of peers are read, and what is private stays so (RFC 6397)", async () => {
  const places: unknown[] = [];
  const body = hex(
    "0a000001 0000 42500000 c2b40000 0002 00 0a000001 41400000 40a00000 00 0a000002 7fc00000 7fc00000",
  );
  await readMrt(octetSource(record(13, 7, body)), {
    onRoute: () => {},
    onPlaces: (told) => void places.push(...told),
  });
  deepEqual(places, [{ latitude: 12, longitude: 5 }, null]);
});

Deno.test("RIB_GENERIC of a unicast family is read, of another it is passed over", async () => {
  const entry = joined(hex("0000 6aff0000 00"), Uint8Array.of(ATTRIBUTES.length), ATTRIBUTES);
  const generic = (family: string) =>
    record(13, 6, joined(hex(`00000000 ${family} 080a 0001`), entry));
  const index = encodePeerIndex(TIME_SEC, 1, "", [
    { address: SESSION.peer, asn: 64_500, routerId: 1 },
  ]);
  const { routes, coverage } = await routesOf(
    joined(index, generic("000101"), generic("001946")),
  );
  deepEqual(routes.map(({ network }) => network), ["10.0.0.0/8"]);
  equal(coverage.passedOver, 1);
});

Deno.test("a damaged record is left out by its offset, and what follows is read", async () => {
  const whole = sampleTable();
  const damaged = joined(record(16, 4, hex("00")), whole, record(99, 1, hex("0102")), whole);
  const { routes, coverage } = await routesOf(damaged);
  equal(routes.length, 6);
  deepEqual(coverage.damage.places, [
    { offset: 0, found: "the record ends inside of a field", effect: "skipped" },
  ]);
  equal(coverage.passedOver, 1);
  equal(coverage.damage.stoppedAt, null);
});

Deno.test("a file that is cut says where, and keeps what stood before", async () => {
  const whole = sampleTable();
  const { routes, coverage } = await routesOf(whole.subarray(0, whole.length - 1));
  equal(routes.length, 2);
  equal(coverage.damage.stoppedAt, coverage.damage.places[0]?.offset);
  ok(coverage.damage.places[0]?.found.startsWith("the file ends inside of a record"));
});

Deno.test("a length that no record has ends the reading", async () => {
  const { routes, coverage } = await routesOf(
    joined(sampleTable(), hex("6aff0000 000d 0002 7fffffff")),
  );
  equal(routes.length, 3);
  equal(coverage.damage.stoppedAt, sampleTable().length);
});

Deno.test("a table in front of its index, and a peer that the index lacks, are damage", async () => {
  const rib = encodeRibEntries(TIME_SEC, 5, prefixOf(SESSION.peer, 24), [
    { peer: 3, originatedSec: 0, pathId: null, attributes: ATTRIBUTES },
  ]);
  const { coverage } = await routesOf(joined(rib, encodePeerIndex(TIME_SEC, 1, "", []), rib));
  deepEqual(coverage.damage.places.map(({ found }) => found), [
    "a table without an index of its peers in front of it",
    "prefix 5 has a path of a peer that is not there",
  ]);
});

Deno.test("however a file is cut into pieces, it reads the same", async () => {
  const octets = joined(sampleTable(), sampleUpdates());
  const whole = await dumpLines(octets);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: octets.length }), async (size) => {
      deepEqual((await dumpLines(octets, size)).lines, whole.lines);
    }),
    { numRuns: 50 },
  );
});

Deno.test("what the writer writes of a table, the reader reads", async () => {
  const address = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  ).map(addressFromBytes);
  const prefix = fc.tuple(address, fc.nat(128)).map(([of, bits]) =>
    prefixOf(of, Math.min(bits, of.family === 4 ? 32 : 128))
  );
  const number = fc.integer({ min: 0, max: 4_294_967_295 });
  const path = fc.record({
    peer: fc.nat(2),
    originatedSec: number,
    pathId: number,
    attributes: fc.constant(ATTRIBUTES),
  });
  const peers = fc.array(fc.record({ address, asn: number, routerId: number }), {
    minLength: 3,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(
      peers,
      prefix,
      fc.array(path, { minLength: 1, maxLength: 5 }),
      async (index, of, paths) => {
        const { routes, coverage } = await routesOf(joined(
          encodePeerIndex(TIME_SEC, 1, "", index),
          encodeRibEntries(TIME_SEC, 0, of, paths),
        ));
        equal(coverage.damage.count, 0);
        deepEqual(
          routes.map((route) => [route.network, route.peer_as, route.path_id]),
          paths.map((one) => [renderPrefix(of), index[one.peer]?.asn, one.pathId]),
        );
      },
    ),
    { numRuns: 200 },
  );
});
