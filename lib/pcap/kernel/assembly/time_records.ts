/**
 * Where the records of times are and how they are laid out, as in `rtt/connection_times.ts`.
 * AssemblyScript.
 */

// Octets of a connection in the index, and in its opening.
const INDEX_LOG2: u32 = 3, OPENING_LOG2: u32 = 4;
const INDEX_LIMITS: u32 = 4;
const HANDSHAKE: u32 = 0, CLIENT_LEG: u32 = 4, SERVER_LEG: u32 = 8;
const IS_CLIENT_B: u32 = 2, HAS_SERVER_LEG: u32 = 8, HAS_CLIENT_LEG: u32 = 16;

// Octets of a record, and of a direction in it.
const RECORD_LOG2: u32 = 7;
const TIMING: u32 = 24, SUMS: u32 = 64, SUMS_LOG2: u32 = 5, SAMPLES: u32 = 48;
const LIMITS_LOG2: u32 = 7;

/** Octets of the timing of a direction. */
export namespace Timing {
  export const next: u32 = 0;
  export const timedEnd: u32 = 4;
  export const timedTsVal: u32 = 8;
  export const state: u32 = 12;
  export const timedAt: u32 = 16;
}

/** Octets of the sums of a direction. */
export namespace Sums {
  export const sumNs: u32 = 16;
  export const min: u32 = 24;
  export const last: u32 = 28;
}

/** Unit of times in one word, nanoseconds. */
export const TICK_NS: f64 = 16;

let index: u32 = 0, openings: u32 = 0, records: u32 = 0, limits: u32 = 0;
let histogramA: u32 = 0, histogramB: u32 = 0;

/** Told once where everything lies: index, openings, records and limits, and the histograms of samples. */
export function bindTimes(
  indexAt: u32,
  openingsAt: u32,
  recordsAt: u32,
  limitsAt: u32,
  dataA: u32,
  dataB: u32,
): void {
  index = indexAt;
  openings = openingsAt;
  records = recordsAt;
  limits = limitsAt;
  histogramA = dataA;
  histogramB = dataB;
}

/** The record of a connection, 0 if it has none. */
@inline
export function recordOf(tcp: u32): u32 {
  const number = load<u32>(index + (tcp << INDEX_LOG2));
  return number == 0 ? 0 : records + ((number - 1) << RECORD_LOG2);
}

/** The limits of both directions of a connection, 0 if it has none. */
@inline
export function limitsOf(tcp: u32): u32 {
  const number = load<u32>(index + (tcp << INDEX_LOG2), INDEX_LIMITS);
  return number == 0 ? 0 : limits + ((number - 1) << LIMITS_LOG2);
}

/** The timing of a direction. */
@inline
export function timingOf(record: u32, direction: u32): u32 {
  return record + direction * TIMING;
}

/** The sums of a direction. */
@inline
export function sumsOf(record: u32, direction: u32): u32 {
  return record + SUMS + (direction << SUMS_LOG2);
}

/** The number of samples of a direction. */
@inline
export function samplesOf(record: u32, direction: u32): u32 {
  return record + SAMPLES + (direction << 2);
}

/** The histogram of samples of a direction. */
@inline
export function histogramOf(direction: u32): u32 {
  return direction == 0 ? histogramA : histogramB;
}

/** Least time from a packet of side `direction` to the other side's answer, nanoseconds, NaN if unknown. */
export function legNs(tcp: u32, record: u32, direction: u32): f64 {
  const handshakeNs = handshakeLegNs(tcp, direction);
  const ticks = load<u32>(sumsOf(record, direction), Sums.min);
  const dataNs = (ticks as f64) * TICK_NS;
  return ticks == 0 || handshakeNs < dataNs ? handshakeNs : dataNs;
}

function handshakeLegNs(tcp: u32, direction: u32): f64 {
  const opening = openings + (tcp << OPENING_LOG2);
  const handshake = load<u32>(opening, HANDSHAKE);
  const client: u32 = (handshake & IS_CLIENT_B) != 0 ? 1 : 0;
  if (direction == client) {
    return (handshake & HAS_SERVER_LEG) == 0 ? NaN : load<f64>(opening, SERVER_LEG);
  }
  if ((handshake & HAS_CLIENT_LEG) == 0) return NaN;
  return (load<u32>(opening, CLIENT_LEG) as f64) * TICK_NS;
}

/** Loads what `count` connections from column `tcp` on have: no load waits for one of another row. */
export function touchTimes(tcp: u32, count: u32, connections: u32): u32 {
  let touched: u32 = 0;
  for (let row: u32 = 0; row < count; row++) {
    const number = load<u32>(tcp + (row << 2));
    if (number < connections) touched ^= load<u32>(index + (number << INDEX_LOG2));
  }
  for (let row: u32 = 0; row < count; row++) {
    const number = load<u32>(tcp + (row << 2));
    if (number >= connections) continue;
    const record = recordOf(number);
    if (record == 0) continue;
    touched ^= load<u32>(record) ^ load<u32>(record, SUMS);
    const limit = limitsOf(number);
    if (limit != 0) touched ^= load<u32>(limit) ^ load<u32>(limit, 64);
  }
  return touched;
}
