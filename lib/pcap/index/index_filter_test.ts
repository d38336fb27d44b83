/** A filter by the index selects what the same filter selects that reads the capture. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { sourceOf } from "../../../tests/support/capture_bytes.ts";
import { hostileTcp } from "../../../tests/support/hostile_tcp.ts";
import {
  fromHex,
  HELLO,
  ipv4,
  ipv6,
  MAC,
  pcapFile,
  SAMPLES,
  tcp,
  udp,
} from "../../../tests/support/pcap_samples.ts";
import { walkPackets } from "../engine/walk.ts";
import type { ClauseCount } from "../filter/clause_chain.ts";
import { Filter } from "../filter/filter.ts";
import { parseFilter } from "../filter/parse_filter.ts";
import { filterIndex } from "./index_filter.ts";
import { IndexBuilder, type PacketIndex } from "./packet_index.ts";

const FIXTURES = new URL("../../../tests/fixtures/captures/", import.meta.url);
const signal = new AbortController().signal;

interface Found {
  readonly frames: readonly number[];
  readonly clauses: readonly ClauseCount[];
}

async function byWalk(file: Uint8Array, text: string): Promise<Found> {
  const filter = new Filter(parseFilter(text));
  const frames: number[] = [];
  const options = { needs: filter.needs, maxPackets: 0, signal };
  await walkPackets(sourceOf(file), options, (batch) => {
    const mask = filter.select(batch);
    for (let row = 0; row < batch.packets.count; row++) {
      if (mask[row] === 1) frames.push(batch.packets.firstFrame + row);
    }
  });
  return { frames, clauses: filter.clauses };
}

async function indexOf(file: Uint8Array): Promise<PacketIndex> {
  const builder = new IndexBuilder({ take: () => true });
  const options = { needs: IndexBuilder.needs, maxPackets: 0, signal };
  const facts = await walkPackets(sourceOf(file), options, (batch) => builder.addBatch(batch));
  const index = builder.finish(facts);
  if (typeof index === "string") throw new Error(`No index: ${index}`);
  return index;
}

async function byIndex(index: PacketIndex, text: string): Promise<Found> {
  const options = { packets: index.facts.packets, maxListed: Infinity, signal };
  const { matching, listed, clauses } = await filterIndex(index, parseFilter(text), options);
  assert.equal(matching, listed.length);
  return { frames: listed, clauses };
}

/** Conditions on every field that the index knows. */
const CONDITIONS = [
  "frame",
  "eth",
  "ip",
  "ipv6",
  "tcp",
  "udp",
  "icmp",
  "icmpv6",
  "arp",
  "vlan",
  "dns",
  "tls",
  "http",
  "gre",
  "sctp",
  "_ws.malformed",
  'frame.protocols contains "tcp"',
  "frame.number > 7",
  "frame.number in {2, 5..9, 300}",
  "frame.len < 100",
  "frame.len == 60",
  "frame.time_relative >= 0.05",
  "frame.time_relative < 1.5",
  "frame.time_delta == 0",
  "frame.time_delta > 0.001",
  "frame.time_epoch > 1700000000",
  "ip.src == 10.0.0.0/8",
  "ip.dst == 10.4.5.6",
  "ip.addr != 10.1.2.3",
  "ip.addr > 10.1.0.0",
  "all ip.addr == 10.0.0.0/8",
  "ip.src[0:2] == 0a:01",
  "ip.src == ip.dst",
  "ipv6.src == 2001:db8::1",
  "ipv6.addr == 2001:db8::/32",
  "ipv6.dst",
  "tcp.port == 443",
  "tcp.port !== 443",
  "tcp.port in {80, 5000..40000}",
  "tcp.port > 1000",
  "all tcp.port > 1000",
  "tcp.srcport < tcp.dstport",
  "tcp.dstport & 1",
  "udp.port == 53",
  "udp.srcport > 1000",
  "sctp.port",
  "tcp.stream == 1",
  "tcp.stream in {0, 3..6}",
  "udp.stream < 4",
  "tcp.flags.syn == 1",
  "tcp.flags.ack == 0",
  "tcp.flags & 0x12 == 0x12",
  "tcp.flags == 0x018",
  "tcp.flags.fin",
  "tcp.len > 0",
  "tcp.len == 0",
  "tcp.len in {1..100}",
  "tcp.analysis.flags",
  "tcp.analysis.retransmission",
  "tcp.analysis.duplicate_ack",
  "tcp.analysis.lost_segment or tcp.analysis.out_of_order",
];

