/**
 * Which attribute sets a question is about. Sets are judged instead of paths: a table has ten times
 * as many paths.
 *
 * @module
 */
import type { AsPathPattern } from "../../route/as_path_pattern.ts";
import type { Community } from "../../route/community.ts";
import type { RibScan } from "../rib/rib_reader.ts";
import { carriesCommunity } from "./carries_community.ts";
import { PathAutomaton, PathStates } from "./path_automaton.ts";
import type { Hold, Turns } from "./turns.ts";

/** What is asked of attributes; null: anything. All that is given must hold. */
export interface AttributeFilter {
  /** The last AS of the path, or one of a final set; ours is the origin of an empty path. */
  readonly originAsn: number | null;
  /** Anywhere in the path. */
  readonly viaAsn: number | null;
  readonly asPath: AsPathPattern | null;
  readonly community: Community | null;
}

/** A condition on attribute sets. */
interface Condition {
  /** May use what was found out earlier in the same call. */
  holds(attributes: number): boolean;
  /** Looks anew: an id may mean something else since. */
  holdsNow(attributes: number): boolean;
  /** Of a pattern: what it found at the nodes of the trie. */
  readonly states?: PathStates;
}

const WANTED = 1;
const UNWANTED = 2;

/** The sets that a filter lets through, judged when they are met and kept for the call. */
export class AttributeSelection {
  /** By id: 1 for a set that is let through, 0 for one that was not judged. For counting. */
  readonly marks: Uint8Array;
  readonly #scan: RibScan;
  readonly #conditions: readonly Condition[];

  constructor(scan: RibScan, filter: AttributeFilter, localAs: number) {
    this.#scan = scan;
    this.#conditions = conditionsOf(scan, filter, localAs);
    this.marks = new Uint8Array(scan.attributeBound());
    if (this.isAll) this.marks.fill(WANTED);
  }

  /** True if it lets every set through. */
  get isAll(): boolean {
    return this.#conditions.length === 0;
  }

  /** True if the set that has this id now is let through; for what is shown. */
  hasNow(attributes: number): boolean {
    return this.#conditions.every((condition) => condition.holdsNow(attributes));
  }

  /** Judges the sets that are not yet. */
  judge(sets: readonly number[]): void {
    const { marks } = this;
    for (const set of sets) if (set < marks.length && marks[set] === 0) this.#judge(set);
  }

  /** Judges all sets. */
  async judgeAll(turns: Turns, hold: Hold): Promise<void> {
    if (this.isAll) return;
    for (const { states } of this.#conditions) {
      if (states !== undefined) await turns.repeat((limit) => states.advance(limit), hold);
    }
    const { length } = this.marks;
    let set = 0;
    await turns.repeat((limit) => {
      for (const end = Math.min(set + limit, length); set < end; set++) {
        if (this.#scan.attributeInUse(set)) this.#judge(set);
      }
      return set < length;
    }, hold);
  }

  #judge(set: number): void {
    let isWanted = true;
    for (const condition of this.#conditions) isWanted &&= condition.holds(set);
    this.marks[set] = isWanted ? WANTED : UNWANTED;
  }
}

function conditionsOf(
  scan: RibScan,
  { originAsn, viaAsn, asPath, community }: AttributeFilter,
  localAs: number,
): Condition[] {
  const conditions: Condition[] = [];
  if (originAsn !== null) {
    conditions.push(pathCondition(scan, lastOf(originAsn), originAsn === localAs));
  }
  if (community !== null) conditions.push(communityCondition(scan, community));
  if (viaAsn !== null) conditions.push(pathCondition(scan, anywhere(viaAsn)));
  if (asPath !== null) conditions.push(pathCondition(scan, asPath));
  return conditions;
}

/** Standard communities are judged once for all the sets that share them. */
function communityCondition(scan: RibScan, community: Community): Condition {
  const carries = carriesCommunity(scan, community);
  if (community.kind !== "standard") return { holds: carries, holdsNow: carries };
  let verdicts = new Uint8Array(1 << 16);
  return {
    holdsNow: carries,
    holds(attributes) {
      const set = scan.communitySet(attributes);
      if (set >= verdicts.length) {
        const grown = new Uint8Array(set * 2);
        grown.set(verdicts);
        verdicts = grown;
      }
      const known = verdicts[set];
      if (known !== 0) return known === WANTED;
      const isWanted = carries(attributes);
      verdicts[set] = isWanted ? WANTED : UNWANTED;
      return isWanted;
    },
  };
}

/** `orEmpty`: an empty path is meant as well. */
function pathCondition(scan: RibScan, pattern: AsPathPattern, orEmpty = false): Condition {
  const states = new PathStates(scan, new PathAutomaton(pattern));
  const isEmpty = (id: number): boolean => orEmpty && scan.asPathId(id) === 0;
  return {
    states,
    holds: (id) => states.matches(scan.asPathId(id)) || isEmpty(id),
    holdsNow: (id) => states.matchesNow(scan.asPathId(id)) || isEmpty(id),
  };
}

function anywhere(asn: number): AsPathPattern {
  return { fromStart: false, toEnd: false, items: [{ kind: "asn", asn, repeat: false }] };
}

function lastOf(asn: number): AsPathPattern {
  return { ...anywhere(asn), toEnd: true };
}
