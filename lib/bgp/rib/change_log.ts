/**
 * What changed, newest last: a ring of entries in shared memory. An entry keeps its attribute set
 * from being forgotten until the ring has gone round.
 *
 * @module
 */
import { renderAsPath } from "../../route/as_path.ts";
import type { ChangeFilter, RouteChange } from "../bgp_service.ts";
import type { AttributeReader } from "./attribute_reader.ts";
import type { AttributeStore } from "./attribute_store.ts";
import { AddressWords, maskWord } from "./prefix_words.ts";
import { ID_MASK } from "./path_word.ts";
import { CHANGE_REST_WORDS, CHANGE_WORDS, Head } from "./rib_memory.ts";
import type { RibLock } from "./rib_lock.ts";

/**
 * Words: kind, family, length and peers; the first word of the address; milliseconds from a time that
 * lies years before the first entry, whose upper bits stand above the set in the last word. The second
 * word of an IPv6 address lies apart, and so does what is seldom there: the other two, and the path
 * id. Where no entry has them no memory is taken.
 */
const META = 0, ADDRESS = 1, MILLIS = 2, SET = 3;
const REST_PATH_ID = 2;
const IS_V6 = 1 << 2, LENGTH_SHIFT = 3, LENGTH_MASK = 0xff, HAS_REST = 1 << 11;
/** The numbers of peers, plus one: ten bits each have room for 1,000. */
const PEER_SHIFT = 12, BEFORE_SHIFT = 22, PEER_MASK = 0x3ff;
const FAMILY_SHIFT = 2;
/** Bits of the time above its word: 17 years in all, of which half lie behind the first entry. */
const MILLIS_HIGH_SHIFT = 25;
const MILLIS_MAX = 2 ** 39 - 1;
const SECONDS_BEFORE = 2 ** 28;

/** Kinds by number. */
const KINDS: readonly RouteChange["kind"][] = ["announce", "update", "withdraw", "best"];
export const Change = { announce: 0, update: 1, withdraw: 2, best: 3 } as const;

/** Where the ring lies. */
export interface ChangeViews {
  readonly head: Uint32Array;
  readonly changes: Uint32Array;
  readonly changes6: Uint32Array;
  readonly changeRests: Uint32Array;
}

/** The ring as its readers see it; it fits `BgpSpeaker.changes`. */
export class ChangeLog {
  readonly #views: ChangeViews;
  readonly #attributes: AttributeReader;
  readonly #lock: RibLock;

  constructor(views: ChangeViews, attributes: AttributeReader, lock: RibLock) {
    this.#views = views;
    this.#attributes = attributes;
    this.#lock = lock;
  }

  /** The oldest entry that is kept. */
  get firstSeq(): number {
    return Math.max(0, this.nextSeq - this.#views.changes6.length);
  }

  /** The number that the next entry will have. */
  get nextSeq(): number {
    const { head } = this.#views;
    return this.#lock.read(() =>
      (head[Head.changesHigh] ?? 0) * 2 ** 32 + (head[Head.changesLow] ?? 0)
    );
  }

