/** Where the records of flows are, and how they are laid out: as in `flow/flow_record.ts`. AssemblyScript. */

/** Octets of the hot record. */
export namespace Hot {
  export const addressA: u32 = 0;
  export const addressB: u32 = 4;
  export const ports: u32 = 8;
  export const kind: u32 = 12;
  export const tenant: u32 = 16;
  export const hash: u32 = 20;
  export const state: u32 = 24;
  export const tcp: u32 = 28;
  export const packets: u32 = 32;
  export const octets: u32 = 40;
  export const lastNs: u32 = 56;
}

/** Octets of the cold record. */
export namespace Cold {
  export const firstNs: u32 = 0;
  export const base: u32 = 8;
  export const firstFrame: u32 = 16;
  export const stream: u32 = 20;
}

/** Octets of the words that count what was given to flows. */
export namespace Count {
  export const flows: u32 = 0;
  export const tcp: u32 = 4;
  export const pool: u32 = 8;
  export const tcpStreams: u32 = 12;
  export const udpStreams: u32 = 16;
  export const isAnyEnded: u32 = 20;
}

/** Bits of the state. */
export namespace State {
  export const baseKnown: u32 = 1;
  export const bothBasesKnown: u32 = 3;
  export const fin: u32 = 4;
  export const reset: u32 = 16;
  export const referenced: u32 = 32;
  export const initiatorIsB: u32 = 64;
  export const synSeen: u32 = 128;
  export const headless: u32 = 1024;
}

const HOT_LOG2: u32 = 6, COLD_OCTETS: u32 = 24, POOL_LOG2: u32 = 5, TCP_FLOW_LOG2: u32 = 3;

let hot: u32 = 0, cold: u32 = 0, pool: u32 = 0, tcpFlows: u32 = 0;

/** Address of the counts. */
export let counts: u32 = 0;
/** Most flows. */
export let flowsMax: u32 = 0;

/** Told once where records are, how many there may be, and where they are counted. */
export function bindRecords(
  hotRecords: u32,
  coldRecords: u32,
  addressPool: u32,
  flowsOfTcp: u32,
  given: u32,
  most: u32,
): void {
  hot = hotRecords;
  cold = coldRecords;
  pool = addressPool;
  tcpFlows = flowsOfTcp;
  counts = given;
  flowsMax = most;
}

@inline
export function hotRecord(id: u32): u32 {
  return hot + (id << HOT_LOG2);
}

@inline
export function coldRecord(id: u32): u32 {
  return cold + id * COLD_OCTETS;
}

/** Both addresses of a pair, the words in the order of the machine. */
@inline
export function poolRow(row: u32): u32 {
  return pool + (row << POOL_LOG2);
}

/** Where one more than the flow of a TCP number is kept. */
@inline
export function flowOfTcp(tcp: u32): u32 {
  return tcpFlows + (tcp << TCP_FLOW_LOG2);
}
