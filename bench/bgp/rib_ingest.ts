/**
 * The tables in memory, without sockets: CPU seconds and octets a path for full feeds that are
 * parsed, interned, inserted and decided; then the same once more, churn, longest matches and the
 * loss of a feed.
 *
 * `deno run -A bench/bgp/rib_ingest.ts [feeds]`
 */
import process from "node:process";
import { ipv4FromBits } from "../../lib/ip/address.ts";
import { MemoryTables } from "./memory_tables.ts";
import { FULL_TABLE, Table } from "./table.ts";
import { churnStream, tableStream } from "./table_stream.ts";

const CHURN_OPERATIONS = 1_000_000;
const LOOKUPS = 500_000;
const SWEEP_STEP = 2_000;

const feeds = Number(Deno.args[0] ?? 1);
const table = new Table(FULL_TABLE);
const tables = new MemoryTables(feeds);
const { view, rib } = tables;

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
  measure(`feed ${peer + 1}`, () => tables.feed(peer, stream));
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
measure("last feed once more", () => tables.feed(feeds - 1, stream));
const churn = churnStream(table, feeds - 1, CHURN_OPERATIONS);
measure("churn", () => tables.feed(feeds - 1, churn));
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
measure("what only it had", () => {
  const { attributeSets: before } = view.counts();
  while (rib.collect(SWEEP_STEP));
  return Math.max(1, before - view.counts().attributeSets);
});
