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
import { walkPackets } from "../engine/walk.ts";
import { Filter } from "../filter/filter.ts";
import { parseFilter } from "../filter/parse_filter.ts";
import { holdsFor } from "../filter/probe.ts";
import { rangeOf } from "../filter/row_filter.ts";

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

/** Both ways to judge a filter, on every batch; how many rows were kept, and how many not. */
async function compare(file: Uint8Array, texts: readonly string[]): Promise<[number, number]> {
  const pairs = texts.map((text) => ({
    text,
    compiled: new Filter(parseFilter(text)),
    plain: new Filter(parseFilter(text)),
  }));
  let kept = 0, left = 0;
  const options = { needs: {}, maxPackets: 0, signal: new AbortController().signal };
  await walkPackets(sourceOf(file), options, (batch) => {
    assert.ok(batch.arena);
    const { count } = batch.packets;
    for (const { text, compiled, plain } of pairs) {
      const mask = compiled.select(batch);
      assert.deepEqual(mask, plain.select({ ...batch, arena: null }), text);
      assert.equal(compiled.selected, plain.selected, text);
      kept += compiled.selected;
      left += count - compiled.selected;
    }
  });
  for (const { compiled, plain } of pairs) assert.deepEqual(compiled.clauses, plain.clauses);
  return [kept, left];
}

Deno.test("the kernel keeps the rows that TypeScript keeps, whatever the filter and the cut", async () => {
  const folder = await Deno.makeTempDir();
  for (const snapLength of [30, 36, 42, 52, 58, 128]) {
    const out = `${folder}/${snapLength}.pcap`;
    // One batch and a part of another, and a number of rows that no step divides.
    generateCapture({ packets: 1500 + snapLength, flows: 20, seed: snapLength, snapLength, out });
    const [kept, left] = await compare(await Deno.readFile(out), filters(snapLength, 60));
    assert.ok(kept > 10_000 && left > 10_000, `${kept} kept, ${left} not`);
    for (const file of [hostileTcp({ seed: 1, frames: 1200, connections: 3, snapLength })]) {
      await compare(file, filters(snapLength + 1, 60));
      await compare(onEthernet(file), filters(snapLength + 2, 60));
    }
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("where packets have several headers, all of them are judged", async () => {
  const frames = SAMPLES.filter(({ linkType }) => linkType === 1).map(({ hex }) => fromHex(hex));
  frames.push(fromHex(MAC + "0800" + ipv4(1, "0303000000000000" + ipv4(17, udp(7, 53, "")))));
  const plain = fromHex(MAC + "0800" + ipv4(6, tcp(HELLO)));
  const texts = [...filters(7, 10), "udp.port == 4789", "udp.port == 53", "udp", "ip"];
  await compare(pcapFile(1, frames), texts);
  for (const frame of frames) {
    // At every place of the steps that the kernel looks in, and behind the last one.
    for (const place of [0, 7, 8, 15, 16, 30, 32, 37]) {
      const around = Array.from({ length: 38 }, (_, row) => row === place ? frame : plain);
      await compare(pcapFile(1, around), texts);
    }
  }
});

Deno.test("every type of ICMP that quotes a packet has the quoted headers judged", async () => {
  const plain = fromHex(MAC + "0800" + ipv4(6, tcp(HELLO)));
  for (let type = 0; type < 256; type++) {
    const start = type.toString(16).padStart(2, "0") + "00000000000000";
    const quoted = fromHex(MAC + "0800" + ipv4(1, start + ipv4(17, udp(7, 53, ""))));
    const quoted6 = fromHex(MAC + "86dd" + ipv6(58, start + ipv6(17, udp(7, 53, ""))));
    for (const frame of [quoted, quoted6]) {
      await compare(pcapFile(1, [plain, frame]), ["udp.port == 53"]);
    }
  }
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
