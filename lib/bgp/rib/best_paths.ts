/**
 * Keeping the best path of each prefix as paths come and go: most changes are decided by comparing
 * with the best one alone, the others by comparing all.
 *
 * @module
 */
import { CHAINED, ID_MASK } from "./path_word.ts";
import type { PathCells } from "./path_cells.ts";
import type { RibTables } from "./rib_tables.ts";
import type { SmallColumn } from "./rib_views.ts";

/** So many paths that are equal before MED are compared with each other without an object for any. */
const LEADERS_MAX = 32;

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
  readonly #best: SmallColumn;
  readonly #counts: SmallColumn;
  /** Peers and attribute sets of the paths that {@link BestPaths.#lead} found. */
  readonly #leaders = new Uint16Array(LEADERS_MAX);
  readonly #sets = new Uint32Array(LEADERS_MAX);
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
    const count = this.#lead(id);
    if (count === -1) return this.#decideAmong(id);
    const before = this.#best[id] ?? 0;
    const after = count === 0 ? 0 : (this.#leaders[this.#bestLeader(count)] ?? 0) + 1;
    this.#best[id] = after;
    return before !== after;
  }

  /**
   * Finds the paths that no other one beats before MED; returns how many, or -1: an override, several
   * paths from a peer or too many equal ones are there.
   */
  #lead(id: number): number {
    const { adjRibIn, decision, overrides, peers, views } = this.#tables;
    if (overrides.count > 0 && overrides.has(id)) return -1;
    const family = this.#tables.familyOf(id);
    const sets = this.#sets;
    let count = 0;
    let left = this.#counts[id] ?? 0;
    for (let peer = 0; left > 0 && peer < views.limits.peers; peer++) {
      const word = peers.paths(peer, family) === 0 ? 0 : adjRibIn.word(peer, id);
      if (word === 0) continue;
      if ((word & CHAINED) !== 0) return -1;
      left--;
      if (!this.#tables.isEligible(word)) continue;
      const set = word & ID_MASK, leader = sets[0] ?? 0;
      const order = count === 0 ? 1 : decision.compareFirst(
        set,
        decision.localPref(set),
        leader,
        decision.localPref(leader),
      );
      if (order < 0) continue;
      if (order > 0) count = 0;
      if (count === LEADERS_MAX) return -1;
      this.#leaders[count] = peer;
      sets[count++] = set;
    }
    return count;
  }

  /** The best of the paths found, by its place among them. */
  #bestLeader(count: number): number {
    const leaders = this.#leaders, sets = this.#sets;
    let best = -1;
    for (let at = 0; at < count; at++) {
      if (this.#isUndercut(at, count)) continue;
      const isBetter = best === -1 ||
        this.#winsLast(leaders[at] ?? 0, sets[at] ?? 0, leaders[best] ?? 0, sets[best] ?? 0);
      if (isBetter) best = at;
    }
    return best;
  }

  /** True if another of the paths found comes from the same neighbour AS with a lower MED. */
  #isUndercut(at: number, count: number): boolean {
    const { decision } = this.#tables;
    const set = this.#sets[at] ?? 0;
    if (decision.med(set) === 0) return false;
    for (let other = 0; other < count; other++) {
      if (decision.compareMed(this.#sets[other] ?? 0, set) > 0) return true;
    }
    return false;
  }

  /** The same for any paths. */
  #decideAmong(id: number): boolean {
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
