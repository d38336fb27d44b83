/** The compiled twin of the frequent part of `flow/traffic_bins.ts`: packets that no bin has to widen for. AssemblyScript. */
import { base, Column } from "./columns";

/** Most bins. */
const BINS: f64 = 1000;
/** Times beyond are counted as if they were these; see `flow/traffic_bins.ts`. */
const FAR_NS: f64 = 9e18;

// Octets of what is known of the bins: their width, the number of the first, how many are in use.
const WIDTH: u32 = 0, LOW: u32 = 8, USED: u32 = 16;

let state: u32 = 0, packets: u32 = 0, octets: u32 = 0;

/** Told once where that lies, and the packets and octets of the bins. */
export function bindBins(stateAt: u32, packetsAt: u32, octetsAt: u32): void {
  state = stateAt;
  packets = packetsAt;
  octets = octetsAt;
}

/** Counts rows from `from` on; the row that TypeScript must make a bin for, or `count`. */
export function addToBins(from: u32, count: u32): u32 {
  const width = load<f64>(state, WIDTH), low = load<f64>(state, LOW);
  let used = load<f64>(state, USED);
  // The bin of the packet before: most packets are in the same one.
  let start: f64 = NaN, end: f64 = NaN;
  let bin: u32 = 0;
  let row = from;
  for (; row < count; row++) {
    if (load<u8>(base + row, Column.noTime) == 1) continue;
    const ns = load<f64>(base + (row << 3), Column.flowTimeNs);
    if (!(ns >= start && ns < end)) {
      const number = floor(ns / width) - low;
      // The first bin, those before it and what is far away are seen to elsewhere.
      if (!(used > 0 && number >= 0 && number < BINS && ns <= FAR_NS)) break;
      if (number >= used) used = number + 1;
      start = (low + number) * width;
      end = start + width;
      bin = (number as u32) << 3;
    }
    store<f64>(packets + bin, load<f64>(packets + bin) + 1);
    const at = octets + bin;
    store<f64>(at, load<f64>(at) + load<f64>(base + (row << 3), Column.wireLength));
  }
  store<f64>(state, used, USED);
  return row;
}

/** Puts `factor` bins together, the first of them then being number `toLow`. */
export function joinBins(factor: f64, toLow: f64): void {
  const low = load<f64>(state, LOW);
  const used = load<f64>(state, USED) as u32;
  for (let bin: u32 = 0; bin < used; bin++) {
    const to = (floor((low + (bin as f64)) / factor) - toLow) as u32;
    moveTo(packets + (bin << 3), packets + (to << 3));
    moveTo(octets + (bin << 3), octets + (to << 3));
  }
}

@inline
function moveTo(from: u32, to: u32): void {
  const value = load<f64>(from);
  store<f64>(from, 0);
  store<f64>(to, load<f64>(to) + value);
}
