/**
 * Where a capture was taken, from what only one place can show: times to live that were not yet
 * decremented, which leg of the path takes the time, and holes, which nobody has in what he sent.
 *
 * @module
 */
import type { Confidence, Side, Vantage, VantageVerdict } from "./loss_findings.ts";

/** What is known of the packets of one side of a connection. */
export interface SideEvidence {
  /** Segments with data, SYN or FIN that it sent. */
  segments: number;
  /** Time to live of its first segment, 0 if unknown. */
  ttl: number;
  /** True if it sent segments larger than the MSS. */
  hasSuperSegments: boolean;
  /** Retransmissions of it that filled holes of the capture. */
  lostUpstream: number;
  /** Retransmissions of what the capture had. */
  lostDownstream: number;
  /** From the point of capture to the other side and back, nanoseconds, NaN if unknown. */
  legNs: number;
}

/** Nothing known. */
export function noEvidence(): SideEvidence {
  return {
    segments: 0,
    ttl: 0,
    hasSuperSegments: false,
    lostUpstream: 0,
    lostDownstream: 0,
    // A number: what is stored later may have a fraction.
    legNs: NaN,
  };
}

/** Initial times to live of stacks in use: 64 Unix, 128 Windows, 255 routers and Solaris. */
const INITIAL_TTLS: readonly number[] = [64, 128, 255];
/** A leg this many times the other is the far one. */
const FAR_LEG = 5;
const LONGER_LEG = 2;
/** Legs below this are within one host or one wire: their ratio says little. */
const LEG_NOISE_NS = 50_000;
/** Retransmissions that make a rule rather than an accident. */
const LOSSES_TELLING = 3;

/** Points of evidence for each place. */
interface Score {
  a: number;
  b: number;
  middle: number;
  /** What gave them, in words; null if nobody asks, as they take longer than all the rest. */
  readonly reasons: string[] | null;
}

/** Where one connection was captured. */
export function connectionVantage([a, b]: readonly [SideEvidence, SideEvidence]): VantageVerdict {
  const reasons: string[] = [];
  const score: Score = { a: 0, b: 0, middle: 0, reasons };
  scoreAll(score, a, b);
  const side = sideOf(score);
  return {
    side,
    vantage: vantageOf(side, mainSideOf(a, b)),
    confidence: confidenceOf(score),
    reasons,
  };
}

/**
 * Where the whole capture was taken: what connections say, weighed by their segments. The evidence of
 * one is read before that of the next is asked for.
 */
export function captureVantage(
  connections: Iterable<readonly [SideEvidence, SideEvidence]>,
): { readonly vantage: Vantage; readonly confidence: Confidence } {
  const weight: Record<Vantage, number> = {
    sender: 0,
    receiver: 0,
    middle: 0,
    mixed: 0,
    unknown: 0,
  };
  const sure: Record<Confidence, number> = { high: 0, medium: 0, low: 0 };
  const score: Score = { a: 0, b: 0, middle: 0, reasons: null };
  for (const [a, b] of connections) {
    score.a = score.b = score.middle = 0;
    scoreAll(score, a, b);
    const vantage = vantageOf(sideOf(score), mainSideOf(a, b));
    const segments = a.segments + b.segments;
    weight[vantage] += segments;
    if (vantage !== "unknown") sure[confidenceOf(score)] += segments;
  }
  const known = weight.sender + weight.receiver + weight.middle;
  if (known === 0) return { vantage: "unknown", confidence: "low" };
  const places = ["sender", "receiver", "middle"] as const;
  const [top = "sender"] = [...places].sort((x, y) => weight[y] - weight[x]);
  const isClear = weight[top] >= 0.8 * known && known >= weight.unknown;
  const confidence = sure.high >= known / 2
    ? "high"
    : sure.high + sure.medium >= known / 2
    ? "medium"
    : "low";
  return isClear ? { vantage: top, confidence } : { vantage: "mixed", confidence: "low" };
}

