/**
 * What the flag analysis remembers of a TCP connection: 96 octets, two directions of 40 and what
 * both share. A record is 24 words; each direction starts at a word of its own.
 *
 * @module
 */
import type { Arena } from "../arena.ts";
import { RECORDS_MAX } from "../flow/hash_index.ts";
import { RecordHeap } from "../flow/record_heap.ts";

/** Words of a record. */
export const RECORD_WORDS = 24;
/** Words of a direction. */
export const DIRECTION_WORDS = 10;

/** Highest sequence number sent plus one, 0 while unknown. */
export const NEXT_SEQ = 0;
/** Highest sequence number that follows without a hole: an ACK beyond it acknowledges the unseen. */
export const ACKABLE_SEQ = 1;
/** Acknowledgment number of the last segment sent, 0 while unknown. */
export const LAST_ACK = 2;
/** Initial sequence number, or one less than the first seen; meaningful with {@link BASE_KNOWN}. */
export const BASE_SEQ = 3;
/** Duplicate ACKs sent in a row; -1 after an ACK of unseen data. */
export const DUPLICATE_ACKS = 4;
/** Window, window scale and marks, see below. */
export const PACKED = 5;
/** Time at which {@link NEXT_SEQ} last rose, nanoseconds, in doubles from the start of the direction. */
export const NEXT_SEQ_TIME = 3;
/** Time of the last segment sent, nanoseconds, in doubles from the start of the direction. */
export const LAST_ACK_TIME = 4;

/** The shared double: time of the last SYN, or with {@link ROUND_TRIP_KNOWN} the first round trip. */
export const HANDSHAKE_TIME = 10;
/** Segments that were sent since the other side last acknowledged something: side A, side B. */
export const UNACKED_COUNT = 22;

/** Bits of {@link PACKED}: the window as sent, {@link WINDOW_UNKNOWN} before the first segment. */
export const WINDOW_MASK = 0x1ffff;
export const WINDOW_UNKNOWN = 0x10000;
/** Three bits and two more: 0 unknown, 1 not in use, else shift + 2 (shifts end at 14). */
export const SCALE_SHIFT = 17;
export const SCALE_MASK = 0x1f << SCALE_SHIFT;
export const SCALE_UNKNOWN = 0;
export const SCALE_UNUSED = 1 << SCALE_SHIFT;
/** The last segment sent was a keep-alive. */
export const LAST_KEEP_ALIVE = 1 << 22;
/** The last segment sent was a zero window probe. */
export const LAST_PROBE = 1 << 23;
/** A SYN was sent and no ACK after it: the window is not scaled yet. */
export const FIRST_ACK_PENDING = 1 << 24;
/** {@link BASE_SEQ} is known. */
export const BASE_KNOWN = 1 << 26;
/** Of side A only: a SYN without ACK was seen, its time is in {@link HANDSHAKE_TIME}. */
export const SYN_TIME_KNOWN = 1 << 27;
/** Of side A only: {@link HANDSHAKE_TIME} holds the first round trip. */
export const ROUND_TRIP_KNOWN = 1 << 28;

/** An empty table of connections, in `arena` if there is one. */
export function makeSequenceState(arena: Arena | null): RecordHeap {
  return new RecordHeap(RECORD_WORDS * 4, RECORDS_MAX, arena);
}

/** Makes the record that starts at word `at` that of a connection of which nothing is known. */
export function resetSequenceState(i32: Int32Array, at: number): void {
  i32.fill(0, at, at + RECORD_WORDS);
  i32[at + PACKED] = WINDOW_UNKNOWN;
  i32[at + DIRECTION_WORDS + PACKED] = WINDOW_UNKNOWN;
}
