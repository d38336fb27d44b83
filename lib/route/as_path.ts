/**
 * AS paths (RFC 4271 §4.3, §5.1.2; confederations RFC 5065 §3).
 *
 * @module
 */
import { parseAsNumber, renderAsNumber } from "../ip/as_number.ts";
import { IpSyntaxError } from "../ip/syntax_error.ts";

/** One path segment. Numbers are 32-bit AS numbers; the order inside a set means nothing. */
export interface AsPathSegment {
  readonly kind: "sequence" | "set" | "confed_sequence" | "confed_set";
  readonly asns: readonly number[];
}

/** An AS path, nearest AS first; empty for a route that its own AS originated. */
export type AsPath = readonly AsPathSegment[];

/** One step of a path: an AS with its prepends folded in, or a set, whose order means nothing. */
export interface AsPathHop {
  /** One AS; of a set, its members in ascending order, each once. */
  readonly asns: readonly number[];
  readonly isSet: boolean;
  /** Inside of a confederation, so nothing that the rest of the internet sees. */
  readonly isConfed: boolean;
  /** How often it stands there in a row; more than once is prepending. */
  readonly times: number;
}

/** Brackets and separator of each kind of segment, as FRR, IOS and OpenBGPD write them. */
const MARKS: Readonly<Record<AsPathSegment["kind"], readonly [string, string, string]>> = {
  sequence: ["", " ", ""],
  set: ["{", ",", "}"],
  confed_sequence: ["(", " ", ")"],
  confed_set: ["[", " ", "]"],
};

/** A segment being read, and what closes it. */
interface OpenSegment {
  readonly kind: AsPathSegment["kind"];
  readonly asns: number[];
  readonly closer: string;
}

/**
 * Reads the common notation: `64496 {64510,64511} (65001 65002) [65001 65002]`, numbers in asplain
 * or asdot, those in brackets parted by blanks or commas. An empty text is an empty path. Null for
 * anything else. Numbers that no speaker may send (0, 23456) are read as they stand.
 */
export function parseAsPath(text: string): AsPath | null {
  const plain = readPlainNumbers(text);
  if (plain !== null) return plain.length === 0 ? [] : [{ kind: "sequence", asns: plain }];
  const path: AsPathSegment[] = [];
  let sequence: number[] | null = null;
  let open: OpenSegment | null = null;
  let afterComma = false;
  try {
    for (const [token] of text.matchAll(/[0-9.]+|[^ \t]/g)) {
      if (token === ",") {
        if (open === null || open.asns.length === 0 || afterComma) return null;
        afterComma = true;
      } else if (open !== null && token === open.closer) {
        if (open.asns.length === 0 || afterComma) return null;
        path.push({ kind: open.kind, asns: open.asns });
        open = null;
      } else if (token === "{" || token === "(" || token === "[") {
        if (open !== null) return null;
        open = openSegment(token);
        sequence = null;
      } else {
        const asn = parseAsNumber(token);
        afterComma = false;
        if (open !== null) open.asns.push(asn);
        else if (sequence !== null) sequence.push(asn);
        else path.push({ kind: "sequence", asns: sequence = [asn] });
      }
    }
  } catch (error) {
    if (error instanceof IpSyntaxError) return null;
    throw error;
  }
  return open === null ? path : null;
}

/**
 * The numbers of a text that holds nothing but decimal AS numbers and single blanks, as nearly all
 * paths of a table do; null: it holds something else, or no AS number.
 */
function readPlainNumbers(text: string): number[] | null {
  const numbers: number[] = [];
  for (let at = 0, end; at < text.length; at = end + 1) {
    let number = 0;
    for (end = at; end < text.length; end++) {
      const digit = text.charCodeAt(end) - 0x30;
      if (digit < 0 || digit > 9) break;
      number = number * 10 + digit;
    }
    const isNumber = end > at && end - at <= 10 && (text[at] !== "0" || end - at === 1);
    if (!isNumber || number > 0xffff_ffff || end < text.length && text[end] !== " ") return null;
    numbers.push(number);
  }
  return numbers;
}

