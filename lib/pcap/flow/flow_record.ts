/**
 * The layout of a flow's records: one cache line that every packet touches, and one for what is
 * needed when a flow begins or is read.
 *
 * @module
 */

/** Octets of the record that every packet touches. */
export const HOT_OCTETS = 64;
/** Binary logarithms of its length in words and in doubles. */
export const HOT_WORDS_LOG2 = 4;
export const HOT_DOUBLES_LOG2 = 3;

/** Words of the hot record. */
export const Hot = {
  /** IPv4: address of side A; IPv6: row in the pool of addresses. */
  addressA: 0,
  /** IPv4: address of side B. */
  addressB: 1,
  /** Port of side A in the upper half, of side B in the lower. */
  ports: 2,
  /** Protocol, and {@link Kind}. */
  kind: 3,
  tenant: 4,
  hash: 5,
  /** {@link State}. */
  state: 6,
  /** Dense TCP number, -1 if none. */
  tcp: 7,
  /** Packets of side A; of side B in the next word. */
  packets: 8,
} as const;

/** Doubles of the hot record. */
export const HotDouble = {
  /** Octets of side A; of side B in the next double. */
  octets: 5,
  lastNs: 7,
} as const;

/** Octets of the record for the rest. */
export const COLD_OCTETS = 24;
export const COLD_WORDS = 6;
export const COLD_DOUBLES = 3;

/** Words of the cold record; its first double is the least time. */
export const Cold = {
  /** Base sequence number of side A; of side B in the next word. */
  base: 2,
  firstFrame: 4,
  stream: 5,
} as const;

/** Octets of a row in the pool of IPv6 addresses: side A, then side B. */
export const POOL_OCTETS = 32;
export const POOL_WORDS_LOG2 = 3;

/** Bits of {@link Hot.kind} above the eight of the protocol. */
export const Kind = { ports: 0x100, ipv6: 0x200 } as const;

/** Bits of {@link Hot.state}. */
export const State = {
  /** The base sequence number of side A is known; twice that for side B. */
  baseKnown: 1,
  bothBasesKnown: 3,
  /** Side A has sent a FIN; twice that for side B. */
  fin: 4,
  bothFins: 12,
  reset: 16,
  /** A packet came since the clock hand passed. */
  referenced: 32,
  /** Side B is the initiator. */
  initiatorIsB: 64,
  synSeen: 128,
  /** Its ports were taken over by a newer flow; the index no longer leads here. */
  detached: 256,
  /** It took the ports over from an older flow. */
  reused: 512,
  /** It is of TCP, and no packet of it had the TCP header yet. */
  headless: 1024,
} as const;

/** Words that count what was given to flows, so that compiled code can open flows as well. */
export const Count = {
  /** Flows that have records. */
  flows: 0,
  /** TCP numbers, and rows in the pool of addresses. */
  tcp: 1,
  pool: 2,
  /** Streams, as tshark numbers them. */
  tcpStreams: 3,
  udpStreams: 4,
  /** 1 once a flow was ended to make room: from then on numbers are given again. */
  isAnyEnded: 5,
} as const;

/** Words of {@link Count}. */
export const COUNT_WORDS = 6;
