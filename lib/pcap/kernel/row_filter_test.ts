import assert from "node:assert/strict";
import { generateCapture } from "../../../bench/generate_capture.ts";
import { Random } from "../../../tests/fuzz/random.ts";
import { sourceOf } from "../../../tests/support/capture_bytes.ts";
import { onEthernet } from "../../../tests/support/ethernet_frames.ts";
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
import { CaptureDirectory } from "../../../tests/support/test_captures.ts";
import { Arena } from "../arena.ts";
import { BATCH_PACKETS } from "../batch.ts";
import { PATHS_MAX } from "../dissect/path_table.ts";
import { walkPackets } from "../engine/walk.ts";
import { Filter } from "../filter/filter.ts";
import { parseFilter } from "../filter/parse_filter.ts";
import { holdsFor } from "../filter/probe.ts";
import { rangeOf, RowFilter } from "../filter/row_filter.ts";
import { AnalysisKernel } from "./analysis_kernel.ts";

const FIELDS = [
  "tcp.port",
  "tcp.srcport",
  "tcp.dstport",
  "udp.port",
  "udp.dstport",
  "sctp.port",
] as const;
const FLAGS = [
  "tcp.flags",
  "tcp.flags.syn",
  "tcp.flags.ack",
  "tcp.flags.reset",
  "tcp.flags.push",
] as const;
const OPERATORS = ["==", "!=", "===", "!==", "<", "<=", ">", ">="] as const;
const PORTS = [
  0,
  1,
  53,
  80,
  443,
  1000,
  9999,
  32_768,
  65_534,
  65_535,
  65_536,
  2 ** 31,
  2 ** 32 + 80,
] as const;
const FLAG_VALUES = [0, 1, 2, 16, 17, 18, 24, 0xfff, 0x1000] as const;

const PROTOCOLS = [
  "tcp",
  "udp",
  "ip",
  "ipv6",
  "icmp",
  "arp",
  "dns",
  "tls",
  "sctp",
  "eth",
  "vlan",
] as const;

function condition(random: Random): string {
  if (random.oneIn(4)) return `${random.oneIn(4) ? "not " : ""}${random.pick(PROTOCOLS)}`;
  const isFlag = random.oneIn(3);
  const field = random.pick(isFlag ? FLAGS : FIELDS);
  const value = random.pick(isFlag ? FLAG_VALUES : PORTS);
  const scope = random.pick(["", "", "all ", "any "]);
  return `${random.oneIn(4) ? "not " : ""}${scope}${field} ${random.pick(OPERATORS)} ${value}`;
}

/** Filters of one to four conditions on columns. */
function filters(seed: number, count: number): readonly string[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const terms = Array.from({ length: 1 + random.below(4) }, () => `(${condition(random)})`);
    return terms.join(random.pick([" and ", " or ", " xor "]));
  });
}

/** What came of a comparison. */
interface Compared {
  /** Rows that filters kept, and that they did not. */
  readonly kept: number;
  readonly left: number;
  /** Rows of the last batch. */
  readonly last: number;
}

/** Both ways to judge a filter, on every batch; rows from `rows` on are left out of each. */
async function compare(
  file: Uint8Array,
  texts: readonly string[],
  rows = Infinity,
): Promise<Compared> {
  const pairs = texts.map((text) => ({
    text,
    compiled: new Filter(parseFilter(text)),
    plain: new Filter(parseFilter(text)),
  }));
  let kept = 0, left = 0, last = 0;
  const options = { needs: {}, maxPackets: 0, signal: new AbortController().signal };
  await walkPackets(sourceOf(file), options, (batch) => {
    assert.ok(batch.arena);
    const { count } = batch.packets;
    for (const { text, compiled, plain } of pairs) {
      const judged = Math.min(rows, count);
      const mask = compiled.select(batch, judged);
      assert.deepEqual(mask, plain.select({ ...batch, arena: null }, judged), text);
      assert.equal(compiled.selected, plain.selected, text);
      kept += compiled.selected;
      left += count - compiled.selected;
    }
    last = count;
  });
  for (const { compiled, plain } of pairs) assert.deepEqual(compiled.clauses, plain.clauses);
  return { kept, left, last };
}

/** How many rows the kernel kept while `act` was at work, and how many it left untold. */
async function judgedByKernel(act: () => Promise<void>): Promise<{ kept: number; untold: number }> {
  const { keepRows } = AnalysisKernel.prototype;
  let kept = 0, untold = 0;
  AnalysisKernel.prototype.keepRows = function (count, ...test): number {
    const both = keepRows.call(this, count, ...test);
    kept += both & 0xffff;
    untold += both >>> 16;
    return both;
  };
  try {
    await act();
  } finally {
    AnalysisKernel.prototype.keepRows = keepRows;
  }
  return { kept, untold };
}

