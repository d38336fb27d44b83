/**
 * Batches of TCP segments for tests of what comes after dissection: columns without bytes.
 *
 * @module
 */
import { DissectColumns } from "../../lib/pcap/dissect/columns.ts";
import { FlowColumns } from "../../lib/pcap/flow/flow_columns.ts";
import type { PassBatch } from "../../lib/pcap/pass.ts";
import { TcpFlagColumns } from "../../lib/pcap/tcp/flag_columns.ts";
import { TcpOptionColumns } from "../../lib/pcap/tcp/option_columns.ts";
import { emptyBatch } from "./pcap_samples.ts";

/** Bits of the TCP header (RFC 9293 3.1). */
export const FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10;

/** One segment; what is absent is as in a segment without data from side A of connection 0. */
export interface Segment {
  readonly connection?: number;
  readonly side?: 0 | 1;
  /** Default: ACK. */
  readonly flags?: number;
  readonly seq?: number;
  readonly ack?: number;
  /** Octets of data. */
  readonly length?: number;
  /** Default: 501. */
  readonly window?: number;
  readonly timeMs?: number;
  /** Window scale of the option, if it is there. */
  readonly windowScale?: number;
  /** The flow begins here; default: its first segment in the batch. */
  readonly isNew?: boolean;
}

/** A batch of segments; flow ids equal the numbers of connections. */
export function segmentBatch(segments: readonly Segment[], firstFrame = 1): PassBatch {
  const packets = emptyBatch(new Uint8Array(0), new DataView(new ArrayBuffer(0)));
  packets.count = segments.length;
  packets.firstFrame = firstFrame;
  const dissected = new DissectColumns();
  dissected.clear();
  const flows = new FlowColumns();
  flows.baseSec = 1_700_000_000;
  const options = new TcpOptionColumns();
  options.clear();
  const known = new Set<number>();
  segments.forEach((segment, row) => {
    const connection = segment.connection ?? 0;
    packets.capturedLength[row] = 40 + (segment.length ?? 0);
    dissected.l4Offset[row] = 20;
    dissected.l4Protocol[row] = 6;
    dissected.payloadOffset[row] = 40;
    dissected.payloadWire[row] = segment.length ?? 0;
    dissected.tcpFlags[row] = segment.flags ?? ACK;
    dissected.seq[row] = segment.seq ?? 0;
    dissected.ack[row] = segment.ack ?? 0;
    dissected.window[row] = segment.window ?? 501;
    flows.flow[row] = connection;
    flows.tcp[row] = connection;
    flows.direction[row] = segment.side ?? 0;
    flows.isNew[row] = (segment.isNew ?? !known.has(connection)) ? 1 : 0;
    flows.timeNs[row] = (segment.timeMs ?? row) * 1e6;
    options.windowScale[row] = segment.windowScale ?? -1;
    known.add(connection);
  });
  return { packets, dissected, flows, options, tcpFlags: new TcpFlagColumns() };
}
