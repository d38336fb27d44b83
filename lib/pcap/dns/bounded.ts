/**
 * Tables that say what did not fit: groups of findings, and lists of the worst.
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