function openSegment(opener: "{" | "(" | "["): OpenSegment {
  if (opener === "{") return { kind: "set", asns: [], closer: "}" };
  if (opener === "(") return { kind: "confed_sequence", asns: [], closer: ")" };
  return { kind: "confed_set", asns: [], closer: "]" };
}

/**
 * Writes a path in the notation that {@link parseAsPath} reads, asplain, sets in ascending order,
 * so that equal paths have equal texts.
 */
export function renderAsPath(path: AsPath): string {
  return path.map(({ kind, asns }) => {
    const [open, separator, close] = MARKS[kind];
    const shown = isSet(kind) ? ascending(asns) : asns;
    return open + shown.map((asn) => renderAsNumber(asn)).join(separator) + close;
  }).join(" ");
}

/**
 * Writes a path as {@link renderAsPath} does, an AS that follows itself once with a count:
 * `3356 15169x3`.
 */
export function renderFoldedPath(path: AsPath): string {
  return path.map(({ kind, asns }) => {
    if (isSet(kind)) return renderAsPath([{ kind, asns }]);
    const [open, separator, close] = MARKS[kind];
    const steps = pathHops([{ kind, asns }]).map(({ asns: [asn = 0], times }) =>
      renderAsNumber(asn) + (times > 1 ? `x${times}` : "")
    );
    return open + steps.join(separator) + close;
  }).join(" ");
}

/** Writes who originated the route: `15169`, `{64510,64511}`, or nothing for an empty path. */
export function renderOrigin(path: AsPath): string {
  const last = path.at(-1);
  if (last === undefined) return "";
  return renderAsPath([{ kind: last.kind, asns: pathOrigins(path) }]);
}

/**
 * Who originated the route: the last AS, or all of a final set, ascending. Empty for an empty path.
 * A final confederation segment names the member AS, which is not what the internet sees.
 */
export function pathOrigins(path: AsPath): number[] {
  const last = path.at(-1);
  if (last === undefined) return [];
  return isSet(last.kind) ? ascending(last.asns) : last.asns.slice(-1);
}

/** Length as route selection counts it: a set is one (RFC 4271 §9.1.2.2), confederations none (RFC 5065 §5.3). */
export function pathLength(path: AsPath): number {
  let length = 0;
  for (const { kind, asns } of path) {
    if (kind === "sequence") length += asns.length;
    else if (kind === "set") length++;
  }
  return length;
}

/** The path step by step, an AS that follows itself folded into one step. */
export function pathHops(path: AsPath): AsPathHop[] {
  const hops: AsPathHop[] = [];
  for (const { kind, asns } of path) {
    const isConfed = kind === "confed_sequence" || kind === "confed_set";
    if (isSet(kind)) {
      hops.push({ asns: ascending(asns), isSet: true, isConfed, times: 1 });
      continue;
    }
    for (const asn of asns) {
      const last = hops.at(-1);
      const repeats = last !== undefined && !last.isSet && last.isConfed === isConfed &&
        last.asns[0] === asn;
      if (repeats) hops[hops.length - 1] = { ...last, times: last.times + 1 };
      else hops.push({ asns: [asn], isSet: false, isConfed, times: 1 });
    }
  }
  return hops;
}

/**
 * The AS next to the origin, prepends aside, or null: the path is the origin alone, so the one who
 * shows it is the upstream, or a set stands there. Confederations are not looked at.
 */
export function firstUpstream(path: AsPath): number | null {
  const upstream = pathHops(path).filter(({ isConfed }) => !isConfed).at(-2);
  return upstream === undefined || upstream.isSet ? null : upstream.asns[0] ?? null;
}

/** ASes that stand more than once in a row, and how often, nearest first. */
export function prepends(path: AsPath): { readonly asn: number; readonly times: number }[] {
  return pathHops(path).flatMap(({ asns, times }) =>
    times > 1 ? asns.map((asn) => ({ asn, times })) : []
  );
}

function isSet(kind: AsPathSegment["kind"]): boolean {
  return kind === "set" || kind === "confed_set";
}

function ascending(asns: readonly number[]): number[] {
  return [...new Set(asns)].sort((a, b) => a - b);
}
