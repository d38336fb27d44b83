/**
 * Tables that say what did not fit: counters of names, groups of findings, and lists of the worst.
 *
 * @module
 */

/** Groups by key, at most so many; what found no room is counted. */
export class GroupTable<T> {
  /** Findings that found no group and no room for one. */
  notKept = 0;
  readonly #groups = new Map<string, T>();
  readonly #max: number;

  /** A table of at most `max` groups. */
  constructor(max: number) {
    this.#max = max;
  }

  /** The group of `key`, made if there is room; else null. */
  of(key: string, make: () => T): T | null {
    let group = this.#groups.get(key);
    if (group === undefined) {
      if (this.#groups.size >= this.#max) {
        this.notKept++;
        return null;
      }
      group = make();
      this.#groups.set(key, group);
    }
    return group;
  }

  /** Groups that there are. */
  get size(): number {
    return this.#groups.size;
  }

  /** All groups, in order of first appearance. */
  values(): T[] {
    return [...this.#groups.values()];
  }
}

/**
 * How often each name came. Once it is full, the rarest make room (lossy counting: Manku, Motwani,
 * VLDB 2002), so that frequent names stay.
 */
export class NameCounter {
  readonly #counts = new Map<string, number>();
  readonly #maxNames: number;
  readonly #maxChars: number;
  #chars = 0;
  /** Names that made room for others. */
  #forgotten = 0;
  /** Most names that there were at once. */
  #mostNames = 0;

  /** A counter of at most `maxNames` names of together `maxChars` characters. */
  constructor(maxNames: number, maxChars: number) {
    this.#maxNames = maxNames;
    this.#maxChars = maxChars;
  }

  /** Counts a name once. */
  add(name: string): void {
    const count = this.#counts.get(name);
    if (count === undefined) {
      this.#chars += name.length;
      this.#counts.set(name, 1);
      if (this.#counts.size > this.#maxNames || this.#chars > this.#maxChars) this.#prune();
    } else this.#counts.set(name, count + 1);
  }

  /** Different names: exactly, or at least so many once names were forgotten. */
  get distinct(): { readonly count: number; readonly exact: boolean } {
    return this.#forgotten === 0
      ? { count: this.#counts.size, exact: true }
      : { count: Math.max(this.#mostNames, this.#counts.size), exact: false };
  }

  /** The most frequent names, ties in order of appearance. */
  top(limit: number): { readonly name: string; readonly count: number }[] {
    return [...this.#counts].map(([name, count]) => ({ name, count }))
      .sort((a, b) => b.count - a.count).slice(0, limit);
  }

  /** Forgets the rarest until half of the room is free. */
  #prune(): void {
    this.#mostNames = Math.max(this.#mostNames, this.#counts.size);
    for (let rare = 1; this.#isOverHalf(); rare *= 2) {
      for (const [name, count] of this.#counts) {
        if (count > rare) continue;
        this.#counts.delete(name);
        this.#chars -= name.length;
        this.#forgotten++;
        if (!this.#isOverHalf()) return;
      }
    }
  }

  #isOverHalf(): boolean {
    return this.#counts.size > this.#maxNames / 2 || this.#chars > this.#maxChars / 2;
  }
}

/** The worst of many findings, worst first. */
export class WorstList<T> {
  readonly #max: number;
  readonly #items: { readonly item: T; readonly score: number }[] = [];

  /** Keeps at most `max`. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Takes a finding if it is among the worst; of equal ones the first stays ahead. */
  add(item: T, score: number): void {
    const items = this.#items;
    if (items.length >= this.#max && score <= (items.at(-1)?.score ?? 0)) return;
    items.splice(items.findLastIndex((other) => other.score >= score) + 1, 0, { item, score });
    if (items.length > this.#max) items.pop();
  }

  /** What is kept, worst first. */
  values(): T[] {
    return this.#items.map(({ item }) => item);
  }
}
