/**
 * The findings that tshark attaches to single TCP segments, one row per bit of a flag set.
 *
 * @module
 */

/** Bits of a flag set. */
export const TcpFlag = {
  retransmission: 1 << 0,
  fastRetransmission: 1 << 1,
  spuriousRetransmission: 1 << 2,
  outOfOrder: 1 << 3,
  lostSegment: 1 << 4,
  ackLostSegment: 1 << 5,
  duplicateAck: 1 << 6,
  keepAlive: 1 << 7,
  keepAliveAck: 1 << 8,
  zeroWindow: 1 << 9,
  zeroWindowProbe: 1 << 10,
  zeroWindowProbeAck: 1 << 11,
  windowFull: 1 << 12,
  windowUpdate: 1 << 13,
  reusedPorts: 1 << 14,
  reset: 1 << 15,
  dsack: 1 << 16,
  synRetransmission: 1 << 17,
} as const;

/** How much a finding matters by itself, as in tshark's expert information. */
export type TcpFlagSeverity = "chat" | "note" | "warn";

/** One kind of finding. */
export interface TcpFlagKind {
  readonly bit: number;
  /** Name in answers. */
  readonly name: string;
  /** Field of tshark 4.0 that is there when this is; null where tshark has none. */
  readonly tsharkField: string | null;
  readonly severity: TcpFlagSeverity;
  /** What it says, for a person. */
  readonly words: string;
}

/** Every kind of finding, by rising bit: row `n` is bit `1 << n`. */
export const TCP_FLAGS: readonly TcpFlagKind[] = [
  row(
    TcpFlag.retransmission,
    "retransmission",
    "tcp.analysis.retransmission",
    "note",
    "sent again, or so it seems; fast and spurious ones are counted in",
  ),
  row(
    TcpFlag.fastRetransmission,
    "fast_retransmission",
    "tcp.analysis.fast_retransmission",
    "note",
    "sent again within 20 ms of duplicate ACKs that asked for it",
  ),
  row(
    TcpFlag.spuriousRetransmission,
    "spurious_retransmission",
    "tcp.analysis.spurious_retransmission",
    "note",
    "sent again though it had been acknowledged",
  ),
  row(
    TcpFlag.outOfOrder,
    "out_of_order",
    "tcp.analysis.out_of_order",
    "warn",
    "came after later data, within one round trip",
  ),
  row(
    TcpFlag.lostSegment,
    "lost_segment",
    "tcp.analysis.lost_segment",
    "warn",
    "data before it was not captured, or not yet",
  ),
  row(
    TcpFlag.ackLostSegment,
    "ack_lost_segment",
    "tcp.analysis.ack_lost_segment",
    "warn",
    "acknowledges data that was not captured",
  ),
  row(
    TcpFlag.duplicateAck,
    "duplicate_ack",
    "tcp.analysis.duplicate_ack",
    "note",
    "acknowledges the same again",
  ),
  row(
    TcpFlag.keepAlive,
    "keep_alive",
    "tcp.analysis.keep_alive",
    "note",
    "asks whether the peer is still there",
  ),
  row(
    TcpFlag.keepAliveAck,
    "keep_alive_ack",
    "tcp.analysis.keep_alive_ack",
    "note",
    "answers a keep-alive",
  ),
  row(
    TcpFlag.zeroWindow,
    "zero_window",
    "tcp.analysis.zero_window",
    "warn",
    "the receiver has no room",
  ),
  row(
    TcpFlag.zeroWindowProbe,
    "zero_window_probe",
    "tcp.analysis.zero_window_probe",
    "note",
    "one octet to learn whether the receiver has room again",
  ),
  row(
    TcpFlag.zeroWindowProbeAck,
    "zero_window_probe_ack",
    "tcp.analysis.zero_window_probe_ack",
    "note",
    "answers a probe: still no room",
  ),
  row(
    TcpFlag.windowFull,
    "window_full",
    "tcp.analysis.window_full",
    "warn",
    "fills the receiver's window to the last octet",
  ),
  row(
    TcpFlag.windowUpdate,
    "window_update",
    "tcp.analysis.window_update",
    "chat",
    "changes nothing but the window",
  ),
  row(
    TcpFlag.reusedPorts,
    "reused_ports",
    "tcp.analysis.reused_ports",
    "note",
    "a new connection on the ports of an earlier one",
  ),
  row(TcpFlag.reset, "reset", "tcp.connection.rst", "warn", "ends the connection at once (RST)"),
  row(
    TcpFlag.dsack,
    "dsack",
    "tcp.options.sack.dsack",
    "warn",
    "reports data that arrived twice (RFC 2883)",
  ),
  row(
    TcpFlag.synRetransmission,
    "syn_retransmission",
    null,
    "note",
    "a SYN sent again: nobody answered the one before",
  ),
];

/** The names of the bits of a flag set, by rising bit. */
export function tcpFlagNames(flags: number): string[] {
  return TCP_FLAGS.filter(({ bit }) => (flags & bit) !== 0).map(({ name }) => name);
}

function row(
  bit: number,
  name: string,
  tsharkField: string | null,
  severity: TcpFlagSeverity,
  words: string,
): TcpFlagKind {
  return { bit, name, tsharkField, severity, words };
}
