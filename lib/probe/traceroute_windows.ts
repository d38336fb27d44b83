/**
 * Reads the printout of Windows tracert in English, IPv4 and IPv6: three times or stars, then one
 * address or one sentence.
 *
 * @module
 */
import { readAddress } from "./hop_address.ts";
import { type HopProbe, MAX_ROWS, type TracedHop } from "./traceroute_output.ts";

const ROW = /^ {1,3}(\d{1,3})((?: +(?:<?\d{1,9} ms|\*)){3}) *(.*)$/;
const REPORTS =
  /^(\S+)(?: \[\S+\])? +reports: +Destination (host|net|protocol|port|network) unreachable/;
const LETTER: Readonly<Record<string, string>> = {
  host: "H",
  net: "N",
  network: "N",
  protocol: "P",
  port: "",
};

/** Parses what tracert wrote to stdout, whole or cut short. Never throws. */
export function parseWindowsTraceroute(text: string): TracedHop[] {
  const hops: TracedHop[] = [];
  for (const raw of text.split("\n")) {
    if (hops.length >= MAX_ROWS) break;
    const line = raw.slice(0, 500).trimEnd();
    const row = ROW.exec(line);
    if (row !== null) {
      hops.push(readRow(Number(row[1]), row[2] ?? "", row[3] ?? ""));
      continue;
    }
    // "  4  192.0.2.1  reports: Destination host unreachable.": a row without times.
    const short = /^ {1,3}(\d{1,3}) +(\S.*)$/.exec(line);
    const report = short === null ? null : reported(short[2] ?? "");
    if (short !== null && report !== null) {
      hops.push({
        hop: Number(short[1]),
        probes: [{ address: report.address, rttMs: null, flag: report.flag }],
        names: new Map(),
        labels: new Map(),
      });
    }
  }
  return hops;
}

function readRow(hop: number, times: string, rest: string): TracedHop {
  const names = new Map<string, string>();
  const named = /^(\S+) \[(\S+)\]/.exec(rest);
  const report = reported(rest);
  const address = report?.address ?? readAddress(named?.[2] ?? rest.split(" ", 1)[0] ?? "");
  if (named !== null && address !== null) names.set(address, named[1] ?? "");
  const probes: HopProbe[] = [...times.matchAll(/(<?)(\d+) ms|\*/g)].map((match) => {
    if (match[2] === undefined) return { address: null, rttMs: null, flag: null };
    // "<1 ms" is below what the program resolves; half of it is the fairest single number.
    const rttMs = match[1] === "<" ? Number(match[2]) / 2 : Number(match[2]);
    return { address, rttMs, flag: report?.flag ?? null };
  });
  return { hop, probes, names, labels: new Map() };
}

function reported(text: string): { address: string | null; flag: string } | null {
  const match = REPORTS.exec(text);
  if (match === null) return null;
  return { address: readAddress(match[1] ?? ""), flag: LETTER[match[2] ?? ""] ?? "" };
}
