/**
 * The memory of the tables: shared buffers of fixed size, reserved as a whole and taken page by page
 * as they fill, so that nothing is ever copied to grow and every thread reads in place.
 *
 * @module
 */

/** How much the tables can hold. What finds no room is refused and counted. */
export interface RibLimits {
  /** Peers that can be told apart, at most {@link PEERS_MAX}. */
  readonly peers: number;
  /** Prefixes by family. */
  readonly prefixes: readonly [number, number];
  /** Distinct sets of attributes, at most {@link IDS_MAX}. */
  readonly attributeSets: number;
  /** Entries of the change log; 0: none is kept. */
  readonly changes: number;
}

/** Most paths of a peer for one prefix: who sends more is refused them, as each is compared with all. */
export const CHAIN_MAX = 64;
/** More would not fit the count of paths of a prefix, and the change log. */
const PEERS_MAX = 1000;
/** Ids of attribute sets, AS paths and blobs have 25 bits. */
const IDS_MAX = 2 ** 25 - 1;

/** Prefix ids of IPv6 begin at a multiple of this, as do pages of Adj-RIB-In. */
export const PAGE_LOG2 = 10;
export const PAGE_IDS = 1 << PAGE_LOG2;

/** Words at the beginning: the lock, the version and counts. */
export const Head = {
  lock: 0,
  want: 1,
  versionLow: 2,
  versionHigh: 3,
  /** By family, two words each. */
  prefixes: 4,
  paths: 6,
  prefixBound: 8,
  attributeSets: 10,
  asPaths: 11,
  communitySets: 12,
  attributeBound: 13,
  pathBound: 14,
  /** Announcements that found no room. */
  refused: 15,
  /** Changes logged so far, low and high word. */
  changesLow: 16,
  changesHigh: 17,
  /** 1: paths of RPKI state Invalid are not eligible. */
  rejectsInvalid: 18,
  localAs: 19,
  overrides: 20,
  /** Words in use of the arenas, in the order of {@link ARENAS}. */
  arenas: 21,
  /** Seconds from which the times of the change log count. */
  changesFrom: 26,
} as const;

/** The parts of the memory that are given out in blocks. */
export const ARENAS = ["buckets4", "buckets6", "communities", "others", "paths"] as const;

const HEAD_WORDS = 32;
/** Words of a peer: see `peer_record.ts`. */
export const PEER_WORDS = 16;
/** Words of an attribute set: see `attribute_record.ts`. */
export const SET_WORDS = 8;
/** Words of a node of the AS paths: see `path_trie.ts`. */
export const NODE_WORDS = 4;
/** Words of an import override: see `override_list.ts`. */
export const OVERRIDE_WORDS = 8;
/** Import overrides at the same time. */
export const OVERRIDES_MAX = 1024;
/** Words of a change, and of what few changes have: see `change_log.ts`. */
export const CHANGE_WORDS = 4;
export const CHANGE_REST_WORDS = 3;

/** Buckets of a prefix table: one for each value of the first 16 bits. */
export const BUCKETS = 65_536;

/** Blobs and chains are named by their place in units of so many words. */
export const UNIT_WORDS = 4;
/** Lengths of IPv4 prefixes, and of both families. */
export const LENGTHS_4 = 33;
const LENGTHS = LENGTHS_4 + 129;
const ARENA_WORDS_MAX = (IDS_MAX + 1) * UNIT_WORDS;

/** Buffers of the tables: plain data, to be posted to another thread. */
export interface RibMemory {
  readonly limits: RibLimits;
  readonly buffers: Readonly<Record<keyof typeof SIZES, SharedArrayBuffer>>;
}

/** The first prefix id of IPv6. */
export function firstId6(limits: RibLimits): number {
  return Math.ceil(limits.prefixes[0] / PAGE_IDS) * PAGE_IDS;
}

/** One past the largest prefix id. */
export function prefixIdEnd(limits: RibLimits): number {
  return firstId6(limits) + Math.ceil(limits.prefixes[1] / PAGE_IDS) * PAGE_IDS;
}