function scoreAll(score: Score, a: SideEvidence, b: SideEvidence): void {
  scoreTtl(score, a, b);
  scoreLegs(score, a, b);
  scoreHoles(score, "a", a, b);
  scoreHoles(score, "b", b, a);
}

/** The place with the most points, unless two have as many. */
function sideOf({ a, b, middle }: Score): Side {
  if (a > b && a > middle) return "a";
  if (b > a && b > middle) return "b";
  return middle > a && middle > b ? "middle" : "unknown";
}

/** How sure that is: by the points that the first place is ahead of the second. */
function confidenceOf({ a, b, middle }: Score): Confidence {
  const most = Math.max(a, b, middle);
  const lead = most - (a + b + middle - most - Math.min(a, b, middle));
  return lead >= 4 ? "high" : lead >= 2 ? "medium" : "low";
}

/** The side that sent more. */
function mainSideOf(a: SideEvidence, b: SideEvidence): "a" | "b" {
  return b.segments > a.segments ? "b" : "a";
}

function vantageOf(side: Side, mainSide: "a" | "b"): Vantage {
  if (side === "middle" || side === "unknown") return side;
  return side === mainSide ? "sender" : "receiver";
}

function scoreTtl(score: Score, a: SideEvidence, b: SideEvidence): void {
  if (a.ttl === 0 || b.ttl === 0) return;
  const isAInitial = INITIAL_TTLS.includes(a.ttl);
  const isBInitial = INITIAL_TTLS.includes(b.ttl);
  if (isAInitial && isBInitial) return;
  if (isAInitial) score.a += 2;
  else if (isBInitial) score.b += 2;
  else score.middle += 2;
  if (score.reasons === null) return;
  const text = `TTL ${a.ttl} from A, ${b.ttl} from B`;
  score.reasons.push(`${text}: ${isAInitial ? "A" : isBInitial ? "B" : "neither"} is on this wire`);
}

/** The leg that a side's packets start is the one to the other side. */
function scoreLegs(score: Score, a: SideEvidence, b: SideEvidence): void {
  const toB = a.legNs;
  const toA = b.legNs;
  const longer = Math.max(toA, toB);
  if (!(longer >= LEG_NOISE_NS)) return;
  const shorter = Math.max(1, Math.min(toA, toB));
  const ratio = longer / shorter;
  const points = ratio >= FAR_LEG ? 3 : ratio >= LONGER_LEG ? 1 : 0;
  if (points === 0) score.middle += 2;
  else if (toA < toB) score.a += points;
  else score.b += points;
  if (score.reasons === null) return;
  const text = `round trip to A ${milliseconds(toA)}, to B ${milliseconds(toB)}`;
  score.reasons.push(`${text}: ${points === 0 ? "midway" : toA < toB ? "near A" : "near B"}`);
}

/** Nobody has holes in what he sent himself. */
function scoreHoles(score: Score, name: "a" | "b", own: SideEvidence, other: SideEvidence): void {
  const label = name.toUpperCase();
  const { lostUpstream, lostDownstream } = own;
  const otherName = name === "a" ? "b" : "a";
  if (lostUpstream >= LOSSES_TELLING) {
    score[name] -= 4;
    if (lostDownstream * 10 < lostUpstream) score[otherName] += 3;
    else score.middle += 3;
    score.reasons?.push(
      `${lostUpstream} segments of ${label} were lost before this point, ${lostDownstream} after it`,
    );
  } else if (lostDownstream >= LOSSES_TELLING && lostUpstream === 0) {
    score[name] += 3;
    score.reasons?.push(`none of ${lostDownstream} lost segments of ${label} is missing here`);
  }
  if (own.hasSuperSegments && !other.hasSuperSegments) {
    score.middle -= 1;
    score.reasons?.push(`segments of ${label} beyond the MSS: an end host offloads here`);
  }
}

function milliseconds(ns: number): string {
  return `${(ns / 1e6).toFixed(ns < 1e6 ? 3 : 1)} ms`;
}
