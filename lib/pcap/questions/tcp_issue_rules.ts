/**
 * What counts as a TCP issue: one row per kind, with where its count comes from, what it is measured
 * against, the shares from which it is medium and high, and what to do.
 *
 * @module
 */
import type { DirectionLoss, LossCounts, LossKind } from "../loss/loss_findings.ts";
import type { CaptureScan } from "../scan.ts";
import { TcpFlag } from "../tcp/flags.ts";
import type { TcpFindings } from "../tcp/tcp_findings.ts";

/** How bad an issue is, by its share of what it is measured against. */
export type IssueSeverity = "low" | "medium" | "high";

/** Where a count comes from: octets and timestamps, tshark's rules, or how connections went. */
export type IssueSource = "loss" | "tshark_compatible" | "connections";

/** One kind of issue. */
export interface IssueRule {
  readonly type: string;
  readonly source: IssueSource;
  /** What a share is a share of. */
  readonly per: "segments" | "connections";
  /** Shares from which it is medium and high. */
  readonly medium: number;
  readonly high: number;
  readonly countOf: (scan: CaptureScan) => number;
  /** Of a source `loss`: the same count of one direction, and what its evidence is called. */
  readonly inDirection?: (direction: DirectionLoss) => number;
  readonly evidence?: LossKind;
  /** Of the other sources: `TcpFlag` bits that lead to frames; 0 if none does. */
  readonly flags: number;
  /** Of a source `connections`: ids of the flows that are meant, at most so many. */
  readonly flowsOf?: (tcp: TcpFindings, most: number) => readonly number[];
  readonly recommendation: string;
}

function flagged(name: string): (scan: CaptureScan) => number {
  return ({ tcp }) => tcp.totals[name]?.segments ?? 0;
}

/** Flows that were opened and then reset; a refused connection is another matter. */
function resetFlows(tcp: TcpFindings, most: number): readonly number[] {
  const { flows } = tcp.ended("reset", most + tcp.handshakes.refused);
  return flows.filter((flow) => tcp.connection(flow)?.handshake !== "refused").slice(0, most);
}

/** Retransmissions that made up for a loss. */
function proven(counts: LossCounts): number {
  return Math.max(0, counts.retransmissions - counts.spurious);
}

/** Kinds of issues, the gravest causes first. */
export const ISSUE_RULES: readonly IssueRule[] = [
  {
    type: "connection_unanswered",
    source: "connections",
    per: "connections",
    medium: 0.01,
    high: 0.1,
    countOf: ({ tcp }) => tcp.handshakes.unanswered,
    flowsOf: (tcp, most) => tcp.began("unanswered", most).flows,
    flags: TcpFlag.synRetransmission,
    recommendation:
      "A SYN got no answer: the host is gone, a firewall drops it, or the answers take another way past the capture.",
  },
  {
    type: "connection_refused",
    source: "connections",
    per: "connections",
    medium: 0.02,
    high: 0.2,
    countOf: ({ tcp }) => tcp.handshakes.refused,
    flowsOf: (tcp, most) => tcp.began("refused", most).flows,
    flags: TcpFlag.reset,
    recommendation: "A SYN was answered by RST: nothing listens there, or a firewall rejects it.",
  },
  {
    type: "retransmission",
    source: "loss",
    per: "segments",
    medium: 0.005,
    high: 0.02,
    countOf: ({ loss }) => proven(loss.total),
    inDirection: proven,
    evidence: "retransmission",
    flags: 0,
    recommendation:
      "Segments were lost and sent again. Look at loss_upstream and loss_downstream for the side of the capture on which they were lost, then at drops and errors of the interfaces there.",
  },
  {
    type: "spurious_retransmission",
    source: "loss",
    per: "segments",
    medium: 0.005,
    high: 0.02,
    countOf: ({ loss }) => loss.total.spurious,
    inDirection: (direction) => direction.spurious,
    evidence: "retransmission",
    flags: 0,
    recommendation:
      "The receiver had these segments already: ACKs were late or lost, or the path reorders. No capacity is missing; look at the way back and at load balancing per packet.",
  },
  {
    type: "out_of_order",
    source: "loss",
    per: "segments",
    medium: 0.01,
    high: 0.05,
    countOf: ({ loss }) => loss.total.reordered,
    inDirection: (direction) => direction.reordered,
    evidence: "reordered",
    flags: 0,
    recommendation:
      "Segments overtake each other: look for load balancing per packet, parallel links or queues with priorities on the path.",
  },
  {
    type: "duplicate_packet",
    source: "loss",
    per: "segments",
    medium: 0.01,
    high: 0.1,
    countOf: ({ loss }) => loss.total.networkDuplicates,
    inDirection: (direction) => direction.networkDuplicates,
    evidence: "network_duplicate",
    flags: 0,
    recommendation:
      "The same packet was seen more than once: usually a mirror port that copies both directions or VLANs, else a loop. It is not counted as retransmission.",
  },
  {
    type: "unclear_repetition",
    source: "loss",
    per: "segments",
    medium: 0.01,
    high: 0.05,
    countOf: ({ loss }) => loss.total.ambiguous,
    inDirection: (direction) => direction.ambiguous,
    evidence: "ambiguous",
    flags: 0,
    recommendation:
      "Whether these segments were lost or only late cannot be told from this capture (no timestamps, or too many holes). Capture at the sender to know.",
  },
  {
    type: "zero_window",
    source: "tshark_compatible",
    per: "segments",
    medium: 0.001,
    high: 0.01,
    countOf: flagged("zero_window"),
    flags: TcpFlag.zeroWindow,
    recommendation:
      "A receiver had no room: its application reads too slowly. See zero_window for how long senders had to wait; the network is not the cause.",
  },
  {
    type: "window_full",
    source: "tshark_compatible",
    per: "segments",
    medium: 0.005,
    high: 0.05,
    countOf: flagged("window_full"),
    flags: TcpFlag.windowFull,
    recommendation:
      "Senders filled the receiver's window: a larger receive buffer, or window scaling that is not stripped on the way, would allow more.",
  },
  {
    type: "duplicate_ack",
    source: "tshark_compatible",
    per: "segments",
    medium: 0.05,
    high: 0.2,
    countOf: flagged("duplicate_ack"),
    flags: TcpFlag.duplicateAck,
    recommendation:
      "Receivers asked for missing data. By itself a consequence of loss or reordering: read it together with those.",
  },
  {
    type: "reset",
    source: "connections",
    per: "connections",
    medium: 0.05,
    high: 0.2,
    countOf: ({ tcp }) => tcp.ends.reset - tcp.handshakes.refused,
    flowsOf: resetFlows,
    flags: TcpFlag.reset,
    recommendation:
      "Connections were ended by RST. See who sent it: an application that aborts, a firewall or load balancer that timed out, or a port that closed.",
  },
  {
    type: "connection_half_open",
    source: "connections",
    per: "connections",
    medium: 0.01,
    high: 0.1,
    countOf: ({ tcp }) => tcp.handshakes.half_open,
    flowsOf: (tcp, most) => tcp.began("half_open", most).flows,
    flags: 0,
    recommendation:
      "A SYN-ACK was never acknowledged: a SYN scan or flood, or the last step of the handshake is lost or filtered.",
  },
];

/** How bad `count` of `total` is under a rule; one of several says too little to be high. */
export function severityOf(rule: IssueRule, count: number, total: number): IssueSeverity {
  const share = total > 0 ? count / total : 1;
  if (share >= rule.high && (count > 1 || total <= 1)) return "high";
  return share >= rule.medium ? "medium" : "low";
}
