/**
 * The question `explain`: the story of one connection, and what its time went to.
 *
 * @module
 */
import { typeName } from "../../dns_wire/records.ts";
import type { AppFacts } from "../app/app_facts.ts";
import { msOf, rounded } from "./rounding.ts";
import type { Capture, QuestionContext } from "../engine/question.ts";
import type { ConnectionLoss, DirectionLoss } from "../loss/loss_findings.ts";
import type { DirectionTimes } from "../rtt/rtt_findings.ts";
import type { CaptureScan } from "../scan.ts";
import { endingOf } from "../story/ending_words.ts";
import { CLIENT, type Role, roleName, SERVER } from "../story/flow_packet.ts";
import { type FlowFindings, tellFlow } from "../story/flow_story.ts";
import type { Opening } from "../story/handshake_watch.ts";
import type { Stall } from "../story/stall_finder.ts";
import { relativeSec, timelineOf } from "../story/timeline.ts";
import { unknownsOf } from "../story/unknowns.ts";
import { type SlowVerdict, whySlow } from "../story/why_slow.ts";
import type { TcpConnection } from "../tcp/tcp_findings.ts";
import { qualityOf } from "./capture_quality.ts";
import { endsOf, otherSide } from "./conversations.ts";
import { coverageOf } from "./coverage.ts";
import type { Both, ExplainAnswer, OpeningPacket } from "./explain_answer.ts";
import { flowSelector, noSuchFlow, type WantedFlow } from "./flow_selector.ts";
import { isoTime, secondsBetween } from "./iso_time.ts";
import { endpointText } from "./flow_text.ts";
import { milliseconds } from "./tcp_issues.ts";

/** Parameters of {@link askExplain}. */
export type ExplainParams = WantedFlow;

/** Longest stalls that are shown in full; the timeline has more. */
const STALLS_SHOWN = 10;
/** Other flows between the same ends that are named. */
const SAME_ENDS_SHOWN = 20;

/**
 * Tells the story of one flow.
 * @throws {InputError} `input.stream`, `input.packet_number`, `input.endpoints`
 */
export async function askExplain(
  params: ExplainParams,
  [capture]: readonly Capture[],
  { signal }: QuestionContext,
): Promise<ExplainAnswer> {
  if (capture === undefined) throw new TypeError("A question needs a capture");
  const select = await flowSelector(params, capture);
  const scan = await capture.scan();
  signal.throwIfAborted();
  const { flows, facts } = scan;
  const id = first(flows.size, (flow) => select(flows, flow));
  if (id === null) throw noSuchFlow(params, facts.packets, flows);
  return answerOf(scan, id, await tellFlow(capture, scan, id));
}

