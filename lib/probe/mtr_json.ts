/**
 * Reads the JSON report of mtr 0.88 to 0.95. Older versions print numbers as strings; silent hops
 * are called `???`; with names on, a host is `name (address)`.
 *
 * @module
 */
import { z } from "zod";
import { readAddress } from "./hop_address.ts";

/** One hop of a report; times in milliseconds, null where nothing was received. */
export interface MtrHop {
  readonly hop: number;
  /** Canonical address, or null for a silent hop. */
  readonly address: string | null;
  readonly sent: number;
  readonly received: number;
  readonly lastMs: number | null;
  readonly bestMs: number | null;
  readonly avgMs: number | null;
  readonly worstMs: number | null;
  readonly stddevMs: number | null;
  /** Mean jitter; null where the version does not report it. */
  readonly jitterMs: number | null;
}

/** Larger than any time or count of a run that we start; it keeps sums finite. */
const NUMBER_MAX = 1e9;
/** The verdict weighs every lost probe, so their number bounds its time. */
const PROBES_MAX = 10_000;

function reportSchema() {
  const number = z.union([
    z.number().nonnegative().max(NUMBER_MAX),
    z.string().max(20).regex(/^ *\d+(\.\d+)?%? *$/).transform((text) => Number.parseFloat(text)),
  ]);
  const probes = number.pipe(z.number().max(PROBES_MAX));
  const hub = z.object({
    count: number,
    host: z.string(),
    "Loss%": number,
    Snt: probes,
    Rcv: probes.optional(),
    Last: number.optional(),
    Avg: number.optional(),
    Best: number.optional(),
    Wrst: number.optional(),
    StDev: number.optional(),
    Javg: number.optional(),
  });
  return z.object({
    report: z.object({
      mtr: z.object({ tests: number.optional() }).optional(),
      hubs: z.array(hub).max(64),
    }),
  });
}

/** Parses what mtr wrote to stdout; null if it is not a whole report. Never throws. */
export function parseMtrJson(text: string): { tests: number | null; hops: MtrHop[] } | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = reportSchema().safeParse(value);
  if (!parsed.success) return null;
  const { mtr, hubs } = parsed.data.report;
  return {
    tests: mtr?.tests ?? null,
    hops: hubs.map((row) => {
      const received = row.Rcv ?? Math.round(row.Snt * (1 - Math.min(row["Loss%"], 100) / 100));
      const heard = (value: number | undefined): number | null =>
        value === undefined || received === 0 ? null : value;
      return {
        hop: row.count,
        address: hostAddress(row.host),
        sent: row.Snt,
        received: Math.min(received, row.Snt),
        lastMs: heard(row.Last),
        bestMs: heard(row.Best),
        avgMs: heard(row.Avg),
        worstMs: heard(row.Wrst),
        stddevMs: heard(row.StDev),
        jitterMs: heard(row.Javg),
      };
    }),
  };
}

function hostAddress(host: string): string | null {
  const inner = /\(([^()]+)\)\s*$/.exec(host.slice(0, 400));
  return readAddress(inner?.[1] ?? host);
}
