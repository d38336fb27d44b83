/**
 * `show route receive-protocol bgp` and `advertising-protocol bgp` of Junos.
 *
 * @module
 */
import { renderAddress } from "../../../ip/address.ts";
import type { Prefix } from "../../../ip/prefix.ts";
import type { RoutePath } from "../../../route/route.ts";
import { NO_PATH, type Parsed } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { readAddress, readPrefix, readUint32 } from "../text/path_draft.ts";
import { ProblemList } from "../text/problem_list.ts";
import { wholeLines } from "../text/whole_lines.ts";
import { readJunosAsPath } from "./as_path.ts";
import { unicastTable } from "./command.ts";
import { TABLE } from "./route_detail.ts";

/** `* 192.0.2.0/24             198.51.100.1         5       100        65001 I`. */
const ROW = /^([* ]?) {0,4}(\S{3,45}\/\d{1,3})(?: +(\S.*)|)$/;
/** The rest of a row whose prefix filled the line before. */
const CONTINUED = /^([* ]?) +(\S.*)$/;
const HEADING = /^(?:Prefix\s+Next ?hop\b|\{|Limit\/Threshold:)/i;

/** The next hop takes 16 characters or more, and five blanks follow; then come fixed columns. */
const NEXT_HOP_MIN = 16;
const GAP = 5;
const MED_WIDTH = 8;
const LOCAL_PREF_WIDTH = 11;

type NeighborQuery = Extract<RouterQuery, { readonly kind: "neighbor_routes" }>;

/** Reads routes of one neighbour. There is no count, so every line must be understood. */
export function readNeighborTable(query: NeighborQuery, output: string): Parsed {
  const problems = new ProblemList();
  const paths: RoutePath[] = [];
  let pending: { readonly prefix: Prefix; readonly mark: string } | null = null;
  let isWanted = true;
  for (const line of wholeLines(output, problems)) {
    const trimmed = line.trim();
    const table = TABLE.exec(trimmed)?.[1];
    if (table !== undefined) isWanted = table === unicastTable(query.family);
    if (table !== undefined || !isWanted || trimmed === "" || HEADING.test(trimmed)) continue;
    const [, mark = "", prefixText, rest] = ROW.exec(line) ?? [];
    const prefix = prefixText === undefined ? null : readPrefix(prefixText);
    let path: RoutePath | null = null;
    if (prefix !== null) {
      if (pending !== null) problems.add("A row ends behind its prefix", line);
      pending = rest === undefined ? { prefix, mark } : null;
      if (rest === undefined) continue;
      path = readColumns(query, prefix, mark, rest);
    } else if (pending !== null) {
      const [, later = "", columns = ""] = CONTINUED.exec(line) ?? [];
      path = readColumns(query, pending.prefix, pending.mark.trim() || later, columns);
      pending = null;
    }
    if (path === null) problems.add("Cannot read the row", line);
    else paths.push(path);
  }
  if (pending !== null) problems.add("The last row ends behind its prefix");
  return {
    answer: {
      kind: "table",
      paths,
      announcedPrefixes: null,
      announcedPaths: null,
      routerId: null,
      localAs: null,
    },
    complete: problems.count === 0,
    problems: problems.list(),
  };
}

function readColumns(
  { direction, neighbor }: NeighborQuery,
  prefix: Prefix,
  mark: string,
  columns: string,
): RoutePath | null {
  const [nextHop = ""] = columns.split(" ", 1);
  let rest = columns.slice(Math.max(nextHop.length, NEXT_HOP_MIN) + GAP);
  const take = (width: number) => {
    const [, word = ""] = /^(\S*)/.exec(rest) ?? [];
    // A value that fills its column pushes the next one on.
    rest = rest.slice(Math.max(width, word.length + 1));
    return word;
  };
  const med = take(MED_WIDTH);
  const localPref = take(LOCAL_PREF_WIDTH);
  const sent = direction === "advertised";
  const read = readJunosAsPath(rest, sent ? "out" : "in");
  const address = readAddress(nextHop);
  if (read === null || (address === null && nextHop !== "Self")) return null;
  return {
    ...NO_PATH,
    prefix,
    asPath: read.asPath,
    origin: read.origin,
    nextHop: address,
    med: readUint32(med),
    localPref: readUint32(localPref),
    peer: sent ? NO_PATH.peer : { ...NO_PATH.peer, address: renderAddress(neighbor) },
    flags: mark.startsWith("*") ? ["best"] : [],
  };
}
