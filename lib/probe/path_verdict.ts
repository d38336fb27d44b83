/**
 * Judges a measured path: does loss persist to the destination, or do routers on the way merely
 * limit how many probes they answer? A router's own answers say little; what passed through it to
 * later hops says all.
 *
 * @module
 */
import { z } from "zod";
import { sayPercent } from "../words/amount.ts";

/** Schema of {@link PathVerdict}. */
export const pathVerdict = () =>
  z.object({
    kind: z.enum([
      "clean",
      "loss_to_destination",
      "rate_limited_routers",
      "unreachable",
      "no_answer",
      "routing_loop",
      "inconclusive",
    ]),
    from_hop: z.number().nullable().describe("First hop concerned"),
    loss_percent: z.number().nullable().describe("Loss at the destination"),
    rate_limited_hops: z.array(z.number()).describe(
      "Their loss does not reach later hops: harmless",
    ),
    explanation: z.string(),
    confidence: z.enum(["high", "medium", "low"]),
  });

/** What a path is judged to be. */
export type PathVerdict = z.infer<ReturnType<typeof pathVerdict>>;

/** One hop as the verdict sees it. */
export interface MeasuredHop {
  readonly hop: number;
  /** Canonical address that answered most, or null for silence. */
  readonly address: string | null;
  readonly sent: number;
  readonly received: number;
  /** True if the destination itself answered here. */
  readonly isDestination: boolean;
  /** What an ICMP unreachable from here said, or null. */
  readonly unreachable: string | null;
}

/** How the path was measured. */
export interface Measurement {
  /** False if the run was stopped early. */
  readonly complete: boolean;
  /**
   * True if the destination answers by ICMP errors, which hosts limit too (UDP traceroute): its own
   * missing answers then prove nothing.
   */
  readonly destinationMayRateLimit: boolean;
}

type Confidence = PathVerdict["confidence"];

/** Below this, chance alone is not believed. */
const UNLIKELY = 0.05;
/** So many probes miss a loss of 25 % in one run of twenty only: 0.75^10 ≈ 0.05. */
const ENOUGH = 10;

/** Judges the hops of one measurement, in order of hop number. */
export function judgePath(hops: readonly MeasuredHop[], how: Measurement): PathVerdict {
  const destination = hops.find((hop) => hop.isDestination && hop.received > 0);
  if (destination === undefined) return judgeUnreached(hops, how);
  const path = hops.filter((hop) => hop.hop <= destination.hop && hop.sent > 0);
  const answering = path.filter((hop) => hop.received > 0);
  const limited = answering.filter((hop) => !hop.isDestination && isMerelyLimited(hop, path))
    .map((hop) => hop.hop);
  const loss = lossOf(destination);
  const base = { loss_percent: percent(loss), rate_limited_hops: limited };
  if (destination.received < destination.sent) {
    if (how.destinationMayRateLimit) {
      return {
        ...base,
        kind: "inconclusive",
        from_hop: destination.hop,
        confidence: "low",
        explanation: `The destination answered ${destination.received} of ${destination.sent} ` +
          "probes; hosts limit such answers, so this need not be loss. mtr can tell",
      };
    }
    return { ...base, ...judgeLoss(destination, answering, limited) };
  }
  const [first] = limited;
  if (first !== undefined) {
    const worst = answering.filter((hop) => limited.includes(hop.hop))
      .map((hop) => `${hop.hop} (${sayPercent(percent(lossOf(hop)))})`);
    const one = limited.length === 1;
    return {
      ...base,
      kind: "rate_limited_routers",
      from_hop: first,
      confidence: limitedConfidence(path, limited),
      explanation: `Nothing is lost on the way to the destination: ${one ? "hop" : "hops"} ${
        worst.slice(0, 5).join(", ")
      } ${one ? "leaves" : "leave"} probes unanswered only because ${
        one ? "it limits its" : "they limit their"
      } own answers`,
    };
  }
  const silent = path.filter((hop) => hop.received === 0).map((hop) => hop.hop);
  return {
    ...base,
    kind: "clean",
    from_hop: null,
    confidence: destination.sent >= ENOUGH ? "high" : destination.sent > 2 ? "medium" : "low",
    explanation: silent.length === 0
      ? "No loss at any hop"
      : `No loss to the destination; ${
        silent.length === 1
          ? `hop ${silent[0]} never answers`
          : `hops ${silent.join(", ")} never answer`
      } probes, which is common and harmless`,
  };
}

