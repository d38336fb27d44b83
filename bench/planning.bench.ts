/**
 * Overlaps and summaries of a million prefixes, beside Python's ipaddress where it has the same
 * function. What is timed is the work on prefixes that have been read.
 *
 *     deno run -A bench/planning.bench.ts
 */
import type { Prefix } from "../lib/ip/prefix.ts";
import { findOverlaps } from "../lib/planning/overlaps.ts";
import { summarize } from "../lib/planning/summarize.ts";
import { Random } from "../tests/fuzz/random.ts";
import { printRows, type Row } from "./report.ts";
import { median } from "./stdio_session.ts";

const PREFIXES = 1_000_000;
const ROUNDS = 5;
/** Lengths as in a routing table, for which an address is cut to its 24 or 48 upper bits at most. */
const SHAPES = [
  { family: 4, bits: 32, shortest: 16, lengths: 9 },
  { family: 6, bits: 128, shortest: 32, lengths: 17 },
] as const;

const COLLAPSE = `
import ipaddress, sys, time
make = ipaddress.IPv4Network if sys.argv[1] == "4" else ipaddress.IPv6Network
nets = [make((int(value), int(length))) for value, length in map(str.split, sys.stdin)]
started = time.perf_counter()
count = sum(1 for _ in ipaddress.collapse_addresses(nets))
print(time.perf_counter() - started, count)
`;

function randomPrefixes({ family, bits, shortest, lengths }: typeof SHAPES[number]): Prefix[] {
  const random = new Random(1);
  return Array.from({ length: PREFIXES }, () => {
    const length = shortest + random.below(lengths);
    const value = BigInt(random.bits()) << 32n | BigInt(random.bits());
    return { family, value: value >> BigInt(64 - length) << BigInt(bits - length), length };
  });
}

function medianMs(work: () => unknown): number {
  return median(Array.from({ length: ROUNDS }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  }));
}

/** Milliseconds of collapse_addresses and how many prefixes it leaves. */
async function collapse(family: 4 | 6, prefixes: readonly Prefix[]): Promise<[number, number]> {
  const child = new Deno.Command("python3", {
    args: ["-c", COLLAPSE, `${family}`],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const said = new Response(child.stdout).text();
  const lines = prefixes.map(({ value, length }) => `${value} ${length}\n`);
  await new Blob(lines).stream().pipeTo(child.stdin);
  const [seconds, count] = (await said).split(" ").map(Number);
  await child.status;
  return [(seconds ?? NaN) * 1000, count ?? NaN];
}

const rows: Row[] = [];
for (const shape of SHAPES) {
  const prefixes = randomPrefixes(shape);
  const what = `${PREFIXES.toLocaleString("en")} IPv${shape.family} prefixes`;
  const overlapsMs = medianMs(() => findOverlaps(prefixes, 1_000));
  rows.push({
    number: `overlaps among ${what}, all pairs counted`,
    ours: `${overlapsMs.toFixed(0)} ms`,
    peer: "-",
    ratio: "-",
    goal: "<= 1000 ms",
    met: overlapsMs <= 1_000,
  });
  const ours = medianMs(() => summarize(prefixes));
  const [peer, count] = await collapse(shape.family, prefixes);
  rows.push({
    number: `summary of ${what}`,
    ours: `${ours.toFixed(0)} ms`,
    peer: `${peer.toFixed(0)} ms (Python ipaddress.collapse_addresses)`,
    ratio: (ours / peer).toFixed(3),
    goal: "the same prefixes",
    met: count === summarize(prefixes).length,
  });
}
printRows(rows);
