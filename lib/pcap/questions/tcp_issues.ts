/**
 * The question `tcp_issues`: what is wrong with TCP in a capture, how bad, where, and how sure that is.
 *
 * @module
 */
import type { Capture, QuestionContext } from "../engine/question.ts";
import type { ConnectionLoss } from "../loss/loss_findings.ts";
import type { RttSummary } from "../rtt/rtt_findings.ts";
import type { CaptureScan } from "../scan.ts";
import type { CaptureQuality } from "../quality/finding.ts";
import { tcpFlagNames } from "../tcp/flags.ts";
import { qualityOf } from "./capture_quality.ts";
import { type Coverage, coverageOf } from "./coverage.ts";
import { sayFlow } from "./flow_text.ts";
import { msOf, rounded } from "./rounding.ts";
import { type SlowConnection, slowConnections } from "./slow_connections.ts";
import { ISSUE_RULES, type IssueRule, type IssueSeverity, severityOf } from "./tcp_issue_rules.ts";

/** Flows that an issue names. */
const FLOWS_SHOWN = 5;
/** Frames that an issue shows as evidence. */
const FRAMES_SHOWN = 8;

/** Parameters of {@link askTcpIssues}. */
export interface TcpIssuesParams {
  /** Most connections to list among those that waited longest. */
  readonly top_n: number;
}

/** One issue. */
export interface TcpIssue {
  readonly issue_type: string;
  readonly count: number;
  /** Share of `per`, 0 to 1. */
  readonly rate: number;
  readonly per: "segments" | "connections";
  readonly source: string;
  readonly severity: IssueSeverity;
  /** `10.0.0.1:40000 -> 10.0.0.2:443 (tcp stream 3)`, most affected first. */
  readonly affected_flows: string[];
  /** Frame numbers as evidence. */
  readonly frames: number[];
  readonly recommendation: string;
}

/** A distribution of round-trip times, milliseconds. */
export type RttMs = {
  readonly samples: number;
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
};

/** Answer of {@link askTcpIssues}. */
export interface TcpIssuesAnswer extends Coverage {
  readonly capture_quality: CaptureQuality;
  readonly total_tcp_packets: number;
  readonly total_connections: number;
  readonly issues: TcpIssue[];
  readonly has_issues: boolean;
  /** Segments with each flag that tshark 4.0 would show. */
  readonly tshark_compatible: Record<string, number>;
  readonly loss: Record<string, number | string>;
  readonly rtt_ms: Record<string, RttMs | null>;
  readonly zero_window: { readonly times: number; readonly total_ms: number };
  readonly handshakes: Readonly<Record<string, number>>;
  readonly ends: Readonly<Record<string, number>>;
  readonly slow_connections: SlowConnection[];
}

/** What is wrong with TCP. */
export async function askTcpIssues(
  { top_n }: TcpIssuesParams,
  [capture]: readonly Capture[],
  _cx: QuestionContext,
): Promise<TcpIssuesAnswer> {
  if (capture === undefined) throw new TypeError("A question needs a capture");
  const scan = await capture.scan();
  const { tcp, rtt } = scan;
  const issues = ISSUE_RULES.map((rule) => issueOf(scan, rule)).filter((one) => one !== null);
  issues.sort((a, b) => RANK[a.severity] - RANK[b.severity]);
  return {
    ...coverageOf(scan.facts),
    capture_quality: qualityOf(scan),
    total_tcp_packets: tcp.segments,
    total_connections: tcp.connections,
    issues,
    has_issues: issues.length > 0,
    tshark_compatible: Object.fromEntries(
      Object.entries(tcp.totals).map(([name, { segments }]) => [name, segments]),
    ),
    loss: lossOf(scan),
    rtt_ms: {
      handshake: milliseconds(rtt.handshake),
      to_server: milliseconds(rtt.serverLeg),
      to_client: milliseconds(rtt.clientLeg),
      first_speaker_data: milliseconds(rtt.dataFromA),
      other_side_data: milliseconds(rtt.dataFromB),
    },
    zero_window: { times: rtt.zeroWindows, total_ms: msOf(rtt.zeroWindowNs) },
    handshakes: tcp.handshakes,
    ends: tcp.ends,
    slow_connections: slowConnections(scan, top_n),
  };
}

