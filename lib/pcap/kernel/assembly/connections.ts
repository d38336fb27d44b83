/**
 * The compiled twin of `tcp/connection_counter.ts`, but for flows whose id is given again.
 * AssemblyScript.
 */
import { base, Column } from "./columns";
import { addFinding } from "./flag_cells";

const FIN: u32 = 0x01, SYN: u32 = 0x02, RST: u32 = 0x04, ACK: u32 = 0x10;

// Octets of a flow: the chain of its cells, the state of its outcome.
const FLOW_LOG2: u32 = 3, OUTCOME: u32 = 4;

// Bits of an outcome, see `tcp/connection_outcome.ts`.
const IS_TCP: u32 = 1, HAS_SYN: u32 = 2, IS_SYN_FROM_B: u32 = 4, HAS_SYN_ACK: u32 = 8;
const IS_ACKNOWLEDGED: u32 = 16, IS_ANSWERED: u32 = 32;
const FIN_LOG2: u32 = 6, BOTH_FIN: u32 = 3 << 6, RESET_LOG2: u32 = 8, ANY_RESET: u32 = 3 << 8;

/** Octets of what is counted: segments, those whose options are cut, flows that are known. */
const SEGMENTS: u32 = 0, CUT: u32 = 8, FLOWS: u32 = 16;

/** Most flows: ids from here on are left to TypeScript. */
const FLOWS_MAX: u32 = 0x1fffff;

/** Rows whose flows are loaded ahead, less one. */
const AHEAD_MASK: u32 = 63;

let counts: u32 = 0, flows: u32 = 0;

/** Told once where counts and flows lie. */
export function bindConnections(countsAt: u32, flowsAt: u32): void {
  counts = countsAt;
  flows = flowsAt;
}

/**
 * Counts segments from row `from` on; the row that TypeScript must take, or `count`. `firstFrame`: the
 * number of row 0.
 */
export function countSegments(firstFrame: u32, from: u32, count: u32): u32 {
  let row = from;
  let segments: u32 = 0, cut: u32 = 0;
  const flowsAt = flows;
  for (; row < count; row++) {
    // Stored, so that the loads are made.
    if ((row & AHEAD_MASK) == 0) store<u32>(base, touchFlows(row, min(count, row + AHEAD_MASK + 1)), Column.keyTouched);
    const p1 = base + row, p4 = base + (row << 2);
    const flow = load<u32>(p4, Column.flowFlow);
    if (load<u8>(p1, Column.flowIsNew) == 1 && !beginFlow(flow)) break;
    if (load<i32>(p4, Column.flowTcp) < 0) continue;
    segments++;
    cut += load<u8>(p1, Column.optionCut);
    const flags = load<u16>(base + (row << 1), Column.tcpFlags) as u32;
    const found = load<u32>(p4, Column.foundFlags);
    const at = flowsAt + (flow << FLOW_LOG2);
    const outcome = load<u32>(at, OUTCOME);
    const isOpening = outcome == 0 || (outcome & (HAS_SYN | IS_ACKNOWLEDGED)) == HAS_SYN;
    const isEvent = isOpening || (flags & (FIN | SYN | RST)) != 0;
    if (!isEvent && found == 0) continue;
    const side = load<u8>(p1, Column.flowDirection) as u32;
    if (isEvent) store<u32>(at, followOutcome(outcome, side, flags), OUTCOME);
    if (found != 0) countFindings(at, found, side, firstFrame + row);
  }
  store<f64>(counts, load<f64>(counts, SEGMENTS) + segments, SEGMENTS);
  store<f64>(counts, load<f64>(counts, CUT) + cut, CUT);
  return row;
}

/** Loads what the flows of rows `from` to `to` - 1 have: no load waits for another. */
@inline
function touchFlows(from: u32, to: u32): u32 {
  let touched: u32 = 0;
  for (let row = from; row < to; row++) {
    const flow = max(load<i32>(base + (row << 2), Column.flowFlow), 0);
    touched ^= load<u32>(flows + (flow << FLOW_LOG2), OUTCOME);
  }
  return touched;
}

/** Begins a flow; false if its id was another's. */
function beginFlow(flow: u32): bool {
  if ((flow as i32) < 0) return true;
  if (flow >= FLOWS_MAX || (flow as f64) < load<f64>(counts, FLOWS)) return false;
  store<f64>(counts, (flow + 1) as f64, FLOWS);
  return true;
}

/** The state after a segment with these flags from `side`. */
function followOutcome(state: u32, side: u32, flags: u32): u32 {
  let next = state | IS_TCP;
  if ((next & HAS_SYN) == 0) {
    if ((flags & (SYN | ACK)) == SYN) next |= HAS_SYN | (side == 1 ? IS_SYN_FROM_B : 0);
  } else if (side != ((next & IS_SYN_FROM_B) != 0 ? 1 : 0)) {
    next |= IS_ANSWERED | ((flags & (SYN | ACK)) == (SYN | ACK) ? HAS_SYN_ACK : 0);
  } else if ((next & HAS_SYN_ACK) != 0 && (flags & (SYN | ACK | RST)) == ACK) {
    next |= IS_ACKNOWLEDGED;
  }
  if ((flags & (FIN | RST)) == 0) return next;
  const isOver = (next & ANY_RESET) != 0 || (next & BOTH_FIN) == BOTH_FIN;
  if ((flags & RST) != 0) return isOver ? next : next | (1 << (RESET_LOG2 + side));
  return next | (1 << (FIN_LOG2 + side));
}

/** Counts every finding of a segment in the chain of its flow. */
function countFindings(flow: u32, found: u32, side: u32, frame: u32): void {
  let chain = load<u32>(flow);
  for (let rest = found; rest != 0; rest &= rest - 1) {
    chain = addFinding(chain, ctz<u32>(rest), side, frame);
  }
  store<u32>(flow, chain);
}
