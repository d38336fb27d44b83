/**
 * The ids that rank highest, without sorting all of them.
 *
 * @module
 */

/**
 * The `most` ids below `size` with the highest rank, highest first; of equal ones the lower id. Ids
 * whose rank is not a number are left out.
 */
export function topIds(size: number, most: number, rankOf: (id: number) => number): number[] {
  const ids: number[] = [];
  const ranks: number[] = [];
  for (let id = 0; id < size; id++) {
    const rank = rankOf(id);
    if (Number.isNaN(rank) || (ids.length === most && !(rank > (ranks.at(-1) ?? Infinity)))) {
      continue;
    }
    let at = ids.length;
    while (at > 0 && (ranks[at - 1] ?? 0) < rank) at--;
    ids.splice(at, 0, id);
    ranks.splice(at, 0, rank);
    if (ids.length > most) {
      ids.pop();
      ranks.pop();
    }
  }
  return ids;
}
