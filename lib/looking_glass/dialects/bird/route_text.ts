/**
 * Routes as `show route` prints them: a line a route, its next hops and attributes below it, tables
 * and counts between them where the question was a filter.
 *
 * @module
 */
import { renderPrefix } from "../../../ip/prefix.ts";
import type { Prefix } from "../../../ip/prefix.ts";
import type { RoutePath } from "../../../route/route.ts";
import type { Parsed } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { draftPath, type PathDraft, readAddress, readUint32 } from "../text/path_draft.ts";
import { ProblemList } from "../text/problem_list.ts";
import { routeMatch } from "../route_match.ts";
import { wholeLines } from "../text/whole_lines.ts";
import { readAttribute } from "./attribute.ts";
import { readRouteHead, type RouteHead } from "./route_head.ts";

const NOT_FOUND = /^Network not (?:found|in table)$/;
const TABLE = /^Table \S{1,100}:$/;
const COUNT = /^(\d{1,9}) of \d{1,9} routes for \d{1,9} networks(?: in table \S{1,100})?$/;
const TOTAL = /^Total: \d{1,9} of \d{1,9} routes for \d{1,9} networks in (\d{1,9}) tables$/;
const NEXT_HOP =
  /^\t(?:via (\S{1,60}) on \S{1,60}|dev \S{1,60})(?: [a-z]\S{0,40}(?: \d\S{0,100})?){0,8}$/;
const LABELS = / mpls (\d{1,7})/;
const ATTRIBUTE = /^\t([A-Za-z][^:]{0,63}):(?: |$)/;

/** A BGP route has these (RFC 4271 §5.1.1 to §5.1.3), so that one without them was cut. */
const MANDATORY = ["BGP.origin", "BGP.as_path", "BGP.next_hop"];

/** A table of one output. */
interface Table {
  readonly paths: RoutePath[];
  /** As the router counts it below the routes, or null. */
  count: number | null;
}

/** A route while its lines are read. */
interface Draft {
  readonly path: PathDraft;
  readonly table: Table;
  readonly head: RouteHead;
  readonly names: Set<string>;
  gateway: string | null;
  type: string | null;
}

