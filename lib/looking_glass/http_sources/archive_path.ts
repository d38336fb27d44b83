/**
 * From the fields of an archive to a path: texts read strictly, grouped by collector.
 *
 * @module
 */
import type { HttpSourceName } from "../../config/config.ts";
import { NetglassError, RemoteFailure } from "../../errors/mod.ts";
import { FAILURE_WORDS, stopFailure } from "../../io/failure.ts";
import type { EntryReader } from "../../io/json_entries.ts";
import type { JsonValue } from "../../io/json_value.ts";
import { parseAddress, renderAddress } from "../../ip/address.ts";
import { parsePrefix, type Prefix } from "../../ip/prefix.ts";
import { type AsPath, parseAsPath } from "../../route/as_path.ts";
import type { RoutePath } from "../../route/route.ts";
import { routeMatch, type RouteTarget } from "../dialects/route_match.ts";
import type { SourceViews } from "./http_source.ts";

/** Longest name of a collector, characters. */
const NAME_MAX = 80;

/** One path and the collector that has it. */
export interface ArchivePath {
  readonly collector: string;
  readonly location: string | null;
  /** When the collector last saw it so, ISO 8601, or null. */
  readonly seen: string | null;
  readonly path: RoutePath;
}

/** A prefix. @throws {RemoteFailure} */
export function readPrefix(value: JsonValue): Prefix {
  return value.parsed("a prefix", (text) => parsePrefix(text).prefix);
}

/**
 * A canonical address, or null if absent. Of a list, the first: an IPv6 next hop comes with its
 * link-local one (RFC 2545 §3). @throws {RemoteFailure}
 */
export function readAddress(value: JsonValue): string | null {
  if (value.isAbsent || value.value === "") return null;
  return value.parsed("an address", (text) => {
    const [first = ""] = text.split(/[\s,]+/, 1);
    return renderAddress(parseAddress(first));
  });
}

/** An AS path; the services differ in the blanks around it. @throws {RemoteFailure} */
export function readAsPath(value: JsonValue): AsPath {
  return value.parsed("an AS path", (text) => parseAsPath(text));
}

/**
 * A time in ISO 8601, in UTC where no zone is written, which is how RIPEstat writes it; null if
 * absent. @throws {RemoteFailure}
 */
export function readTime(value: JsonValue): string | null {
  if (value.isAbsent || value.value === "") return null;
  return value.parsed("a time", (text) => {
    const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
    const ms = match === null ? NaN : Date.parse(`${match[1]}T${match[2]}${match[3] ?? "Z"}`);
    return Number.isNaN(ms) ? null : new Date(ms).toISOString().replace(".000Z", "Z");
  });
}

/** A name, at most 80 characters of it (remote words). @throws {RemoteFailure} */
export function readName(value: JsonValue): string {
  return value.parsed("a name", (text) => text.slice(0, NAME_MAX) || null);
}

/** Seconds from a time to now; null if either is not known, 0 for one to come. */
export function ageOf(time: string | null, nowMs: number): number | null {
  return time === null ? null : Math.max(0, Math.round((nowMs - Date.parse(time)) / 1000));
}

/** What was read. @throws {RemoteFailure} `remote.http` if the caller's patience ended before it */
async function wholeReading<T>(
  source: HttpSourceName,
  reading: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof NetglassError || !signal.aborted) throw error;
    const failure = stopFailure(signal);
    throw new RemoteFailure(
      "http",
      `Cannot read the answer of "${source}" to its end: ${FAILURE_WORDS[failure]}`,
      { retryable: true, detail: { stage: "parse", host: source, failure }, cause: error },
    );
  }
}

/**
 * One view a collector: of what it has, the paths of the longest prefix that answers `target`.
 * Paths of other prefixes are no part of the answer. Any problem of the reading may have taken a path from
 * any view, so with one of them none is complete.
 *
 * @throws {RemoteFailure}
 */
export async function viewsOf(
  source: HttpSourceName,
  target: RouteTarget,
  reading: Promise<readonly (readonly ArchivePath[])[]>,
  reader: EntryReader,
): Promise<SourceViews> {
  const found = (await wholeReading(source, reading, reader.signal)).flat();
  const collectors = Map.groupBy(
    found.filter(({ path }) => routeMatch(target, path.prefix) !== null),
    ({ collector }) => collector,
  );
  const kept = [...collectors.values()].reduce((sum, { length }) => sum + length, 0);
  if (kept < found.length) {
    reader.note(`paths of prefixes that were not asked for left out: ${found.length - kept}`);
  }
  const { problems } = reader;
  const complete = problems.length === 0;
  const views = [...collectors].map(([vantage, paths]) => {
    const length = paths.reduce((most, { path }) => Math.max(most, path.prefix.length), 0);
    const longest = paths.filter(({ path }) => path.prefix.length === length);
    const [first] = longest;
    return {
      vantage,
      source,
      location: first?.location ?? null,
      match: first === undefined ? null : routeMatch(target, first.path.prefix),
      paths: longest.map(({ path }) => path),
      complete,
      asOf: longest.flatMap(({ seen }) => seen ?? []).sort().at(-1) ?? null,
      error: null,
    };
  });
  return {
    views: views.sort((a, b) => a.vantage < b.vantage ? -1 : a.vantage > b.vantage ? 1 : 0),
    complete,
    problems,
  };
}
