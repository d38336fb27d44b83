/**
 * Speed of framing beside `cat FILE >/dev/null`, rounds interleaved, the file in the page cache.
 *
 *     deno run -A bench/framing.ts FILE [ROUNDS]
 */
import { openCapture } from "../lib/io/capture_file.ts";
import { Arena } from "../lib/pcap/arena.ts";
import { PathTable } from "../lib/pcap/dissect/path_table.ts";
import { Kernel } from "../lib/pcap/kernel/kernel.ts";
import { openReader } from "../lib/pcap/reader.ts";
import { WINDOW_BYTES_MAX } from "../lib/pcap/window.ts";
import { median } from "./stdio_session.ts";

const path = Deno.args[0];
if (path === undefined) throw new Error("Give a capture, for example of bench/generate_capture.ts");
const rounds = Number(Deno.args[1] ?? 7);

const arena = new Arena();
const kernel = new Kernel(arena, new PathTable());
const batch = kernel.slot.packets;
const room = arena.uint8(WINDOW_BYTES_MAX);
/** Octets on the wire, octets captured, least and greatest time: as the engine counts them. */
const totals = arena.float64(4);

/** Reads the capture and adds up what every packet tells. */
async function frameAll(file: string): Promise<{ packets: number; wireBytes: number }> {
  using source = openCapture(file, () => true);
  const reader = await openReader(source, {}, () => room, kernel);
  totals.set([0, 0, Infinity, -Infinity]);
  while (!reader.ended) {
    const count = reader.next(batch);
    if (count === 0 && !reader.ended) await reader.fill();
    if (count > 0) kernel.sumPackets(count, 0, totals);
  }
  reader.close();
  return { packets: reader.packets, wireBytes: totals[0] ?? 0 };
}

async function catAll(file: string): Promise<void> {
  await new Deno.Command("cat", { args: [file], stdout: "null" }).output();
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await act();
  return (performance.now() - started) / 1000;
}

const { size } = Deno.statSync(path);
const { packets, wireBytes } = await frameAll(path);
const ours: number[] = [];
const cats: number[] = [];
for (let round = 0; round < rounds; round++) {
  cats.push(await timed(() => catAll(path)));
  ours.push(await timed(() => frameAll(path)));
}
const sec = median(ours);
const catSec = median(cats);
// deno-lint-ignore no-console -- a bench prints
console.log(
  `${packets} packets, ${size} bytes, ${wireBytes} on the wire\n` +
    `framing ${sec.toFixed(3)} s (${(packets / sec / 1e6).toFixed(1)} Mpps, ` +
    `${(size / sec / 1e9).toFixed(2)} GB/s), cat ${catSec.toFixed(3)} s ` +
    `(${(size / catSec / 1e9).toFixed(2)} GB/s), ratio ${(sec / catSec).toFixed(2)} ` +
    `(best of each ${(Math.min(...ours) / Math.min(...cats)).toFixed(2)})`,
);