function judgeLoss(
  destination: MeasuredHop,
  answering: readonly MeasuredHop[],
  limited: readonly number[],
): Pick<PathVerdict, "kind" | "from_hop" | "explanation" | "confidence"> {
  const loss = lossOf(destination);
  const before = answering.filter((hop) => !hop.isDestination && hop.hop < destination.hop);
  // The last router whose own loss is too small for the destination's loss to lie before it.
  const lastGood = before.findLast((hop) =>
    hop.received === hop.sent || chanceOfAtMost(hop.sent - hop.received, hop.sent, loss) < UNLIKELY
  );
  const from = answering.find((hop) => hop.hop > (lastGood?.hop ?? 0)) ?? destination;
  const lost = destination.sent - destination.received;
  const sure = lastGood === undefined ||
    chanceOfAtMost(lastGood.sent - lastGood.received, lastGood.sent, loss) < UNLIKELY;
  const where = lastGood === undefined
    ? `from the first answering hop (${from.hop}) on`
    : `between hop ${lastGood.hop} (${lastGood.address}) and hop ${from.hop} (${from.address})`;
  const caution = from.isDestination && before.length > 0
    ? "; only the destination shows it, so it may also limit its own answers"
    : "";
  const apart = limited.length === 0
    ? ""
    : `. The further loss at hop ${limited.join(", ")} is routers limiting their own answers`;
  return {
    kind: "loss_to_destination",
    from_hop: from.hop,
    confidence: lost >= 3 && sure && caution === "" ? "high" : lost >= 2 ? "medium" : "low",
    explanation: `${sayPercent(percent(loss))} of probes to the destination are lost; the loss ` +
      `begins ${where} and persists to the end${caution}${apart}`,
  };
}

function judgeUnreached(hops: readonly MeasuredHop[], how: Measurement): PathVerdict {
  const base = { loss_percent: null, rate_limited_hops: [] };
  const refused = hops.find((hop) => hop.unreachable !== null);
  if (refused !== undefined) {
    return {
      ...base,
      kind: "unreachable",
      from_hop: refused.hop,
      confidence: "high",
      explanation: `Hop ${refused.hop} (${
        refused.address ?? "unknown"
      }) says: ${refused.unreachable}`,
    };
  }
  const loop = findLoop(hops);
  if (loop !== null) {
    return {
      ...base,
      kind: "routing_loop",
      from_hop: loop.hop,
      confidence: loop.times > 2 ? "high" : "medium",
      explanation: `Packets circle: ${loop.address} answers at ${loop.times} distances, first at ` +
        `hop ${loop.hop}`,
    };
  }
  const last = hops.findLast((hop) => hop.received > 0);
  if (!how.complete) {
    return {
      ...base,
      kind: "inconclusive",
      from_hop: null,
      confidence: "low",
      explanation: "The run was stopped before the destination answered",
    };
  }
  return {
    ...base,
    kind: "no_answer",
    from_hop: (last?.hop ?? 0) + 1,
    confidence: "medium",
    explanation: last === undefined
      ? "No hop answers: the probes are filtered near here, or nothing forwards them"
      : `Answers end at hop ${last.hop} (${last.address}): what is behind it drops the probes, or ` +
        "the destination is down or filters them",
  };
}

/** Whether later hops lost so much less that this hop's loss cannot be on the path. */
function isMerelyLimited(hop: MeasuredHop, path: readonly MeasuredHop[]): boolean {
  if (hop.received === hop.sent) return false;
  const later = path.filter((other) => other.hop > hop.hop && other.received > 0);
  return later.some((other) =>
    other.received === other.sent ||
    chanceOfAtMost(other.sent - other.received, other.sent, lossOf(hop)) < UNLIKELY
  );
}

/** How unlikely it is that real loss at the limited hops left every later hop unharmed. */
function limitedConfidence(path: readonly MeasuredHop[], limited: readonly number[]): Confidence {
  const chances = path.filter((hop) => limited.includes(hop.hop)).map((hop) =>
    path.filter((other) => other.hop > hop.hop && other.received === other.sent)
      .reduce((chance, other) => chance * chanceOfNoLoss(lossOf(hop), other.sent), 1)
  );
  const worst = Math.max(0, ...chances);
  return worst < UNLIKELY ? "high" : worst < 0.25 ? "medium" : "low";
}

function findLoop(
  hops: readonly MeasuredHop[],
): { hop: number; address: string; times: number } | null {
  const seen = new Map<string, number[]>();
  for (const { hop, address } of hops) {
    if (address !== null) seen.set(address, [...seen.get(address) ?? [], hop]);
  }
  for (const [address, at] of seen) {
    const [first = 0] = at;
    // One router may answer twice in a row; in a loop it comes back after another one.
    const apart = hops.some((other) =>
      other.address !== null && other.address !== address && other.hop > first &&
      other.hop < (at.at(-1) ?? first)
    );
    if (apart) return { hop: first, address, times: at.length };
  }
  return null;
}

function lossOf(hop: MeasuredHop): number {
  return hop.sent === 0 ? 0 : 1 - hop.received / hop.sent;
}

function percent(loss: number): number {
  return Math.round(loss * 10_000) / 100;
}

function chanceOfNoLoss(loss: number, sent: number): number {
  return (1 - loss) ** sent;
}

/** Probability of at most `lost` losses in `sent` probes at the given loss rate (binomial). */
export function chanceOfAtMost(lost: number, sent: number, loss: number): number {
  if (lost >= sent) return 1;
  if (loss <= 0) return 1;
  if (loss >= 1) return 0;
  let term = (1 - loss) ** sent;
  let sum = term;
  for (let k = 1; k <= lost; k++) {
    term *= (sent - k + 1) / k * (loss / (1 - loss));
    sum += term;
  }
  return Math.min(1, sum);
}
