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
import { ImportRules } from "./import_rules.ts";
import type { OriginJudge } from "./origin_table.ts";
import { ID_MASK, STALE, withRpki } from "./path_word.ts";
import { Head, prefixIdEnd, type RibMemory } from "./rib_memory.ts";
import { RibLock } from "./rib_lock.ts";
import { type RibViews, viewRib } from "./rib_views.ts";
import type { IngestCounts, RibPeer, RibWriter } from "./rib_writer.ts";
import { RouteWriter } from "./route_writer.ts";

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
  readonly #routes: RouteWriter;
  readonly #rules: (ImportRules | undefined)[] = [];
  readonly #cursor4 = new Ipv4NlriCursor();
  readonly #cursor6 = new Ipv6NlriCursor();
  /** What is taken of the UPDATE at hand; one object for all. */
  readonly #taken = { nextHopStart: 0, nextHopEnd: 0, localPref: -1, otc: -1, localAs: 0 };
  /** By peer and family: where the sweep of stale paths goes on. */
  readonly #sweptTo = new Map<number, number>();
  #judgedTo = 0;
  #untilTurn = PREFIXES_PER_TURN;

  /** Takes a new memory over. */
  constructor(memory: RibMemory, { rpkiInvalid, now = systemClock.now }: RibOptions) {
    this.#views = viewRib(memory);
    this.#now = now;
    this.#lock = new RibLock(memory.buffers.head);
    this.#routes = new RouteWriter(this.#views);
    this.#views.head[Head.rejectsInvalid] = rpkiInvalid === "reject" ? 1 : 0;
  }

  peerUp(peer: RibPeer): void {
    const { peers } = this.#views.limits;
    if (!(peer.index < peers)) {
      throw new RangeError(`Cannot keep the paths of peer ${peer.index}: there are ${peers} peers`);
    }
    this.#write(() => {
      this.#rules[peer.index] = new ImportRules(peer);
      this.#views.head[Head.localAs] = peer.traits.localAs;
      const { tables, adjRibIn } = this.#routes;
      if (!tables.peers.set(peer)) return;
      const end = prefixIdEnd(this.#views.limits);
      adjRibIn.scan(peer.index, 0, end, (id) => this.#routes.decide(id));
    });
  }

  ingest(peer: number, parts: UpdateParts): IngestCounts {
    const counts = this.#routes.counts;
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
    const { peers } = this.#routes.tables;
    return peers.paths(peer, 0) + peers.paths(peer, 1) - this.#routes.stalePaths(peer);
  }

  markStale(peer: number, family: FamilyIndex): void {
    const { paths } = this.#views;
    this.#write(() => {
      this.#sweptTo.delete(peer * 2 + family);
      const [from, end] = this.#idsOf(family);
      let marked = 0;
      this.#routes.adjRibIn.scan(peer, from, end, (_id, place) => {
        this.#routes.cells.visitWords(place, (_pathId, at) => {
          const word = paths[at] ?? 0;
          if ((word & STALE) === 0) marked++;
          paths[at] = (word | STALE) >>> 0;
        });
      });
      this.#routes.countStale(peer, marked);
    });
  }

  sweep(peer: number, family: FamilyIndex, what: "stale" | "all", limit: number): boolean {
    const key = peer * 2 + family;
    const [start, end] = this.#idsOf(family);
    const from = what === "all" ? start : Math.max(this.#sweptTo.get(key) ?? start, start);
    const { paths } = this.#views;
    let looks = limit * LOOKS_PER_REMOVAL, removed = 0, next = -1;
    const doomed: number[] = [];
    this.#write(() => {
      this.#routes.adjRibIn.scan(peer, from, end, (id, place) => {
        if (removed >= limit || looks-- <= 0) {
          next = id;
          return false;
        }
        doomed.length = 0;
        this.#routes.cells.visitWords(place, (pathId, at) => {
          if (what === "all" || ((paths[at] ?? 0) & STALE) !== 0) doomed.push(pathId);
        });
        this.#routes.setWordsOf(id);
        for (const pathId of doomed) {
          this.#routes.store.drop(this.#routes.remove(peer, id, pathId));
        }
        removed += doomed.length;
      });
    });
    if (what === "stale") {
      if (next === -1) this.#sweptTo.delete(key);
      else this.#sweptTo.set(key, next);
    }
    return next !== -1;
  }

  collect(limit: number): boolean {
    let isMore = false;
    this.#write(() => {
      isMore = this.#routes.store.collect(limit);
    });
    return isMore;
  }

  overrideLocalPref(prefix: Prefix, peer: number | null, localPref: number | null): void {
    const family = prefix.family === 4 ? 0 : 1;
    this.#write(() => {
      this.#routes.words.setValue(prefix.family, prefix.value);
      const local = this.#routes.prefixes[family].find(this.#routes.words, prefix.length);
      const id = local === -1 ? -1 : local + this.#routes.base(family);
      const place = { words: this.#routes.words, family, length: prefix.length };
      if (!this.#routes.tables.overrides.set(place, id, peer, localPref)) {
        throw new Unavailable("bgp_overrides", "Cannot keep another override of LOCAL_PREF", {
          hint: "Lift one of those that are in force.",
        });
      }
      if (id !== -1) this.#routes.decide(id);
    });
  }

  useOrigins(judge: OriginJudge | null): void {
    this.#routes.origins.judge = judge;
    this.#judgedTo = 0;
  }

  revalidate(limit: number): boolean {
    const bound4 = this.#routes.prefixes[0].bound;
    const end = this.#views.firstId6 + this.#routes.prefixes[1].bound;
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
    const { tables, adjRibIn, cells, origins, prefixes, words } = this.#routes;
    const family = tables.familyOf(id);
    this.#routes.setWordsOf(id);
    origins.forget(id);
    const length = prefixes[family].lengthOf(id - this.#routes.base(family));
    let isChanged = false;
    for (let peer = 0; peer < limits.peers; peer++) {
      if (tables.peers.paths(peer, family) === 0) continue;
      const place = adjRibIn.place(peer, id);
      if (place === 0) continue;
      cells.visitWords(place, (_pathId, at) => {
        const word = paths[at] ?? 0;
        const originAs = origins.originOf(word & ID_MASK);
        const judged = withRpki(word, origins.stateOf(id, family, words, length, originAs));
        if (judged === word) return;
        paths[at] = judged;
        isChanged = true;
      });
    }
    if (isChanged) this.#routes.decide(id);
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
    const routes = this.#routes, taken = this.#taken;
    const { index, traits } = rules.peer;
    taken.nextHopStart = nextHopStart;
    taken.nextHopEnd = nextHopEnd;
    taken.localPref = rules.localPref(parts);
    taken.otc = rules.otc(parts);
    taken.localAs = traits.localAs;
    const set = routes.store.intern(parts, taken);
    if (set === -1) {
      routes.refuse();
      return this.#withdrawAll(rules, family, octets, start, end);
    }
    const { hasLoop } = routes.store;
    routes.setAnnounced(set, rules.reason(parts, hasLoop, nextHopStart, nextHopEnd));
    if (family === 0) {
      const cursor = this.#open4(octets, start, end, traits.addPathReceive[0]);
      while (cursor.next()) {
        if (isMulticast4(cursor.address, cursor.length)) continue;
        this.#turn();
        routes.words.w0 = cursor.address;
        routes.announce(index, family, cursor.length, cursor.pathId);
      }
    } else {
      const cursor = this.#cursor6.open(octets, start, end, traits.addPathReceive[1]);
      while (cursor.next()) {
        if (isMulticast6(cursor.word0, cursor.length)) continue;
        this.#turn();
        this.#readCursor6();
        routes.announce(index, family, cursor.length, cursor.pathId);
      }
    }
    routes.store.release(set);
  }

  #withdrawAll(
    { peer: { index, traits } }: ImportRules,
    family: FamilyIndex,
    octets: Uint8Array,
    start: number,
    end: number,
  ): void {
    if (start === end) return;
    const routes = this.#routes;
    if (family === 0) {
      const cursor = this.#open4(octets, start, end, traits.addPathReceive[0]);
      while (cursor.next()) {
        this.#turn();
        routes.words.w0 = cursor.address;
        routes.withdraw(index, family, cursor.length, cursor.pathId);
      }
    } else {
      const cursor = this.#cursor6.open(octets, start, end, traits.addPathReceive[1]);
      while (cursor.next()) {
        this.#turn();
        this.#readCursor6();
        routes.withdraw(index, family, cursor.length, cursor.pathId);
      }
    }
  }

  /** The cursor of IPv4; what it reads is the first word of an address. */
  #open4(octets: Uint8Array, start: number, end: number, hasPathId: boolean): Ipv4NlriCursor {
    const { words } = this.#routes;
    words.w1 = words.w2 = words.w3 = 0;
    return this.#cursor4.open(octets, start, end, hasPathId);
  }

  #readCursor6(): void {
    const { words } = this.#routes;
    words.w0 = this.#cursor6.word0;
    words.w1 = this.#cursor6.word1;
    words.w2 = this.#cursor6.word2;
    words.w3 = this.#cursor6.word3;
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
    this.#routes.setTime(this.#now());
    this.#lock.enter();
  }

  #leave(): void {
    const { head } = this.#views;
    head[Head.prefixBound] = this.#routes.prefixes[0].bound;
    head[Head.prefixBound + 1] = this.#routes.prefixes[1].bound;
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
