/**
 * Names as they come, each kept once: how often it was asked, and its text when somebody wants it.
 * Once the table is full the rarest make room (lossy counting: Manku, Motwani, VLDB 2002), so that
 * frequent names stay.
 *
 * @module
 */
import { DnsReader } from "../../dns_wire/wire.ts";
import { type ColumnMemory, separateMemory } from "../arena.ts";
import { FlowHash } from "../flow/flow_hash.ts";
import { topIds } from "../flow/top_ids.ts";
import type { DnsNamePlaces } from "./dns_kernel.ts";
import { SearchIndex } from "./search_index.ts";

/** Longest name on the wire, octets (RFC 1035 §2.3.4). */
const NAME_BYTES_MAX = 255;

/** Keyed, so that nobody can write a capture whose names all meet in one place. */
const keyed = new FlowHash();

/** Most words of a folded name, see {@link foldName}. */
export const NAME_WORDS_MAX: number = wordsOf(NAME_BYTES_MAX);

/**
 * Writes the octets from `start` to `end`, a name that is sound and not compressed, as words of four
 * to `words` from `at` on, letters in lower case (RFC 4343). Where the next name may begin.
 */
export function foldName(
  octets: Uint8Array,
  start: number,
  end: number,
  words: Int32Array,
  at: number,
): number {
  let to = at;
  let from = start;
  for (; from + 4 <= end; from += 4) {
    words[to++] = lowerCase(
      (octets[from] ?? 0) | (octets[from + 1] ?? 0) << 8 | (octets[from + 2] ?? 0) << 16 |
        (octets[from + 3] ?? 0) << 24,
    );
  }
  if (from < end) {
    let word = 0;
    for (let shift = 0; from < end; shift += 8) word |= (octets[from++] ?? 0) << shift;
    words[to++] = lowerCase(word);
  }
  return to;
}

/** One name. */
export class Name {
  readonly hash: number;
  /** Hash of its first label. */
  readonly labelHash: number;
  /** Number in the table, -1 if it is not kept there, or not any more. */
  id = -1;
  /** Octets on the wire, uncompressed. */
  readonly size: number;
  readonly #words: Int32Array;
  #text: string | null = null;

  /** A name of `size` octets that no table keeps yet. */
  constructor(words: Int32Array, size: number, hash: number) {
    this.#words = words;
    this.labelHash = labelHashOf(words);
    this.size = size;
    this.hash = hash;
  }

