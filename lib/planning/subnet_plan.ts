/**
 * A plan of subnets: every requirement gets a prefix of the parent that nobody else has.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import {
  containsPrefix,
  firstAddress,
  overlaps,
  type Prefix,
  prefixOf,
  prefixSize,
  renderPrefix,
} from "../ip/prefix.ts";
import { AddressSet } from "./address_set.ts";
import { buddyOf, FreeBlocks } from "./free_blocks.ts";
import { type AddressRules, type HostNeed, subnetLength } from "./subnet_size.ts";
import { summarize } from "./summarize.ts";

/** One subnet that is wanted. */
export interface Requirement {
  readonly vlanId: number;
  readonly name: string;
  /** Hosts to make room for, or the length itself. */
  readonly size: HostNeed | { readonly length: number };
  /** What the previous plan gave it. */
  readonly previous: Prefix | null;
}

/** What {@link planSubnets} plans from. */
export interface PlanRequest {
  readonly parent: Prefix;
  readonly requirements: readonly Requirement[];
  readonly rules: AddressRules;
  /** Ranges to stay out of. */
  readonly avoid: readonly Prefix[];
  /** Ranges that others have. */
  readonly existing: readonly Prefix[];
}

/** What became of a requirement, against the previous plan. */
export type Change = "new" | "kept" | "grown" | "shrunk" | "moved";

/** What a requirement got. */
export interface Allocation {
  readonly requirement: Requirement;
  /** The length that it needs; negative or shorter than the parent if none fits. */
  readonly length: number;
  readonly prefix: Prefix | null;
  readonly change: Change | null;
  /** Why it lost its place or got none, or null. */
  readonly reason: string | null;
}

/** Address space that is left, as the fewest prefixes. */
export interface FreeSpace {
  readonly addresses: bigint;
  readonly count: number;
  /** The first of the prefixes, by address. */
  readonly listed: readonly Prefix[];
}

/** A plan. */
export interface SubnetPlan {
  /** Largest subnet first, equal ones as given. */
  readonly allocations: readonly Allocation[];
  /** What is left of the parent. */
  readonly free: FreeSpace;
  /** The fewest prefixes for all allocations. */
  readonly summary: readonly Prefix[];
}

/**
 * Plans subnets. What can stay where the previous plan had it stays, or grows or shrinks around its
 * first address; the rest is placed from large to small. A requirement that does not fit stays
 * without a prefix and says why. Of the free prefixes `maxFreeListed` are listed.
 *
 * @throws {InputError} `input.avoid` if the ranges to avoid and the existing ones leave nothing
 */
export function planSubnets(request: PlanRequest, maxFreeListed: number): SubnetPlan {
  const { parent, rules } = request;
  const existing = touching(parent, request.existing, "existing range");
  const blocked = [...touching(parent, request.avoid, "range to avoid"), ...existing];
  const taken = new AddressSet(blocked);
  if (taken.covers(parent)) {
    throw noRoom(parent, "the ranges to avoid and the existing ones together fill it");
  }
  const wanted = request.requirements
    .map((requirement) => ({ requirement, length: lengthOf(requirement, parent, rules) }))
    .sort((a, b) => a.length - b.length);
  const stayed = new Map<number, { readonly prefix: Prefix; readonly change: Change }>();
  for (const settle of [settleInPlace, settleByGrowth]) {
    for (const { requirement: { vlanId, previous, size }, length } of wanted) {
      if (previous === null || stayed.has(vlanId)) continue;
      const settled = settle(previous, length, "length" in size);
      if (settled === null || !containsPrefix(parent, settled.prefix)) continue;
      if (!taken.isFree(settled.prefix)) continue;
      taken.add(settled.prefix);
      stayed.set(vlanId, settled);
    }
  }
  const kept = [...stayed.values()].map(({ prefix }) => prefix);
  const blocks = new FreeBlocks(besideOurs(taken.freeIn(parent), [...existing, ...kept]));
  const allocations = wanted.map(({ requirement, length }): Allocation => {
    const { previous } = requirement;
    const settled = stayed.get(requirement.vlanId);
    if (settled !== undefined) return { requirement, length, ...settled, reason: null };
    const lost = previous === null ? null : whyNotKept(previous, length, parent, taken);
    const prefix = length < parent.length ? null : blocks.take(length);
    return prefix === null
      ? { requirement, length, prefix, change: null, reason: whyNone(length, parent, blocks) }
      : { requirement, length, prefix, change: previous === null ? "new" : "moved", reason: lost };
  });
  const summary = summarize(allocations.flatMap(({ prefix }) => prefix ?? []));
  const free = freeSpace(new AddressSet([...blocked, ...summary]).freeIn(parent), maxFreeListed);
  return { allocations, free, summary };
}

