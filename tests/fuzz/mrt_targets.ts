/**
 * MRT files that somebody hands over: any octets give routes and damage, the same in any pieces.
 *
 * @module
 */
import { parseAsPathPattern } from "../../lib/route/as_path_pattern.ts";
import { DecodeError } from "../../lib/errors/mod.ts";
import { type MrtSearch, SearchVisitor } from "../../lib/bgp/mrt/mrt_search.ts";
import { SummaryVisitor } from "../../lib/bgp/mrt/mrt_summary.ts";
import { readMrt } from "../../lib/bgp/mrt/read_mrt.ts";
import {
  dumpLines,
  joined,
  octetSource,
  sampleTable,
  sampleUpdates,
} from "../support/mrt_samples.ts";
import { type FuzzTarget, must, type Outcome } from "./target.ts";

const SEARCH: MrtSearch = {
  criteria: {
    prefix: null,
    family: null,
    originAsn: null,
    viaAsn: 64_500,
    asPath: parseAsPathPattern("64500 .* 64501"),
    community: { kind: "standard", high: 64_500, low: 1 },
    peerAddress: null,
    peerAsn: null,
    kind: null,
    fromSec: null,
    toSec: null,
  },
  skip: 0,
  limit: 100,
  format: "routes",
};

async function runFile(bytes: Uint8Array): Promise<Outcome> {
  let whole: Awaited<ReturnType<typeof dumpLines>>;
  try {
    whole = await dumpLines(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
  const { lines, coverage } = whole;
  for (const line of lines) must(/^[\x20-\x7e]+$/.test(line), "a line is not printable ASCII");
  const pieces = await dumpLines(bytes, 1 + (bytes[0] ?? 0) % 13);
  must(pieces.lines.join("\n") === lines.join("\n"), "a split changed the lines");
  must(pieces.coverage.damage.count === coverage.damage.count, "a split changed the damage");
  const summary = new SummaryVisitor();
  await readMrt(octetSource(bytes), summary);
  const { rib_paths, announcements, withdrawals, peers } = summary.summary();
  const search = new SearchVisitor(SEARCH);
  await readMrt(octetSource(bytes), search);
  const routes = [rib_paths, announcements, withdrawals].reduce(
    (n, { ipv4, ipv6 }) => n + ipv4 + ipv6,
    0,
  );
  must(search.matches().count <= routes, "more routes match than there are");
  return `${[...coverage.records.keys()].slice(0, 3)} ${routes} ${peers.length} ${
    coverage.damage.places.map(({ found }) => found.replaceAll(/\d+/g, "N")).slice(0, 2)
  }`;
}

/** Targets about MRT. */
export const mrtTargets: readonly FuzzTarget[] = [{
  name: "mrt_file",
  seeds: [sampleTable(), sampleUpdates(), joined(sampleTable(), sampleUpdates())],
  run: runFile,
}];
