/**
 * Tables of paths of EOS. A value that is missing is shown as `-`, so that words tell the columns.
 *
 * @module
 */
import { parseAsPath } from "../../../route/as_path.ts";
import type { OriginValidation, PathFlag, RoutePath } from "../../../route/route.ts";
import { NO_PATH, type Parsed } from "../../answer.ts";
import { readAddress, readAsn, readPrefix, readUint32 } from "../text/path_draft.ts";
import { ProblemList } from "../text/problem_list.ts";
import { wholeLines } from "../text/whole_lines.ts";

const HEADING = /^ *Network +Next Hop +Metric( +AIGP)? +LocPref +Weight +Path$/;
const IDENTITY = /^Router identifier (\S+), local AS number (\S+)$/;
/** Status codes, one of the validation, prefix, next hop, and everything behind. */
const ROW =
  /^([ *>#sSEecbLq%]{0,9}?) *(?:\b([VIU]) +)?([\da-fA-F.:]{2,40}\/\d{1,3}) +(\S{1,80}) +(.*)$/;
/** Metric, local preference and weight; newer releases have the AIGP metric behind the first. */
const NUMBERS = /^(\d{1,10}|-) +(\d{1,10}|-) +(\d{1,10}|-) +(.*)$/;
const WITH_AIGP = /^(\d{1,10}|-) +(?:\d{1,20}|-) +(\d{1,10}|-) +(\d{1,10}|-) +(.*)$/;
/** Path, origin, and attributes that stand behind it. */
const PATH =
  /^([\d\s.,(){}[\]]*)(?<![\d.])([ie?])(?: +(?:Or-ID: (\S+))?(?: *C-LST: ([\d. ]+))?.*)?$/;

const STATUS: ReadonlyMap<string, PathFlag> = new Map([
  ["*", "valid"],
  [">", "best"],
  ["E", "multipath"],
  ["e", "multipath"],
  ["b", "backup"],
  ["s", "suppressed"],
  ["S", "stale"],
]);

const VALIDATION: ReadonlyMap<string, OriginValidation> = new Map([
  ["V", "valid"],
  ["I", "invalid"],
  ["U", "not_found"],
]);

const ORIGINS: ReadonlyMap<string, RoutePath["origin"]> = new Map([
  ["i", "igp"],
  ["e", "egp"],
  ["?", "incomplete"],
]);

/** Reads a table. It has no count, so every line behind the heading must be understood. */
export function readEosTable(output: string): Parsed {
  const problems = new ProblemList();
  const paths: RoutePath[] = [];
  let identity: RegExpExecArray | null = null;
  let hasAigp: boolean | null = null;
  for (const line of wholeLines(output, problems)) {
    if (line.trim() === "") continue;
    if (hasAigp === null) {
      identity ??= IDENTITY.exec(line.trim());
      const heading = HEADING.exec(line.trimEnd());
      if (heading !== null) hasAigp = heading[1] !== undefined;
      continue;
    }
    const path = readRow(line.trimEnd(), hasAigp);
    if (path === null) problems.add("Cannot read the row", line);
    else paths.push(path);
  }
  if (hasAigp === null && identity !== null) problems.add("There is no heading above the rows");
  return {
    answer: {
      kind: "table",
      paths,
      announcedPrefixes: null,
      announcedPaths: null,
      routerId: readAddress(identity?.[1]),
      localAs: readAsn(identity?.[2]),
    },
    complete: problems.count === 0,
    problems: problems.list(),
  };
}

function readRow(line: string, hasAigp: boolean): RoutePath | null {
  const [, status = "", validation = "", prefixText = "", nextHop, rest = ""] = ROW.exec(line) ??
    [];
  const prefix = readPrefix(prefixText);
  const [, med, localPref, weight, behind = ""] = (hasAigp ? WITH_AIGP : NUMBERS).exec(rest) ?? [];
  const [, pathText, origin = "", originator, clusters = ""] = PATH.exec(behind) ?? [];
  const asPath = pathText === undefined ? null : parseAsPath(pathText);
  if (prefix === null || asPath === null) return null;
  const flags = new Set([...status].flatMap((letter) => STATUS.get(letter) ?? []));
  return {
    ...NO_PATH,
    prefix,
    asPath,
    origin: ORIGINS.get(origin) ?? null,
    nextHop: readAddress(nextHop),
    med: readUint32(med),
    localPref: readUint32(localPref),
    weight: readUint32(weight),
    originatorId: readAddress(originator),
    clusterList: clusters.split(" ").map(readAddress).filter((one) => one !== null),
    rpki: VALIDATION.get(validation) ?? null,
    flags: [...flags],
  };
}
