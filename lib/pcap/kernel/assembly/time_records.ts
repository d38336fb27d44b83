/**
 * Where the records of times are and how they are laid out, as in `rtt/connection_times.ts`.
 * AssemblyScript.
 */

// Octets of a connection in the index, its handshake included.
const INDEX_LOG2: u32 = 5;
const INDEX_LIMITS: u32 = 4, INDEX_OPENING: u32 = 8;

// Octets of a record, and of a direction in it.
const RECORD_LOG2: u32 = 7;
const TIMING: u32 = 24, SUMS: u32 = 64, SUMS_LOG2: u32 = 5, SAMPLES: u32 = 48;
const LIMITS_LOG2: u32 = 7;

// What is counted: connections, room for them, records; limits, room for them.
const CONNECTIONS: u32 = 0, CONNECTIONS_MAX: u32 = 4, RECORDS: u32 = 8;
const LIMITS: u32 = 0, LIMITS_MAX: u32 = 4;

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
  export const closedAt: u32 = 0;
  export const closedNs: u32 = 8;
  export const sumNs: u32 = 16;
  export const min: u32 = 24;
  export const last: u32 = 28;
}

/** Octets of a record: how often each side closed its window, 16 bits each. */
export const ZERO_WINDOWS: u32 = 56;

/** Unit of times in one word, nanoseconds. */
export const TICK_NS: f64 = 16;
const TICKS_MAX: f64 = 4294967295;

let counts: u32 = 0, index: u32 = 0, records: u32 = 0;
let limitCounts: u32 = 0, limits: u32 = 0;

/** Told once where everything lies. */
export function bindTimes(
  countsAt: u32,
  indexAt: u32,
  recordsAt: u32,
  limitCountsAt: u32,
  limitsAt: u32,
): void {
  counts = countsAt;
  index = indexAt;
  records = recordsAt;
  limitCounts = limitCountsAt;
  limits = limitsAt;
}

/** Connections that are known: 0 to this, less one. */
@inline
export function connectionsKnown(): u32 {
  return load<u32>(counts, CONNECTIONS);
}

/** Makes connection `tcp` and all before it known; false if there is no room. */
@inline
export function openConnection(tcp: u32): bool {
  if (tcp >= load<u32>(counts, CONNECTIONS_MAX)) return false;
  store<u32>(counts, tcp + 1, CONNECTIONS);
  return true;
}

/** Makes the record of a connection. */
@inline
export function openRecord(tcp: u32): u32 {
  const number = load<u32>(counts, RECORDS);
  store<u32>(counts, number + 1, RECORDS);
  store<u32>(index + (tcp << INDEX_LOG2), number + 1);
  return records + (number << RECORD_LOG2);
}

/** Makes the limits of a connection if there is room. */
@inline
export function openLimits(tcp: u32): void {
  const number = load<u32>(limitCounts, LIMITS);
  if (number == load<u32>(limitCounts, LIMITS_MAX)) return;
  store<u32>(limitCounts, number + 1, LIMITS);
  store<u32>(index + (tcp << INDEX_LOG2), number + 1, INDEX_LIMITS);
}

/** The handshake of a connection. */
@inline
export function openingOf(tcp: u32): u32 {
  return index + (tcp << INDEX_LOG2) + INDEX_OPENING;
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

/** A time in ticks, at least one. */
@inline
export function ticksOf(ns: f64): u32 {
  return min(max(1, floor(ns / TICK_NS + 0.5)), TICKS_MAX) as u32;
}

/**
 * Loads what the connections of rows `from` to `to` - 1 of column `tcp` have: no load waits for one of
 * another row. Connection 0 stands in for those that are not known, what lies before the first record
 * for records that there are not.
 */
export function touchTimes(tcp: u32, from: u32, to: u32): u32 {
  const connections = connectionsKnown();
  let touched: u32 = 0;
  for (let row = from; row < to; row++) {
    const number = load<u32>(tcp + (row << 2));
    const known = select<u32>(number, 0, number < connections);
    touched ^= load<u32>(index + (known << INDEX_LOG2));
  }
  for (let row = from; row < to; row++) {
    const number = load<u32>(tcp + (row << 2));
    const entry = index + (select<u32>(number, 0, number < connections) << INDEX_LOG2);
    const record = records + ((load<u32>(entry) - 1) << RECORD_LOG2);
    const limit = limits + ((load<u32>(entry, INDEX_LIMITS) - 1) << LIMITS_LOG2);
    touched ^= load<u32>(record) ^ load<u32>(record, SUMS);
    touched ^= load<u32>(limit) ^ load<u32>(limit, 64);
  }
  return touched;
}
