/**
 * How a TCP connection began and ended, from a few bits that its segments set.
 *
 * @module
 */

const FIN = 0x01, SYN = 0x02, RST = 0x04, ACK = 0x10;

/** Bits of the state of a connection; those of a side are shifted by its number. */
const Mark = {
  tcp: 1 << 0,
  syn: 1 << 1,
  /** The SYN came from side B. */
  synFromB: 1 << 2,
  synAck: 1 << 3,
  /** The sender of the SYN acknowledged the SYN-ACK. */
  acknowledged: 1 << 4,
  /** Something came from the side that got the SYN. */
  answered: 1 << 5,
  fin: 1 << 6,
  bothFin: 3 << 6,
  /** The RST that ended the connection. */
  reset: 1 << 8,
  anyReset: 3 << 8,
} as const;

/** States are less than this: the highest mark is the reset of side B. */
export const OUTCOMES: number = Mark.reset << 2;

/** A side of a connection: 0, A, sent the first packet that was seen; 1, B, is the other. */
export type ConnectionSide = 0 | 1;

/** How a connection began. */
export type Handshake =
  /** SYN, SYN-ACK and ACK were seen. */
  | "complete"
  /** A SYN was answered by a SYN-ACK, which nobody acknowledged. */
  | "half_open"
  /** A SYN was answered by RST. */
  | "refused"
  /** A SYN to which nothing came back. */
  | "unanswered"
  /** A SYN was seen and answered, but its SYN-ACK was not seen. */
  | "no_syn_ack"
  /** No SYN was seen: the connection is older than the capture, or its SYN was not captured. */
  | "no_syn";

/** How a connection ended. */
export type ConnectionEnd =
  /** Both sides sent FIN. */
  | "closed"
  /** One side sent FIN; the other had not when the capture ended. */
  | "half_closed"
  /** A RST came before both sides had closed. */
  | "reset"
  /** Neither FIN nor RST was seen. */
  | "open";

/** Every way to begin, in the order of {@link handshakeIndex}. */
export const HANDSHAKES: readonly Handshake[] = [
  "complete",
  "half_open",
  "refused",
  "unanswered",
  "no_syn_ack",
  "no_syn",
];

/** Every way to end, in the order of {@link endIndex}. */
export const CONNECTION_ENDS: readonly ConnectionEnd[] = [
  "closed",
  "half_closed",
  "reset",
  "open",
];

/** How a connection began and ended. */
export interface ConnectionOutcome {
  readonly handshake: Handshake;
  readonly end: ConnectionEnd;
  /** The side that sent the SYN, null if none was seen. */
  readonly synFrom: ConnectionSide | null;
  /** The side that sent the RST, or the only FIN; null where that is not how it ended. */
  readonly endedBy: ConnectionSide | null;
}

/** The state after a segment with these flags from `side`; 0 is the state before the first. */
export function followOutcome(state: number, side: number, flags: number): number {
  let next = state | Mark.tcp;
  if ((next & Mark.syn) === 0) {
    if ((flags & (SYN | ACK)) === SYN) next |= Mark.syn | (side === 1 ? Mark.synFromB : 0);
  } else if (side !== ((next & Mark.synFromB) !== 0 ? 1 : 0)) {
    next |= Mark.answered | ((flags & (SYN | ACK)) === (SYN | ACK) ? Mark.synAck : 0);
  } else if ((next & Mark.synAck) !== 0 && (flags & (SYN | ACK | RST)) === ACK) {
    next |= Mark.acknowledged;
  }
  if ((flags & (FIN | RST)) === 0) return next;
  const isOver = (next & Mark.anyReset) !== 0 || (next & Mark.bothFin) === Mark.bothFin;
  if ((flags & RST) !== 0) return isOver ? next : next | Mark.reset << side;
  return next | Mark.fin << side;
}

/** True if a segment with these flags can change the state. */
export function mattersToOutcome(state: number, flags: number): boolean {
  return (flags & (FIN | SYN | RST)) !== 0 || state === 0 ||
    (state & (Mark.syn | Mark.acknowledged)) === Mark.syn;
}

/** Place in {@link HANDSHAKES} of how a connection began. */
export function handshakeIndex(state: number): number {
  if ((state & Mark.syn) === 0) return 5;
  if ((state & Mark.acknowledged) !== 0) return 0;
  if ((state & Mark.synAck) !== 0) return 1;
  if ((state & Mark.answered) === 0) return 3;
  const refusal = (state & Mark.synFromB) !== 0 ? Mark.reset : Mark.reset << 1;
  return (state & refusal) !== 0 ? 2 : 4;
}

/** Place in {@link CONNECTION_ENDS} of how a connection ended. */
export function endIndex(state: number): number {
  if ((state & Mark.anyReset) !== 0) return 2;
  const fins = state & Mark.bothFin;
  return fins === Mark.bothFin ? 0 : fins !== 0 ? 1 : 3;
}

/** What the state says. */
export function describeOutcome(state: number): ConnectionOutcome {
  const synFrom = (state & Mark.syn) === 0 ? null : (state & Mark.synFromB) !== 0 ? 1 : 0;
  const end = CONNECTION_ENDS[endIndex(state)] ?? "open";
  const endedBy = end === "reset"
    ? ((state & Mark.reset) !== 0 ? 0 : 1)
    : end === "half_closed"
    ? ((state & Mark.fin) !== 0 ? 0 : 1)
    : null;
  return { handshake: HANDSHAKES[handshakeIndex(state)] ?? "no_syn", end, synFrom, endedBy };
}
