/**
 * The decision process (RFC 4271 §9.1.2.2, RFC 4456 §9) in the order of BIRD with its defaults:
 * LOCAL_PREF, length of the AS path, ORIGIN, MED among paths of the same neighbour AS whatever order
 * they came in (deterministic), eBGP over iBGP, router id, cluster list, peer address, path id.
 *
 * @module
 */
import {
  CLUSTERS_MASK,
  HAS_ORIGINATOR,
  ORIGIN_BITS,
  RANK_SHIFT,
  RestLayout,
  SetWord,
} from "./attribute_record.ts";
import { BlobReader } from "./blob_reader.ts";
import { PeerRecords } from "./peer_record.ts";
import { SET_WORDS } from "./rib_memory.ts";
import type { LostBy } from "./rib_reader.ts";
import type { RibViews } from "./rib_views.ts";

/** A path as the decision compares it. */
export interface Contender {
  readonly peer: number;
  /** Id of its attribute set. */
  readonly attributes: number;
  /** LOCAL_PREF in force. */
  readonly localPref: number;
  readonly pathId: number;
}

/** Steps by number, the sign tells who won; 0: the paths are equal in everything. */
const STEPS: readonly (LostBy | null)[] = [
  null,
  "local-pref-lower",
  "as-path-longer",
  "origin-higher",
  "med-higher",
  "ebgp-preferred",
  "router-id-higher",
  "cluster-list-longer",
  "peer-address-higher",
  "path-id-higher",
];
const Step = {
  localPref: 1,
  pathLength: 2,
  origin: 3,
  med: 4,
  ebgp: 5,
  routerId: 6,
  clusters: 7,
  address: 8,
  pathId: 9,
} as const;

/** Compares paths. */
export class Decision {
  readonly #sets: Uint32Array;
  readonly #peers: PeerRecords;
  readonly #rests: BlobReader;
  readonly #layout = new RestLayout();

  constructor({ sets, peers, others }: Pick<RibViews, "sets" | "peers" | "others">) {
    this.#sets = sets;
    this.#peers = new PeerRecords(peers);
    this.#rests = new BlobReader(others);
  }

  /** The steps before MED: positive if `a` wins. They do not depend on what else is there. */
  compareFirst(a: number, aLocalPref: number, b: number, bLocalPref: number): number {
    if (aLocalPref !== bLocalPref) {
      return aLocalPref > bLocalPref ? Step.localPref : -Step.localPref;
    }
    const aRank = this.#rank(a), bRank = this.#rank(b);
    if (aRank === bRank) return 0;
    const isLength = aRank >>> ORIGIN_BITS !== bRank >>> ORIGIN_BITS;
    const step = isLength ? Step.pathLength : Step.origin;
    return aRank < bRank ? step : -step;
  }

  /** MED, an absent one as 0; 0 also where the neighbour ASes are not the same. */
  compareMed(a: number, b: number): number {
    if (this.neighbourAs(a) !== this.neighbourAs(b)) return 0;
    const order = this.med(a) - this.med(b);
    return order === 0 ? 0 : order < 0 ? Step.med : -Step.med;
  }

