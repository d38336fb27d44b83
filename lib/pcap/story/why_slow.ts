/**
 * The verdict on a flow: what its time went to, most first, built from its stalls, from what its data
 * waited for, and from how long answers took.
 *
 * @module
 */
import type { CaptureQuality, QualityCode } from "../quality/finding.ts";
import { sayNs } from "../questions/say_amount.ts";
import type { DirectionTimes, LimitVerdict } from "../rtt/rtt_findings.ts";
import type { ConnectionOutcome } from "../tcp/connection_outcome.ts";
import type { FlowFindings } from "./flow_story.ts";
import type { StallCause } from "./stall_cause.ts";
import type { Stall } from "./stall_finder.ts";

/** What a flow's time went to. */
export type SlowCause =
  /** The server refused the connection, or nobody answered the SYN. */
  | "refused"
  | "unanswered"
  /** Large packets do not get through. */
  | "path_mtu"
  | "loss"
  /** A window was closed or too small. */
  | "receiver_window"
  /** The congestion window: the path's capacity or delay. */
  | "congestion"
  | "server"
  | "client"
  /** Many requests one after another, each a round trip. */
  | "round_trips"
  | "handshake"
  | "late_ack"
  | "capture_gap"
  | "idle"
  | "none";

/** What one cause took. */
export interface CauseShare {
  readonly cause: SlowCause;
  readonly ns: number;
  /** Part of the flow's time, 0 to 1. Causes can overlap. */
  readonly share: number;
}

/** The verdict. */
export interface SlowVerdict extends CauseShare {
  /** One sentence. */
  readonly explanation: string;
  readonly confidence: "high" | "medium" | "low";
  /** Everything that took time, most first. */
  readonly causes: readonly CauseShare[];
}

/** What is known beside the walk. */
export interface VerdictHints {
  /** From the first packet to the last, or to the end of the capture if something was due; nanoseconds. */
  readonly observedNs: number;
  readonly outcome: ConnectionOutcome | null;
  readonly quality: CaptureQuality;
  /** Only one direction was captured, though both were there. */
  readonly isOneSided: boolean;
  /** All that was sent again had arrived. */
  readonly isSpurious: boolean;
}

/** A cause with a smaller part of the time explains nothing. */
const SHARE_TELLING = 0.1;
/** What took less in all is not slow, nanoseconds. */
const FAST_NS = 200e6;

/** Faults of a capture for which its times and losses are not what they seem. */
const DOUBTFUL: ReadonlySet<QualityCode> = new Set([
  "dropped_by_capture",
  "acked_unseen",
  "headers_cut",
  "duplicate_frames",
  "clock_backwards",
  "clock_forward",
  "no_timestamps",
  "damaged",
]);

const OF_STALL: Readonly<Record<StallCause, SlowCause>> = {
  capture_gap: "capture_gap",
  handshake: "handshake",
  zero_window: "receiver_window",
  retransmission_timeout: "loss",
  late_ack: "late_ack",
  waiting_for_server: "server",
  waiting_for_client: "client",
  idle: "idle",
};

/** Why the flow took as long as it did. */
export function whySlow(findings: FlowFindings, hints: VerdictHints): SlowVerdict {
  const causes = causesOf(findings, hints.observedNs);
  const failure = failureOf(findings, hints);
  if (failure !== null) return { ...failure, causes };
  const [most] = causes;
  if (most === undefined || most.share < SHARE_TELLING || hints.observedNs < FAST_NS) {
    return {
      cause: "none",
      ns: 0,
      share: 0,
      explanation: hints.observedNs < FAST_NS
        ? `It was over after ${sayNs(hints.observedNs)}: nothing held it up.`
        : "Nothing that was seen held it up.",
      confidence: confidenceOf("high", hints),
      causes,
    };
  }
  const { stuck } = findings;
  const cause = most.cause === "loss" && stuck !== null ? "path_mtu" : most.cause;
  return {
    ...most,
    cause,
    explanation: `${explain(cause, findings, hints)}: ${sayNs(most.ns)}, ${
      Math.round(most.share * 100)
    } % of the time${longestOf(findings.stalls.stalls, most.cause)}.`,
    confidence: confidenceOf(certaintyOf(cause, findings), hints),
    causes,
  };
}

function failureOf(
  { handshake, ending, stalls }: FlowFindings,
  { outcome, observedNs }: VerdictHints,
): Omit<SlowVerdict, "causes"> | null {
  const { syn, repeated } = handshake;
  if (syn === null || outcome === null) return null;
  const share = 1;
  if (outcome.handshake === "unanswered") {
    const sent = repeated === 0 ? "once" : `${repeated + 1} times`;
    const over = stalls.count > 0 ? ` over ${sayNs(observedNs)}` : "";
    const explanation = `Nobody answered: the SYN was sent ${sent}${over} (frame ${syn.frame}).`;
    return { cause: "unanswered", ns: observedNs, share, explanation, confidence: "high" };
  }
  if (outcome.handshake !== "refused" || ending.reset === null) return null;
  const after = sayNs(ending.reset.ns - syn.ns);
  const explanation =
    `The server refused the connection: RST ${after} after the SYN (frame ${ending.reset.frame}).`;
  return { cause: "refused", ns: observedNs, share, explanation, confidence: "high" };
}

