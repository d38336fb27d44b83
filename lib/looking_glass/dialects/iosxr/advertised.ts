/**
 * `show bgp … neighbors X advertised-routes` of IOS XR, a table of its own form.
 *
 * @module
 */
import { parseAsPath } from "../../../route/as_path.ts";
import type { RoutePath } from "../../../route/route.ts";
import { NO_PATH, type Parsed } from "../../answer.ts";
import { readAddress, readPrefix, readUint32 } from "../text/path_draft.ts";
import { ProblemList } from "../text/problem_list.ts";
import { wholeLines } from "../text/whole_lines.ts";

const HEADING = /^Network +Next Hop +From +AS Path$/;
/** Prefix, next hop as announced, who told it, and the path with the origin stuck to it. */
const ROW = /^(\S+\/\d{1,3}) +(\S+) +(\S+) +(.*)([ie?])$/;
const TOTAL = /^Processed (\d{1,10}) prefixes, (\d{1,10}) paths$/;

const ORIGINS: ReadonlyMap<string, RoutePath["origin"]> = new Map([
  ["i", "igp"],
  ["e", "egp"],
  ["?", "incomplete"],
]);

/** Reads the routes that a neighbour is told. A line behind them counts them. */
export function readAdvertised(output: string): Parsed {
  const problems = new ProblemList();
  const paths: RoutePath[] = [];
  let announcedPrefixes: number | null = null;
  let announcedPaths: number | null = null;
  let wrapped = "";
  for (const line of wholeLines(output, problems)) {
    const text = line.trim();
    const total = TOTAL.exec(text);
    if (total !== null) {
      announcedPrefixes = readUint32(total[1]);
      announcedPaths = readUint32(total[2]);
    } else if (text === "" || HEADING.test(text)) continue;
    else if (!text.includes(" ")) wrapped = `${wrapped} ${text}`.trimStart();
    else {
      const path = readRow(`${wrapped} ${text}`.trimStart());
      wrapped = "";
      if (path === null) problems.add("Cannot read the row", line);
      else paths.push(path);
    }
  }
  if (wrapped !== "") problems.add("The last row ends early");
  if (announcedPaths === null && (paths.length > 0 || problems.count > 0)) {
    problems.add("The closing line is missing");
  } else if (announcedPaths !== null && announcedPaths !== paths.length) {
    problems.add(`The router counts ${announcedPaths} paths, ${paths.length} can be read`);
  }
  return {
    answer: {
      kind: "table",
      paths,
      announcedPrefixes,
      announcedPaths,
      routerId: null,
      localAs: null,
    },
    complete: problems.count === 0,
    problems: problems.list(),
  };
}

function readRow(text: string): RoutePath | null {
  const [, prefixText = "", nextHop, from, pathText, origin = ""] = ROW.exec(text) ?? [];
  const prefix = readPrefix(prefixText);
  const asPath = pathText === undefined ? null : parseAsPath(pathText);
  if (prefix === null || asPath === null) return null;
  return {
    ...NO_PATH,
    prefix,
    asPath,
    origin: ORIGINS.get(origin) ?? null,
    nextHop: readAddress(nextHop),
    peer: { ...NO_PATH.peer, address: readAddress(from) },
  };
}
