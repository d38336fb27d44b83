/**
 * Which attribute sets a question is about. Not paths are judged but the parts that sets are made of:
 * a table has ten times as many paths as sets, and sets share paths and communities.
 *
 * @module
 */
import type { AsPathPattern } from "../../route/as_path_pattern.ts";
import type { Community } from "../../route/community.ts";
import { type PartVerdicts, type RibScan, SetMark, type SetVerdicts } from "../rib/rib_reader.ts";
import { CommunityVerdicts } from "./community_verdicts.ts";
import { PathAutomaton } from "./path_automaton.ts";
import { PathStates } from "./path_states.ts";
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

/** What is wanted of one part of each set. */
export interface Condition extends PartVerdicts {
  /** Whether a part is wanted, looked at anew: an id may mean something else since. */
  holdsNow(id: number): boolean;
  /** Judges what is judged best in the order of ids, as `limit` allows; true while there is more. */
  advance(limit: number): boolean;
}

/** The sets that a filter lets through. */
export class AttributeSelection implements SetVerdicts {
  readonly #scan: RibScan;
  readonly #conditions: readonly Condition[];
  #marks: Uint8Array | null = null;

  constructor(scan: RibScan, filter: AttributeFilter, localAs: number) {
    this.#scan = scan;
    this.#conditions = conditionsOf(scan, filter, localAs);
  }

  /** True if it lets every set through. */
  get isAll(): boolean {
    return this.#conditions.length === 0;
  }

  get marks(): Uint8Array {
    return this.#marks ??= new Uint8Array(this.#scan.attributeBound());
  }

  /** True if the set that has this id now is let through; for what is shown. */
  hasNow(set: number): boolean {
    return this.#conditions.every((one) => one.holdsNow(this.#scan.partOf(set, one.part)));
  }

  judge(set: number): number {
    const isWanted = this.#conditions.every((one) => {
      const part = this.#scan.partOf(set, one.part);
      return ((one.values[part] || one.judge(part)) & one.wanted) !== 0;
    });
    const mark = isWanted ? SetMark.wanted : SetMark.unwanted;
    if (set < this.marks.length) this.marks[set] = mark;
    return mark;
  }

  /** Marks all sets. */
  async judgeAll(turns: Turns, hold: Hold): Promise<void> {
    const { marks } = this;
    marks.fill(SetMark.wanted);
    for (const condition of this.#conditions) {
      await turns.repeat((limit) => condition.advance(limit), hold);
      let set = 0;
      await turns.repeat((limit) => {
        const end = Math.min(set + limit, marks.length);
        this.#scan.keepSets(marks, condition, set, end);
        set = end;
        return set < marks.length;
      }, hold);
    }
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
  if (community !== null) conditions.push(new CommunityVerdicts(scan, community));
  if (viaAsn !== null) conditions.push(pathCondition(scan, anywhere(viaAsn)));
  if (asPath !== null) conditions.push(pathCondition(scan, asPath));
  return conditions;
}

function pathCondition(scan: RibScan, pattern: AsPathPattern, orEmpty = false): PathStates {
  return new PathStates(scan, new PathAutomaton(pattern, orEmpty));
}

function anywhere(asn: number): AsPathPattern {
  return { fromStart: false, toEnd: false, items: [{ kind: "asn", asn, repeat: false }] };
}

function lastOf(asn: number): AsPathPattern {
  return { ...anywhere(asn), toEnd: true };
}
