/** The compiled twin of `rtt/limits.ts`: what a transfer waits for. AssemblyScript. */
import { legNs } from "./handshakes";

// Octets of a direction.
const DIRECTION: u32 = 64;
const SINCE: u32 = 0, RECEIVER: u32 = 8, CONGESTION: u32 = 16, LOSS: u32 = 24, APPLICATION: u32 = 32;
const SENT: u32 = 40, ACKED: u32 = 44, EDGE: u32 = 48, RECOVERY: u32 = 52, SEGMENT: u32 = 56;
const STATE: u32 = 60;
const MSS_SHIFT: u32 = 8;

const IS_BEGUN: u32 = 1, IS_ACKED: u32 = 2, IS_WINDOW_KNOWN: u32 = 4, IS_RECOVERING: u32 = 8;
const IS_DRAINED: u32 = 16;

const REACTION_TRIPS: f64 = 1.5;

/** Tells the octets of a full segment, at most, of both directions. */
export function setMss(at: u32, mss: u32): void {
  const flags: u32 = (1 << MSS_SHIFT) - 1;
  store<u32>(at, (load<u32>(at, STATE) & flags) | (mss << MSS_SHIFT), STATE);
  const other = at + DIRECTION;
  store<u32>(other, (load<u32>(other, STATE) & flags) | (mss << MSS_SHIFT), STATE);
}

/** Side `direction` of a connection with these limits sends data. */
@inline
export function limitData(
  limits: u32,
  tcp: u32,
  record: u32,
  direction: u32,
  seq: i32,
  octets: i32,
  timeNs: f64,
): void {
  const at = limits + direction * DIRECTION;
  const end = seq + octets;
  let state = load<u32>(at, STATE);
  if ((state & IS_BEGUN) == 0) {
    store<f64>(at, timeNs, SINCE);
    store<i32>(at, seq, SENT);
    store<i32>(at, seq, ACKED);
    state |= IS_BEGUN;
    store<u32>(at, state, STATE);
  }
  const sent = load<i32>(at, SENT);
  if (seq - sent < 0 && octets > 1) {
    attribute(at, timeNs, LOSS);
    store<i32>(at, sent, RECOVERY);
    state |= IS_RECOVERING;
  } else close(at, tcp, record, direction, timeNs);
  store<i32>(at, select<i32>(end, sent, end - sent > 0), SENT);
  const segment = load<u32>(at, SEGMENT);
  state &= ~IS_DRAINED;
  if ((octets as u32) != segment) {
    const mss = state >>> MSS_SHIFT;
    const full = segment == 0 ? mss : segment;
    if ((octets as u32) <= mss && (octets as u32) > segment) store<i32>(at, octets, SEGMENT);
    else if (full == 0 || (octets as u32) % full != 0) state |= IS_DRAINED;
  }
  store<u32>(at, state, STATE);
}

/** Data of side `direction` are acknowledged; `windowOctets` is the window offered, -1 if unknown. */
@inline
export function limitAck(
  limits: u32,
  tcp: u32,
  record: u32,
  direction: u32,
  ack: i32,
  windowOctets: i32,
  timeNs: f64,
): void {
  const at = limits + direction * DIRECTION;
  let state = load<u32>(at, STATE);
  if ((state & IS_BEGUN) == 0) return;
  const edge = ack + max(0, windowOctets);
  const advance = ack - load<i32>(at, ACKED);
  const isOld = (state & IS_ACKED) != 0 && advance < 0;
  const isMoved = advance > 0 || edge != load<i32>(at, EDGE);
  if (isOld || ack - load<i32>(at, SENT) > 0 || !isMoved) return;
  close(at, tcp, record, direction, timeNs);
  store<i32>(at, ack, ACKED);
  store<i32>(at, edge, EDGE);
  state |= IS_ACKED;
  if (windowOctets >= 0) state |= IS_WINDOW_KNOWN;
  if (ack - load<i32>(at, RECOVERY) >= 0) state &= ~IS_RECOVERING;
  store<u32>(at, state, STATE);
}

@inline
function close(at: u32, tcp: u32, record: u32, direction: u32, timeNs: f64): void {
  const state = load<u32>(at, STATE);
  const sent = load<i32>(at, SENT);
  const room = load<i32>(at, EDGE) - sent;
  const isFull = (state & IS_WINDOW_KNOWN) != 0 && room < load<i32>(at, SEGMENT);
  let word = APPLICATION;
  if ((state & IS_RECOVERING) != 0) word = LOSS;
  else if (isFull) word = RECEIVER;
  else if ((state & IS_DRAINED) == 0) {
    const hasFlight = sent - load<i32>(at, ACKED) > 0;
    if (hasFlight || isReacting(at, tcp, record, direction, timeNs)) word = CONGESTION;
  }
  attribute(at, timeNs, word);
}

@inline
function isReacting(at: u32, tcp: u32, record: u32, direction: u32, timeNs: f64): bool {
  const waitedNs = timeNs - load<f64>(at, SINCE);
  return waitedNs <= legNs(tcp, record, 1 - direction) * REACTION_TRIPS;
}

@inline
function attribute(at: u32, timeNs: f64, word: u32): void {
  const sinceNs = load<f64>(at, SINCE);
  const waitedNs = timeNs - sinceNs;
  if (isNaN(sinceNs)) store<f64>(at, timeNs, SINCE);
  if (!(waitedNs > 0)) return;
  store<f64>(at + word, load<f64>(at + word) + waitedNs);
  store<f64>(at, timeNs, SINCE);
}