  /** Presentation form, octets that do not print as `\DDD` (RFC 1035 §5.1). */
  get text(): string {
    if (this.#text === null) {
      const octets = Uint8Array.from(
        { length: this.size },
        (_, at) => (this.#words[at >> 2] ?? 0) >>> (at & 3) * 8,
      );
      this.#text = new DnsReader(octets).name("name");
    }
    return this.#text;
  }

  /** True if it is the same name, be it kept once or twice. */
  equals(other: Name): boolean {
    return this === other || (this.hash === other.hash && this.is(other.#words, 0, other.size));
  }

  /** Copies the first words of the folded name, at most `count`, to `words` from `at` on. */
  copyTo(words: Int32Array, at: number, count: number): void {
    words.set(this.#words.subarray(0, count), at);
  }

  /** True if it is the folded name of `size` octets in `words` from `at` on. */
  is(words: Int32Array, at: number, size: number): boolean {
    if (this.size !== size) return false;
    const own = this.#words;
    for (let word = 0; word < own.length; word++) {
      if (own[word] !== words[at + word]) return false;
    }
    return true;
  }
}

/** The name of the root. */
export const ROOT: Name = new Name(new Int32Array(1), 1, hashOf(new Int32Array(1), 0, 1));

/** Words of a key: the size of a name, and the name, or the beginning of a longer one. */
const KEY_WORDS = 16;
const KEY_OCTETS = 4 * (KEY_WORDS - 1);

/** Words of what else is known of a name: its hash, that of its first label, how often it was counted. */
const FACT_WORDS = 4;
const HASH = 0, LABEL_HASH = 1, COUNT = 2;

/** What is summed up over all names. */
const COUNT_SUM = 0, OCTETS_SUM = 1;

/** Names of a pass. */
export class NameTable {
  /**
   * In order of appearance; after names were forgotten, those left in order of their counts. Only
   * those of which somebody asked for more than the number, or that are too long for a key.
   */
  #names: Name[] = [];
  /** How many names there are, and their octets. */
  readonly #sums: Int32Array;
  /** Their sizes and octets side by side, so that a search needs no name that is not the right one. */
  readonly #keys: Int32Array;
  readonly #facts: Uint32Array;
  readonly #index: SearchIndex;
  readonly #maxNames: number;
  readonly #maxOctets: number;
  /** Names that made room for others. */
  #forgotten = 0;
  /** Most names that there were at once. */
  #mostNames = 0;
  /** Called before names get other numbers. */
  onRenumber: () => void = () => {};

  /** A table of at most `maxNames` names of together `maxOctets` octets; what they are found by lies in `memory`. */
  constructor(maxNames: number, maxOctets: number, memory: ColumnMemory = separateMemory) {
    this.#maxNames = maxNames;
    this.#maxOctets = maxOctets;
    this.#keys = memory.int32(maxNames * KEY_WORDS);
    this.#facts = memory.uint32(maxNames * FACT_WORDS);
    const hashOf = (id: number): number => this.#facts[id * FACT_WORDS + HASH] ?? 0;
    this.#index = new SearchIndex(hashOf, { most: maxNames }, memory);
    this.#sums = memory.int32(2);
  }

  /** Addresses in the memory, for compiled code. */
  get places(): DnsNamePlaces {
    const { slots, mask } = this.#index;
    const { byteOffset: facts } = this.#facts;
    return [this.#keys.byteOffset, slots.byteOffset, mask, facts, this.#sums.byteOffset];
  }

  get #count(): number {
    return this.#sums[COUNT_SUM] ?? 0;
  }

  get #octets(): number {
    return this.#sums[OCTETS_SUM] ?? 0;
  }

  /** The name of a number. */
  at(id: number): Name {
    return this.#names[id] ??= this.#make(id);
  }

  /** The folded name of `size` octets in `words` from `at` on. */
  of(words: Int32Array, at: number, size: number): Name {
    const hash = hashOf(words, at, size);
    const index = this.#index;
    for (let id = index.first(hash); id >= 0; id = index.next()) {
      if (!this.#isKey(id, words, at, size)) continue;
      const known = this.at(id);
      if (size <= KEY_OCTETS || known.is(words, at, size)) return known;
    }
    const name = new Name(words.slice(at, at + wordsOf(size)), size, hash);
    if (this.#count >= this.#maxNames || this.#octets >= this.#maxOctets) this.#prune();
    this.#keep(name, 0);
    return name;
  }

  /** Counts a name, if it is kept. */
  count({ id }: Name, times = 1): void {
    const at = id * FACT_WORDS + COUNT;
    if (id >= 0) this.#facts[at] = (this.#facts[at] ?? 0) + times;
  }

  /** True if this many names find room without that others have to make it. */
  hasRoomFor(names: number): boolean {
    return this.#count + names < this.#maxNames &&
      this.#octets + names * NAME_BYTES_MAX < this.#maxOctets;
  }

  /** Different names that were counted: exactly, or at least so many once names were forgotten. */
  get distinct(): { readonly count: number; readonly exact: boolean } {
    return { count: Math.max(this.#mostNames, this.#counted()), exact: this.#forgotten === 0 };
  }

  /** The most frequent names, ties in order of appearance. */
  top(limit: number): { readonly name: string; readonly count: number }[] {
    return topIds(this.#count, limit, (id) => this.#countOf(id) || NaN)
      .map((id) => ({ name: this.at(id).text, count: this.#countOf(id) }));
  }

  /** True if the name of `id` has the size of this one, and begins with as much of it as a key holds. */
  #isKey(id: number, words: Int32Array, at: number, size: number): boolean {
    const keys = this.#keys;
    const key = id * KEY_WORDS;
    if (keys[key] !== size) return false;
    const count = Math.min(wordsOf(size), KEY_WORDS - 1);
    for (let word = 0; word < count; word++) {
      if (keys[key + 1 + word] !== words[at + word]) return false;
    }
    return true;
  }

  #counted(): number {
    let counted = 0;
    for (let id = 0; id < this.#count; id++) if (this.#countOf(id) > 0) counted++;
    return counted;
  }

  #countOf(id: number): number {
    return this.#facts[id * FACT_WORDS + COUNT] ?? 0;
  }

  #keep(name: Name, count: number): void {
    const id = this.#count;
    if (!this.#index.hasRoom(name.hash)) {
      this.#forgotten++;
      name.id = -1;
      return;
    }
    this.#index.insert(name.hash, id);
    this.#names[id] = name;
    this.#sums[COUNT_SUM] = id + 1;
    this.#sums[OCTETS_SUM] = this.#octets + name.size;
    name.id = id;
    const facts = id * FACT_WORDS;
    this.#facts[facts + HASH] = name.hash;
    this.#facts[facts + LABEL_HASH] = name.labelHash;
    this.#facts[facts + COUNT] = count;
    this.#keys[id * KEY_WORDS] = name.size;
    name.copyTo(this.#keys, id * KEY_WORDS + 1, KEY_WORDS - 1);
  }

  /** The name of a number, out of its key, which holds all of it. */
  #make(id: number): Name {
    const key = id * KEY_WORDS;
    const size = this.#keys[key] ?? 0;
    const words = this.#keys.slice(key + 1, key + 1 + wordsOf(size));
    const name = new Name(words, size, (this.#facts[id * FACT_WORDS + HASH] ?? 0) | 0);
    name.id = id;
    return name;
  }

  /** Forgets the rarest until half of the room is free. */
  #prune(): void {
    this.#mostNames = Math.max(this.#mostNames, this.#counted());
    this.onRenumber();
    const all = Array.from(
      { length: this.#count },
      (_, id) => ({ name: this.at(id), count: this.#countOf(id) }),
    ).sort((a, b) => a.count - b.count);
    let left = all.length;
    let octets = this.#octets;
    let from = 0;
    while (left > this.#maxNames / 2 || octets > this.#maxOctets / 2) {
      const rare = all[from++];
      if (rare === undefined) break;
      left--;
      octets -= rare.name.size;
      rare.name.id = -1;
      if (rare.count > 0) this.#forgotten++;
    }
    this.#names = [];
    this.#index.clear();
    this.#sums.fill(0);
    for (const { name, count } of all.slice(from)) this.#keep(name, count);
  }
}

function hashOf(words: Int32Array, at: number, size: number): number {
  let hash = size;
  for (let word = at; word < at + wordsOf(size); word++) hash = keyed.end4(words[word] ?? 0, hash);
  return hash;
}

/** Of the first label of a folded name, with its length. */
function labelHashOf(words: Int32Array): number {
  const octets = 1 + ((words[0] ?? 0) & 0xff);
  const whole = octets >> 2;
  let hash = octets;
  for (let word = 0; word < whole; word++) hash = keyed.end4(words[word] ?? 0, hash);
  const rest = (1 << (octets & 3) * 8) - 1;
  return keyed.end4((words[whole] ?? 0) & rest, hash);
}

function wordsOf(size: number): number {
  return (size + 3) >> 2;
}

/** Letters of ASCII among four octets in lower case; lengths of labels are below them. */
function lowerCase(word: number): number {
  const low = word & 0x7f7f7f7f;
  const fromA = low + (0x80 - 0x41) * 0x01010101;
  const pastZ = low + (0x80 - 0x5b) * 0x01010101;
  return word | (fromA & ~pastZ & ~word & 0x80808080) >>> 2;
}

/** The octets of a presentation form with its escapes (RFC 1035 §5.1), uncompressed. */
export function wireOf(text: string): Uint8Array {
  const wire: number[] = [];
  let length = 0;
  const endLabel = () => {
    if (length > 0) wire.splice(wire.length - length, 0, length);
    length = 0;
  };
  for (const [part, code] of text.matchAll(/\\(\d{3}|[^])|[^]/g)) {
    if (part === ".") endLabel();
    else {
      wire.push(code?.length === 3 ? Number(code) : (code ?? part).charCodeAt(0));
      length++;
    }
  }
  endLabel();
  return Uint8Array.from([...wire, 0]);
}
