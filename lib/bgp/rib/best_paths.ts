/**
 * Keeping the best path of each prefix as paths come and go: most changes are decided by comparing
 * with the best one alone, the others by comparing all.
 *
 * @module
 */
import { CHAINED, ID_MASK } from "./path_word.ts";
import type { PathCells } from "./path_cells.ts";
import type { RibTables } from "./rib_tables.ts";

/** A path that is compared, filled anew each time. */
interface Scratch {
  peer: number;
  attributes: number;
  localPref: number;
  pathId: number;
}

/** The column of best paths. */
export class BestPaths {
  readonly #tables: RibTables;
  readonly #cells: PathCells;
  readonly #best: Uint16Array;
  readonly #counts: Uint16Array;
  readonly #one: Scratch = { peer: 0, attributes: 0, localPref: 0, pathId: 0 };
  readonly #other: Scratch = { peer: 0, attributes: 0, localPref: 0, pathId: 0 };

  constructor(tables: RibTables, cells: PathCells) {
    this.#tables = tables;
    this.#cells = cells;
    this.#best = tables.views.best;
    this.#counts = tables.views.pathCounts;
  }

  /**
   * A path of `peer`, not in a chain, was `before` and is `after`, as words, 0 for none; it stands in
   * the tables already, and the attribute set of `before` is still there. True: another path is best.
   */
  update(id: number, peer: number, before: number, after: number): boolean {
    const { adjRibIn, decision, overrides } = this.#tables;
    const best = (this.#best[id] ?? 0) - 1;
    if (overrides.count > 0 && overrides.has(id)) return this.decide(id);
    const isUsable = after !== 0 && this.#tables.isEligible(after);
    const others = (this.#counts[id] ?? 0) - (after === 0 ? 0 : 1);
    if (best === -1 || others === 0) {
      this.#best[id] = isUsable ? peer + 1 : 0;
      return isUsable !== (best !== -1);
    }
    const oldSet = before & ID_MASK, newSet = after & ID_MASK;
    if (best === peer) {
      return isUsable && this.#isNoWorse(peer, newSet, oldSet) ? false : this.decide(id);
    }
    const bestWord = adjRibIn.word(best, id);
    if ((bestWord & CHAINED) !== 0) return this.decide(id);
    const bestSet = bestWord & ID_MASK;
    const hasThird = others > 1;
    if (hasThird && before !== 0 && this.#shadowed(before, bestSet)) return this.decide(id);
    if (!isUsable) return false;
    const first = decision.compareFirst(
      newSet,
      decision.localPref(newSet),
      bestSet,
      decision.localPref(bestSet),
    );
    if (first < 0) return false;
    if (first === 0) {
      const med = decision.compareMed(newSet, bestSet);
      if (med < 0 || med === 0 && !this.#winsLast(peer, newSet, best, bestSet)) return false;
      // The best one of its neighbour AS it is for certain without any MED, or as no other is there.
      const isSameGroup = decision.neighbourAs(newSet) === decision.neighbourAs(bestSet);
      const isCertain = isSameGroup ? med === 0 : decision.med(newSet) === 0;
      if (hasThird && !isCertain) return this.decide(id);
    }
    this.#best[id] = peer + 1;
    return true;
  }

  /** Compares all paths of a prefix; true: another one is best. */
  decide(id: number): boolean {
    const { decision } = this.#tables;
    const best = decision.best(
      this.#tables.allPaths(id).filter(({ word }) => this.#tables.isEligible(word)),
    );
    const before = this.#best[id] ?? 0;
    const after = best === null ? 0 : best.peer + 1;
    this.#best[id] = after;
    const isPromoted = best !== null && this.#cells.promote(best.peer, id, best.pathId);
    return isPromoted || before !== after;
  }

  /** True if a path that went may have kept another one of its neighbour AS from winning by its MED. */
  #shadowed(before: number, bestSet: number): boolean {
    const { decision } = this.#tables;
    const set = before & ID_MASK;
    return this.#tables.isEligible(before) &&
      decision.neighbourAs(set) !== decision.neighbourAs(bestSet) &&
      decision.compareFirst(
          set,
          decision.localPref(set),
          bestSet,
          decision.localPref(bestSet),
        ) === 0;
  }

  /** True if the best path, with other attributes, is best for certain. */
  #isNoWorse(peer: number, newSet: number, oldSet: number): boolean {
    const { decision } = this.#tables;
    const first = decision.compareFirst(
      newSet,
      decision.localPref(newSet),
      oldSet,
      decision.localPref(oldSet),
    );
    if (first !== 0) return first > 0;
    return decision.neighbourAs(newSet) === decision.neighbourAs(oldSet) &&
      decision.med(newSet) <= decision.med(oldSet) &&
      this.#compareLast(peer, newSet, peer, oldSet) >= 0;
  }

  #winsLast(peer: number, set: number, otherPeer: number, otherSet: number): boolean {
    return this.#compareLast(peer, set, otherPeer, otherSet) > 0;
  }

  #compareLast(peer: number, set: number, otherPeer: number, otherSet: number): number {
    this.#one.peer = peer;
    this.#one.attributes = set;
    this.#other.peer = otherPeer;
    this.#other.attributes = otherSet;
    return this.#tables.decision.compareLast(this.#one, this.#other);
  }
}
