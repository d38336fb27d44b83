/**
 * What reading and writing the tables have in common: a path by prefix id, and what is in force for
 * it.
 *
 * @module
 */
import { AdjRibIn } from "./adj_rib_in.ts";
import type { Contender } from "./decision.ts";
import { Decision } from "./decision.ts";
import { OverrideList } from "./override_list.ts";
import { CHAINED, ID_MASK, reasonOf } from "./path_word.ts";
import { PeerRecords } from "./peer_record.ts";
import { Head, UNIT_WORDS } from "./rib_memory.ts";
import type { RibViews } from "./rib_views.ts";

/** Words of one of several paths from a peer: its id, its word, its time, the next one or 0. */
export const ChainWord = { pathId: 0, word: 1, time: 2, next: 3 } as const;

/** A path and where it lies. */
export interface FoundPath extends Contender {
  readonly word: number;
  /** Seconds since the epoch. */
  readonly time: number;
}

/** The tables. */
export class RibTables {
  readonly views: RibViews;
  readonly adjRibIn: AdjRibIn;
  readonly decision: Decision;
  readonly overrides: OverrideList;
  readonly peers: PeerRecords;

  constructor(views: RibViews, adjRibIn: AdjRibIn = new AdjRibIn(views)) {
    this.views = views;
    this.adjRibIn = adjRibIn;
    this.decision = new Decision(views);
    this.overrides = new OverrideList(views);
    this.peers = new PeerRecords(views.peers);
  }

  familyOf(id: number): 0 | 1 {
    return id < this.views.firstId6 ? 0 : 1;
  }

  /** The peer of the best path, or -1. */
  bestPeer(id: number): number {
    return (this.views.best[id] ?? 0) - 1;
  }

  /** Whether a path may become best. */
  isEligible(word: number): boolean {
    return reasonOf(word, this.views.head[Head.rejectsInvalid] === 1) === 0;
  }

  /** Visits the paths of a prefix from one peer; of several, the best eligible one is the first. */
  pathsOf(peer: number, id: number, visit: (path: FoundPath) => void): void {
    const { paths } = this.views;
    const place = this.adjRibIn.place(peer, id);
    if (place === 0) return;
    const word = paths[place] ?? 0;
    if ((word & CHAINED) === 0) return visit(this.#path(peer, id, 0, word, paths[place + 1] ?? 0));
    for (let link = word & ID_MASK; link !== 0;) {
      const at = link * UNIT_WORDS;
      visit(
        this.#path(
          peer,
          id,
          paths[at + ChainWord.pathId] ?? 0,
          paths[at + ChainWord.word] ?? 0,
          paths[at + ChainWord.time] ?? 0,
        ),
      );
      link = paths[at + ChainWord.next] ?? 0;
    }
  }

  /** The best path, or null. */
  bestPath(id: number): FoundPath | null {
    const peer = this.bestPeer(id);
    if (peer === -1) return null;
    const { paths } = this.views;
    const place = this.adjRibIn.place(peer, id);
    const word = paths[place] ?? 0;
    if ((word & CHAINED) === 0) return this.#path(peer, id, 0, word, paths[place + 1] ?? 0);
    const at = (word & ID_MASK) * UNIT_WORDS;
    return this.#path(
      peer,
      id,
      paths[at + ChainWord.pathId] ?? 0,
      paths[at + ChainWord.word] ?? 0,
      paths[at + ChainWord.time] ?? 0,
    );
  }

  /** All paths of a prefix, peer by peer. */
  allPaths(id: number): FoundPath[] {
    const found: FoundPath[] = [];
    const family = this.familyOf(id);
    const count = this.views.pathCounts[id] ?? 0;
    if (count > 1) this.#lookAhead(id);
    for (let peer = 0; peer < this.views.limits.peers && found.length < count; peer++) {
      if (this.peers.paths(peer, family) > 0) this.pathsOf(peer, id, (path) => found.push(path));
    }
    return found;
  }

  /** Loads what paths of different peers are made of: here no load waits for another. */
  #lookAhead(id: number): void {
    const { peers } = this.views.limits;
    let touched = 0;
    for (let peer = 0; peer < peers; peer++) {
      const word = this.adjRibIn.word(peer, id);
      if ((word & CHAINED) === 0) touched ^= this.decision.localPref(word & ID_MASK);
    }
    this.#touched ^= touched;
  }

  /** Made of what was loaded ahead, so that the loads are made. */
  #touched = 0;

  /** LOCAL_PREF in force for a path. */
  localPref(peer: number, id: number, attributes: number): number {
    const override = this.overrides.count === 0 ? -1 : this.overrides.find(id, peer);
    return override === -1 ? this.decision.localPref(attributes) : override;
  }

  #path(peer: number, id: number, pathId: number, word: number, time: number): FoundPath {
    const attributes = word & ID_MASK;
    return {
      peer,
      pathId,
      word,
      time,
      attributes,
      localPref: this.localPref(peer, id, attributes),
    };
  }
}
