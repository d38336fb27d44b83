/**
 * The connections that waited longest, and what for.
 *
 * @module
 */
import type { FlowReader } from "../flow/flow_reader.ts";
import { topIds } from "../flow/top_ids.ts";
import type { Limit } from "../rtt/rtt_findings.ts";
import type { CaptureScan } from "../scan.ts";
import { endsOf, type FlowEnds, otherSide } from "./conversations.ts";
import { secondsBetween } from "./iso_time.ts";
import { msOf, rounded } from "./rounding.ts";

/** Milliseconds of one direction by what its data waited for. */
export type WaitedMs = {
  readonly receiver_window: number;
  readonly congestion: number;
  readonly loss: number;
  readonly application: number;
};

/** A connection that waited; `src` opened it. */
export interface SlowConnection extends FlowEnds {
  readonly first_frame: number;
  readonly duration_seconds: number | null;
  readonly bytes: number;
  /** Which side's data waited: that of who opened the connection (`client`) or of the other. */
  readonly sender: "client" | "server";
  readonly limited_by: Limit;
  /** Part of the transfer's time, 0 to 1. */
  readonly share: number;
  readonly waited_ms: WaitedMs;
  readonly confidence: "high" | "low";
  readonly handshake_rtt_ms: number | null;
  readonly retransmissions: number;
  readonly zero_window_ms: number;
  readonly handshake: string;
  readonly end: string;
}

/** At most `most` connections whose data waited longest for anything but the application. */
export function slowConnections(scan: CaptureScan, most: number): SlowConnection[] {
  const { flows, rtt } = scan;
  const ids = topIds(flows.size, most, (id) => rtt.waitedMs(flows.tcpNumber(id)));
  return ids.map((id) => slowConnection(scan, id));
}

function slowConnection(scan: CaptureScan, id: number): SlowConnection {
  const { flows } = scan;
  const tcp = flows.tcpNumber(id);
  const side = scan.rtt.slowerSide(tcp);
  const src = flows.initiator(id);
  const times = scan.rtt.connection(tcp);
  const limits = times?.directions[side].limits ?? null;
  const outcome = scan.tcp.connection(id);
  const legs = [times?.serverLegNs ?? null, times?.clientLegNs ?? null];
  const handshakeNs = legs.includes(null) ? null : (legs[0] ?? 0) + (legs[1] ?? 0);
  return {
    ...endsOf(flows, id, src),
    first_frame: flows.firstFrame(id),
    duration_seconds: secondsBetween(flows.firstNs(id), flows.lastNs(id)),
    bytes: octetsOf(flows, id),
    sender: side === src ? "client" : "server",
    limited_by: limits?.limitedBy ?? "none",
    share: rounded(limits?.share ?? 0),
    waited_ms: {
      receiver_window: rounded(limits?.receiverWindowMs ?? 0),
      congestion: rounded(limits?.congestionMs ?? 0),
      loss: rounded(limits?.lossMs ?? 0),
      application: rounded(limits?.applicationMs ?? 0),
    },
    confidence: limits?.confidence ?? "low",
    handshake_rtt_ms: handshakeNs === null ? null : msOf(handshakeNs),
    retransmissions: scan.loss.connection(tcp)?.directions[side].retransmissions ?? 0,
    zero_window_ms: msOf(times?.directions[otherSide(side)].zeroWindowNs ?? 0),
    handshake: outcome?.handshake ?? "no_syn",
    end: outcome?.end ?? "open",
  };
}

function octetsOf(flows: FlowReader, id: number): number {
  return flows.octets(id, 0) + flows.octets(id, 1);
}