  /** Entries from `fromSeq` on, or from the oldest, at most `limit`; `brief`: without their paths. */
  read(
    fromSeq: number,
    limit: number,
    detail: "brief" | "full" = "full",
  ): readonly RouteChange[] {
    return this.#lock.read(() => {
      const end = this.nextSeq;
      const found: RouteChange[] = [];
      for (let seq = Math.max(fromSeq, this.firstSeq); seq < end && found.length < limit; seq++) {
        found.push(this.#entry(seq, detail === "full"));
      }
      return found;
    });
  }

  /** The first `most` entries asked for among the `limit` from `fromSeq` on, without their paths. */
  find(
    asked: ChangeFilter,
    fromSeq: number,
    limit: number,
    most: number,
  ): readonly RouteChange[] {
    return this.#lock.read(() => {
      const start = Math.max(fromSeq, this.firstSeq);
      const end = Math.min(fromSeq + limit, this.nextSeq);
      const { length } = this.#views.changes6;
      const isAsked = testOf(asked, this.#views);
      const found: RouteChange[] = [];
      let entry = start % length;
      for (let seq = start; seq < end && found.length < most; seq++) {
        if (isAsked(entry)) found.push(this.#entry(seq, false));
        entry = entry + 1 === length ? 0 : entry + 1;
      }
      return found;
    });
  }

  #entry(seq: number, isFull: boolean): RouteChange {
    const { head, changes, changes6, changeRests } = this.#views;
    const entry = seq % changes6.length;
    const at = entry * CHANGE_WORDS, rest = entry * CHANGE_REST_WORDS;
    const word = (index: number): number => changes[at + index] ?? 0;
    const meta = word(META), set = word(SET) & ID_MASK;
    const hasRest = (meta & HAS_REST) !== 0;
    const words = new AddressWords();
    words.w0 = word(ADDRESS);
    words.w1 = (meta & IS_V6) === 0 ? 0 : changes6[entry] ?? 0;
    words.w2 = hasRest ? changeRests[rest] ?? 0 : 0;
    words.w3 = hasRest ? changeRests[rest + 1] ?? 0 : 0;
    const family = (meta & IS_V6) === 0 ? 4 : 6;
    return {
      seq,
      atMs: timeOf(head, word(MILLIS), word(SET)),
      prefix: words.toPrefix(family, meta >>> LENGTH_SHIFT & LENGTH_MASK),
      kind: KINDS[meta & 3] ?? "announce",
      peer: peerOf(meta),
      pathId: hasRest ? changeRests[rest + REST_PATH_ID] ?? 0 : 0,
      before: beforeOf(meta),
      asPath: set === 0 || !isFull
        ? null
        : renderAsPath(this.#attributes.trie.path(this.#attributes.pathId(set))),
      nextHop: set === 0 || !isFull ? null : this.#attributes.nextHop(set).nextHop,
    };
  }
}

function timeOf(head: Uint32Array, millis: number, set: number): number {
  return (head[Head.changesFrom] ?? 0) * 1000 + (set >>> MILLIS_HIGH_SHIFT) * 2 ** 32 + millis;
}

function peerOf(meta: number): number {
  return (meta >>> PEER_SHIFT & PEER_MASK) - 1;
}

function beforeOf(meta: number): number {
  return (meta >>> BEFORE_SHIFT) - 1;
}

/** Whether an entry, by its place in the ring, is asked for, told from its words. */
function testOf(
  { fromMs, toMs, prefix, isCovered, peer }: ChangeFilter,
  { head, changes, changes6, changeRests }: ChangeViews,
): (entry: number) => boolean {
  const from = fromMs ?? 0, to = toMs ?? Infinity;
  const length = prefix?.length ?? 0;
  const mostLength = prefix === null || isCovered ? LENGTH_MASK : length;
  const familyBit = prefix?.family === 6 ? IS_V6 : 0;
  const first = new AddressWords();
  if (prefix !== null) first.setValue(prefix.family, prefix.value);
  const { w0, w1, w2, w3 } = first;
  const [m0, m1, m2, m3] = [0, 32, 64, 96].map((bits) => maskWord(0xffff_ffff, length - bits)) as [
    number,
    number,
    number,
    number,
  ];
  return (entry) => {
    const at = entry * CHANGE_WORDS, rest = entry * CHANGE_REST_WORDS;
    const word = (index: number): number => changes[at + index] ?? 0;
    const meta = word(META);
    const bits = meta >>> LENGTH_SHIFT & LENGTH_MASK;
    if (bits < length || bits > mostLength) return false;
    if (prefix !== null && (meta & IS_V6) !== familyBit) return false;
    if (((word(ADDRESS) ^ w0) & m0) !== 0) return false;
    // Without a family asked for the masks are 0, and IPv4 has no more than the first word.
    if (m1 !== 0 && (((changes6[entry] ?? 0) ^ w1) & m1) !== 0) return false;
    if (m2 !== 0) {
      const isZero = (meta & HAS_REST) === 0;
      const w2Here = isZero ? 0 : changeRests[rest] ?? 0;
      const w3Here = isZero ? 0 : changeRests[rest + 1] ?? 0;
      if (((w2Here ^ w2) & m2) !== 0 || ((w3Here ^ w3) & m3) !== 0) return false;
    }
    if (peer !== null && peerOf(meta) !== peer && beforeOf(meta) !== peer) return false;
    const atMs = timeOf(head, word(MILLIS), word(SET));
    return atMs >= from && atMs <= to;
  };
}

