/**
 * TCP connections of which only one direction was captured: a mirror port of one direction, or an
 * asymmetric path. A side that acknowledges has heard from the other, whether or not we have.
 *
 * @module
 */
import type { FlowReader } from "../flow/flow_reader.ts";
import { type Counted, Evidence } from "./evidence.ts";

/** Connections and those of one side. */
export interface OneSidedFacts {
  /** TCP connections looked at: those with enough packets. */
  readonly connections: number;
  /** Of these, with one direction only; evidence are their first frames. */
  readonly oneSided: Counted;
}

/** With fewer packets, the other direction may lie before or after the capture. */
const PACKETS_MIN = 3;

/** Looks through the flows at the end of a pass. */
export function findOneSided(flows: FlowReader): OneSidedFacts {
  const oneSided = new Evidence();
  let connections = 0;
  for (let id = 0; id < flows.size; id++) {
    if (flows.tcpNumber(id) < 0) continue;
    const answers = flows.packets(id, 1);
    if (flows.packets(id, 0) + answers < PACKETS_MIN) continue;
    connections++;
    // Where a side that never sent stands in its sequence numbers is known from ACKs alone.
    if (answers === 0 && flows.baseSequence(id, 1) >= 0) oneSided.add(flows.firstFrame(id));
  }
  return { connections, oneSided: oneSided.counted() };
}
