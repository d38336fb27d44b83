/**
 * The nearest known word to a mistyped one, by Damerau-Levenshtein distance.
 *
 * @module
 */

/**
 * The known word with the fewest insertions, deletions, substitutions and swaps of neighbors, or
 * null if none is near enough to be a typing error (a third of the length, at least one).
 */
export function nearestWord(word: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const distance = editDistance(word, candidate);
    const limit = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
    if (distance <= limit && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Optimal string alignment distance: each pair of neighbors is swapped at most once. */
export function editDistance(a: string, b: string): number {
  // A mistyped key is short; a kilobyte of text is no typing error and not worth a table.
  if (Math.abs(a.length - b.length) > 32) return Infinity;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cell = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cell = Math.min(cell, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cell);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
