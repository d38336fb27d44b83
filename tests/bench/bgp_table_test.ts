import { deepEqual, equal, ok } from "node:assert/strict";
import { pieces } from "../../bench/bgp/sending_peer.ts";
import { Table } from "../../bench/bgp/table.ts";
import {
  churnStream,
  smallStream,
  tableStream,
  UpdateStream,
} from "../../bench/bgp/table_stream.ts";
import { UpdateWalker } from "../../lib/bgp/codec/update_walk.ts";
import { Ipv4NlriCursor, Ipv6NlriCursor } from "../../lib/bgp/codec/nlri.ts";
import { bgpTraits } from "../support/bgp_octets.ts";

const WISH = { ipv4: 5_000, ipv6: 1_000, attributeSets: 700, seed: 3 };
const TRAITS = bgpTraits({ localAs: 65_007, localAddresses: ["127.0.0.7"] });

/** What our own walker finds in a stream. */
function walk(octets: Uint8Array) {
  const walker = new UpdateWalker(TRAITS);
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const v4 = new Ipv4NlriCursor(), v6 = new Ipv6NlriCursor();
  const announced = new Set<string>(), ends: number[] = [];
  let operations = 0, refused = 0;
  for (let at = 0; at < octets.length;) {
    const end = at + view.getUint16(at + 16);
    const parts = walker.walk(octets, at + 19, end);
    if (parts.outcome !== 0) refused++;
    if (parts.endOfRib >= 0) ends.push(parts.endOfRib);
    for (v4.open(octets, parts.nlriStart, parts.nlriEnd, false); v4.next(); operations++) {
      announced.add(`${v4.address}/${v4.length}`);
    }
    for (v6.open(octets, parts.reachStart, parts.reachEnd, false); v6.next(); operations++) {
      announced.add(`${v6.word0} ${v6.word1}/${v6.length}`);
    }
    for (v4.open(octets, parts.withdrawnStart, parts.withdrawnEnd, false); v4.next();) operations++;
    for (v6.open(octets, parts.unreachStart, parts.unreachEnd, false); v6.next();) operations++;
    at = end;
  }
  return { announced, ends, operations, refused };
}

Deno.test("a table has as many different prefixes as were asked for, and ends both families", () => {
  const { announced, ends, operations, refused } = walk(tableStream(new Table(WISH), 0));
  equal(announced.size, 6_000);
  equal(operations, 6_000);
  equal(refused, 0);
  deepEqual(ends, [0, 1]);
});

Deno.test("the same seed makes the same octets, another peer other paths to the same prefixes", () => {
  const one = tableStream(new Table(WISH), 1);
  deepEqual(tableStream(new Table(WISH), 1), one);
  const other = tableStream(new Table(WISH), 2);
  deepEqual(walk(other).announced, walk(one).announced);
  ok(other.some((octet, at) => octet !== one[at]));
});

Deno.test("churn is as many operations as were asked for, all of them in the table", () => {
  const table = new Table(WISH);
  const { announced, operations, refused } = walk(churnStream(table, 0, 2_000));
  equal(operations, 2_000);
  equal(refused, 0);
  const known = walk(tableStream(table, 0)).announced;
  ok([...announced].every((prefix) => known.has(prefix)));
});

Deno.test("a small peer has about as many prefixes as were asked for, all of them in the table", () => {
  const table = new Table(WISH);
  const { announced, ends } = walk(smallStream(table, 3, 500));
  ok(announced.size > 350 && announced.size < 650, `${announced.size} prefixes`);
  deepEqual(ends, [0, 1]);
  const known = walk(tableStream(table, 3)).announced;
  ok([...announced].every((prefix) => known.has(prefix)));
});

Deno.test("a host that is announced is withdrawn by its address, a /32", () => {
  const stream = new UpdateStream(new Table(WISH), 0);
  stream.announceHost(0xc6120001);
  const announced = walk(stream.octets.taken());
  deepEqual([...announced.announced], [`${0xc6120001}/32`]);
  stream.withdrawHost(0xc6120001);
  const octets = stream.octets.taken();
  equal(walk(octets).operations, 2);
  deepEqual([...octets.slice(-9)], [0, 5, 32, 198, 18, 0, 1, 0, 0]);
});

Deno.test("a stream is cut behind whole messages, and nothing of it is lost", () => {
  const octets = tableStream(new Table({ ...WISH, ipv4: 30_000, attributeSets: 4_000 }), 0);
  const cut = [...pieces(octets)];
  ok(cut.length > 1, `${octets.length} octets`);
  for (const piece of cut) {
    ok(piece.length <= 1 << 18);
    equal(walk(piece.slice()).refused, 0);
  }
  equal(cut.reduce((sum, { length }) => sum + length, 0), octets.length);
});
