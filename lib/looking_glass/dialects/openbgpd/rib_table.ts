/**
 * Routes as `show ip bgp` prints them: a legend, a heading, a line a path.
 *
 * @module
 */
import { parseAsPath } from "../../../route/as_path.ts";
import type { OriginValidation, PathFlag, RoutePath } from "../../../route/route.ts";
import type { Parsed } from "../../answer.ts";
import {
  addFlag,
  draftPath,
  nearestAs,
  readAddress,
  readPrefix,
  readUint32,
} from "../text/path_draft.ts";
import { ProblemList } from "../text/problem_list.ts";
import { wholeLines } from "../text/whole_lines.ts";

/** The column is `ovs`, or `vs` where the state of the path (ASPA) stands beside that of the origin. */
const HEADING = /^flags +(?:o?vs +)?destination +gateway +lpref +med +aspath origin$/;
const ROW =
  /^([A-Z*>+]{0,8}) +(?:([NV!])(?:-\S)? +)?(\S{1,60}) +(\S{1,60}) +(\d{1,10}) +(\d{1,10}) (?:(.*) )?([ie?])$/;
/** Longest line that is tried, characters: an AS path of 255 numbers has 2,800. */
const LINE_MAX = 65_536;

const FLAGS: ReadonlyMap<string, PathFlag> = new Map([
  ["*", "valid"],
  [">", "best"],
  ["+", "multipath"],
  ["I", "internal"],
  ["A", "local"],
  ["S", "stale"],
]);
const VALIDATION: ReadonlyMap<string, OriginValidation> = new Map([
  ["N", "not_found"],
  ["V", "valid"],
  ["!", "invalid"],
]);
const ORIGINS = { i: "igp", e: "egp", "?": "incomplete" } as const;

/**
 * Reads the table. bgpctl prints no count, so it is complete if every line of it was read.
 * `side`: `out` is what is announced to a neighbor, whose marks do not say where it came from.
 */
export function readRibTable(side: "in" | "out", output: string): Parsed {
  const problems = new ProblemList();
  const paths: RoutePath[] = [];
  let isBelowHeading = false;
  for (const line of wholeLines(output, problems)) {
    if (HEADING.test(line)) isBelowHeading = true;
    else if (isBelowHeading && line !== "") {
      const path = readRow(side, line);
      if (path === null) problems.add("Cannot read the route", line);
      else paths.push(path);
    }
  }
  if (!isBelowHeading) problems.add("The router printed no heading");
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

function readRow(side: "in" | "out", line: string): RoutePath | null {
  const [, marks = "", state, shown = "", gateway, localPref, med, asns = "", origin] =
    (line.length > LINE_MAX ? null : ROW.exec(line)) ?? [];
  const prefix = readPrefix(shown);
  const nextHop = readAddress(gateway);
  const asPath = parseAsPath(asns);
  if (origin === undefined || prefix === null || nextHop === null || asPath === null) return null;
  const path = draftPath(prefix);
  path.asPath = asPath;
  path.origin = ORIGINS[origin as keyof typeof ORIGINS];
  path.nextHop = nextHop;
  path.localPref = readUint32(localPref);
  path.med = readUint32(med);
  path.rpki = VALIDATION.get(state ?? "") ?? null;
  for (const mark of marks) {
    const flag = FLAGS.get(mark);
    if (flag !== undefined) addFlag(path, flag);
    // `E`: kept, but taken for withdrawn because of an error in it.
    else if (mark === "E") path.notBestReason = "Error";
    else path.unknownAttributes.push(`flag ${mark}`);
  }
  if (side === "in" && !path.flags.includes("internal")) {
    addFlag(path, "external");
    path.peer.asn = nearestAs(asPath);
  }
  return path;
}
