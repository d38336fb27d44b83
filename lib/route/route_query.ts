/**
 * The portable query over a routing table: one term, the same for every kind of router.
 *
 * @module
 */
import { type IpAddress, parseAddress, renderAddress } from "../ip/address.ts";
import { parseAsNumber, renderAsNumber } from "../ip/as_number.ts";
import { parsePrefix, type Prefix, renderPrefix } from "../ip/prefix.ts";
import { IpSyntaxError, quoteText } from "../ip/syntax_error.ts";
import {
  type AsPathPattern,
  parseAsPathPattern,
  renderAsPathPattern,
  unaskableAsn,
} from "./as_path_pattern.ts";
import { type Community, parseCommunity, renderCommunity } from "./community.ts";
import { TextSyntaxError } from "./syntax_at.ts";

/** One term. */
export type RouteQuery =
  /** `origin:15169`: routes that this AS originates. */
  | { readonly kind: "origin"; readonly asn: number }
  /** `via:3356`: routes with this AS anywhere in the path. */
  | { readonly kind: "via"; readonly asn: number }
  /** `path:"^3356 .* 15169$"`. */
  | { readonly kind: "path"; readonly pattern: AsPathPattern }
  /** `community:65535:666`, `community:no-export`, `community:rt:64500:1`. */
  | { readonly kind: "community"; readonly community: Community }
  /** `longer:192.0.2.0/24`: this prefix and all inside of it. */
  | { readonly kind: "longer"; readonly prefix: Prefix }
  /** `neighbor:192.0.2.1`: routes that this neighbour of the router sent. */
  | { readonly kind: "neighbor"; readonly address: IpAddress };

/** Longest query, UTF-16 units. */
const TEXT_MAX = 320;
/** Shortest prefix whose inside may be asked for: about 10,000 routes of the internet's table. */
export const LONGER_MIN: Readonly<Record<4 | 6, number>> = { 4: 8, 6: 16 };

const WANTED = 'Write one of origin:15169, via:3356, path:"^3356 .* 15169$", ' +
  "community:65535:666, longer:192.0.2.0/24 and neighbor:192.0.2.1.";

/** A blank and a key behind the value. */
const SECOND_TERM = / (?:origin|via|path|community|longer|neighbor):/;

/** Says no to a value that can be read. */
type Refuse = (problem: string, wanted: string) => never;

const READERS: Readonly<
  Record<RouteQuery["kind"], (value: string, refuse: Refuse) => RouteQuery>
> = {
  origin: (value, refuse) => ({ kind: "origin", asn: readAsn(value, refuse) }),
  via: (value, refuse) => ({ kind: "via", asn: readAsn(value, refuse) }),
  path: (value) => ({ kind: "path", pattern: parseAsPathPattern(value) }),
  community: (value, refuse) => ({ kind: "community", community: readCommunity(value, refuse) }),
  longer: (value, refuse) => ({ kind: "longer", prefix: readLonger(value, refuse) }),
  neighbor: (value) => ({ kind: "neighbor", address: parseAddress(value) }),
};

/**
 * Reads a query: a key, a colon, and a value that may stand in double quotes. Exactly one term.
 *
 * @throws {InputError} `input.query` with the column; also if nearly every route would match
 */
export function parseRouteQuery(text: string): RouteQuery {
  const faultAt = (offset: number, problem: string, wanted = WANTED) =>
    new TextSyntaxError("query", "a route query", text, { offset, problem, wanted });
  if (text.length > TEXT_MAX) throw faultAt(TEXT_MAX, `it is longer than ${TEXT_MAX} characters`);
  const colon = text.indexOf(":");
  if (colon === -1) throw faultAt(text.length, "there is no colon behind the key");
  const key = text.slice(0, colon);
  if (!isKind(key)) throw faultAt(0, `${quoteText(key)} is no key`);
  const isQuoted = text[colon + 1] === '"';
  const start = colon + (isQuoted ? 2 : 1);
  if (isQuoted && (text.length === start || !text.endsWith('"'))) {
    throw faultAt(text.length, "the closing quote is missing");
  }
  const value = text.slice(start, isQuoted ? -1 : undefined);
  const second = SECOND_TERM.exec(value);
  if (second !== null) {
    throw faultAt(
      start + second.index + 1,
      "a second term begins",
      'Ask for one term; path:"3356 .* 15169$" says both via:3356 and origin:15169.',
    );
  }
  const refuse: Refuse = (problem, wanted) => {
    throw faultAt(start, problem, wanted);
  };
  try {
    return READERS[key](value, refuse);
  } catch (error) {
    if (error instanceof IpSyntaxError) {
      throw faultAt(start, `${quoteText(value)} cannot be read`, `Write ${error.expected}.`);
    }
    if (error instanceof TextSyntaxError && error.code !== "input.query") {
      const { offset, problem, wanted } = error.fault;
      throw faultAt(start + offset, problem, wanted);
    }
    throw error;
  }
}

function isKind(key: string): key is RouteQuery["kind"] {
  return Object.hasOwn(READERS, key);
}

function readAsn(value: string, refuse: Refuse): number {
  const asn = parseAsNumber(value);
  const reason = unaskableAsn(asn);
  return reason === null ? asn : refuse(reason, "Write another AS number, for example 15169.");
}

/** FRR and Cisco take 0:0 for all routes. */
function readCommunity(value: string, refuse: Refuse): Community {
  const community = parseCommunity(value);
  const isInternet = community.kind === "standard" && community.high === 0 && community.low === 0;
  return isInternet
    ? refuse("routers take 0:0 for every route", "Write another community, for example 64500:1.")
    : community;
}

function readLonger(value: string, refuse: Refuse): Prefix {
  const { prefix, hostBitsSet } = parsePrefix(value);
  if (hostBitsSet) {
    refuse("bits behind the length are set", `Write ${renderPrefix(prefix)}.`);
  }
  const min = LONGER_MIN[prefix.family];
  if (prefix.length < min) {
    refuse(
      `/${prefix.length} holds too much of the table`,
      `Write a prefix of length ${min} or more.`,
    );
  }
  return prefix;
}

/** Writes a query canonically, in the form that {@link parseRouteQuery} reads. */
export function renderRouteQuery(query: RouteQuery): string {
  switch (query.kind) {
    case "origin":
    case "via":
      return `${query.kind}:${renderAsNumber(query.asn)}`;
    case "path":
      return `path:"${renderAsPathPattern(query.pattern)}"`;
    case "community":
      return `community:${renderCommunity(query.community)}`;
    case "longer":
      return `longer:${renderPrefix(query.prefix)}`;
    case "neighbor":
      return `neighbor:${renderAddress(query.address)}`;
  }
}