/** Reads the answer to a `route` question. */
export function readBirdRoute(
  query: Extract<RouterQuery, { readonly kind: "route" }>,
  output: string,
): Parsed {
  const { tables, problems, saidNothing } = new RouteReader().read(output);
  const paths = tables.flatMap((table) => table.paths);
  const prefix = paths[0]?.prefix ?? null;
  if (prefix === null && !saidNothing) problems.add("The router printed no route");
  const match = prefix === null ? "none" : routeMatch(query.target, prefix);
  if (match === null) problems.add("The route is about another prefix");
  if (prefix !== null && paths.some((path) => !isSame(path.prefix, prefix))) {
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

/**
 * Reads the answer to a filter. It looks in the tables of both families; only routes of the wanted
 * one are kept. Complete if each table holds as many routes as the router counts below it.
 */
export function readBirdTable(family: 4 | 6, output: string): Parsed {
  const { tables, problems, totalTables } = new RouteReader().read(output);
  let announced = 0;
  for (const { paths, count } of tables) {
    if (count === null) problems.add("A table is not counted");
    else if (count !== paths.length) {
      problems.add(`The router counts ${count} routes in a table, ${paths.length} were read`);
    }
    if (paths.every((path) => path.prefix.family === family)) announced += count ?? 0;
  }
  if (tables.length === 0) problems.add("The router printed no table");
  if ((tables.length > 1 || totalTables !== null) && totalTables !== tables.length) {
    problems.add("The tables are not all there");
  }
  return {
    answer: {
      kind: "table",
      paths: tables.flatMap(({ paths }) => paths.filter((path) => path.prefix.family === family)),
      announcedPrefixes: null,
      announcedPaths: announced,
      routerId: null,
      localAs: null,
    },
    complete: problems.count === 0,
    problems: problems.list(),
  };
}

/** What the lines say, whatever was asked. */
class RouteReader {
  readonly #problems = new ProblemList();
  readonly #tables: Table[] = [];
  #draft: Draft | null = null;
  #prefix: Prefix | null = null;
  #totalTables: number | null = null;
  #saidNothing = false;

  read(output: string): {
    readonly tables: readonly Table[];
    readonly problems: ProblemList;
    /** Of how many tables the router gives the total, or null. */
    readonly totalTables: number | null;
    /** True if the router says that it has no such network. */
    readonly saidNothing: boolean;
  } {
    for (const line of wholeLines(output, this.#problems)) this.#line(line);
    this.#finish();
    return {
      tables: this.#tables,
      problems: this.#problems,
      totalTables: this.#totalTables,
      saidNothing: this.#saidNothing,
    };
  }

  #line(line: string): void {
    if (line.startsWith("\t")) return this.#below(line);
    this.#finish();
    if (line === "") return;
    const head = readRouteHead(line);
    const count = head === null ? COUNT.exec(line)?.[1] : undefined;
    if (head !== null) this.#start(head, line);
    else if (TABLE.test(line)) this.#open();
    else if (count !== undefined) this.#count(Number(count));
    else if (NOT_FOUND.test(line)) this.#saidNothing = true;
    else {
      const total = TOTAL.exec(line)?.[1];
      if (total === undefined) this.#problems.add("Cannot read the line", line);
      else this.#totalTables = Number(total);
    }
  }

  #open(): Table {
    const table: Table = { paths: [], count: null };
    this.#tables.push(table);
    this.#prefix = null;
    return table;
  }

  /** BIRD 1 has one table and does not name it. */
  #count(count: number): void {
    const last = this.#tables.at(-1) ?? this.#open();
    if (last.count !== null) this.#problems.add("A table is counted twice");
    last.count = count;
  }

  #start(head: RouteHead, line: string): void {
    const table = this.#tables.at(-1) ?? this.#open();
    const prefix = head.prefix ?? this.#prefix;
    if (prefix === null) return this.#problems.add("The route has no prefix", line);
    this.#prefix = prefix;
    const path = draftPath(prefix);
    this.#draft = { path, table, head, names: new Set(), gateway: head.gateway, type: null };
  }

  #below(line: string): void {
    const draft = this.#draft;
    if (draft === null) return this.#problems.add("Cannot read the line", line);
    const hop = line.length < 400 ? NEXT_HOP.exec(line) : null;
    if (hop !== null) {
      draft.gateway ??= readAddress(hop[1]);
      draft.path.label ??= readUint32(LABELS.exec(line)?.[1]);
      return;
    }
    const [start = "", name] = ATTRIBUTE.exec(line) ?? [];
    if (name === undefined) return this.#problems.add("Cannot read the line", line);
    const value = line.slice(start.length);
    draft.names.add(name);
    if (name === "Type") draft.type = value;
    else if (!readAttribute(name, value, draft.path)) {
      this.#problems.add("Cannot read the attribute", line);
    }
  }

  #finish(): void {
    const draft = this.#draft;
    if (draft === null) return;
    this.#draft = null;
    const { path, table, head, names, gateway, type } = draft;
    if (type === null) this.#problems.add(`A route of ${renderPrefix(path.prefix)} is cut`);
    const isBgp = type?.startsWith("BGP") === true;
    const absent = isBgp ? MANDATORY.find((name) => !names.has(name)) : undefined;
    if (absent !== undefined) {
      this.#problems.add(`A route of ${renderPrefix(path.prefix)} lacks ${absent}`);
    }
    path.peer.name = head.protocol;
    // Said only where the neighbor is not the next hop.
    if (isBgp) path.peer.address = head.from ?? gateway;
    path.nextHop ??= gateway;
    path.nextHopMetric = head.metric;
    path.preference = head.preference;
    path.lastChange = head.since;
    const isReachable = head.destination === "unicast" && head.isResolvable;
    if (isReachable) path.flags.unshift("valid");
    else if (isBgp && head.destination !== "blackhole") path.flags.unshift("inaccessible");
    if (head.isBest) path.flags.push("best");
    if (head.isStale) path.flags.push("stale");
    if (type !== null && !isBgp) path.flags.push("local");
    table.paths.push(path);
  }
}

function isSame(one: Prefix, other: Prefix): boolean {
  return one.family === other.family && one.value === other.value && one.length === other.length;
}