/** Time by cause, most first. */
function causesOf(findings: FlowFindings, observedNs: number): CauseShare[] {
  const ns = new Map<SlowCause, number>();
  const raise = (cause: SlowCause, to: number): void => {
    if (to > (ns.get(cause) ?? 0)) ns.set(cause, to);
  };
  for (const [cause, stalledNs] of findings.stalls.nsByCause) raise(OF_STALL[cause], stalledNs);
  for (const limits of limitsOf(findings)) {
    raise("loss", limits.lossMs * 1e6);
    raise("receiver_window", limits.receiverWindowMs * 1e6);
    raise("congestion", limits.congestionMs * 1e6);
    if (limits.confidence === "low") continue;
    const [client, server] = findings.turns.firstData;
    // Of a transfer one way only, nothing to send is its sender's matter; else it may be the other's turn.
    if (server === null) raise("client", limits.applicationMs * 1e6);
    else if (client === null) raise("server", limits.applicationMs * 1e6);
  }
  const { responses, responseNs } = findings.turns;
  const tripsNs = (responses?.samples ?? 0) * (findings.times?.times?.serverLegNs ?? 0);
  raise("server", responseNs - tripsNs);
  if ((responses?.samples ?? 0) > 1) raise("round_trips", Math.min(responseNs, tripsNs));
  const total = Math.max(observedNs, 1);
  return [...ns].map(([cause, took]) => ({ cause, ns: took, share: Math.min(1, took / total) }))
    .sort((a, b) => b.ns - a.ns);
}

function limitsOf({ times }: FlowFindings): LimitVerdict[] {
  const directions: readonly DirectionTimes[] = times?.times?.directions ?? [];
  return directions.map(({ limits }) => limits).filter((limits) => limits !== null);
}

function explain(
  cause: SlowCause,
  { handshake, stuck, turns }: FlowFindings,
  { isSpurious }: VerdictHints,
): string {
  switch (cause) {
    case "path_mtu":
      return `Segments of ${stuck?.octets} octets do not get through, larger ones than any that did (${stuck?.ackedOctets}): a path MTU black hole is likely`;
    case "loss":
      return isSpurious
        ? "Data was sent again though it had arrived: ACKs were lost or late"
        : "Data was lost and had to be sent again";
    case "receiver_window":
      return "The receiver had no room";
    case "congestion":
      return "The sender waited for acknowledgments with room in the window: the path's capacity or delay";
    case "server":
      return "It waited for the server";
    case "client":
      return "It waited for the client";
    case "round_trips":
      return `${turns.responses?.samples} requests one after another, each at the price of a round trip`;
    case "handshake":
      return handshake.synAck === null
        ? "The connection did not open"
        : "The connection opened late";
    case "late_ack":
      return "Data was acknowledged late, though it was not sent again";
    case "capture_gap":
      return "The capture has a gap; what happened in it is not known";
    default:
      return "Nobody had anything to say";
  }
}

/** The longest stall of a cause, as evidence. */
function longestOf(stalls: readonly Stall[], cause: SlowCause): string {
  const longest = stalls.filter((one) => OF_STALL[one.cause] === cause)
    .sort((a, b) => b.durationNs - a.durationNs)[0];
  if (longest === undefined) return "";
  const until = longest.beforeFrame === null
    ? `from frame ${longest.afterFrame} to the end of the capture`
    : `between frames ${longest.afterFrame} and ${longest.beforeFrame}`;
  return ` (longest ${sayNs(longest.durationNs)}, ${until}: ${longest.detail})`;
}

/** What is stalled is seen; what a transfer waited for is inferred, well only near the sender. */
function certaintyOf(cause: SlowCause, findings: FlowFindings): SlowVerdict["confidence"] {
  if (cause === "path_mtu") {
    const isTold = findings.icmp.errors.some(({ mtu }) => mtu !== null);
    return isTold ? "high" : (findings.stuck?.ackedOctets ?? 0) > 0 ? "medium" : "low";
  }
  const isSeen = [...findings.stalls.nsByCause.keys()].some((one) => OF_STALL[one] === cause);
  if (isSeen) return "high";
  if (cause === "server" || cause === "round_trips") return "medium";
  return limitsOf(findings).some(({ confidence }) => confidence === "high") ? "high" : "low";
}

/** A capture that cannot be trusted takes away from it, and so does one of one direction. */
function confidenceOf(
  certainty: SlowVerdict["confidence"],
  { quality, isOneSided }: VerdictHints,
): SlowVerdict["confidence"] {
  const doubts = quality.findings.filter(({ code }) => DOUBTFUL.has(code));
  if (isOneSided || doubts.some(({ severity }) => severity === "high")) return "low";
  const isDoubted = doubts.some(({ severity }) => severity === "medium");
  return isDoubted && certainty === "high" ? "medium" : certainty;
}
