/**
 * Routes as `show ip bgp detail` prints them: a block a path, its lines indented by four.
 *
 * @module
 */
import { renderPrefix } from "../../../ip/prefix.ts";
import { parseAsPath } from "../../../route/as_path.ts";
import type { PathFlag } from "../../../route/route.ts";
import type { Parsed } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { routeMatch } from "../route_match.ts";
import { parseDuration } from "../text/duration.ts";
import {
  addFlag,
  draftPath,
  nearestAs,
  type PathDraft,
  readAddress,
  readPrefix,
  readUint32,
  readValidation,
} from "../text/path_draft.ts";
import { clip, ProblemList } from "../text/problem_list.ts";
import { wholeLines } from "../text/whole_lines.ts";
import { readAttribute } from "./attribute.ts";

const ENTRY = /^BGP routing table entry for (\S{1,60})$/;
/** The name may hold anything, also what looks like the rest of this line: the last one counts. */
const NEXT_HOP =
  /^ {4}Nexthop (\S{1,60}) \(via (\S{1,60})\) Neighbor (.*) \((\S{1,60})\)(?: Path-Id: (\d{1,10}))?$/;
const ORIGIN =
  /^ {4}Origin (IGP|EGP|incomplete), metric (\d{1,10}), localpref (\d{1,10}), weight (\d{1,10}), (.*)$/;
const LAST_UPDATE = /^ {4}Last update: (\S{1,30}) ago$/;
const AS_PATH = /^ {4}([\d{([][^:]*)$/;
const ATTRIBUTE = /^ {4}([A-Z][^:]{0,60}): *(.*)$/;
/** Longest line that is matched whole, characters: descriptions have at most 31. */
const LINE_MAX = 1_000;
const WORDS_MAX = 200;

const ORIGINS = { IGP: "igp", EGP: "egp", incomplete: "incomplete" } as const;

/** Words of the line that begins with the origin. */
const FLAGS: ReadonlyMap<string, PathFlag> = new Map([
  ["valid", "valid"],
  ["best", "best"],
  ["ecmp", "multipath"],
  ["stale", "stale"],
  ["external", "external"],
  ["internal", "internal"],
  ["announced", "local"],
]);
/** Why a path does not take part in the selection. */
const NOT_ELIGIBLE = new Set(["invalid", "otc loop"]);

/** A path while its lines are read. */
interface Draft {
  readonly path: PathDraft;
  hasAsPath: boolean;
  hasNextHop: boolean;
  hasOrigin: boolean;
  hasAge: boolean;
}

/** Reads the answer to a `route` question. Nothing at all stands for no route. */
export function readRibDetail(
  query: Extract<RouterQuery, { readonly kind: "route" }>,
  output: string,
): Parsed {
  const problems = new ProblemList();
  const drafts: Draft[] = [];
  let isStray = true;
  for (const line of wholeLines(output, problems)) {
    if (line === "") continue;
    const entry = ENTRY.exec(line)?.[1];
    const draft = drafts.at(-1);
    if (entry !== undefined) {
      const prefix = readPrefix(entry);
      isStray = prefix === null;
      if (prefix === null) problems.add("Cannot read the prefix", line);
      else {
        const path = draftPath(prefix);
        drafts.push({ path, hasAsPath: false, hasNextHop: false, hasOrigin: false, hasAge: false });
      }
    } else if (isStray || draft === undefined || !readLine(line, draft)) {
      problems.add("Cannot read the line", line);
    }
  }
  for (const draft of drafts) {
    if (draft.hasNextHop && draft.hasOrigin && draft.hasAge) continue;
    problems.add(`A route of ${renderPrefix(draft.path.prefix)} is cut`);
  }
  const paths = drafts.map(({ path }) => finish(path));
  const prefix = paths[0]?.prefix ?? null;
  const match = prefix === null ? "none" : routeMatch(query.target, prefix);
  if (match === null) problems.add("The route is about another prefix");
  const first = prefix === null ? "" : renderPrefix(prefix);
  if (paths.some((path) => renderPrefix(path.prefix) !== first)) {
    problems.add("The routes are about several prefixes");
  }
  return {
    answer: {
      kind: "route",
      prefix: match === null ? null : prefix,
      match: match ?? "none",
      paths: match === null ? [] : paths,
      announcedPaths: null,
      advertisedTo: null,
    },
    complete: problems.count === 0,
    problems: problems.list(),
  };
}

function readLine(line: string, draft: Draft): boolean {
  const { path } = draft;
  if (!draft.hasNextHop && !draft.hasAsPath) {
    const asPath = parseAsPath(AS_PATH.exec(line)?.[1] ?? "");
    if (asPath !== null && asPath.length > 0) {
      path.asPath = asPath;
      return draft.hasAsPath = true;
    }
  }
  if (!draft.hasNextHop) return draft.hasNextHop = readNextHop(line, path);
  if (!draft.hasOrigin) return draft.hasOrigin = readOrigin(line, path);
  if (!draft.hasAge) {
    const age = LAST_UPDATE.exec(line)?.[1];
    path.ageSec = age === undefined ? null : parseDuration(age);
    return draft.hasAge = path.ageSec !== null;
  }
  const [, name, value = ""] = ATTRIBUTE.exec(line) ?? [];
  return name !== undefined && readAttribute(name, value.trim(), path);
}

function readNextHop(line: string, path: PathDraft): boolean {
  const [, nextHop, , name = "", routerId, pathId] =
    (line.length > LINE_MAX ? null : NEXT_HOP.exec(line)) ?? [];
  path.nextHop = readAddress(nextHop);
  // A description stands in place of the address.
  path.peer.address = readAddress(name);
  path.peer.name = path.peer.address === null ? clip(name, WORDS_MAX) : null;
  path.peer.routerId = readAddress(routerId);
  path.pathId = readUint32(pathId);
  return path.nextHop !== null;
}

function readOrigin(line: string, path: PathDraft): boolean {
  const [, origin, med, localPref, weight, words] =
    (line.length > LINE_MAX ? null : ORIGIN.exec(line)) ?? [];
  if (words === undefined) return false;
  path.origin = ORIGINS[origin as keyof typeof ORIGINS];
  path.med = readUint32(med);
  path.localPref = readUint32(localPref);
  path.weight = readUint32(weight);
  for (const word of words.split(", ")) {
    const flag = FLAGS.get(word);
    const [kind, state] = word.split(" ", 2);
    if (flag !== undefined) addFlag(path, flag);
    else if (kind === "ovs" && state !== undefined) path.rpki = readValidation(state);
    else if (NOT_ELIGIBLE.has(word)) path.notBestReason = word;
    else path.unknownAttributes.push(clip(word, WORDS_MAX));
  }
  return path.med !== null && path.localPref !== null && path.weight !== null;
}

function finish(path: PathDraft): PathDraft {
  if (path.flags.includes("external")) path.peer.asn = nearestAs(path.asPath);
  return path;
}