Deno.test("the kernel keeps the rows that TypeScript keeps, whatever the filter and the cut", async () => {
  await using folder = await CaptureDirectory.make();
  const { kept, untold } = await judgedByKernel(async () => {
    for (const [index, snapLength] of [30, 36, 42, 52, 58, 128].entries()) {
      const out = `${folder.path}/${snapLength}.pcap`;
      generateCapture({ packets: 1601 + index, flows: 20, seed: index, snapLength, out });
      const generated = await Deno.readFile(out);
      const { kept, left, last } = await compare(generated, filters(index, 60));
      assert.ok(kept > 10_000 && left > 10_000, `${kept} kept, ${left} not`);
      assert.ok(last < 1000, "more than one batch");
      const file = hostileTcp({ seed: index, frames: 1211 + index, connections: 3, snapLength });
      await compare(file, filters(index + 10, 60));
      await compare(onEthernet(file), filters(index + 20, 60));
      for (const rows of [1, 5, 8, 100]) await compare(generated, filters(index + 30, 10), rows);
    }
  });
  assert.ok(kept > 100_000 && untold > 10_000, `${kept} kept by the kernel, ${untold} untold`);
});

const PLAIN = fromHex(MAC + "0800" + ipv4(6, tcp(HELLO)));

Deno.test("paths that come up late in a capture are known from then on", async () => {
  const first = Array.from({ length: BATCH_PACKETS }, () => PLAIN);
  const tagged = MAC + "8100" + "0064" + "0800" + ipv4(17, udp(7, 9, "00"));
  const late = [MAC + "0800" + ipv4(17, udp(7, 9, "00")), tagged, tagged].map(fromHex);
  const file = pcapFile(1, [...first, ...late, PLAIN]);
  for (
    const [text, count] of [["udp.port == 9", 3], ["udp", 3], ["tcp", BATCH_PACKETS + 1]] as const
  ) {
    assert.equal((await compare(file, [text])).kept, count, text);
  }
});

Deno.test("where packets have several headers, all of them are judged", async () => {
  const frames = SAMPLES.filter(({ linkType }) => linkType === 1).map(({ hex }) => fromHex(hex));
  const texts = [...filters(7, 10), "udp.port == 4789", "udp.port == 53", "udp", "ip"];
  await compare(pcapFile(1, frames), texts);
  for (const frame of frames) {
    // At every place of the steps that the kernel looks in, and behind the last one.
    for (const place of PLACES) await compare(pcapFile(1, among(frame, place)), texts);
  }
});

/** Rows of a batch of 38. */
const PLACES = [0, 7, 8, 15, 16, 30, 32, 37];

/** A frame among plain ones. */
function among(frame: Uint8Array, place: number): Uint8Array[] {
  return Array.from({ length: 38 }, (_, row) => row === place ? frame : PLAIN);
}

Deno.test("every type of ICMP that quotes a packet has the quoted headers judged", async () => {
  for (let type = 0; type < 256; type++) {
    const start = type.toString(16).padStart(2, "0") + "00000000000000";
    const quoted = fromHex(MAC + "0800" + ipv4(1, start + ipv4(17, udp(7, 53, ""))));
    const quoted6 = fromHex(MAC + "86dd" + ipv6(58, start + ipv6(17, udp(7, 53, ""))));
    const place = PLACES[type % PLACES.length] ?? 0;
    const ofOne = await compare(pcapFile(1, among(quoted, place)), ["udp.port == 53"]);
    assert.equal(ofOne.kept, [3, 4, 5, 11, 12].includes(type) ? 1 : 0, `ICMP ${type}`);
    const ofOther = await compare(pcapFile(1, among(quoted6, place)), ["udp.port == 53"]);
    assert.equal(ofOther.kept, type >= 1 && type <= 4 ? 1 : 0, `ICMPv6 ${type}`);
  }
});

Deno.test("columns that compiled code cannot reach are left to TypeScript", () => {
  const kernel = new AnalysisKernel(new Arena());
  const rows = new RowFilter(kernel);
  const { arena } = kernel;
  const int32 = arena.int32(BATCH_PACKETS);
  const condition = {
    b: null,
    least: 0,
    part: null,
    test: { operator: "==", limit: 0 },
    every: false,
    sources: { sources: new Uint8Array(PATHS_MAX), learnt: 1 },
  } as const;
  const mask = new Uint8Array(BATCH_PACKETS);
  const judge = () => true;
  for (const a of [new Int32Array(BATCH_PACKETS), arena.float64(BATCH_PACKETS)]) {
    assert.equal(rows.keep(mask, 1, { ...condition, a }, judge), null);
    assert.equal(rows.keep(mask, 1, { ...condition, a: int32, b: a }, judge), null);
  }
  assert.equal(rows.keep(mask, 1, { ...condition, a: int32 }, judge), 0);
});

Deno.test("a range holds the numbers that satisfy a comparison", () => {
  const numbers = [-(2 ** 31), -1, 0, 1, 2, 442, 443, 444, 65_535, 2 ** 31 - 1];
  const limits = [
    ...numbers,
    0.5,
    -0.5,
    443.5,
    2 ** 31,
    2 ** 40,
    -(2 ** 40),
    Infinity,
    -Infinity,
    NaN,
  ];
  for (const operator of ["==", "!=", "<", ">", "<=", ">="] as const) {
    for (const limit of limits) {
      const { low, high, isOutside } = rangeOf({ operator, limit });
      for (const value of numbers) {
        const holds = (value >= low && value <= high) !== isOutside;
        assert.equal(holds, holdsFor(value, operator, limit), `${value} ${operator} ${limit}`);
      }
    }
  }
});
