/**
 * What one route that comes, changes or goes does to the tables: its prefix, its path, the best path,
 * the counts and the change log.
 *
 * @module
 */
import type { FamilyIndex } from "../family.ts";
import { AdjRibInWriter } from "./adj_rib_in_writer.ts";
import { AttributeStore } from "./attribute_store.ts";
import { BestPaths } from "./best_paths.ts";
import { BlockArena } from "./block_arena.ts";
import { Change, ChangeLogWriter } from "./change_log.ts";
import { OriginStates } from "./origin_states.ts";
import { PathCells } from "./path_cells.ts";
import { CHAINED, ID_MASK, pathWord, STALE } from "./path_word.ts";
import { PrefixTableWriter } from "./prefix_table_writer.ts";
import { AddressWords } from "./prefix_words.ts";
import { ARENAS, Head, LENGTHS_4, UNIT_WORDS } from "./rib_memory.ts";
import { RibTables } from "./rib_tables.ts";
import type { RibViews } from "./rib_views.ts";
import type { IngestCounts } from "./rib_writer.ts";

/** Writing routes, one at a time. Who calls holds the lock. */
export class RouteWriter {
  readonly tables: RibTables;
  readonly prefixes: readonly [PrefixTableWriter, PrefixTableWriter];
  readonly adjRibIn: AdjRibInWriter;
  readonly cells: PathCells;
  readonly store: AttributeStore;
  readonly origins: OriginStates;
  /** The address of the prefix that is written; of IPv4 all words but the first are 0. */
  readonly words = new AddressWords();
  /** What was done since they were set to 0. */
  readonly counts: IngestCounts = { announced: 0, withdrawn: 0, bestChanged: 0 };
  readonly #views: RibViews;
  readonly #best: BestPaths;
  readonly #log: ChangeLogWriter;
  /** By peer: how many of its paths are stale. */
  readonly #staleCounts: Uint32Array;
  #seconds = 0;
  /** Of what is announced now: its attribute set, its origin AS, and why it may not become best. */
  #set = 0;
  #originAs = 0;
  #reason = 0;

  /** Over a new memory. */
  constructor(views: RibViews) {
    const { head } = views;
    const usage = (name: typeof ARENAS[number]): number => Head.arenas + ARENAS.indexOf(name);
    const arena = new BlockArena(views.paths, UNIT_WORDS, head, usage("paths"));
    this.#views = views;
    this.adjRibIn = new AdjRibInWriter(views, arena);
    this.tables = new RibTables(views, this.adjRibIn);
    this.cells = new PathCells(this.adjRibIn, views.paths, arena);
    this.store = new AttributeStore(views);
    this.origins = new OriginStates(views);
    this.prefixes = [
      new PrefixTableWriter(views.tables[0], head, usage("buckets4")),
      new PrefixTableWriter(views.tables[1], head, usage("buckets6")),
    ];
    this.#best = new BestPaths(this.tables, this.cells);
    this.#log = new ChangeLogWriter(views, this.store);
    this.#staleCounts = new Uint32Array(views.limits.peers);
  }

  /** The time of what follows, milliseconds since the epoch. */
  setTime(nowMs: number): void {
    this.#seconds = Math.floor(nowMs / 1000);
    this.#log.setTime(nowMs);
  }

  /** What the announcements that follow have: their attribute set, and why they may not become best. */
  setAnnounced(set: number, reason: number): void {
    this.#set = set;
    this.#originAs = this.origins.judge === null ? 0 : this.origins.originOf(set);
    this.#reason = reason;
  }