  /** The steps behind MED: positive if `a` wins. */
  compareLast(a: Contender, b: Contender): number {
    if (a.peer !== b.peer) {
      const aIsEbgp = this.#peers.isEbgp(a.peer);
      if (aIsEbgp !== this.#peers.isEbgp(b.peer)) return aIsEbgp ? Step.ebgp : -Step.ebgp;
    }
    const routerId = this.#routerId(a) - this.#routerId(b);
    if (routerId !== 0) return routerId < 0 ? Step.routerId : -Step.routerId;
    const clusters = this.#clusters(a.attributes) - this.#clusters(b.attributes);
    if (clusters !== 0) return clusters < 0 ? Step.clusters : -Step.clusters;
    const address = a.peer === b.peer ? 0 : this.#peers.compareAddresses(a.peer, b.peer);
    if (address !== 0) return address < 0 ? Step.address : -Step.address;
    if (a.pathId === b.pathId) return 0;
    return a.pathId < b.pathId ? Step.pathId : -Step.pathId;
  }

  /** All steps for two paths alone: positive if `a` wins. */
  compare(a: Contender, b: Contender): number {
    return this.compareFirst(a.attributes, a.localPref, b.attributes, b.localPref) ||
      this.compareMed(a.attributes, b.attributes) || this.compareLast(a, b);
  }

  /** At which step `loser` lost to `winner`, or null if it would not have. */
  lostBy(winner: Contender, loser: Contender): LostBy | null {
    return STEPS[Math.max(this.compare(winner, loser), 0)] ?? null;
  }

  med(set: number): number {
    return this.#sets[set * SET_WORDS + SetWord.med] ?? 0;
  }

  neighbourAs(set: number): number {
    return this.#sets[set * SET_WORDS + SetWord.neighbourAs] ?? 0;
  }

  /** LOCAL_PREF of a set without any override. */
  localPref(set: number): number {
    return this.#sets[set * SET_WORDS + SetWord.localPref] ?? 0;
  }

  /** The best one, or null of none. */
  best<T extends Contender>(contenders: readonly T[]): T | null {
    let leaders: T[] = [];
    for (const one of contenders) {
      const [leader] = leaders;
      const order = leader === undefined ? 1 : this.compareFirst(
        one.attributes,
        one.localPref,
        leader.attributes,
        leader.localPref,
      );
      if (order > 0) leaders = [one];
      else if (order === 0) leaders.push(one);
    }
    return this.#bestOf(this.#withLowestMed(leaders));
  }

  /**
   * All of them, best first: each is the best of those that are left. Among those that are equal
   * before MED, each neighbour AS sends its best one into the comparison.
   */
  ranked<T extends Contender>(contenders: readonly T[]): T[] {
    const byFirst = (a: T, b: T): number =>
      this.compareFirst(b.attributes, b.localPref, a.attributes, a.localPref);
    const sorted = contenders.toSorted((a, b) =>
      byFirst(a, b) || this.neighbourAs(a.attributes) - this.neighbourAs(b.attributes) ||
      this.compare(b, a)
    );
    const ranked: T[] = [];
    for (let start = 0, end; start < sorted.length; start = end) {
      const first = sorted[start];
      end = start + 1;
      while (
        end < sorted.length && first !== undefined && byFirst(first, sorted[end] ?? first) === 0
      ) {
        end++;
      }
      if (first !== undefined && end === start + 1) ranked.push(first);
      else this.#mergeGroups(sorted.slice(start, end), ranked);
    }
    return ranked;
  }

  /** Appends what is sorted within each neighbour AS in the order of the steps behind MED. */
  #mergeGroups<T extends Contender>(sorted: readonly T[], ranked: T[]): void {
    const groups = new Map<number, T[]>();
    for (const one of sorted) {
      const neighbour = this.neighbourAs(one.attributes);
      const group = groups.get(neighbour);
      if (group === undefined) groups.set(neighbour, [one]);
      else group.push(one);
    }
    // The heads, worst first, so that the best one is taken off the end.
    const heads = Array.from(groups.values(), (group) => ({ group, at: 0 }));
    const headOf = ({ group, at }: typeof heads[number]): T => group[at] as T;
    heads.sort((a, b) => this.compareLast(headOf(a), headOf(b)));
    for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
      ranked.push(headOf(head));
      if (++head.at === head.group.length) continue;
      let low = 0, high = heads.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        const other = heads[middle];
        if (other !== undefined && this.compareLast(headOf(other), headOf(head)) < 0) {
          low = middle + 1;
        } else high = middle;
      }
      heads.splice(low, 0, head);
    }
  }

  /** Those that no other of the same neighbour AS undercuts. */
  #withLowestMed<T extends Contender>(leaders: readonly T[]): readonly T[] {
    if (leaders.every(({ attributes }) => this.med(attributes) === 0)) return leaders;
    const lowest = new Map<number, number>();
    for (const { attributes } of leaders) {
      const neighbour = this.neighbourAs(attributes);
      lowest.set(neighbour, Math.min(this.med(attributes), lowest.get(neighbour) ?? Infinity));
    }
    return leaders.filter(({ attributes }) =>
      this.med(attributes) === lowest.get(this.neighbourAs(attributes))
    );
  }

  #bestOf<T extends Contender>(contenders: readonly T[]): T | null {
    let best: T | null = null;
    for (const one of contenders) {
      if (best === null || this.compareLast(one, best) > 0) best = one;
    }
    return best;
  }

  #rank(set: number): number {
    return (this.#sets[set * SET_WORDS + SetWord.meta] ?? 0) >>> RANK_SHIFT;
  }

  #clusters(set: number): number {
    return (this.#sets[set * SET_WORDS + SetWord.meta] ?? 0) & CLUSTERS_MASK;
  }

  /** ORIGINATOR_ID in place of the peer's BGP identifier (RFC 4456 §9). */
  #routerId({ peer, attributes }: Contender): number {
    if (this.#peers.isEbgp(peer)) return this.#peers.routerId(peer);
    const { arena } = this.#rests;
    const rest = this.#rests.start(this.#sets[attributes * SET_WORDS + SetWord.rest] ?? 0);
    if (((arena[rest] ?? 0) & HAS_ORIGINATOR) === 0) return this.#peers.routerId(peer);
    return arena[this.#layout.read(arena, rest).originator] ?? 0;
  }
}
