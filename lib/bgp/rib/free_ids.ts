/**
 * Small numbers given out again once they are free, the smallest first, so that tables stay dense.
 *
 * @module
 */

/** Ids from `first` to below `end`. */
export class FreeIds {
  /** Bit n of level 0: id n is free; of a level above: word n beneath has a bit. */
  readonly #levels: readonly Uint32Array[];
  readonly #end: number;
  readonly #first: number;
  #bound: number;
  /** Free ids below the bound. */
  #count = 0;

  constructor(first: number, end: number) {
    this.#first = first;
    this.#bound = first;
    this.#end = end;
    const levels: Uint32Array[] = [];
    for (let bits = end; bits > 1 || levels.length === 0; bits = Math.ceil(bits / 32)) {
      levels.push(new Uint32Array(Math.ceil(bits / 32) || 1));
    }
    this.#levels = levels;
  }

  /** One past the largest id that is given out. */
  get bound(): number {
    return this.#bound;
  }

  /** The smallest free id above `above`, or -1: all are given out. */
  peek(above = -1): number {
    const id = this.#count === 0 ? -1 : this.#next(above + 1);
    if (id !== -1) return id;
    return this.#bound < this.#end ? this.#bound : -1;
  }

  /** Takes that id. */
  take(above = -1): number {
    const id = this.peek(above);
    if (id === this.#bound) this.#bound++;
    else if (id !== -1) this.#clear(id);
    return id;
  }

  /** Takes an id back. */
  release(id: number): void {
    if (id !== this.#bound - 1) return this.#set(id);
    this.#bound--;
    while (this.#bound > this.#first && this.#isFree(this.#bound - 1)) this.#clear(--this.#bound);
  }

  #isFree(id: number): boolean {
    return ((this.#levels[0]?.[id >>> 5] ?? 0) >>> (id & 31) & 1) === 1;
  }

  #set(id: number): void {
    this.#count++;
    for (const level of this.#levels) {
      const before = level[id >>> 5] ?? 0;
      level[id >>> 5] = before | 1 << (id & 31);
      if (before !== 0) return;
      id >>>= 5;
    }
  }

  #clear(id: number): void {
    this.#count--;
    for (const level of this.#levels) {
      const after = (level[id >>> 5] ?? 0) & ~(1 << (id & 31));
      level[id >>> 5] = after;
      if (after !== 0) return;
      id >>>= 5;
    }
  }

  /** The smallest free id from `from` on, or -1. */
  #next(from: number): number {
    const { length } = this.#levels;
    let at = from;
    for (let up = 0; up < length; up++) {
      const word = at >>> 5;
      const found = ((this.#levels[up]?.[word] ?? 0) >>> (at & 31)) << (at & 31);
      if (found === 0) {
        at = word + 1;
        continue;
      }
      at = word << 5 | lowestBit(found);
      for (let down = up - 1; down >= 0; down--) {
        at = at << 5 | lowestBit(this.#levels[down]?.[at] ?? 0);
      }
      return at;
    }
    return -1;
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
