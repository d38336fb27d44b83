/**
 * Patterns over AS paths: a small language without alternation, so that each dialect can say it.
 *
 * @module
 */
import { parseAsNumber, renderAsNumber } from "../ip/as_number.ts";
import { IpSyntaxError, quoteText } from "../ip/syntax_error.ts";
import { type AsPath, pathHops } from "./as_path.ts";
import { TextSyntaxError } from "./syntax_at.ts";

/** One element. */
export type AsPathItem =
  /** This AS; `repeat` true: once or more, as after a prepend (`3356+`). */
  | { readonly kind: "asn"; readonly asn: number; readonly repeat: boolean }
  /** One AS, whichever (`.`). */
  | { readonly kind: "any" }
  /** Any number of ASes, also none (`.*`). */
  | { readonly kind: "any_run" }
  /** One of these ASes (`[3356 174]`). */
  | { readonly kind: "one_of"; readonly asns: readonly number[] };

/** A pattern; an unanchored end behaves as if `.*` stood there. */
export interface AsPathPattern {
  /** Starts at the nearest AS (`^`). */
  readonly fromStart: boolean;
  /** Ends at the origin (`$`). */
  readonly toEnd: boolean;
  readonly items: readonly AsPathItem[];
}

/** Most ASes and dots that a pattern holds: as long as every dialect's expression can get. */
const ITEMS_MAX = 16;
/** Longest text, UTF-16 units. */
const TEXT_MAX = 300;
/** Stands for a 4-octet AS number where a speaker knows only two octets (RFC 6793 §9). */
const AS_TRANS = 23456;

const WANTED = 'Write AS numbers parted by blanks, "." for one AS, ".*" for any number of them, ' +
  '"3356+" for an AS and its prepends, "[3356 174]" for one of several, "^" before the nearest ' +
  'AS and "$" behind the origin, for example "^3356 .* 15169$".';

/**
 * Reads a pattern: `^3356 .* 15169$`. Items are parted by blanks, or by `_` as in the expressions
 * of routers (`_15169$`). `.*` at an end says what a missing anchor says and is dropped with the
 * anchor. `^$` is the empty path.
 *
 * @throws {InputError} `input.as_path` with the column; also if it names no AS, or too many
 */
export function parseAsPathPattern(text: string): AsPathPattern {
  const faultAt = (offset: number, problem: string, wanted = WANTED) =>
    new TextSyntaxError("as_path", "an AS path pattern", text, { offset, problem, wanted });
  if (text.length > TEXT_MAX) throw faultAt(TEXT_MAX, `it is longer than ${TEXT_MAX} characters`);
  const hasStart = text.startsWith("^");
  const bodyStart = hasStart ? 1 : 0;
  const hasEnd = text.endsWith("$") && text.length > bodyStart;
  const body = text.slice(bodyStart, hasEnd ? -1 : undefined);
  const items: AsPathItem[] = [];
  let size = 0;
  for (const match of body.matchAll(/\[[^\]]*\]?[^ _]*|[^ _]+/g)) {
    const offset = bodyStart + match.index;
    const item = readItem(match[0], offset, faultAt);
    if (item.kind === "any_run" && items.at(-1)?.kind === "any_run") continue;
    size += item.kind === "one_of" ? item.asns.length : 1;
    if (size > ITEMS_MAX) throw faultAt(offset, `it has more than ${ITEMS_MAX} items`);
    items.push(item);
  }
  const pattern = withoutOuterRuns({ fromStart: hasStart, toEnd: hasEnd, items });
  const isEmptyPath = pattern.items.length === 0 && pattern.fromStart && pattern.toEnd;
  if (!isEmptyPath && !pattern.items.some((item) => "asn" in item || "asns" in item)) {
    throw faultAt(0, "it names no AS, so that nearly every path would match");
  }
  return pattern;
}

type FaultAt = (offset: number, problem: string, wanted?: string) => TextSyntaxError;

function readItem(word: string, offset: number, faultAt: FaultAt): AsPathItem {
  if (word === ".") return { kind: "any" };
  if (word === ".*") return { kind: "any_run" };
  if (word.startsWith("[")) return readOneOf(word, offset, faultAt);
  const repeat = word.endsWith("+");
  return { kind: "asn", asn: readAsn(repeat ? word.slice(0, -1) : word, offset, faultAt), repeat };
}

