/**
 * FRR's answers in JSON.
 *
 * @module
 */
import type { Prefix } from "../../../ip/prefix.ts";
import type { RoutePath } from "../../../route/route.ts";
import type { NeighborRow, Parsed, RouterRefusal } from "../../answer.ts";
import { routeMatch, type RouteTarget } from "../route_match.ts";
import { parseDuration } from "../text/duration.ts";
import { NO_ROUTE } from "../text/path_detail.ts";
import { readAddress, readPrefix } from "../text/path_draft.ts";
import { clip, ProblemList } from "../text/problem_list.ts";
import { readRefusal, refusalOf, saysNotInTable } from "../text/refusal.ts";
import {
  asList,
  asObject,
  asText,
  asUint32,
  type JsonObject,
  readJsonObjects,
} from "./json_text.ts";
import { readPathJson } from "./path_json.ts";

const WORDS_MAX = 200;

/** Objects of an output, or the answer if they need no reading. */
function objectsOf(output: string, problems: ProblemList): readonly JsonObject[] | RouterRefusal {
  const refusal = readRefusal(output);
  if (refusal !== null) return refusal;
  const objects = readJsonObjects(output, problems);
  const said = objects.length !== 1 ? null : refusalIn(objects[0] ?? {});
  return said ?? objects;
}

function refusalIn(object: JsonObject): RouterRefusal | null {
  if (object.bgpNoSuchNeighbor === true) {
    return { kind: "refused", why: "bad_argument", said: "bgpNoSuchNeighbor" };
  }
  const said = asText(object.warning ?? object.error);
  return said === null ? null : refusalOf(said);
}

/** All paths of one prefix: `show bgp … X json`. An empty object says that there is none. */
export function readRouteJson(output: string, target: RouteTarget): Parsed {
  const problems = new ProblemList();
  if (saysNotInTable(output)) return done(NO_ROUTE, problems);
  const objects = objectsOf(output, problems);
  if ("kind" in objects) return done(objects, problems);
  if (objects.length === 0) problems.add("The router printed no JSON");
  const entry = objects.find((object) => "prefix" in object || "paths" in object);
  if (entry === undefined) return done(NO_ROUTE, problems);
  if (objects.some((object) => object !== entry && "paths" in object)) {
    problems.add("The router printed a second entry");
  }
  const prefix = readPrefix(asText(entry.prefix) ?? "");
  const match = prefix === null ? null : routeMatch(target, prefix);
  if (prefix === null || match === null) {
    problems.add("The entry is not what was asked for", asText(entry.prefix) ?? "no prefix");
    return done(NO_ROUTE, problems);
  }
  if (!Array.isArray(entry.paths)) problems.add("The entry has no list of paths");
  return done({
    kind: "route",
    prefix,
    match,
    paths: readPaths(asList(entry.paths), prefix, problems),
    announcedPaths: null,
    advertisedTo: Object.keys(asObject(entry.advertisedTo) ?? {}).slice(0, KEPT_MAX)
      .map((peer) => readAddress(peer) ?? clip(peer, WORDS_MAX)),
  }, problems);
}

/** Most neighbours that are kept. */
const KEPT_MAX = 4_096;

function readPaths(
  list: readonly unknown[],
  prefix: Prefix,
  problems: ProblemList,
): readonly RoutePath[] {
  return list.map((one) => {
    const json = asObject(one);
    const path = json === null ? null : readPathJson(json, prefix);
    if (path === null) {
      problems.add("Cannot read the path", JSON.stringify(one).slice(0, WORDS_MAX));
    }
    return path;
  }).filter((path) => path !== null);
}

/** Members that hold the rows of a table, by prefix: a list of paths each, or one. */
const TABLES = ["routes", "receivedRoutes", "advertisedRoutes", "filteredRoutes"];

/** Rows of a table. No output at all, or an empty object, is a table without rows. */
export function readTableJson(output: string): Parsed {
  const problems = new ProblemList();
  const objects = objectsOf(output, problems);
  if ("kind" in objects) return done(objects, problems);
  const rows: (readonly RoutePath[])[] = [];
  let prefixes = 0;
  for (const table of objects.flatMap((object) => TABLES.map((name) => asObject(object[name])))) {
    for (const [key, value] of Object.entries(table ?? {})) {
      const prefix = readPrefix(key);
      if (prefix === null) problems.add("Cannot read the prefix", key);
      else rows.push(readPaths(Array.isArray(value) ? value : [value], prefix, problems));
      prefixes++;
    }
  }
  const first = objects[0] ?? {};
  const announced = asUint32(first.totalPrefixCounter ?? first.totalRoutes);
  if (announced !== null && announced !== prefixes) {
    problems.add(`The router counts ${announced} prefixes, ${prefixes} can be read`);
  }
  return done({
    kind: "table",
    paths: rows.flat(),
    announcedPrefixes: announced,
    announcedPaths: asUint32(first.totalPaths),
    routerId: readAddress(asText(first.routerId ?? first.bgpLocalRouterId) ?? undefined),
    localAs: asUint32(first.localAS),
  }, problems);
}

/** Neighbours of one family: `show bgp … summary json`, under the family's name or bare. */
export function readSummaryJson(output: string, family: 4 | 6): Parsed {
  const problems = new ProblemList();
  const objects = objectsOf(output, problems);
  if ("kind" in objects) return done(objects, problems);
  const table = objects.map((object) => asObject(object[`ipv${family}Unicast`]))
    .find((one) => one !== null) ?? objects.find((object) => "peers" in object) ?? {};
  const neighbors = Object.entries(asObject(table.peers) ?? {}).map(([key, value]) => {
    const row = neighborOf(key, asObject(value) ?? {}, family);
    if (row.state === null) problems.add("Cannot read the neighbor", key);
    return row;
  });
  if (objects.length === 0) problems.add("The router printed no JSON");
  const announced = asUint32(table.totalPeers);
  if (announced !== null && announced !== neighbors.length) {
    problems.add(`The router counts ${announced} neighbors, ${neighbors.length} can be read`);
  }
  return done({
    kind: "summary",
    routerId: readAddress(asText(table.routerId) ?? undefined),
    localAs: asUint32(table.as),
    ribEntries: asUint32(table.ribCount),
    neighbors,
    announcedNeighbors: announced,
  }, problems);
}

function neighborOf(key: string, json: JsonObject, family: 4 | 6): NeighborRow {
  const [, state = null, detail = null] =
    /^([A-Za-z]{1,40})(?: \(([^()]{1,40})\))?$/.exec(asText(json.state) ?? "") ?? [];
  const peerState = asText(json.peerState);
  const name = asText(json.hostname);
  const words = asText(json.desc);
  return {
    address: readAddress(key) ?? clip(key, WORDS_MAX),
    name: name === null ? null : clip(name, WORDS_MAX),
    asn: asUint32(json.remoteAs),
    localAs: asUint32(json.localAs),
    family,
    state,
    stateDetail: detail ?? (peerState === "Policy" || peerState === "NoNeg" ? peerState : null),
    uptimeSec: parseDuration(asText(json.peerUptime) ?? ""),
    prefixesReceived: state === "Established" ? asUint32(json.pfxRcd) : null,
    prefixesSent: asUint32(json.pfxSnt),
    messagesReceived: asUint32(json.msgRcvd),
    messagesSent: asUint32(json.msgSent),
    description: words === null ? null : clip(words, WORDS_MAX),
  };
}

function done(answer: Parsed["answer"], problems: ProblemList): Parsed {
  return { answer, complete: problems.count === 0, problems: problems.list() };
}
