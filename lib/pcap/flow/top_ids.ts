/**
 * The ids that rank highest, without sorting all of them.
 *
 * @module
 */

/** The ids that rank highest among those that were added in rising order; of equal ones the lower. */
export class TopList {
  /** Highest first. */
  readonly ids: number[] = [];
  /** Ids that were added. */
  added = 0;
  readonly #most: number;
  readonly #ranks: number[] = [];
  /** The least rank that is in the list, once it is full. */
  #least = -Infinity;

  /** A list of at most `most` ids. */
  constructor(most: number) {
    this.#most = most;
    if (most === 0) this.#least = Infinity;
  }

  /** Adds an id, higher than all before. */
  add(id: number, rank: number): void {
    this.added++;
    if (rank > this.#least || this.ids.length < this.#most) this.#insert(id, rank);
  }

  #insert(id: number, rank: number): void {
    const ranks = this.#ranks;
    let at = ranks.length;
    while (at > 0 && (ranks[at - 1] ?? 0) < rank) at--;
    this.ids.splice(at, 0, id);
    ranks.splice(at, 0, rank);
    if (ranks.length > this.#most) {
      this.ids.pop();
      ranks.pop();
    }
    if (ranks.length === this.#most) this.#least = ranks.at(-1) ?? Infinity;
  }
}

/**
 * The `most` ids below `size` with the highest rank, highest first; of equal ones the lower id. Ids
 * whose rank is not a number are left out.
 */
export function topIds(size: number, most: number, rankOf: (id: number) => number): number[] {
  const top = new TopList(most);
  for (let id = 0; id < size; id++) {
    const rank = rankOf(id);
    if (!Number.isNaN(rank)) top.add(id, rank);
  }
  return top.ids;
}
