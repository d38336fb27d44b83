/**
 * The tables in memory, without sockets: CPU seconds and octets a path for full feeds that are
 * parsed, interned, inserted and decided; then the same once more, churn, longest matches and the
 * loss of a feed.
 *
 * `deno run -A bench/bgp/rib_ingest.ts [feeds]`
 */
import process from "node:process";
import { HEADER_BYTES, MESSAGE } from "../../lib/bgp/codec/message_header.ts";
import type { CodecTraits } from "../../lib/bgp/codec/traits.ts";
import { UpdateWalker } from "../../lib/bgp/codec/update_walk.ts";
import { Rib } from "../../lib/bgp/rib/rib.ts";
import { createRibMemory } from "../../lib/bgp/rib/rib_memory.ts";
import { RibView } from "../../lib/bgp/rib/rib_view.ts";
import { ipv4FromBits } from "../../lib/ip/address.ts";
import { FULL_TABLE, peerAs, Table } from "./table.ts";
import { churnStream, tableStream } from "./table_stream.ts";

const CHURN_OPERATIONS = 1_000_000;
const LOOKUPS = 500_000;
const SWEEP_STEP = 2_000;
const LOCAL_AS = 65000;

const feeds = Number(Deno.args[0] ?? 1);
const table = new Table(FULL_TABLE);
const memory = createRibMemory({
  peers: feeds,
  prefixes: [2_000_000, 500_000],
  attributeSets: 4_000_000,
  changes: 65_536,
});
const view = new RibView(memory);
const rib = new Rib(memory, { rpkiInvalid: "mark" });

function traitsOf(peer: number): CodecTraits {
  return {
    as4: true,
    extendedMessage: false,
    families: [true, true],
    addPathReceive: [false, false],
    addPathSend: [false, false],
    extendedNextHop: false,
    isEbgp: true,
    localAs: LOCAL_AS,
    peerAs: peerAs(peer),
    localAddresses: ["127.0.0.7"],
  };
}

/** Feeds a stream of whole messages; returns how many prefixes it announced and withdrew. */
function feed(peer: number, octets: Uint8Array): number {
  const walker = new UpdateWalker(traitsOf(peer));
  const headers = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  let operations = 0;
  for (let at = 0, end; at < octets.length; at = end) {
    end = at + headers.getUint16(at + 16);
    if (octets[at + 18] !== MESSAGE.update) continue;
    const { announced, withdrawn } = rib.ingest(peer, walker.walk(octets, at + HEADER_BYTES, end));
    operations += announced + withdrawn;
  }
  return operations;
}

/** Runs `act`, which returns how often it did something, and prints what that took. */
function measure(name: string, act: () => number): void {
  const before = process.cpuUsage();
  const count = act();
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  const each = (seconds / count * 1e9).toFixed(0);
  console.log(`${name.padEnd(24)} ${seconds.toFixed(3)} s CPU, ${count} times ${each} ns`);
}

const rssBefore = Deno.memoryUsage().rss;
let streamBytes = 0;
let stream = new Uint8Array(0);
for (let peer = 0; peer < feeds; peer++) {
  stream = tableStream(table, peer);
  streamBytes = Math.max(streamBytes, stream.length);
  rib.peerUp({
    index: peer,
    traits: traitsOf(peer),
    routerId: peer + 1,
    address: `127.0.1.${peer + 1}`,
    localRouterId: 0x7f000007,
    localRole: null,
    rejectAll: false,
  });
  measure(`feed ${peer + 1}`, () => feed(peer, stream));
}
const { prefixes, paths, attributeSets, asPaths, refused } = view.counts();
const allPaths = paths[0] + paths[1];
const parts = view.usage().parts;
const used = parts.reduce((sum, { usedBytes }) => sum + usedBytes, 0);
for (const { name, usedBytes } of parts) {
  console.log(`${name.padEnd(24)} ${(usedBytes / 1e6).toFixed(1)} MB`);
}
console.log(
  `${prefixes} prefixes, ${allPaths} paths, ${attributeSets} sets, ${asPaths} AS paths, ` +
    `${refused} refused: ${(used / allPaths).toFixed(1)} octets a path used; ` +
    `RSS grew by ${((Deno.memoryUsage().rss - rssBefore) / 1e6).toFixed(0)} MB ` +
    `(with a stream of ${(streamBytes / 1e6).toFixed(0)} MB)`,
);
measure("last feed once more", () => feed(feeds - 1, stream));
const churn = churnStream(table, feeds - 1, CHURN_OPERATIONS);
measure("churn", () => feed(feeds - 1, churn));
measure("longest match", () => {
  let found = 0, bits = 1;
  for (let i = 0; i < LOOKUPS; i++) {
    bits = Math.imul(bits, 1_664_525) + 1_013_904_223 >>> 0;
    if (view.longest(ipv4FromBits(BigInt(bits))) !== -1) found++;
  }
  return Math.max(found, LOOKUPS);
});
measure("all IPv4 prefixes", () => {
  let count = 0;
  view.walk(0, { within: null, from: null }, () => void count++);
  return count;
});
measure("loss of the last feed", () => {
  const [before4, before6] = view.peerPaths(feeds - 1);
  for (const family of [0, 1] as const) {
    while (rib.sweep(feeds - 1, family, "all", SWEEP_STEP));
  }
  return before4 + before6;
});
