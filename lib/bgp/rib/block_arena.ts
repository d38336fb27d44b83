/**
 * Blocks of words out of one fixed buffer: freed ones are given out again to who asks for the same
 * size class. One thread gives and takes; others only read what is in the blocks.
 *
 * @module
 */
import { UNIT_WORDS } from "./rib_memory.ts";

/** Sizes up to this rise by one unit; beyond there are four classes to each doubling. */
const LINEAR_WORDS = 32;
const LINEAR_CLASSES = LINEAR_WORDS / UNIT_WORDS;
const CLASSES = LINEAR_CLASSES + 4 * 26;

/** The arena. Place 0 is never given out, so it can mean that there is none. */
export class BlockArena {
  readonly #words: Uint32Array;
  /** First free block of each class; its first word is the place of the next one. */
  readonly #free = new Uint32Array(CLASSES + 1);
  /** Where the words in use are counted, for readers. */
  readonly #usage: Uint32Array;
  readonly #usageAt: number;
  #top: number;

  /** Gives out what lies behind `start`; keeps the words in use in `usage[usageAt]`. */
  constructor(words: Uint32Array, start: number, usage: Uint32Array, usageAt: number) {
    this.#words = words;
    this.#top = roundUp(Math.max(start, UNIT_WORDS));
    this.#usage = usage;
    this.#usageAt = usageAt;
  }

  /** A place for `size` words, a multiple of {@link UNIT_WORDS}; 0 if there is no room. */
  allocate(size: number): number {
    const sizeClass = classOf(size);
    const words = this.#words;
    let place = this.#free[sizeClass] ?? 0;
    if (place !== 0) this.#free[sizeClass] = words[place] ?? 0;
    else {
      const end = this.#top + wordsOf(sizeClass);
      if (end > words.length) return 0;
      place = this.#top;
      this.#top = end;
    }
    this.#count(wordsOf(sizeClass));
    return place;
  }

  /** Takes back what {@link BlockArena.allocate} gave for `size` words. */
  release(place: number, size: number): void {
    const sizeClass = classOf(size);
    this.#words[place] = this.#free[sizeClass] ?? 0;
    this.#free[sizeClass] = place;
    this.#count(-wordsOf(sizeClass));
  }

  #count(words: number): void {
    this.#usage[this.#usageAt] = (this.#usage[this.#usageAt] ?? 0) + words;
  }
}

function roundUp(words: number): number {
  return Math.ceil(words / UNIT_WORDS) * UNIT_WORDS;
}

function classOf(size: number): number {
  if (size <= LINEAR_WORDS) return (size + UNIT_WORDS - 1) >>> 2;
  const exponent = 31 - Math.clz32(size - 1);
  return LINEAR_CLASSES + 4 * (exponent - 5) + ((size - 1) >>> (exponent - 2)) - 3;
}

function wordsOf(sizeClass: number): number {
  if (sizeClass <= LINEAR_CLASSES) return sizeClass * UNIT_WORDS;
  const step = sizeClass - LINEAR_CLASSES - 1;
  return 5 + (step & 3) << 3 + (step >>> 2);
}
