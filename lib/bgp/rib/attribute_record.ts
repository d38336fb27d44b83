/**
 * How an attribute set lies in memory: eight words that the decision compares, and three parts that
 * sets share: the AS path, the communities, and all the rest.
 *
 * @module
 */

/** Words of a set. The LOCAL_PREF is the one in force: the default where none was received. */
export const SetWord = {
  path: 0,
  communities: 1,
  rest: 2,
  localPref: 3,
  med: 4,
  meta: 5,
  uses: 6,
  neighbourAs: 7,
} as const;

/** Without LOCAL_PREF from the peer (RFC 4271 §5.1.5 leaves it to the speaker; all take this). */
export const DEFAULT_LOCAL_PREF = 100;

/** In `meta`: the length of the AS path above, the ORIGIN beneath: less is better for both at once. */
export const RANK_SHIFT = 15;
export const ORIGIN_BITS = 2;
const LENGTH_MAX = 0x7fff;
export const HAS_MED = 1 << 14;
export const HAS_LOCAL_PREF = 1 << 13;
export const ATOMIC = 1 << 12;
export const CLUSTERS_MASK = 0xfff;

/** The word of what the decision counts; lengths past their bits count as the most that fits. */
export function metaWord(
  pathLength: number,
  origin: number,
  flags: number,
  clusters: number,
): number {
  const rank = Math.min(pathLength, LENGTH_MAX) << ORIGIN_BITS | origin & 3;
  return (rank << RANK_SHIFT | flags | Math.min(clusters, CLUSTERS_MASK)) >>> 0;
}

/**
 * The rest as a blob: three words of counts, then, where there: the next hop, OTC, AGGREGATOR (two
 * words), ORIGINATOR_ID, the clusters, extended communities (two words each), large ones (three
 * each), and the attributes not understood as octets.
 */
export const REST_HEAD = 3;
/** In the first word: how many words the next hop has, flags, and the count of clusters above. */
const NEXT_HOP_MASK = 0xf;
export const HAS_OTC = 1 << 4;
export const HAS_AGGREGATOR = 1 << 5;
export const HAS_ORIGINATOR = 1 << 6;
/** Above them the attributes that came with the Partial bit, as `UpdateParts.partial`. */
export const PARTIAL_SHIFT = 7;
const PARTIAL_MASK = 0x1f;
export const REST_CLUSTERS_SHIFT = 16;
/** In the second word: extended communities below, large ones above; the third: octets not understood. */
export const REST_LARGE_SHIFT = 16;

/** Where each part of a rest begins, in the arena that it lies in. */
export class RestLayout {
  nextHop = 0;
  nextHopWords = 0;
  partial = 0;
  /** Place of each value, or -1. */
  otc = -1;
  aggregator = -1;
  originator = -1;
  clusters = 0;
  clusterCount = 0;
  extended = 0;
  extendedCount = 0;
  large = 0;
  largeCount = 0;
  unknown = 0;
  unknownOctets = 0;

  /** Reads the counts of the rest that begins at `start` of `arena`. */
  read(arena: Uint32Array, start: number): this {
    const first = arena[start] ?? 0, second = arena[start + 1] ?? 0;
    this.nextHopWords = first & NEXT_HOP_MASK;
    this.partial = first >>> PARTIAL_SHIFT & PARTIAL_MASK;
    this.nextHop = start + REST_HEAD;
    let at = this.nextHop + this.nextHopWords;
    this.otc = (first & HAS_OTC) !== 0 ? at++ : -1;
    this.aggregator = (first & HAS_AGGREGATOR) !== 0 ? at : -1;
    if (this.aggregator !== -1) at += 2;
    this.originator = (first & HAS_ORIGINATOR) !== 0 ? at++ : -1;
    this.clusterCount = first >>> REST_CLUSTERS_SHIFT;
    this.clusters = at;
    this.extendedCount = second & 0xffff;
    this.extended = at += this.clusterCount;
    this.largeCount = second >>> REST_LARGE_SHIFT;
    this.large = at += this.extendedCount * 2;
    this.unknown = at += this.largeCount * 3;
    this.unknownOctets = arena[start + 2] ?? 0;
    return this;
  }
}
