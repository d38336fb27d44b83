/**
 * The compiled twin of the frequent part of `tcp/connection_counter.ts`: segments about which there is
 * nothing to say. AssemblyScript.
 */
import { base, Column } from "./columns";

const FIN_SYN_RST: u32 = 0x07;

// Octets of a flow, and of the state of its outcome in it; bits of that, see `tcp/connection_outcome.ts`.
const FLOW_LOG2: u32 = 3, OUTCOME: u32 = 4;
const SYN: u32 = 1 << 1, ACKNOWLEDGED: u32 = 1 << 4;

// What is counted: segments, those whose options are cut.
const SEGMENTS: u32 = 0, CUT: u32 = 8;

let counts: u32 = 0, flows: u32 = 0;

/** Told once where counts and flows lie. */
export function bindConnections(countsAt: u32, flowsAt: u32): void {
  counts = countsAt;
  flows = flowsAt;
}

/** Counts segments from row `from` on; the row that TypeScript must take, or `count`. */
export function countSegments(from: u32, count: u32): u32 {
  let row = from;
  let segments: u32 = 0, cut: u32 = 0;
  for (; row < count; row++) {
    const p1 = base + row, p4 = base + (row << 2);
    if (load<u8>(p1, Column.flowIsNew) != 0) break;
    if (load<i32>(p4, Column.flowTcp) < 0) continue;
    const flow = load<u32>(p4, Column.flowFlow);
    const flags = load<u16>(base + (row << 1), Column.tcpFlags) as u32;
    if (((flags & FIN_SYN_RST) | load<u32>(p4, Column.foundFlags)) != 0) break;
    const outcome = load<u32>(flows + (flow << FLOW_LOG2), OUTCOME);
    if (outcome == 0 || (outcome & (SYN | ACKNOWLEDGED)) == SYN) break;
    segments++;
    cut += load<u8>(p1, Column.optionCut);
  }
  store<f64>(counts, load<f64>(counts, SEGMENTS) + segments, SEGMENTS);
  store<f64>(counts, load<f64>(counts, CUT) + cut, CUT);
  return row;
}