const RANK: Readonly<Record<IssueSeverity, number>> = { high: 0, medium: 1, low: 2 };

function issueOf(scan: CaptureScan, rule: IssueRule): TcpIssue | null {
  const count = rule.countOf(scan);
  if (count <= 0) return null;
  const total = rule.per === "segments" ? scan.loss.total.segments : scan.tcp.connections;
  const flows = affectedFlows(scan, rule);
  return {
    issue_type: rule.type,
    count,
    rate: total > 0 ? rounded(count / total) : 1,
    per: rule.per,
    source: rule.source,
    severity: severityOf(rule, count, total),
    affected_flows: flows.map((id) => sayFlow(scan.flows, id)),
    frames: flows.flatMap((id) => framesOf(scan, rule, id)).slice(0, FRAMES_SHOWN)
      .sort((a, b) => a - b),
    recommendation: rule.recommendation,
  };
}

/** Flows with most of what a rule counts. */
function affectedFlows({ tcp, loss, flows }: CaptureScan, rule: IssueRule): readonly number[] {
  const { inDirection, flowsOf } = rule;
  if (flowsOf !== undefined) return flowsOf(tcp, FLOWS_SHOWN);
  if (inDirection === undefined) return tcp.affected(rule.flags, FLOWS_SHOWN).flows;
  const countOf = ({ directions: [a, b] }: ConnectionLoss) => inDirection(a) + inDirection(b);
  const counted = loss.worst.filter((one) => countOf(one) > 0);
  counted.sort((one, other) => countOf(other) - countOf(one));
  const ids = counted.slice(0, FLOWS_SHOWN).map(({ tcp: number }) => flows.flowOfTcp(number));
  return ids.filter((id) => id >= 0);
}

function framesOf({ tcp, loss, flows }: CaptureScan, rule: IssueRule, id: number): number[] {
  const { inDirection } = rule;
  if (inDirection !== undefined) {
    const directions = loss.connection(flows.tcpNumber(id))?.directions ?? [];
    return directions.filter((one) => inDirection(one) > 0).flatMap(({ evidence }) =>
      evidence.filter(({ kind }) => kind === rule.evidence).map(({ frame }) => frame)
    );
  }
  const wanted = tcpFlagNames(rule.flags);
  const counts = tcp.connection(id)?.counts ?? [];
  const frames = counts.filter(({ name }) => wanted.includes(name))
    .flatMap((count) => count.frames);
  // What never came has no frame: the connection's first one stands for it.
  return frames.length > 0 ? frames : [flows.firstFrame(id)];
}

function lossOf({ loss }: CaptureScan): Record<string, number | string> {
  const { total, vantage } = loss;
  return {
    segments: total.segments,
    retransmissions: total.retransmissions,
    retransmitted_bytes: total.retransmittedOctets,
    spurious: total.spurious,
    reordered: total.reordered,
    duplicates: total.networkDuplicates,
    ambiguous: total.ambiguous,
    lost_upstream: total.lostUpstream,
    lost_downstream: total.lostDownstream,
    missed_by_capture_bytes: total.missedOctets,
    affected_connections: loss.affected,
    vantage: vantage.vantage,
    confidence: vantage.confidence,
  };
}

/** A distribution in milliseconds. */
export function milliseconds(summary: RttSummary | null): RttMs | null {
  if (summary === null) return null;
  return {
    samples: summary.samples,
    min: msOf(summary.minNs),
    p50: msOf(summary.p50Ns),
    p95: msOf(summary.p95Ns),
    p99: msOf(summary.p99Ns),
    max: msOf(summary.maxNs),
  };
}