function answerOf(scan: CaptureScan, id: number, findings: FlowFindings): ExplainAnswer {
  const { facts, flows } = scan;
  const { client, stalls, turns, rates, icmp, ending, isTcp } = findings;
  const tcp = scan.tcp.connection(id);
  const app = scan.apps.byFlow.get(id) ?? null;
  const loss = scan.loss.connection(flows.tcpNumber(id));
  const quality = qualityOf(scan);
  const firstNs = flows.firstNs(id);
  const side = (role: Role) => role === CLIENT ? client : otherSide(client);
  const both = <T>(of: (role: Role) => T): Both<T> => ({ client: of(CLIENT), server: of(SERVER) });
  const packets = both((role) => flows.packets(id, side(role)));
  // Where a side of TCP that never sent stands in its sequence numbers is known from ACKs alone.
  const isOneSided = flows.packets(id, 1) === 0 && (!isTcp || flows.baseSequence(id, 1) >= 0);
  const until = stalls.stalls.map((one) => one.startNs + one.durationNs);
  const observedNs = Math.max(flows.lastNs(id), ...until) - firstNs;
  const times = findings.times?.times?.directions ?? null;
  const verdict = whySlow(findings, {
    observedNs: observedNs > 0 ? observedNs : 0,
    outcome: tcp,
    quality,
    isOneSided,
    isSpurious: isSpurious(loss),
  });
  return {
    ...coverageOf(facts),
    capture_quality: quality,
    stream: streamOf(scan, id),
    client: endpointText(flows, id, client),
    server: endpointText(flows, id, otherSide(client)),
    first_frame: flows.firstFrame(id),
    last_frame: findings.lastFrame,
    start_time: isoTime(facts.baseSec, firstNs),
    duration_seconds: secondsBetween(firstNs, flows.lastNs(id)),
    packets,
    bytes: both((role) => flows.octets(id, side(role))),
    same_endpoints: sameEnds(scan, id),
    why_slow: verdictAnswer(verdict),
    timeline: timelineOf(findings, { firstNs, app, tcp }),
    dns: dnsOf(findings, firstNs),
    handshake: isTcp ? handshakeOf(findings, tcp, firstNs) : null,
    rtt_ms: both((role) => milliseconds(findings.times?.data[side(role)] ?? null)),
    application: app === null ? null : applicationOf(app, findings),
    responses: {
      times_ms: milliseconds(turns.responses),
      slowest_frames: turns.slowest === null
        ? []
        : [turns.slowest.request.frame, turns.slowest.response.frame],
      first_data_frames: both((role) => turns.firstData[role]?.frame ?? null),
    },
    throughput: {
      bin_ms: rates.widthNs / 1e6,
      bytes: { client: rates.client, server: rates.server },
    },
    stalls: {
      count: stalls.count,
      limit_ms: msOf(stalls.limitNs),
      longest: longestFirst(stalls.stalls).slice(0, STALLS_SHOWN).map((one) => ({
        cause: one.cause,
        waited_for: one.waitedFor,
        start_relative: relativeSec(one.startNs, firstNs),
        duration_ms: msOf(one.durationNs),
        after_frame: one.afterFrame,
        before_frame: one.beforeFrame,
        frames: one.frames,
        detail: one.detail,
      })),
    },
    loss: loss === null ? null : {
      ...both((role) => lossOf(loss.directions[side(role)])),
      vantage: loss.vantage.vantage,
      confidence: loss.vantage.confidence,
    },
    limits: times === null ? null : both((role) => limitsOf(times[side(role)])),
    zero_window_ms: times === null ? null : both((role) => msOf(times[side(role)].zeroWindowNs)),
    tshark_compatible: (tcp?.counts ?? []).map(({ name, side: from, count, frames }) => ({
      name,
      from: from === client ? "client" : "server",
      count,
      frames,
    })),
    icmp_errors: icmp.errors.map((one) => ({
      frame: one.frame,
      from: one.from,
      text: one.text,
      about: one.side === client ? "client" : "server",
      mtu: one.mtu,
      quoted_bytes: one.quotedBytes,
    })),
    icmp_error_count: icmp.count,
    path_mtu_suspicion: findings.stuck === null ? null : {
      from: roleName(findings.stuck.role),
      bytes: findings.stuck.octets,
      acked_bytes: findings.stuck.ackedOctets,
      repeated: findings.stuck.repeated,
      frames: findings.stuck.frames,
    },
    end: isTcp ? endingOf(ending) : null,
    unknown: unknownsOf(findings, {
      facts,
      quality,
      loss,
      isOneSided,
      beganBefore: tcp?.handshake === "no_syn",
    }),
  };
}

function isSpurious(loss: ConnectionLoss | null): boolean {
  const [a, b] = loss?.directions ?? [];
  const retransmissions = (a?.retransmissions ?? 0) + (b?.retransmissions ?? 0);
  return retransmissions > 0 && retransmissions === (a?.spurious ?? 0) + (b?.spurious ?? 0);
}

function longestFirst(stalls: readonly Stall[]): Stall[] {
  return [...stalls].sort((a, b) => b.durationNs - a.durationNs);
}

function streamOf({ flows }: CaptureScan, id: number): string {
  const { protocol, stream } = endsOf(flows, id, 0);
  return `${protocol === "TCP" ? "tcp" : "udp"}:${stream}`;
}

/** Streams of other flows between the same ends: ports that were used again. */
function sameEnds(scan: CaptureScan, id: number): string[] {
  const { flows } = scan;
  const ends = (flow: number): string =>
    [endpointText(flows, flow, 0), endpointText(flows, flow, 1)].sort().join(" ");
  const wanted = ends(id);
  const found: string[] = [];
  for (let flow = 0; flow < flows.size && found.length < SAME_ENDS_SHOWN; flow++) {
    const isAlike = flow !== id && flows.protocol(flow) === flows.protocol(id) &&
      flows.port(flow, 0) + flows.port(flow, 1) === flows.port(id, 0) + flows.port(id, 1);
    if (isAlike && ends(flow) === wanted) found.push(streamOf(scan, flow));
  }
  return found;
}