function readOneOf(word: string, offset: number, faultAt: FaultAt): AsPathItem {
  if (!word.endsWith("]") || word.indexOf("]") !== word.length - 1) {
    const close = word.indexOf("]");
    const place = close === -1 ? word.length : close + 1;
    throw faultAt(
      offset + place,
      close === -1 ? 'the "[" is not closed' : `${quoteText(word.slice(place))} stands behind "]"`,
    );
  }
  const asns = [...word.slice(1, -1).matchAll(/[^ _]+/g)].map((match) =>
    readAsn(match[0], offset + 1 + match.index, faultAt)
  );
  if (asns.length === 0) throw faultAt(offset + 1, "there is no AS number between the brackets");
  const distinct = [...new Set(asns)];
  return distinct.length === 1
    ? { kind: "asn", asn: distinct[0]!, repeat: false }
    : { kind: "one_of", asns: distinct };
}

function readAsn(word: string, offset: number, faultAt: FaultAt): number {
  let asn: number;
  try {
    asn = parseAsNumber(word);
  } catch (error) {
    if (error instanceof IpSyntaxError) throw faultAt(offset, `${quoteText(word)} is no item`);
    throw error;
  }
  const reason = unaskableAsn(asn);
  if (reason !== null) throw faultAt(offset, reason);
  return asn;
}

/** Why no question about this AS makes sense, a clause, or null. */
export function unaskableAsn(asn: number): string | null {
  if (asn === 0) return "AS 0 is in no path (RFC 7607 §2)";
  return asn === AS_TRANS ? "AS 23456 stands for any 4-octet AS number (RFC 6793 §9)" : null;
}

function withoutOuterRuns({ fromStart, toEnd, items }: AsPathPattern): AsPathPattern {
  const first = items[0]?.kind === "any_run" ? 1 : 0;
  const last = items.length > first && items.at(-1)?.kind === "any_run" ? items.length - 1 : null;
  return {
    fromStart: fromStart && first === 0,
    toEnd: toEnd && last === null,
    items: items.slice(first, last ?? items.length),
  };
}

/** Writes a pattern in the form that {@link parseAsPathPattern} reads. */
export function renderAsPathPattern({ fromStart, toEnd, items }: AsPathPattern): string {
  return (fromStart ? "^" : "") + items.map(renderItem).join(" ") + (toEnd ? "$" : "");
}

function renderItem(item: AsPathItem): string {
  switch (item.kind) {
    case "asn":
      return renderAsNumber(item.asn) + (item.repeat ? "+" : "");
    case "any":
      return ".";
    case "any_run":
      return ".*";
    case "one_of":
      return `[${item.asns.map((asn) => renderAsNumber(asn)).join(" ")}]`;
  }
}

/**
 * True if the path matches. A set is one step, which matches each of its members; confederation
 * segments count like any other. Takes time in proportion to the product of both lengths.
 */
export function matchesAsPath(pattern: AsPathPattern, path: AsPath): boolean {
  const { items, fromStart, toEnd } = pattern;
  // states[n]: the first n items match what was read so far.
  let states = enter(items, [true]);
  for (const { asns, times } of pathHops(path)) {
    for (let time = 0; time < times; time++) {
      if (!toEnd && states[items.length] === true) return true;
      const next: boolean[] = [!fromStart];
      for (const [index, item] of items.entries()) {
        if (states[index] === true && item.kind !== "any_run" && matchesStep(item, asns)) {
          next[index + 1] = true;
        }
        const stays = item.kind === "any_run" || item.kind === "asn" && item.repeat;
        if (stays && states[index + 1] === true && matchesStep(item, asns)) next[index + 1] = true;
      }
      states = enter(items, next);
    }
  }
  return states[items.length] === true;
}

/** Adds what is reached without reading: a run of any ASes may be empty. */
function enter(items: readonly AsPathItem[], states: boolean[]): boolean[] {
  for (const [index, item] of items.entries()) {
    if (item.kind === "any_run" && states[index] === true) states[index + 1] = true;
  }
  return states;
}

function matchesStep(item: AsPathItem, asns: readonly number[]): boolean {
  if (item.kind === "asn") return asns.includes(item.asn);
  return item.kind !== "one_of" || item.asns.some((asn) => asns.includes(asn));
}
