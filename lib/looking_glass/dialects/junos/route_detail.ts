/**
 * `show route … detail` (and `extensive`) of Junos as a route answer.
 *
 * @module
 */
import type { Prefix } from "../../../ip/prefix.ts";
import type { Parsed } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { readPrefix, readUint32 } from "../text/path_draft.ts";
import { ProblemList } from "../text/problem_list.ts";
import { wholeLines } from "../text/whole_lines.ts";
import { routeMatch, targetFamily } from "../route_match.ts";
import { unicastTable } from "./command.ts";
import { finishPath, type OpenPath, openPath, readPathLine } from "./path_lines.ts";

/** `inet.0: 12 destinations, 30 routes (…)`. */
export const TABLE = /^(\S{1,64}): \d+ destinations?, \d+ routes? \(/;
/** `192.0.2.0/24 (3 entries, 1 announced)`. */
const DESTINATION = /^(\S{3,45}) \((\d{1,6}) entr(?:y|ies), \d+ announced\)/;
/** `*BGP    Preference: 170/-101`; a hidden path has no preference: `BGP                 /-101`. */
const ENTRY = /^([*+-]?)([A-Z][A-Za-z0-9-]{1,20}) +(?:Preference: (\d{1,10})(?:\/-?\d+)?|\/-?\d+)$/;

/** One destination and its entries. */
interface Destination {
  readonly prefix: Prefix;
  readonly announced: number;
  readonly drafts: OpenPath[];
  /** Entries of other protocols, by name. */
  readonly others: string[];
}

/** Reads the answer to the query `route`. Every destination says how many entries it has. */
export function readRouteDetail(
  query: Extract<RouterQuery, { readonly kind: "route" }>,
  output: string,
): Parsed {
  const problems = new ProblemList();
  const destinations = readDestinations(output, unicastTable(targetFamily(query.target)), problems);
  const chosen = destinations.find(({ prefix }) => routeMatch(query.target, prefix) !== null);
  for (const other of destinations) {
    if (other !== chosen) problems.add("The answer has another destination too");
  }
  if (chosen === undefined) {
    if (destinations.length > 0) problems.add("The answer is about another destination");
    const answer = { ...NOTHING, kind: "route", match: "none" } as const;
    return { answer, complete: problems.count === 0, problems: problems.list() };
  }
  checkCount(chosen, problems);
  const complete = problems.count === 0;
  const left = [...new Set(chosen.others)].map((name) => `A route of ${name} was left out`);
  return {
    answer: {
      kind: "route",
      prefix: chosen.prefix,
      match: routeMatch(query.target, chosen.prefix) ?? "none",
      paths: chosen.drafts.map(finishPath),
      announcedPaths: chosen.announced - chosen.others.length,
      advertisedTo: null,
    },
    complete,
    problems: [...problems.list(), ...left],
  };
}

const NOTHING = { prefix: null, paths: [], announcedPaths: null, advertisedTo: null };

function readDestinations(output: string, table: string, problems: ProblemList): Destination[] {
  const destinations: Destination[] = [];
  let isWanted = true;
  let path: OpenPath | null = null;
  for (const raw of wholeLines(output, problems)) {
    const line = raw.trim();
    const tableName = TABLE.exec(line)?.[1];
    if (tableName !== undefined) {
      isWanted = tableName === table;
      path = null;
    }
    if (!isWanted) continue;
    const destination = DESTINATION.exec(line);
    const entry = ENTRY.exec(line);
    if (destination !== null) {
      path = null;
      const prefix = readPrefix(destination[1] ?? "");
      if (prefix === null) problems.add("Cannot read the destination", line);
      else {
        const announced = Number(destination[2]);
        destinations.push({ prefix, announced, drafts: [], others: [] });
      }
    } else if (entry !== null) path = openEntry(entry, destinations.at(-1), problems);
    else if (path !== null) readPathLine(path, line);
  }
  return destinations;
}

function openEntry(
  [line, mark, protocol = "", preference]: RegExpExecArray,
  destination: Destination | undefined,
  problems: ProblemList,
): OpenPath | null {
  if (destination === undefined) {
    problems.add("A path stands under no destination", line);
    return null;
  }
  if (protocol !== "BGP") {
    destination.others.push(protocol);
    return null;
  }
  const isActive = mark === "*" || mark === "+";
  const path = openPath(destination.prefix, isActive, readUint32(preference));
  destination.drafts.push(path);
  return path;
}

/** Hidden paths may or may not be in the count of the router. */
function checkCount({ announced, drafts, others }: Destination, problems: ProblemList): void {
  const read = drafts.length + others.length;
  const hidden = drafts.filter(({ isHidden }) => isHidden).length;
  if (read !== announced && read - hidden !== announced) {
    problems.add(`The router has ${announced} entries and shows ${read}`);
  }
  for (const { path, hasAsPath, hasEnd } of drafts) {
    const from = path.peer.address ?? "an unknown neighbor";
    if (!hasAsPath) problems.add(`The path from ${from} has no readable AS path`);
    if (!hasEnd) problems.add(`The path from ${from} is cut`);
  }
}
