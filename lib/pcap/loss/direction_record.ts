/**
 * What is kept of a direction of a connection while its data come in order: eight words, two such
 * records to a connection. Everything else is kept only once something came late or again.
 *
 * @module
 */

/** Words of a direction. */
export const DIRECTION_WORDS = 8;

/** Octets of a connection: both directions. */
export const CONNECTION_BYTES = 2 * DIRECTION_WORDS * 4;

/** Words of the record. */
export const Word = {
  /** Sequence number after the highest octet seen. */
  next: 0,
  /** Sequence number of the lowest octet seen, or of the SYN. */
  base: 1,
  /** Newest TSval of a segment with data. */
  tsVal: 2,
  /** Segments that carried data, SYN or FIN. */
  segments: 3,
  /** Highest acknowledgment number that this side sent. */
  acked: 4,
  /** MSS option of this side's SYN, 0 if not seen (16 bits); newest IP identification (16 bits). */
  mssAndId: 5,
  /** {@link State} (16 bits); time to live of the first segment (8 bits). */
  state: 6,
  /** One more than the place of its `TroubledDirection`, 0 if it has none. */
  trouble: 7,
} as const;

/** Bits of the word `state`. */
export const State = {
  /** Data, SYN or FIN was seen: `next` and `base` are valid. */
  isSeen: 1,
  /** The SYN was seen: nothing lies below `base`. */
  hasSyn: 2,
  /** This side acknowledged something: `acked` is valid. */
  hasAcked: 4,
  /** The newest segment with data had timestamps. */
  hasTimestamps: 8,
  /** IP identifications of segments in order did not count up: they prove no order. */
  areIdsBroken: 16,
  /** The last window that this side offered was zero. */
  isWindowClosed: 32,
  /** An octet was sent into a closed window: whether it counts, the next segment tells. */
  hasProbed: 64,
  /** A segment came in IP fragments of which only the first can be read. */
  isFragmented: 128,
  /** A segment was larger than the MSS: segmentation or receive offload. */
  hasSuperSegments: 256,
  /** More than 2^30 octets were sent: `base` is no bound any more. */
  isFar: 512,
  /** There was no room to follow its holes. */
  isUnknown: 1024,
} as const;

/** Octets of timestamps in every segment, which the MSS option does not subtract (RFC 6691). */
const TIMESTAMP_OCTETS = 12;
/** Ethernet's 1,500 octets without IPv4 and TCP headers. */
const MSS_ASSUMED = 1460;

/** Octets of data in a full segment of a direction; `at` and `other` are its and the other's words. */
export function segmentOctets(words: Int32Array, at: number, other: number): number {
  const own = (words[at + Word.mssAndId] ?? 0) & 0xffff;
  const peer = (words[other + Word.mssAndId] ?? 0) & 0xffff;
  let mss = own === 0 ? peer : peer === 0 ? own : Math.min(own, peer);
  if (mss === 0) mss = MSS_ASSUMED;
  const hasTimestamps = ((words[at + Word.state] ?? 0) & State.hasTimestamps) !== 0;
  return Math.max(1, hasTimestamps ? mss - TIMESTAMP_OCTETS : mss);
}

/** True if neither side's MSS was seen. */
export function isMssAssumed(words: Int32Array, at: number, other: number): boolean {
  return (((words[at + Word.mssAndId] ?? 0) | (words[other + Word.mssAndId] ?? 0)) & 0xffff) === 0;
}
