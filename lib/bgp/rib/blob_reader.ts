/**
 * Runs of words that are kept once however many use them.
 *
 * @module
 */
import { UNIT_WORDS } from "./rib_memory.ts";

/** In front of a blob: how many words it has, and how many use it. */
export const BlobHead = { length: 0, uses: 1, words: 2 } as const;

/** Reading. A blob is named by its place; 0 is the empty one. */
export class BlobReader {
  /** What all blobs lie in: a view of one of them takes longer than to read some of its words. */
  readonly arena: Uint32Array;

  constructor(arena: Uint32Array) {
    this.arena = arena;
  }

  /** Where the words of a blob begin in the arena. */
  start(blob: number): number {
    return blob * UNIT_WORDS + BlobHead.words;
  }

  /** The words of a blob, in place. */
  words(blob: number): Uint32Array {
    const place = blob * UNIT_WORDS;
    const start = place + BlobHead.words;
    return blob === 0
      ? this.arena.subarray(0, 0)
      : this.arena.subarray(start, start + (this.arena[place] ?? 0));
  }

  /** What `read` makes of each word of a blob. */
  map<T>(blob: number, read: (word: number) => T): T[] {
    const arena = this.arena;
    const place = blob * UNIT_WORDS;
    const found: T[] = [];
    if (blob === 0) return found;
    const end = place + BlobHead.words + (arena[place] ?? 0);
    for (let at = place + BlobHead.words; at < end; at++) found.push(read(arena[at] ?? 0));
    return found;
  }

  /** True if a blob holds the word. */
  includes(blob: number, word: number): boolean {
    const arena = this.arena;
    const place = blob * UNIT_WORDS;
    let at = place + BlobHead.words;
    if (blob === 0) return false;
    for (const end = at + (arena[place] ?? 0); at < end; at++) if (arena[at] === word) return true;
    return false;
  }
}

/** Words as octets, most significant first. */
export function octetsOf(words: Uint32Array): Uint8Array {
  const octets = new Uint8Array(words.length * 4);
  for (let index = 0, at = 0; at < octets.length; index++) {
    const word = words[index] ?? 0;
    octets[at++] = word >>> 24;
    octets[at++] = word >>> 16;
    octets[at++] = word >>> 8;
    octets[at++] = word;
  }
  return octets;
}