  /** Takes one announcement of the prefix in `words`. */
  announce(peer: number, family: FamilyIndex, length: number, pathId: number): void {
    const prefixes = this.prefixes[family];
    const local = prefixes.add(this.words, length);
    if (local === -1) return this.refuse();
    const id = local + this.base(family);
    if (prefixes.isNew) this.#addPrefix(id, family, length);
    const set = this.#set;
    const state = this.origins.stateOf(id, family, this.words, length, this.#originAs);
    const word = pathWord(set, state, this.#reason);
    if (prefixes.isNew && pathId === 0) return this.#announceFirst(peer, family, length, id, word);
    const before = this.cells.put(peer, id, pathId, word, this.#seconds);
    if (before === -1) {
      this.refuse();
      if ((this.#views.pathCounts[id] ?? 0) === 0) this.#removePrefix(id, family);
      return;
    }
    this.counts.announced++;
    if ((before & STALE) !== 0) this.countStale(peer, -1);
    if (((before & ~STALE) >>> 0) === word) return;
    const { isChained } = this.cells;
    this.store.retain(set);
    if (before === 0) this.#countPath(peer, family, id, 1);
    const kind = before === 0 ? Change.announce : Change.update;
    this.#log.add(kind, family, this.words, length, peer, pathId, set, -1);
    const best = this.tables.bestPeer(id);
    const isOther = isChained ? this.#best.decide(id) : this.#best.update(id, peer, before, word);
    if (isOther) this.#logBest(id, best);
    if (before !== 0) this.store.release(before & ID_MASK);
  }

  /** The same for a path that is the first one of its prefix: there is nothing to compare it with. */
  #announceFirst(
    peer: number,
    family: FamilyIndex,
    length: number,
    id: number,
    word: number,
  ): void {
    if (!this.adjRibIn.add(peer, id, word, this.#seconds)) {
      this.refuse();
      return this.#removePrefix(id, family);
    }
    const set = this.#set;
    this.counts.announced++;
    this.store.retain(set);
    this.#countPath(peer, family, id, 1);
    this.#log.add(Change.announce, family, this.words, length, peer, 0, set, -1);
    if (!this.tables.isEligible(word)) return;
    this.#views.best[id] = peer + 1;
    this.counts.bestChanged++;
    this.#log.add(Change.best, family, this.words, length, peer, 0, set, -1);
  }

  /** Withdraws the prefix in `words`. */
  withdraw(peer: number, family: FamilyIndex, length: number, pathId: number): void {
    const local = this.prefixes[family].find(this.words, length);
    const set = local === -1 ? 0 : this.remove(peer, local + this.base(family), pathId);
    if (set !== 0) this.store.release(set);
  }

  /**
   * Withdraws a path; the address of its prefix is in `words`. Returns its attribute set, a use of
   * which the caller gives back; 0: there was no such path.
   */
  remove(peer: number, id: number, pathId: number): number {
    const before = this.cells.remove(peer, id, pathId);
    if (before === 0) return 0;
    if ((before & STALE) !== 0) this.countStale(peer, -1);
    const { isChained, isHead } = this.cells;
    const family = this.tables.familyOf(id);
    const length = this.prefixes[family].lengthOf(id - this.base(family));
    this.counts.withdrawn++;
    this.#countPath(peer, family, id, -1);
    this.#log.add(Change.withdraw, family, this.words, length, peer, pathId, 0, -1);
    const best = this.tables.bestPeer(id);
    const wasBest = best === peer && isChained && isHead;
    const isOther = isChained ? this.#best.decide(id) : this.#best.update(id, peer, before, 0);
    if (isOther || wasBest) this.#logBest(id, best);
    if ((this.#views.pathCounts[id] ?? 0) === 0) this.#removePrefix(id, family);
    return before & ID_MASK;
  }

  /** Paths of a peer that are stale. */
  stalePaths(peer: number): number {
    return this.#staleCounts[peer] ?? 0;
  }

  /** Decides among all paths of a prefix. */
  decide(id: number): void {
    const best = this.tables.bestPeer(id);
    if (!this.#best.decide(id)) return;
    this.setWordsOf(id);
    this.#logBest(id, best);
  }

  /** Logs that another path is best; the address is in `words`. */
  #logBest(id: number, before: number): void {
    this.counts.bestChanged++;
    const family = this.tables.familyOf(id);
    const length = this.prefixes[family].lengthOf(id - this.base(family));
    const peer = this.tables.bestPeer(id);
    let pathId = 0, set = 0;
    if (peer !== -1) {
      const word = this.adjRibIn.word(peer, id);
      if ((word & CHAINED) === 0) set = word & ID_MASK;
      else {
        const path = this.tables.bestPath(id);
        pathId = path?.pathId ?? 0;
        set = path?.attributes ?? 0;
      }
    }
    this.#log.add(Change.best, family, this.words, length, peer, pathId, set, before);
  }

  #addPrefix(id: number, family: FamilyIndex, length: number): void {
    const { head, best, pathCounts } = this.#views;
    best[id] = 0;
    pathCounts[id] = 0;
    this.origins.forget(id);
    if (this.tables.overrides.count > 0) {
      this.tables.overrides.bind(this.words, family, length, id);
    }
    head[Head.prefixes + family] = (head[Head.prefixes + family] ?? 0) + 1;
    this.#countLength(family, length, 1);
  }

  #removePrefix(id: number, family: FamilyIndex): void {
    const { head } = this.#views;
    const local = id - this.base(family);
    this.#countLength(family, this.prefixes[family].lengthOf(local), -1);
    this.prefixes[family].remove(local);
    if (this.tables.overrides.count > 0) this.tables.overrides.unbind(id);
    head[Head.prefixes + family] = (head[Head.prefixes + family] ?? 0) - 1;
  }

  #countLength(family: FamilyIndex, length: number, count: number): void {
    const { lengthCounts } = this.#views;
    const at = family * LENGTHS_4 + length;
    lengthCounts[at] = (lengthCounts[at] ?? 0) + count;
  }

  #countPath(peer: number, family: FamilyIndex, id: number, count: number): void {
    const { head, pathCounts } = this.#views;
    pathCounts[id] = (pathCounts[id] ?? 0) + count;
    head[Head.paths + family] = (head[Head.paths + family] ?? 0) + count;
    this.tables.peers.addPaths(peer, family, count);
  }

  /** Counts stale paths of a peer, more or less. */
  countStale(peer: number, count: number): void {
    this.#staleCounts[peer] = (this.#staleCounts[peer] ?? 0) + count;
  }

  /** Counts an announcement that found no room. */
  refuse(): void {
    this.#views.head[Head.refused] = (this.#views.head[Head.refused] ?? 0) + 1;
  }

  /** Sets `words` to the address of a prefix id. */
  setWordsOf(id: number): void {
    const family = this.tables.familyOf(id);
    this.prefixes[family].readAddress(id - this.base(family), this.words);
  }

  /** The first prefix id of a family. */
  base(family: FamilyIndex): number {
    return family === 0 ? 0 : this.#views.firstId6;
  }
}