function verdictAnswer({ cause, share, ns, explanation, confidence, causes }: SlowVerdict) {
  return {
    cause,
    share: rounded(share),
    milliseconds: msOf(ns),
    explanation,
    confidence,
    causes: causes.map((one) => ({
      cause: one.cause,
      milliseconds: msOf(one.ns),
      share: rounded(one.share),
    })),
  };
}

function dnsOf({ lookup }: FlowFindings, firstNs: number): ExplainAnswer["dns"] {
  if (lookup === null) return null;
  const { name, type, server, asker, query, queries, answer } = lookup;
  return {
    name,
    type: typeName(type),
    name_server: server,
    asked_by: asker,
    latency_ms: query === null ? null : toMsOrNull(answer.ns - query.ns),
    queries,
    before_ms: toMsOrNull(firstNs - answer.ns),
    frames: query === null ? [answer.frame] : [query.frame, answer.frame],
  };
}

function handshakeOf(
  { handshake, times }: FlowFindings,
  tcp: TcpConnection | null,
  firstNs: number,
): ExplainAnswer["handshake"] {
  const { syn, synAck, ack, repeated, repeatedFrames } = handshake;
  const leg = (ns: number | null | undefined) => ns === null || ns === undefined ? null : msOf(ns);
  return {
    state: tcp?.handshake ?? "no_syn",
    syn: syn === null ? null : openingOf(syn, firstNs),
    syn_ack: synAck === null ? null : openingOf(synAck, firstNs),
    ack_frame: ack?.frame ?? null,
    to_server_ms: leg(times?.times?.serverLegNs),
    to_client_ms: leg(times?.times?.clientLegNs),
    repeated,
    repeated_frames: repeatedFrames,
  };
}

function openingOf(opening: Opening, firstNs: number): OpeningPacket {
  return {
    frame: opening.frame,
    time_relative: relativeSec(opening.ns, firstNs),
    mss: opening.mss,
    window_scale: opening.windowScale,
    sack: opening.hasSack,
    timestamps: opening.hasTimestamps,
  };
}

/** The facts of the first messages, and how long the server took for the second. */
function applicationOf(app: AppFacts, { frameNs }: FlowFindings): ExplainAnswer["application"] {
  const named = Object.entries(app).filter(([, value]) => value !== undefined);
  const tookNs = (frameNs.get(app.serverFrame ?? 0) ?? NaN) -
    (frameNs.get(app.clientFrame ?? 0) ?? NaN);
  return {
    ...Object.fromEntries(named.map(([name, value]) => [snakeCase(name), value])),
    ...(tookNs >= 0 ? { answered_after_ms: msOf(tookNs) } : {}),
  };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function lossOf(one: DirectionLoss): Record<string, number | readonly number[]> {
  return {
    segments: one.segments,
    retransmissions: one.retransmissions,
    spurious: one.spurious,
    reordered: one.reordered,
    duplicates: one.networkDuplicates,
    ambiguous: one.ambiguous,
    lost_upstream: one.lostUpstream,
    lost_downstream: one.lostDownstream,
    missed_by_capture_bytes: one.missedOctets,
    frames: one.evidence.map(({ frame }) => frame),
  };
}

function limitsOf({ limits }: DirectionTimes): Record<string, string | number> | null {
  if (limits === null) return null;
  return {
    limited_by: limits.limitedBy,
    share: rounded(limits.share),
    receiver_window: rounded(limits.receiverWindowMs),
    congestion: rounded(limits.congestionMs),
    loss: rounded(limits.lossMs),
    application: rounded(limits.applicationMs),
    confidence: limits.confidence,
  };
}

function first(count: number, holds: (index: number) => boolean): number | null {
  for (let index = 0; index < count; index++) if (holds(index)) return index;
  return null;
}

function toMsOrNull(ns: number): number | null {
  return Number.isFinite(ns) ? msOf(ns) : null;
}