const filters: fc.Arbitrary<string> = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 3, arbitrary: fc.constantFrom(...CONDITIONS) },
    {
      weight: 4,
      arbitrary: fc.tuple(tie("filter"), fc.constantFrom("and", "or", "xor"), tie("filter"))
        .map(([left, word, right]) => `(${left}) ${word} (${right})`),
    },
    { weight: 1, arbitrary: tie("filter").map((term) => `not (${term})`) },
  ),
})).filter;

async function readFixture(name: string): Promise<Uint8Array> {
  const packed = await Deno.readFile(new URL(name, FIXTURES));
  if (!name.endsWith(".gz")) return packed;
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Frames of every kind of Ethernet, whole and cut after any octet. */
function cutSamples(): Uint8Array {
  const frames = SAMPLES.filter((one) => one.linkType === 1).map((one) => fromHex(one.hex));
  return pcapFile(
    1,
    frames.flatMap((octets) => [octets, octets.subarray(0, octets.length >> 1), octets]),
  );
}

const QUOTE = MAC + "0800" + ipv4(1, "0303000000000000" + ipv4(17, udp(7, 53, "")));
const FRAGMENTS = [0x2000, 0x0001].map((at) => MAC + "0800" + ipv4(17, udp(9, 53, "00"), at));
const MIXED = [
  MAC + "0800" + ipv4(6, tcp(HELLO)),
  QUOTE,
  MAC + "86dd" + ipv6(17, udp(1000, 53, "00")),
  ...FRAGMENTS,
  MAC + "0800" + ipv4(47, "00000800" + ipv4(6, tcp("00"))),
  MAC + "0800" + ipv4(136, udp(40, 50, "0000")),
  MAC + "0800" + ipv4(6, "0050"),
  MAC + "0806" + "0001080006040001" + "0200000000010a010203" + "0000000000000a040506",
];

/** Captures by name. */
const CAPTURES: Readonly<Record<string, () => Promise<Uint8Array> | Uint8Array>> = {
  "mixed traffic": () => readFixture("mix-10000.pcap.gz"),
  "a lossy connection": () => readFixture("real-loss1-rcv.pcap.gz"),
  "ports used again": () => readFixture("real-portreuse.pcap"),
  "every encapsulation, whole and cut": cutSamples,
  "hostile TCP": () => hostileTcp({ seed: 3, frames: 700, connections: 5 }),
  "packets in packets among plain ones": () =>
    pcapFile(1, Array.from({ length: 60 }, () => MIXED).flat().map(fromHex)),
  "no packets": () => pcapFile(1, []),
};

for (const [name, read] of Object.entries(CAPTURES)) {
  Deno.test(`the index selects what a walk selects: ${name}`, async () => {
    const file = await read();
    const index = await indexOf(file);
    const agree = async (text: string): Promise<void> => {
      assert.deepEqual(await byIndex(index, text), await byWalk(file, text), text);
    };
    for (const condition of CONDITIONS) await agree(condition);
    await fc.assert(fc.asyncProperty(filters, agree), { numRuns: file.length > 1e5 ? 20 : 120 });
  });
}

Deno.test("packets behind the last one that is asked for are not counted", async () => {
  const file = pcapFile(1, Array.from({ length: 300 }, () => MIXED[0] ?? "").map(fromHex));
  const index = await indexOf(file);
  const options = { packets: 270, maxListed: 2, signal };
  assert.deepEqual(await filterIndex(index, parseFilter("tcp && frame.number > 10"), options), {
    matching: 260,
    listed: [11, 12],
    clauses: [{ text: "tcp", survived: 270 }, { text: "frame.number > 10", survived: 260 }],
  });
});
