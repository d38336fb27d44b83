/**
 * Which routes of an MRT file are asked for, judged in the octets that they came in.
 *
 * @module
 */
import { addressToBytes, type IpAddress } from "../../ip/address.ts";
import { firstAddress, type Prefix } from "../../ip/prefix.ts";
import type { AsPathPattern } from "../../route/as_path_pattern.ts";
import type { Community } from "../../route/community.ts";
import { SEGMENT } from "../codec/as_path_octets.ts";
import { uint32At } from "../codec/octets.ts";
import { step, stepSet } from "../rib/path_moves.ts";
import { communityWords } from "../rib_query/community_words.ts";
import { PathAutomaton } from "../rib_query/path_automaton.ts";
import type { PrefixMatch } from "../rib_query/route_question.ts";
import type { MrtRoute } from "./mrt_route.ts";

/** What is asked; null: anything. All that is given must hold. Plain data. */
export interface RouteCriteria {
  readonly prefix: { readonly value: Prefix; readonly match: PrefixMatch } | null;
  readonly family: 4 | 6 | null;
  /** The last AS of the path, or one of a final set. */
  readonly originAsn: number | null;
  /** Anywhere in the path. */
  readonly viaAsn: number | null;
  readonly asPath: AsPathPattern | null;
  readonly community: Community | null;
  readonly peerAddress: IpAddress | null;
  readonly peerAsn: number | null;
  readonly kind: MrtRoute["kind"] | null;
  /** Times of the records, seconds since the epoch, both included. */
  readonly fromSec: number | null;
  readonly toSec: number | null;
}

type Test = (route: MrtRoute) => boolean;

/** A test for the criteria; `longest` lets through what holds the prefix: the caller keeps the longest. */
export function routeTest(criteria: RouteCriteria): Test {
  const tests = [...cheapTests(criteria), ...attributeTests(criteria)];
  return (route) => {
    for (const test of tests) if (!test(route)) return false;
    return true;
  };
}

function cheapTests(criteria: RouteCriteria): Test[] {
  const { prefix, family, peerAddress, peerAsn, kind, fromSec, toSec } = criteria;
  const tests: Test[] = [];
  if (prefix !== null) tests.push(prefixTest(prefix.value, prefix.match));
  if (family !== null) tests.push((route) => route.family === family);
  if (kind !== null) tests.push((route) => route.kind === kind);
  if (fromSec !== null) tests.push((route) => route.timestampSec >= fromSec);
  if (toSec !== null) tests.push((route) => route.timestampSec <= toSec);
  if (peerAsn !== null) tests.push((route) => route.peer.asn === peerAsn);
  if (peerAddress !== null) {
    const octets = addressToBytes(peerAddress);
    tests.push(({ peer }) =>
      peer.octets.length === octets.length && octets.every((octet, n) => peer.octets[n] === octet)
    );
  }
  return tests;
}

function prefixTest(prefix: Prefix, match: PrefixMatch): Test {
  const octets = addressToBytes(firstAddress(prefix));
  const { family, length } = prefix;
  return (route) => {
    const bits = route.prefixBits;
    const fits = match === "exact"
      ? bits === length
      : match === "covered"
      ? bits >= length
      : bits <= length;
    return fits && route.family === family &&
      isSameTo(Math.min(bits, length), route.octets, route.prefixStart, octets);
  };
}

/** True if the first `bits` bits are the same. */
function isSameTo(bits: number, octets: Uint8Array, start: number, other: Uint8Array): boolean {
  const whole = bits >>> 3;
  for (let n = 0; n < whole; n++) if (octets[start + n] !== other[n]) return false;
  const mask = 0xff00 >>> (bits & 7) & 0xff;
  return mask === 0 || (((octets[start + whole] ?? 0) ^ (other[whole] ?? 0)) & mask) === 0;
}

/** A withdrawal has no attributes of its own. */
function attributeTests(criteria: RouteCriteria): Test[] {
  const { originAsn, viaAsn, asPath, community } = criteria;
  const tests: Test[] = [];
  if (originAsn !== null) tests.push((route) => isOrigin(route, originAsn));
  if (community !== null) tests.push(communityTest(community));
  if (viaAsn !== null) {
    const item = { kind: "asn", asn: viaAsn, repeat: false } as const;
    tests.push(pathTest({ fromStart: false, toEnd: false, items: [item] }));
  }
  if (asPath !== null) tests.push(pathTest(asPath));
  return tests.length === 0 ? [] : [({ kind }) => kind !== "withdraw", ...tests];
}

function isOrigin({ parts }: MrtRoute, asn: number): boolean {
  const { pathOctets, pathStart, pathEnd } = parts;
  let last = -1;
  for (let at = pathStart; at < pathEnd; at += 2 + 4 * (pathOctets[at + 1] ?? 0)) last = at;
  if (last < 0) return false;
  const isSet = pathOctets[last] === SEGMENT.set || pathOctets[last] === SEGMENT.confedSet;
  for (let at = isSet ? last + 2 : pathEnd - 4; at < pathEnd; at += 4) {
    if (uint32At(pathOctets, at) === asn) return true;
  }
  return false;
}

function pathTest(pattern: AsPathPattern): Test {
  const automaton = new PathAutomaton(pattern);
  const members: number[] = [];
  return ({ parts: { pathOctets, pathStart, pathEnd } }) => {
    let state = automaton.start;
    for (let at = pathStart; at < pathEnd;) {
      const type = pathOctets[at];
      const next = at + 2 + 4 * (pathOctets[at + 1] ?? 0);
      const isSet = type === SEGMENT.set || type === SEGMENT.confedSet;
      members.length = 0;
      for (at += 2; at < next; at += 4) {
        const asn = uint32At(pathOctets, at);
        if (isSet) members.push(asn);
        else state = step(automaton, state, asn);
      }
      if (isSet) state = stepSet(automaton, state, members);
    }
    return automaton.accepts(state);
  };
}

function communityTest(community: Community): Test {
  const { kind, forms } = communityWords(community);
  return ({ parts }) => {
    const { octets } = parts;
    const [start, end] = kind === "standard"
      ? [parts.communitiesStart, parts.communitiesEnd]
      : kind === "large"
      ? [parts.largeCommunitiesStart, parts.largeCommunitiesEnd]
      : [parts.extendedCommunitiesStart, parts.extendedCommunitiesEnd];
    return forms.some((form) => holdsWords(octets, start, end, form));
  };
}

/** True if a list of values of so many words holds this one. */
function holdsWords(
  octets: Uint8Array,
  start: number,
  end: number,
  words: readonly number[],
): boolean {
  for (let at = start; at < end; at += words.length * 4) {
    if (words.every((word, index) => uint32At(octets, at + index * 4) === word)) return true;
  }
  return false;
}