function freeSpace(prefixes: Iterable<Prefix>, maxListed: number): FreeSpace {
  const listed: Prefix[] = [];
  let [addresses, count] = [0n, 0];
  for (const prefix of prefixes) {
    addresses += prefixSize(prefix);
    count++;
    if (listed.length < maxListed) listed.push(prefix);
  }
  return { addresses, count, listed };
}

function lengthOf({ size }: Requirement, parent: Prefix, rules: AddressRules): number {
  return "length" in size ? size.length : subnetLength(parent, size, rules);
}

/** Those of `ranges` that share addresses with the parent. */
function touching(parent: Prefix, ranges: readonly Prefix[], what: string): Prefix[] {
  const whole = ranges.find((range) => containsPrefix(range, parent));
  if (whole !== undefined) {
    throw noRoom(parent, `the ${what} ${renderPrefix(whole)} contains all of it`);
  }
  return ranges.filter((range) => overlaps(parent, range));
}

function noRoom(parent: Prefix, why: string): InputError {
  return new InputError("avoid", `Cannot plan subnets in ${renderPrefix(parent)}: ${why}`, {
    hint: "Give another parent_cidr, or narrow avoid and existing.",
  });
}

/** The previous place, if it is large enough; cut to size if a length was asked for. */
function settleInPlace(previous: Prefix, length: number, isExact: boolean) {
  if (previous.length > length) return null;
  return isExact && previous.length < length
    ? { prefix: { ...previous, length }, change: "shrunk" as const }
    : { prefix: previous, change: "kept" as const };
}

/** The previous place together with what lies around it. */
function settleByGrowth(previous: Prefix, length: number) {
  if (previous.length <= length || length < 0) return null;
  return { prefix: prefixOf(firstAddress(previous), length), change: "grown" as const };
}

/** Of equal blocks those first that complete a larger one of ours, which a summary then names once. */
function besideOurs(free: Iterable<Prefix>, ours: readonly Prefix[]): Prefix[] {
  const owned = new AddressSet(ours);
  const beside: Prefix[] = [];
  const apart: Prefix[] = [];
  for (const block of free) (owned.covers(buddyOf(block)) ? beside : apart).push(block);
  return [...beside, ...apart];
}

function whyNotKept(
  previous: Prefix,
  length: number,
  parent: Prefix,
  taken: AddressSet,
): string {
  const text = renderPrefix(previous);
  if (!containsPrefix(parent, previous)) return `Moved: ${text} lies outside the parent`;
  const other = taken.overlapping(previous);
  if (other !== null) return `Moved: ${text} overlaps ${renderPrefix(other)}, which is taken`;
  return `Moved: ${text} cannot grow to a /${length} where it is`;
}

function whyNone(length: number, parent: Prefix, blocks: FreeBlocks): string {
  if (length < 0) return `Needs more addresses than IPv${parent.family} has`;
  if (length < parent.length) return `Needs a /${length}, which is larger than the parent`;
  const largest = blocks.largest();
  return `Needs a /${length}; ${
    largest === null ? "nothing is free" : `the largest free block is a /${largest}`
  }`;
}
