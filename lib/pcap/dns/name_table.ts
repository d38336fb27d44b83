/**
 * Names as they come, each kept once: how often it was asked, and its text when somebody wants it.
 * Once the table is full the rarest make room (lossy counting: Manku, Motwani, VLDB 2002), so that
 * frequent names stay.
 *
 * @module
 */
import { DnsReader } from "../../dns_wire/wire.ts";
import { FlowHash } from "../flow/flow_hash.ts";
import { topIds } from "../flow/top_ids.ts";
import { SearchIndex } from "./search_index.ts";

/** Longest name on the wire, octets (RFC 1035 §2.3.4). */
const NAME_BYTES_MAX = 255;

/** Keyed, so that nobody can write a capture whose names all meet in one place. */
const keyed = new FlowHash();

/** A name in words of four octets, letters in lower case (RFC 4343), to be looked for. */
class FoldedName {
  readonly words = new Int32Array((NAME_BYTES_MAX + 1) / 4);
  size = 0;
  hash = 0;

  /** Takes the octets from `start` to `end`, which are a name that is sound and not compressed. */
  take(octets: Uint8Array, start: number, end: number): void {
    const { words } = this;
    let hash = this.size = end - start;
    for (let at = start, count = 0; at < end; at += 4, count++) {
      let word = octets[at] ?? 0;
      if (at + 1 < end) word |= (octets[at + 1] ?? 0) << 8;
      if (at + 2 < end) word |= (octets[at + 2] ?? 0) << 16;
      if (at + 3 < end) word |= (octets[at + 3] ?? 0) << 24;
      words[count] = word = lowerCase(word);
      hash = keyed.end4(word, hash);
    }
    this.hash = hash;
  }
}

/** One name. */
export class Name {
  readonly hash: number;
  count = 0;
  /** Octets on the wire, uncompressed. */
  readonly size: number;
  readonly #words: Int32Array;
  #text: string | null = null;

  /** A name that was not counted yet. */
  constructor({ words, size, hash }: FoldedName) {
    this.#words = words.slice(0, wordsOf(size));
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
    return this === other || (this.hash === other.hash && this.#is(other.#words, other.size));
  }

  /** True if the folded name is this one. */
  isFolded(folded: FoldedName): boolean {
    return this.hash === folded.hash && this.#is(folded.words, folded.size);
  }

  #is(words: Int32Array, size: number): boolean {
    if (this.size !== size) return false;
    const own = this.#words;
    for (let at = 0; at < own.length; at++) if (own[at] !== words[at]) return false;
    return true;
  }
}

/** The name of the root. */
export const ROOT: Name = rootName();

/** Names of a pass. */
export class NameTable {
  /** In order of appearance; after names were forgotten, those left in order of their counts. */
  #names: Name[] = [];
  #index = this.#newIndex();
  readonly #folded = new FoldedName();
  readonly #maxNames: number;
  readonly #maxOctets: number;
  #octets = 0;
  /** Names that made room for others. */
  #forgotten = 0;
  /** Most names that there were at once. */
  #mostNames = 0;

  /** A table of at most `maxNames` names of together `maxOctets` octets. */
  constructor(maxNames: number, maxOctets: number) {
    this.#maxNames = maxNames;
    this.#maxOctets = maxOctets;
  }

  /** The name from `start` to `end`, which is sound and not compressed; it is counted elsewhere. */
  of(octets: Uint8Array, start: number, end: number): Name {
    const folded = this.#folded;
    folded.take(octets, start, end);
    const index = this.#index;
    for (let id = index.first(folded.hash); id >= 0; id = index.next()) {
      const known = this.#names[id];
      if (known?.isFolded(folded)) return known;
    }
    const name = new Name(folded);
    if (this.#names.length >= this.#maxNames || this.#octets >= this.#maxOctets) this.#prune();
    this.#keep(name);
    return name;
  }

  /** The name of a presentation form. */
  ofText(text: string): Name {
    const octets = wireOf(text);
    return this.of(octets, 0, octets.length);
  }

  /** Different names that were counted: exactly, or at least so many once names were forgotten. */
  get distinct(): { readonly count: number; readonly exact: boolean } {
    return { count: Math.max(this.#mostNames, this.#counted()), exact: this.#forgotten === 0 };
  }

  /** The most frequent names, ties in order of appearance. */
  top(limit: number): { readonly name: string; readonly count: number }[] {
    const names = this.#names;
    return topIds(names.length, limit, (id) => names[id]?.count || NaN)
      .flatMap((id) => names[id] ?? []).map(({ text, count }) => ({ name: text, count }));
  }

  #newIndex(): SearchIndex {
    return new SearchIndex((id) => this.#names[id]?.hash ?? 0);
  }

  #counted(): number {
    return this.#names.reduce((sum, { count }) => count > 0 ? sum + 1 : sum, 0);
  }

  #keep(name: Name): void {
    const id = this.#names.length;
    this.#index.reserve(id + 1);
    if (!this.#index.hasRoom(name.hash)) {
      this.#forgotten++;
      return;
    }
    this.#index.insert(name.hash, id);
    this.#names.push(name);
    this.#octets += name.size;
  }

  /** Forgets the rarest until half of the room is free. */
  #prune(): void {
    this.#mostNames = Math.max(this.#mostNames, this.#counted());
    const all = this.#names.sort((a, b) => a.count - b.count);
    let left = all.length;
    let octets = this.#octets;
    let from = 0;
    while (left > this.#maxNames / 2 || octets > this.#maxOctets / 2) {
      const rare = all[from++];
      if (rare === undefined) break;
      left--;
      octets -= rare.size;
      if (rare.count > 0) this.#forgotten++;
    }
    this.#names = [];
    this.#index = this.#newIndex();
    this.#octets = 0;
    for (const name of all.slice(from)) this.#keep(name);
  }
}

function rootName(): Name {
  const folded = new FoldedName();
  folded.take(new Uint8Array(1), 0, 1);
  return new Name(folded);
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

/** The octets of a presentation form with its escapes (RFC 1035 §5.1). */
function wireOf(text: string): Uint8Array {
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
