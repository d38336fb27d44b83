/**
 * The tables as they are written: UPDATEs in, best paths out (RFC 4271 §9.1).
 *
 * @module
 */
import { Unavailable } from "../../errors/mod.ts";
import { systemClock } from "../../io/clock.ts";
import type { Prefix } from "../../ip/prefix.ts";
import { Ipv4NlriCursor, Ipv6NlriCursor, isMulticast4, isMulticast6 } from "../codec/nlri.ts";
import { OUTCOME, type UpdateParts } from "../codec/update_parts.ts";
import type { FamilyIndex } from "../family.ts";
import { AdjRibInWriter } from "./adj_rib_in_writer.ts";
import { AttributeStore } from "./attribute_store.ts";
import { BestPaths } from "./best_paths.ts";
import { BlockArena } from "./block_arena.ts";
import { Change, ChangeLogWriter } from "./change_log.ts";
import { ImportRules } from "./import_rules.ts";
import { OriginStates } from "./origin_states.ts";
import type { OriginJudge } from "./origin_table.ts";
import { PathCells } from "./path_cells.ts";
import { CHAINED, ID_MASK, pathWord, STALE, withRpki } from "./path_word.ts";
import { PrefixTableWriter } from "./prefix_table_writer.ts";
import { AddressWords } from "./prefix_words.ts";
import { ARENAS, Head, LENGTHS_4, prefixIdEnd, type RibMemory, UNIT_WORDS } from "./rib_memory.ts";
import { RibLock } from "./rib_lock.ts";
import { RibTables } from "./rib_tables.ts";
import { type RibViews, viewRib } from "./rib_views.ts";
import type { IngestCounts, RibPeer, RibWriter } from "./rib_writer.ts";

/** A reader that waits is let in after so many prefixes: some tens of microseconds. */
const PREFIXES_PER_TURN = 64;
/** A sweep looks at so many paths for each that it may remove. */
const LOOKS_PER_REMOVAL = 16;

/** What the tables are told once. */
export interface RibOptions {
  /** What a path of RPKI state Invalid is. */
  readonly rpkiInvalid: "mark" | "reject";
  /** Milliseconds since the epoch; by default the clock of the system. */
  readonly now?: () => number;
}

/** Writing. There is one writer to a memory, and the memory is new. */
export class Rib implements RibWriter {
  readonly #views: RibViews;
  readonly #lock: RibLock;
  readonly #now: () => number;
  readonly #tables: RibTables;
  readonly #prefixes: readonly [PrefixTableWriter, PrefixTableWriter];
  readonly #adjRibIn: AdjRibInWriter;
  readonly #cells: PathCells;
  readonly #best: BestPaths;
  readonly #store: AttributeStore;
  readonly #origins: OriginStates;
  readonly #log: ChangeLogWriter;
  readonly #rules: (ImportRules | undefined)[] = [];
  readonly #cursor4 = new Ipv4NlriCursor();
  readonly #cursor6 = new Ipv6NlriCursor();
  readonly #words = new AddressWords();
  readonly #counts: IngestCounts = { announced: 0, withdrawn: 0, bestChanged: 0 };
  /** By peer and family: where the sweep of stale paths goes on. */
  readonly #sweptTo = new Map<number, number>();
  /** By peer: how many of its paths are stale. */
  readonly #staleCounts: Uint32Array;
  #judgedTo = 0;
  #seconds = 0;
  #untilTurn = PREFIXES_PER_TURN;
  /** Of what is announced now: its attribute set, its origin AS, and why it may not become best. */
  #set = 0;
  #originAs = 0;
  #reason = 0;

