/**
 * The first line of a route: `10.0.0.0/24  unicast [gob 10:20:06.483 from 192.0.2.1] * (100/20) [AS64499e]`.
 *
 * @module
 */
import type { Prefix } from "../../../ip/prefix.ts";
import { readAddress, readPrefix, readUint32 } from "../text/path_draft.ts";

/** What the first line says. */
export interface RouteHead {
  /** Null: another route to the prefix of the one before. */
  readonly prefix: Prefix | null;
  readonly destination: "unicast" | "blackhole" | "unreachable" | "prohibited";
  /** First next hop, where BIRD 1 puts it on this line. */
  readonly gateway: string | null;
  /** Name of the protocol that the route came from. */
  readonly protocol: string;
  /** When it came, as ISO 8601 has it, or null if the format is another. */
  readonly since: string | null;
  /** Neighbor that sent it, where it is not the next hop. */
  readonly from: string | null;
  readonly isBest: boolean;
  /** `(100/20)`, `(100s/-)`: preference, `s` stale, then the IGP metric, `?` unknown, `-` none. */
  readonly preference: number | null;
  readonly isStale: boolean;
  readonly isResolvable: boolean;
  readonly metric: number | null;
}

/** Longest line that is tried, characters: a real one has less than 200. */
const LINE_MAX = 600;

/** Prefix or blanks, destination, `[protocol since from X]`, then marks that depend on the protocol. */
const HEAD =
  /^(\S*) +(unicast|multipath|blackhole|unreachable|prohibited|via (\S+) on \S+|dev \S+)(?: [a-z]\S*(?: \d\S*)?)* \[([\w.:-]+) ([^\]]*)\](.*)$/;
/** Best or not, the kind of OSPF route, preference and metric, a tag. */
const MARKS =
  /^( \*)?(?: [A-Z][A-Z0-9]?)?(?: \((\d{1,10})(-?)(s?)-?(?:\/([\d?-][\d/]*))?\))?(?: \[[^\]]*\])?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?$/;

/** Reads the line, or null: it is no such line. */
export function readRouteHead(line: string): RouteHead | null {
  if (line.length > LINE_MAX) return null;
  const [, shown = "", destination = "", gateway, protocol, source = "", marks = ""] =
    HEAD.exec(line) ?? [];
  const marked = MARKS.exec(marks);
  if (protocol === undefined || marked === null) return null;
  const prefix = shown === "" ? null : readPrefix(shown);
  if (shown !== "" && prefix === null) return null;
  const [, since = "", from] = /^(.*?)(?: from (\S+))?$/.exec(source) ?? [];
  const [, best, preference, , stale, metric] = marked;
  return {
    prefix,
    destination: destinationOf(destination),
    gateway: readAddress(gateway),
    protocol,
    since: sinceOf(since),
    from: readAddress(from),
    isBest: best !== undefined,
    preference: readUint32(preference),
    isStale: stale === "s",
    isResolvable: metric !== "-",
    metric: readUint32(metric),
  };
}

/**
 * Times in the router's zone, which it does not name, hence without an offset: `10:20:06.483` within
 * a day, a date for older ones, both in `iso long`.
 */
function sinceOf(text: string): string | null {
  const [date = "", time, more] = text.split(" ");
  if (time === undefined) return DATE.test(date) ? date : TIME.test(date) ? `T${date}` : null;
  return DATE.test(date) && TIME.test(time) && more === undefined ? `${date}T${time}` : null;
}

function destinationOf(word: string): RouteHead["destination"] {
  return word === "blackhole" || word === "unreachable" || word === "prohibited" ? word : "unicast";
}