/** The ring as it is written. */
export class ChangeLogWriter {
  readonly #head: Uint32Array;
  readonly #changes: Uint32Array;
  readonly #changes6: Uint32Array;
  readonly #rests: Uint32Array;
  readonly #store: Pick<AttributeStore, "retain" | "release">;
  /** The time, as an entry has it. */
  #millis = 0;
  #millisHigh = 0;
  #fromMs = -1;
  /** Place of the next entry in the ring. */
  #entry = 0;
  /** Set of the entry added last: entries in a row that name one set hold one use of it. */
  #lastSet = 0;

  constructor(views: ChangeViews, store: Pick<AttributeStore, "retain" | "release">) {
    this.#head = views.head;
    this.#changes = views.changes;
    this.#changes6 = views.changes6;
    this.#rests = views.changeRests;
    this.#store = store;
  }

  /** The time of what is added next, milliseconds since the epoch. */
  setTime(nowMs: number): void {
    // The clock may have been set right since, by decades: then what is new counts.
    if (this.#fromMs === -1 || nowMs - this.#fromMs > MILLIS_MAX) {
      const from = Math.max(0, Math.floor(nowMs / 1000) - SECONDS_BEFORE);
      this.#head[Head.changesFrom] = from;
      this.#fromMs = from * 1000;
    }
    const millis = Math.max(0, Math.min(Math.floor(nowMs) - this.#fromMs, MILLIS_MAX));
    this.#millis = millis >>> 0;
    this.#millisHigh = (millis - this.#millis) / 2 ** 32 << MILLIS_HIGH_SHIFT;
  }

  /** Adds an entry; peers -1 for none, `set` 0 for none. */
  add(
    kind: number,
    family: number,
    words: AddressWords,
    length: number,
    peer: number,
    pathId: number,
    set: number,
    before: number,
  ): void {
    const changes = this.#changes;
    if (changes.length === 0) return;
    const entry = this.#entry, at = entry * CHANGE_WORDS;
    const isLast = at + CHANGE_WORDS === changes.length;
    this.#entry = isLast ? 0 : entry + 1;
    const forgotten = (changes[at + SET] ?? 0) & ID_MASK;
    changes[at + SET] = this.#millisHigh | set;
    if (set !== 0 && set !== this.#lastSet) this.#store.retain(set);
    const next = (changes[this.#entry * CHANGE_WORDS + SET] ?? 0) & ID_MASK;
    if (forgotten !== 0 && forgotten !== next) this.#store.release(forgotten);
    this.#lastSet = set;
    let meta = kind | family << FAMILY_SHIFT | length << LENGTH_SHIFT | peer + 1 << PEER_SHIFT |
      before + 1 << BEFORE_SHIFT;
    if (family !== 0) this.#changes6[entry] = words.w1;
    if ((words.w2 | words.w3 | pathId) !== 0) {
      meta |= HAS_REST;
      const rest = entry * CHANGE_REST_WORDS;
      this.#rests[rest] = words.w2;
      this.#rests[rest + 1] = words.w3;
      this.#rests[rest + REST_PATH_ID] = pathId;
    }
    changes[at + META] = meta;
    changes[at + ADDRESS] = words.w0;
    changes[at + MILLIS] = this.#millis;
    const low = ((this.#head[Head.changesLow] ?? 0) + 1) >>> 0;
    this.#head[Head.changesLow] = low;
    if (low === 0) this.#head[Head.changesHigh] = (this.#head[Head.changesHigh] ?? 0) + 1;
  }
}