/** Octets of each buffer. */
const SIZES = {
  head: (_limits: RibLimits) => HEAD_WORDS * 4,
  peers: ({ peers }: RibLimits) => peers * PEER_WORDS * 4,
  buckets4: ({ prefixes }: RibLimits) => bucketWords(prefixes[0]) * 4,
  buckets6: ({ prefixes }: RibLimits) => bucketWords(prefixes[1]) * 4,
  /** Prefixes shorter than 16 bits, as a tree in an array. */
  shorts4: (_limits: RibLimits) => BUCKETS * 4,
  shorts6: (_limits: RibLimits) => BUCKETS * 4,
  addresses4: ({ prefixes }: RibLimits) => prefixes[0] * 4,
  addresses6: ({ prefixes }: RibLimits) => prefixes[1] * 8,
  /** The second halves, of which next to none are not zero. */
  lows6: ({ prefixes }: RibLimits) => prefixes[1] * 8,
  lengths4: ({ prefixes }: RibLimits) => prefixes[0],
  lengths6: ({ prefixes }: RibLimits) => prefixes[1],
  /** How many prefixes of each length there are: 33 of IPv4, then 129 of IPv6. */
  lengthCounts: (_limits: RibLimits) => LENGTHS * 4,
  /** By prefix id: the peer of the best path plus 1, or 0. */
  best: (limits: RibLimits) => prefixIdEnd(limits) * octetsOf(limits.peers),
  /** By prefix id: how many paths there are. */
  pathCounts: (limits: RibLimits) => prefixIdEnd(limits) * octetsOf(limits.peers * CHAIN_MAX),
  /** By prefix id: the AS that was judged last as its origin, and the verdict. */
  judgedAs: (limits: RibLimits) => prefixIdEnd(limits) * 4,
  verdicts: (limits: RibLimits) => prefixIdEnd(limits),
  sets: ({ attributeSets }: RibLimits) => (attributeSets + 1) * SET_WORDS * 4,
  nodes: (limits: RibLimits) => nodesMax(limits) * NODE_WORDS * 4,
  communities: ({ attributeSets }: RibLimits) => blobWords(attributeSets) * 4,
  others: ({ attributeSets }: RibLimits) => blobWords(attributeSets) * 4,
  /** Places of the pages of Adj-RIB-In, peer by peer. */
  pages: (limits: RibLimits) => limits.peers * pagesOfPeer(limits) * 4,
  paths: (limits: RibLimits) => pathWords(limits) * 4,
  overrides: (_limits: RibLimits) => OVERRIDES_MAX * OVERRIDE_WORDS * 4,
  changes: ({ changes }: RibLimits) => changes * CHANGE_WORDS * 4,
  changes6: ({ changes }: RibLimits) => changes * 4,
  changeRests: ({ changes }: RibLimits) => changes * CHANGE_REST_WORDS * 4,
} as const;

/** Octets of a cell that holds 0 to `most`: a column of a million cells is as wide as it must be. */
function octetsOf(most: number): 1 | 2 {
  return most <= 0xff ? 1 : 2;
}

/** Words of the buckets of a table: half-filled leaves of two words an entry, as much again for blocks that were freed, and the heads. */
export function bucketWords(prefixes: number): number {
  return 2 * BUCKETS + 8 * Math.min(prefixes, BUCKETS) + prefixes * 8 + 4096;
}

function blobWords(attributeSets: number): number {
  return Math.min(attributeSets * 32 + 65_536, ARENA_WORDS_MAX);
}

/** One past the largest id of a node; a set needs a few more of its own. */
function nodesMax({ attributeSets }: RibLimits): number {
  return Math.min(attributeSets * 2 + 65_536, IDS_MAX + 1);
}

/** Pages that the ids of all prefixes need. */
export function pagesOfPeer(limits: RibLimits): number {
  return prefixIdEnd(limits) / PAGE_IDS;
}

function pathWords(limits: RibLimits): number {
  const dense = limits.peers * prefixIdEnd(limits) * 2;
  return Math.min(dense * 2 + 65_536, ARENA_WORDS_MAX);
}

/**
 * Reserves the memory of tables with these limits; pages of it are taken on the first touch.
 *
 * @throws {RangeError} for limits that the tables cannot have
 */
export function createRibMemory(limits: RibLimits): RibMemory {
  const { peers, attributeSets } = limits;
  if (!(peers >= 1 && peers <= PEERS_MAX)) {
    throw new RangeError(`Cannot keep tables of ${peers} peers: 1 to ${PEERS_MAX} are possible`);
  }
  if (!(attributeSets >= 1 && attributeSets <= IDS_MAX)) {
    throw new RangeError(
      `Cannot keep ${attributeSets} attribute sets: 1 to ${IDS_MAX} are possible`,
    );
  }
  const names = Object.keys(SIZES) as (keyof typeof SIZES)[];
  return {
    limits,
    buffers: Object.fromEntries(
      names.map((name) => [name, new SharedArrayBuffer(SIZES[name](limits))]),
    ) as RibMemory["buffers"],
  };
}
