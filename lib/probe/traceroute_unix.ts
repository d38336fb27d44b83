/**
 * Reads the printout of Linux, BusyBox, BSD and macOS traceroute, IPv4 and IPv6, numeric or not.
 *
 * @module
 */
import { readAddress } from "./hop_address.ts";
import {
  type HopProbe,
  MAX_ROW_PROBES,
  MAX_ROWS,
  type MplsLabel,
  type TracedHop,
} from "./traceroute_output.ts";

/** Characters of a row that are looked at: 64 probes with an address each fit. */
const MAX_ROW_CHARS = 8_192;
const ROW = /^ {0,3}(\d{1,3})(?:  ?| *$)(.*)$/;
// Numbers have a length that keeps them, and sums of them, finite.
const RTT = /^\d{1,9}(?:\.\d{1,9})?$/;

/** Letters, an MTU or a code as {@link sayFlag} knows them; anything else is no annotation. */
const FLAG = /^(?:[A-Z]?|F-\d{1,5}|\d{1,3})$/;

interface OpenHop {
  readonly hop: number;
  readonly probes: HopProbe[];
  readonly names: Map<string, string>;
  readonly labels: Map<string, readonly MplsLabel[]>;
  address: string | null;
}

/** Parses what a Unix traceroute wrote to stdout, whole or cut short. Never throws. */
export function parseUnixTraceroute(text: string): TracedHop[] {
  const hops: OpenHop[] = [];
  for (const raw of text.split("\n")) {
    const line = raw.slice(0, MAX_ROW_CHARS).trimEnd();
    const row = ROW.exec(line);
    if (row !== null) {
      if (hops.length >= MAX_ROWS) break;
      const hop: OpenHop = {
        hop: Number(row[1]),
        probes: [],
        names: new Map(),
        labels: new Map(),
        address: null,
      };
      hops.push(hop);
      readRow(hop, row[2] ?? "");
      continue;
    }
    // BSD puts a further address of the same hop on an indented line of its own.
    const open = hops.at(-1);
    if (open !== undefined && /^ {4}\S/.test(line)) readRow(open, line);
  }
  return hops;
}

function readRow(hop: OpenHop, text: string): void {
  const tokens = text.split(/\s+/).filter((token) => token !== "");
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] ?? "";
    const next = tokens[i + 1] ?? "";
    if (hop.probes.length >= MAX_ROW_PROBES) return;
    if (token === "*") {
      hop.probes.push({ address: null, rttMs: null, flag: null });
    } else if (RTT.test(token) && next === "ms") {
      hop.probes.push({ address: hop.address, rttMs: Number(token), flag: null });
      i++;
    } else if (token.startsWith("!")) {
      flagLast(hop.probes, token.slice(1).replace(/^<(.+)>$/, "$1"));
    } else if (token.startsWith("<")) {
      if (hop.address !== null) hop.labels.set(hop.address, readLabels(token));
    } else if (next.startsWith("(") && readAddress(next.slice(1, -1)) !== null) {
      const address = readAddress(next.slice(1, -1)) ?? "";
      hop.address = address;
      if (readAddress(token) === null) hop.names.set(address, token);
      i++;
    } else {
      hop.address = readAddress(token) ?? hop.address;
    }
  }
}

function flagLast(probes: HopProbe[], flag: string): void {
  const last = probes.at(-1);
  if (last !== undefined && FLAG.test(flag)) probes.splice(-1, 1, { ...last, flag });
}

/** Entries of `<MPLS:L=24001,E=0,S=1,T=1/L=…>`; other extension objects are skipped. */
function readLabels(token: string): MplsLabel[] {
  const labels: MplsLabel[] = [];
  for (const match of token.matchAll(/L=(\d{1,7}),E=(\d),S=([01]),T=(\d{1,3})/g)) {
    labels.push({
      label: Number(match[1]),
      trafficClass: Number(match[2]),
      bottom: match[3] === "1",
      ttl: Number(match[4]),
    });
    if (labels.length === 16) break;
  }
  return labels;
}
