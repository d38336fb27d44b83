/**
 * What policy makes of every address of a prefix: the prefix is cut where a rule begins or ends,
 * and each piece decided by its first address. Pure.
 *
 * @module
 */
import {
  addressBits,
  type IpAddress,
  ipv4FromBits,
  ipv6FromBits,
  renderAddress,
} from "../ip/address.ts";
import {
  contains,
  lastAddress,
  overlaps,
  parsePrefix,
  type Prefix,
  renderPrefix,
} from "../ip/prefix.ts";
import { SPECIAL_USE } from "../ip/special_use.ts";
import { decide, type Rules, type Subject, subjectOf } from "./decide.ts";
import type { Decision } from "./decision.ts";

/** A stretch of addresses with one decision. */
export interface RangeDecision extends Decision {
  /** A prefix, or `first-last` where the stretch is none. */
  readonly range: string;
}

/** Prefixes whose last 32 bits, or the bits from `length` on, are an IPv4 address. */
const CARRIERS = ["::ffff:0:0/96", "::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "2002::/16"]
  .map((text) => parsePrefix(text).prefix);

/**
 * Prefixes whose IPv4 addresses lie where no prefix can cut them out: Teredo, local NAT64. ISATAP
 * interface identifiers, which any prefix may hold, are left out of an explanation altogether.
 */
const MIXED = ["2001::/32", "64:ff9b:1::/48"].map((text) => parsePrefix(text).prefix);

/** Said of a stretch whose addresses carry IPv4 ones that are judged each by itself. */
const DENIED_INSIDE: Decision = {
  effect: "deny",
  rule: "always.unspecified",
  matched: "0.0.0.0/8",
  reason: "These addresses carry IPv4 addresses, and each is judged by those as well",
  wouldAllow: null,
};

/** Decides about all addresses of a prefix; the stretches are in rising order and cover it. */
export function explainRanges(rules: Rules, prefix: Prefix): readonly RangeDecision[] {
  const first = prefix.value, last = lastAddress(prefix).value;
  const make = prefix.family === 4 ? ipv4FromBits : ipv6FromBits;
  const cuts = new Set([first]);
  for (const boundary of boundariesOf(rules, prefix.family)) {
    if (!overlaps(prefix, boundary)) continue;
    for (const cut of [boundary.value, lastAddress(boundary).value + 1n]) {
      if (cut > first && cut <= last) cuts.add(cut);
    }
  }
  const starts = [...cuts].sort((a, b) => a < b ? -1 : 1);
  const pattern = renderPrefix(prefix);
  const stretches: { from: bigint; to: bigint; decision: Decision }[] = [];
  starts.forEach((from, index) => {
    const to = (starts[index + 1] ?? last + 1n) - 1n;
    const subject = subjectFor(make(from), from === to);
    // The label is not known yet: neighbors with the same decision become one stretch.
    const decision = decide(rules, { ...subject, label: "", pattern });
    const before = stretches.at(-1);
    if (before !== undefined && isSame(before.decision, decision)) before.to = to;
    else stretches.push({ from, to, decision });
  });
  return stretches.flatMap(({ from, to }) => {
    const range = renderStretch(prefix.family, from, to);
    const subject = subjectFor(make(from), from === to);
    const isOne = from === to;
    const decision = decide(rules, {
      ...subject,
      label: isOne ? renderAddress(make(from)) : range,
      pattern,
    });
    const both = !isOne && decision.effect === "allow" && isMixed(make(from));
    return [{ ...decision, range }, ...(both ? [{ ...DENIED_INSIDE, range }] : [])];
  });
}

/** The subject that stands for a stretch: what it carries counts only where all carry alike. */
function subjectFor(address: IpAddress, isSingle: boolean): Subject {
  return !isSingle && isMixed(address) ? { name: null, address, embedded: [] } : subjectOf(address);
}

function isMixed(address: IpAddress): boolean {
  return MIXED.some((prefix) => contains(prefix, address));
}

/** Every prefix of this family at whose edges a decision may change. */
function boundariesOf(rules: Rules, family: 4 | 6): readonly Prefix[] {
  const listed = [...rules.metadata, ...rules.blocked, ...rules.allowed]
    .flatMap((pattern) => pattern.kind === "range" ? [pattern.prefix] : []);
  const all = [...SPECIAL_USE.map((row) => row.prefix), ...listed];
  const own = all.filter((prefix) => prefix.family === family);
  if (family === 4) return own;
  const carried = all.filter((prefix) => prefix.family === 4).flatMap((prefix) =>
    CARRIERS.map((carrier): Prefix => ({
      family: 6,
      value: carrier.value | prefix.value << BigInt(128 - carrier.length - 32),
      length: carrier.length + prefix.length,
    }))
  );
  return [...own, ...CARRIERS, ...MIXED, ...carried];
}

/** The same rule for the same cause; one reason then fits both. */
function isSame(a: Decision, b: Decision): boolean {
  return a.effect === b.effect && a.rule === b.rule && a.matched === b.matched &&
    a.wouldAllow === b.wouldAllow;
}

function renderStretch(family: 4 | 6, from: bigint, to: bigint): string {
  const make = family === 4 ? ipv4FromBits : ipv6FromBits;
  const size = to - from + 1n;
  const isPrefix = (size & (size - 1n)) === 0n && (from & (size - 1n)) === 0n;
  if (!isPrefix) return `${renderAddress(make(from))}-${renderAddress(make(to))}`;
  return renderPrefix({
    family,
    value: from,
    length: addressBits(family) - (size.toString(2).length - 1),
  });
}
