/**
 * Import overrides of LOCAL_PREF, in shared memory: by prefix, from one peer or all.
 *
 * @module
 */
import type { AddressWords } from "./prefix_words.ts";
import { Head, OVERRIDE_WORDS, OVERRIDES_MAX } from "./rib_memory.ts";

/** Words of an entry: the address, family and length, the peer plus 1 or 0, the value, the id plus 1 or 0. */
const KIND = 4, PEER = 5, VALUE = 6, ID = 7;

/** The list. */
export class OverrideList {
  readonly #head: Uint32Array;
  readonly #words: Uint32Array;

  constructor(
    { head, overrides }: { readonly head: Uint32Array; readonly overrides: Uint32Array },
  ) {
    this.#head = head;
    this.#words = overrides;
  }

  get count(): number {
    return this.#head[Head.overrides] ?? 0;
  }

  /** The value for a path of the prefix, that of its peer before that of all; -1: there is none. */
  find(id: number, peer: number): number {
    const words = this.#words;
    let found = -1;
    for (let at = 0; at < this.count * OVERRIDE_WORDS; at += OVERRIDE_WORDS) {
      if (words[at + ID] !== id + 1) continue;
      if (words[at + PEER] === peer + 1) return words[at + VALUE] ?? 0;
      if (words[at + PEER] === 0) found = words[at + VALUE] ?? 0;
    }
    return found;
  }

  /** Whether the prefix has any. */
  has(id: number): boolean {
    for (let at = 0; at < this.count * OVERRIDE_WORDS; at += OVERRIDE_WORDS) {
      if (this.#words[at + ID] === id + 1) return true;
    }
    return false;
  }

  /** Sets or lifts one; `id` is that of the prefix, or -1 while it has no path. False: there is no room. */
  set(
    prefix: { readonly words: AddressWords; readonly family: number; readonly length: number },
    id: number,
    peer: number | null,
    value: number | null,
  ): boolean {
    const { w0, w1, w2, w3 } = prefix.words;
    const entry = [w0, w1, w2, w3, kindOf(prefix.family, prefix.length), (peer ?? -1) + 1];
    const { count } = this;
    let index = 0;
    while (index < count && !this.#begins(index, entry)) index++;
    if (value === null) {
      if (index === count) return true;
      const last = (count - 1) * OVERRIDE_WORDS;
      this.#words.copyWithin(index * OVERRIDE_WORDS, last, last + OVERRIDE_WORDS);
      this.#head[Head.overrides] = count - 1;
      return true;
    }
    if (index === OVERRIDES_MAX) return false;
    this.#words.set([...entry, value, id + 1], index * OVERRIDE_WORDS);
    if (index === count) this.#head[Head.overrides] = count + 1;
    return true;
  }

  /** A prefix got its first path, under this id. */
  bind(words: AddressWords, family: number, length: number, id: number): void {
    const kind = kindOf(family, length);
    for (let at = 0; at < this.count * OVERRIDE_WORDS; at += OVERRIDE_WORDS) {
      if (
        this.#words[at] === words.w0 && this.#words[at + KIND] === kind &&
        this.#words[at + 1] === words.w1 && this.#words[at + 2] === words.w2 &&
        this.#words[at + 3] === words.w3
      ) this.#words[at + ID] = id + 1;
    }
  }

  /** The prefix with this id lost its last path. */
  unbind(id: number): void {
    for (let at = 0; at < this.count * OVERRIDE_WORDS; at += OVERRIDE_WORDS) {
      if (this.#words[at + ID] === id + 1) this.#words[at + ID] = 0;
    }
  }

  #begins(index: number, entry: readonly number[]): boolean {
    const at = index * OVERRIDE_WORDS;
    return entry.every((word, i) => this.#words[at + i] === word);
  }
}

function kindOf(family: number, length: number): number {
  return family << 8 | length;
}
