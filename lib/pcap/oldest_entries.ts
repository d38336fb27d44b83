/**
 * Making room in a map that is full. A map steps over what was deleted from its start whenever it is
 * walked from there, so the oldest entries go many at a time.
 *
 * @module
 */

/** Part of a full map that makes room at once. */
const SHARE = 1 / 16;

/** The oldest entries of a map that has reached `max`, for the caller to delete; else none. */
export function oldestEntries<K, V>(map: ReadonlyMap<K, V>, max: number): readonly [K, V][] {
  const oldest: [K, V][] = [];
  if (map.size < max) return oldest;
  const wanted = Math.ceil(max * SHARE);
  for (const entry of map) {
    oldest.push(entry);
    if (oldest.length >= wanted) break;
  }
  return oldest;
}