  /** Takes a new memory over. */
  constructor(memory: RibMemory, { rpkiInvalid, now = systemClock.now }: RibOptions) {
    const views = viewRib(memory);
    const { head } = views;
    const usage = (name: typeof ARENAS[number]): number => Head.arenas + ARENAS.indexOf(name);
    const arena = new BlockArena(views.paths, UNIT_WORDS, head, usage("paths"));
    this.#views = views;
    this.#now = now;
    this.#lock = new RibLock(memory.buffers.head);
    this.#adjRibIn = new AdjRibInWriter(views, arena);
    this.#tables = new RibTables(views, this.#adjRibIn);
    this.#cells = new PathCells(this.#adjRibIn, views.paths, arena);
    this.#best = new BestPaths(this.#tables, this.#cells);
    this.#store = new AttributeStore(views);
    this.#staleCounts = new Uint32Array(views.limits.peers);
    this.#origins = new OriginStates(views);
    this.#log = new ChangeLogWriter(views, this.#store);
    this.#prefixes = [
      new PrefixTableWriter(views.tables[0], head, usage("buckets4")),
      new PrefixTableWriter(views.tables[1], head, usage("buckets6")),
    ];
    head[Head.rejectsInvalid] = rpkiInvalid === "reject" ? 1 : 0;
  }

  peerUp(peer: RibPeer): void {
    const { peers } = this.#views.limits;
    if (!(peer.index < peers)) {
      throw new RangeError(`Cannot keep the paths of peer ${peer.index}: there are ${peers} peers`);
    }
    this.#write(() => {
      this.#rules[peer.index] = new ImportRules(peer);
      this.#views.head[Head.localAs] = peer.traits.localAs;
      if (this.#tables.peers.set(peer)) this.#decideAllOf(peer.index);
    });
  }

  ingest(peer: number, parts: UpdateParts): IngestCounts {
    const counts = this.#counts;
    counts.announced = counts.withdrawn = counts.bestChanged = 0;
    const rules = this.#rules[peer];
    if (rules === undefined || parts.outcome === OUTCOME.reset) return counts;
    this.#enter();
    try {
      const { octets, reachFamily, unreachFamily } = parts;
      this.#withdrawAll(rules, 0, octets, parts.withdrawnStart, parts.withdrawnEnd);
      if (unreachFamily !== -1) {
        const family = unreachFamily === 0 ? 0 : 1;
        this.#withdrawAll(rules, family, octets, parts.unreachStart, parts.unreachEnd);
      }
      const { nextHopStart, nextHopEnd, mpNextHopStart, mpNextHopEnd } = parts;
      this.#takeAll(rules, 0, parts, parts.nlriStart, parts.nlriEnd, nextHopStart, nextHopEnd);
      if (reachFamily !== -1) {
        const family = reachFamily === 0 ? 0 : 1;
        const { reachStart, reachEnd } = parts;
        this.#takeAll(rules, family, parts, reachStart, reachEnd, mpNextHopStart, mpNextHopEnd);
      }
    } finally {
      this.#leave();
    }
    return counts;
  }

  freshPaths(peer: number): number {
    const { peers } = this.#tables;
    return peers.paths(peer, 0) + peers.paths(peer, 1) - (this.#staleCounts[peer] ?? 0);
  }

  markStale(peer: number, family: FamilyIndex): void {
    const { paths } = this.#views;
    this.#write(() => {
      this.#sweptTo.delete(peer * 2 + family);
      const [from, end] = this.#idsOf(family);
      let marked = 0;
      this.#adjRibIn.scan(peer, from, end, (_id, place) => {
        this.#cells.visitWords(place, (_pathId, at) => {
          const word = paths[at] ?? 0;
          if ((word & STALE) === 0) marked++;
          paths[at] = (word | STALE) >>> 0;
        });
      });
      this.#countStale(peer, marked);
    });
  }

  sweep(peer: number, family: FamilyIndex, what: "stale" | "all", limit: number): boolean {
    const key = peer * 2 + family;
    const [start, end] = this.#idsOf(family);
    const from = what === "all" ? start : Math.max(this.#sweptTo.get(key) ?? start, start);
    const { paths } = this.#views;
    let looks = limit * LOOKS_PER_REMOVAL, removed = 0, next = -1, isMore = true;
    const doomed: number[] = [];
    this.#write(() => {
      this.#adjRibIn.scan(peer, from, end, (id, place) => {
        if (removed >= limit || looks-- <= 0) {
          next = id;
          return false;
        }
        doomed.length = 0;
        this.#cells.visitWords(place, (pathId, at) => {
          if (what === "all" || ((paths[at] ?? 0) & STALE) !== 0) doomed.push(pathId);
        });
        this.#setWordsOf(id);
        for (const pathId of doomed) this.#store.drop(this.#withdraw(peer, id, pathId));
        removed += doomed.length;
      });
      // The routes first: what they had waits until none is left.
      if (next === -1) isMore = this.#store.collect(limit * LOOKS_PER_REMOVAL);
    });
    if (what === "stale") {
      if (next === -1) this.#sweptTo.delete(key);
      else this.#sweptTo.set(key, next);
    }
    return isMore;
  }

  overrideLocalPref(prefix: Prefix, peer: number | null, localPref: number | null): void {
    const family = prefix.family === 4 ? 0 : 1;
    this.#write(() => {
      this.#words.setValue(prefix.family, prefix.value);
      const local = this.#prefixes[family].find(this.#words, prefix.length);
      const id = local === -1 ? -1 : local + this.#base(family);
      const place = { words: this.#words, family, length: prefix.length };
      if (!this.#tables.overrides.set(place, id, peer, localPref)) {
        throw new Unavailable("bgp_overrides", "Cannot keep another override of LOCAL_PREF", {
          hint: "Lift one of those that are in force.",
        });
      }
      if (id !== -1) this.#decide(id);
    });
  }

  useOrigins(judge: OriginJudge | null): void {
    this.#origins.judge = judge;
    this.#judgedTo = 0;
  }

  revalidate(limit: number): boolean {
    const bound4 = this.#prefixes[0].bound;
    const end = this.#views.firstId6 + this.#prefixes[1].bound;
    this.#write(() => {
      for (let count = 0; count < limit && this.#judgedTo < end; count++) {
        if (this.#judgedTo === bound4) this.#judgedTo = Math.max(bound4, this.#views.firstId6);
        if (this.#judgedTo >= end) break;
        if ((this.#views.pathCounts[this.#judgedTo] ?? 0) > 0) this.#revalidate(this.#judgedTo);
        this.#judgedTo++;
      }
    });
    if (this.#judgedTo < end) return true;
    this.#judgedTo = 0;
    return false;
  }

  #revalidate(id: number): void {
    const { limits, paths } = this.#views;
    const family = this.#tables.familyOf(id);
    this.#setWordsOf(id);
    this.#origins.forget(id);
    const length = this.#prefixes[family].lengthOf(id - this.#base(family));
    let isChanged = false;
    for (let peer = 0; peer < limits.peers; peer++) {
      if (this.#tables.peers.paths(peer, family) === 0) continue;
      const place = this.#adjRibIn.place(peer, id);
      if (place === 0) continue;
      this.#cells.visitWords(place, (_pathId, at) => {
        const word = paths[at] ?? 0;
        const originAs = this.#origins.originOf(word & ID_MASK);
        const state = this.#origins.stateOf(id, family, this.#words, length, originAs);
        const judged = withRpki(word, state);
        if (judged === word) return;
        paths[at] = judged;
        isChanged = true;
      });
    }
    if (isChanged) this.#decide(id);
  }

  /** Announcements, or withdrawals in their place where the UPDATE was malformed (RFC 7606 §2). */
  #takeAll(
    rules: ImportRules,
    family: FamilyIndex,
    parts: UpdateParts,
    start: number,
    end: number,
    nextHopStart: number,
    nextHopEnd: number,
  ): void {
    if (start === end) return;
    const { octets } = parts;
    if (parts.outcome !== OUTCOME.ok) return this.#withdrawAll(rules, family, octets, start, end);
    const { localAs, addPathReceive } = rules.peer.traits;
    const set = this.#store.intern(parts, {
      nextHopStart,
      nextHopEnd,
      localPref: rules.localPref(parts),
      otc: rules.otc(parts),
      localAs,
    });
    const hasPathId = addPathReceive[family];
    if (set === -1) {
      this.#refuse();
      return this.#withdrawAll(rules, family, octets, start, end);
    }
    this.#set = set;
    this.#originAs = this.#origins.judge === null ? 0 : this.#origins.originOf(set);
    this.#reason = rules.reason(parts, this.#store.hasLoop, nextHopStart, nextHopEnd);
    const { index } = rules.peer;
    if (family === 0) {
      const cursor = this.#cursor4.open(octets, start, end, hasPathId);
      this.#words.w1 = this.#words.w2 = this.#words.w3 = 0;
      while (cursor.next()) {
        if (isMulticast4(cursor.address, cursor.length)) continue;
        this.#words.w0 = cursor.address;
        this.#take(index, family, cursor.length, cursor.pathId);
      }
    } else {
      const cursor = this.#cursor6.open(octets, start, end, hasPathId);
      while (cursor.next()) {
        if (isMulticast6(cursor.word0, cursor.length)) continue;
        this.#readCursor6();
        this.#take(index, family, cursor.length, cursor.pathId);
      }
    }
    this.#store.release(set);
  }

  #withdrawAll(
    rules: ImportRules,
    family: FamilyIndex,
    octets: Uint8Array,
    start: number,
    end: number,
  ): void {
    if (start === end) return;
    const hasPathId = rules.peer.traits.addPathReceive[family];
    const { index } = rules.peer;
    if (family === 0) {
      const cursor = this.#cursor4.open(octets, start, end, hasPathId);
      this.#words.w1 = this.#words.w2 = this.#words.w3 = 0;
      while (cursor.next()) {
        this.#words.w0 = cursor.address;
        this.#withdrawPrefix(index, family, cursor.length, cursor.pathId);
      }
    } else {
      const cursor = this.#cursor6.open(octets, start, end, hasPathId);
      while (cursor.next()) {
        this.#readCursor6();
        this.#withdrawPrefix(index, family, cursor.length, cursor.pathId);
      }
    }
  }

  #readCursor6(): void {
    this.#words.w0 = this.#cursor6.word0;
    this.#words.w1 = this.#cursor6.word1;
    this.#words.w2 = this.#cursor6.word2;
    this.#words.w3 = this.#cursor6.word3;
  }

  /** Takes one announcement of the prefix in `#words`. */
  #take(peer: number, family: FamilyIndex, length: number, pathId: number): void {
    this.#turn();
    const prefixes = this.#prefixes[family];
    const local = prefixes.add(this.#words, length);
    if (local === -1) return this.#refuse();
    const id = local + this.#base(family);
    if (prefixes.isNew) this.#addPrefix(id, family, length);
    const set = this.#set;
    const state = this.#origins.stateOf(id, family, this.#words, length, this.#originAs);
    const word = pathWord(set, state, this.#reason);
    const before = this.#cells.put(peer, id, pathId, word, this.#seconds);
    if (before === -1) {
      this.#refuse();
      if ((this.#views.pathCounts[id] ?? 0) === 0) this.#removePrefix(id, family);
      return;
    }
    this.#counts.announced++;
    if ((before & STALE) !== 0) this.#countStale(peer, -1);
    if (((before & ~STALE) >>> 0) === word) return;
    const { isChained } = this.#cells;
    this.#store.retain(set);
    if (before === 0) this.#countPath(peer, family, id, 1);
    const kind = before === 0 ? Change.announce : Change.update;
    this.#log.add(kind, family, this.#words, length, peer, pathId, set, -1);
    const best = this.#tables.bestPeer(id);
    const isOther = isChained ? this.#best.decide(id) : this.#best.update(id, peer, before, word);
    if (isOther) this.#logBest(id, best);
    if (before !== 0) this.#store.release(before & ID_MASK);
  }

  /** Withdraws the prefix in `#words`. */
  #withdrawPrefix(peer: number, family: FamilyIndex, length: number, pathId: number): void {
    this.#turn();
    const local = this.#prefixes[family].find(this.#words, length);
    const set = local === -1 ? 0 : this.#withdraw(peer, local + this.#base(family), pathId);
    if (set !== 0) this.#store.release(set);
  }

  /**
   * Withdraws a path; the address of its prefix is in `#words`. Returns its attribute set, a use of
   * which the caller gives back; 0: there was no such path.
   */
  #withdraw(peer: number, id: number, pathId: number): number {
    const before = this.#cells.remove(peer, id, pathId);
    if (before === 0) return 0;
    if ((before & STALE) !== 0) this.#countStale(peer, -1);
    const { isChained, isHead } = this.#cells;
    const family = this.#tables.familyOf(id);
    const length = this.#prefixes[family].lengthOf(id - this.#base(family));
    this.#counts.withdrawn++;
    this.#countPath(peer, family, id, -1);
    this.#log.add(Change.withdraw, family, this.#words, length, peer, pathId, 0, -1);
    const best = this.#tables.bestPeer(id);
    const wasBest = best === peer && isChained && isHead;
    const isOther = isChained ? this.#best.decide(id) : this.#best.update(id, peer, before, 0);
    if (isOther || wasBest) this.#logBest(id, best);
    if ((this.#views.pathCounts[id] ?? 0) === 0) this.#removePrefix(id, family);
    return before & ID_MASK;
  }

  #decide(id: number): void {
    const best = this.#tables.bestPeer(id);
    if (!this.#best.decide(id)) return;
    this.#setWordsOf(id);
    this.#logBest(id, best);
  }

  #decideAllOf(peer: number): void {
    this.#adjRibIn.scan(peer, 0, prefixIdEnd(this.#views.limits), (id) => this.#decide(id));
  }

  /** Logs that another path is best; the address is in `#words`. */
  #logBest(id: number, before: number): void {
    this.#counts.bestChanged++;
    const family = this.#tables.familyOf(id);
    const length = this.#prefixes[family].lengthOf(id - this.#base(family));
    const peer = this.#tables.bestPeer(id);
    let pathId = 0, set = 0;
    if (peer !== -1) {
      const word = this.#adjRibIn.word(peer, id);
      if ((word & CHAINED) === 0) set = word & ID_MASK;
      else {
        const path = this.#tables.bestPath(id);
        pathId = path?.pathId ?? 0;
        set = path?.attributes ?? 0;
      }
    }
    this.#log.add(Change.best, family, this.#words, length, peer, pathId, set, before);
  }

  #addPrefix(id: number, family: FamilyIndex, length: number): void {
    const { head, best, pathCounts } = this.#views;
    best[id] = 0;
    pathCounts[id] = 0;
    this.#origins.forget(id);
    if (this.#tables.overrides.count > 0) {
      this.#tables.overrides.bind(this.#words, family, length, id);
    }
    head[Head.prefixes + family] = (head[Head.prefixes + family] ?? 0) + 1;
    this.#countLength(family, length, 1);
  }

  #removePrefix(id: number, family: FamilyIndex): void {
    const { head } = this.#views;
    const local = id - this.#base(family);
    this.#countLength(family, this.#prefixes[family].lengthOf(local), -1);
    this.#prefixes[family].remove(local);
    if (this.#tables.overrides.count > 0) this.#tables.overrides.unbind(id);
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
    this.#tables.peers.addPaths(peer, family, count);
  }

  #countStale(peer: number, count: number): void {
    this.#staleCounts[peer] = (this.#staleCounts[peer] ?? 0) + count;
  }

  #refuse(): void {
    this.#views.head[Head.refused] = (this.#views.head[Head.refused] ?? 0) + 1;
  }

  #setWordsOf(id: number): void {
    const family = this.#tables.familyOf(id);
    this.#prefixes[family].readAddress(id - this.#base(family), this.#words);
  }

  #base(family: FamilyIndex): number {
    return family === 0 ? 0 : this.#views.firstId6;
  }

  /** The prefix ids of a family, from and to below. */
  #idsOf(family: FamilyIndex): readonly [number, number] {
    const { firstId6, limits } = this.#views;
    return family === 0 ? [0, firstId6] : [firstId6, prefixIdEnd(limits)];
  }

  /** Runs `act` under the lock. */
  #write(act: () => void): void {
    this.#enter();
    try {
      act();
    } finally {
      this.#leave();
    }
  }

  #enter(): void {
    const nowMs = this.#now();
    this.#seconds = Math.floor(nowMs / 1000);
    this.#log.setTime(nowMs);
    this.#lock.enter();
  }

  #leave(): void {
    const { head } = this.#views;
    head[Head.prefixBound] = this.#prefixes[0].bound;
    head[Head.prefixBound + 1] = this.#prefixes[1].bound;
    const low = ((head[Head.versionLow] ?? 0) + 1) >>> 0;
    if (low === 0) Atomics.add(head, Head.versionHigh, 1);
    Atomics.store(head, Head.versionLow, low);
    this.#lock.leave();
  }

  /** Between two prefixes: a reader that waits has its turn. */
  #turn(): void {
    if (--this.#untilTurn > 0) return;
    this.#untilTurn = PREFIXES_PER_TURN;
    if (!this.#lock.isWanted) return;
    this.#leave();
    this.#lock.enter();
  }
}
