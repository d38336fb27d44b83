/**
 * The question `compare`: two captures of one path, or of one place at two times.
 *
 * @module
 */
import { PacketKeys } from "../compare/packet_keys.ts";
import { comparePath, type DirectionComparison } from "../compare/path_comparison.ts";
import { SeenPackets } from "../compare/seen_packets.ts";
import type { Capture, QuestionContext } from "../engine/question.ts";
import type { PassFacts } from "../pass.ts";
import { qualityOf } from "./capture_quality.ts";
import { type Figures, figuresOf } from "./compared_figures.ts";
import { type Coverage, coverageOf } from "./coverage.ts";
import { sayFlow } from "./flow_text.ts";
import { msOf, rounded } from "./rounding.ts";

/** Parameters of {@link askCompare}. */
export interface CompareParams {
  /** `path`: two points of one path; `before_after`: one place at two times; `auto`: as packets tell. */
  readonly mode: "auto" | "path" | "before_after";
  /** Most flows to list. */
  readonly top_n: number;
}

/** Share of the smaller capture's packets that must be in the other for two points of one path. */
const SAME_PATH_SHARE = 0.05;

/** Compares two captures. */
export async function askCompare(
  { mode, top_n }: CompareParams,
  [first, second]: readonly Capture[],
  { signal }: QuestionContext,
) {
  if (first === undefined || second === undefined) throw new TypeError("Two captures are compared");
  const scans = [await first.scan(), await second.scan()] as const;
  const figures = [figuresOf(scans[0]), figuresOf(scans[1])] as const;
  const path = mode === "before_after" ? null : await pathOf(first, second, signal, scans[0]);
  const isPath = path !== null && (mode === "path" || path.matched_share >= SAME_PATH_SHARE);
  return {
    ...bothOf(coverageOf(scans[0].facts), coverageOf(scans[1].facts)),
    mode: isPath ? "path" as const : "before_after" as const,
    matched_share: path?.matched_share ?? null,
    path: isPath ? { ...path, worst_flows: path.worst_flows.slice(0, top_n) } : null,
    first: { file_path: first.path, quality: qualityOf(scans[0]).grade, figures: figures[0] },
    second: { file_path: second.path, quality: qualityOf(scans[1]).grade, figures: figures[1] },
    // Between two points of one path nothing has changed: it is the path that differs.
    changes: isPath ? [] : changesOf(...figures),
  };
}

/** Answer of {@link askCompare}. */
export type CompareAnswer = Awaited<ReturnType<typeof askCompare>>;

async function pathOf(
  first: Capture,
  second: Capture,
  signal: AbortSignal,
  { flows }: Awaited<ReturnType<Capture["scan"]>>,
) {
  const [seenFirst, factsFirst] = await collect(first, signal);
  const [seenSecond, factsSecond] = await collect(second, signal);
  const baseNs = (factsSecond.baseSec - factsFirst.baseSec) * 1e9;
  const compared = comparePath(seenFirst, seenSecond, baseNs);
  const smaller = Math.min(...compared.compared);
  return {
    compared_packets: { first: compared.compared[0], second: compared.compared[1] },
    matched_packets: compared.matched,
    matched_share: smaller === 0 ? 0 : rounded(compared.matched / smaller),
    common_flows: compared.flows,
    packets_not_compared: compared.notKept,
    clock: compared.clock === null ? null : {
      second_ahead_ms: msOf(compared.clock.offsetNs),
      drift_ppm: rounded(compared.clock.drift * 1e6),
      two_way: compared.clock.isTwoWay,
    },
    first_to_second: directionOf(compared.forward),
    second_to_first: directionOf(compared.backward),
    worst_flows: compared.worstFlows.map(({ flow, sent, lost }) => ({
      flow: sayFlow(flows, flow),
      sent,
      lost,
      loss_percent: rounded(100 * lost / sent),
    })),
  };
}

async function collect(
  capture: Capture,
  signal: AbortSignal,
): Promise<[SeenPackets, PassFacts]> {
  const seen = new SeenPackets();
  const keys = new PacketKeys();
  const facts = await capture.walk({ flows: true, options: true }, (batch) => {
    signal.throwIfAborted();
    keys.read(batch);
    seen.addBatch(batch, keys);
  });
  return [seen, facts];
}

function directionOf(one: DirectionComparison) {
  const { delay } = one;
  return {
    sent: one.sent,
    arrived: one.arrived,
    lost: one.lost,
    loss_percent: one.sent === 0 ? null : rounded(100 * one.lost / one.sent),
    /** Frame numbers in the capture that the packets passed first. */
    lost_frames: one.lostFrames,
    reordered: one.reordered,
    unseen_at_first: one.unseenAtFirst,
    delay_ms: delay === null ? null : {
      min: msOf(delay.minNs),
      p50: msOf(delay.p50Ns),
      p95: msOf(delay.p95Ns),
      p99: msOf(delay.p99Ns),
      max: msOf(delay.maxNs),
    },
  };
}

/** Coverage of both captures in one. */
function bothOf(a: Coverage, b: Coverage): Coverage {
  const told = (name: string, { warnings }: Coverage) => warnings.map((text) => `${name}: ${text}`);
  return {
    complete: a.complete && b.complete,
    truncated_at: a.truncated_at ?? b.truncated_at,
    scanned_packets: a.scanned_packets + b.scanned_packets,
    limited_by: a.limited_by ?? b.limited_by,
    warnings: [...told("first", a), ...told("second", b)],
  };
}

/** Figures that differ, the second against the first. */
function changesOf(first: Figures, second: Figures) {
  return Object.entries(first).flatMap(([figure, before]) => {
    const after = second[figure as keyof Figures];
    if (before === null || after === null || before === after) return [];
    const change = before === 0 ? null : rounded(100 * (after - before) / Math.abs(before));
    return [{ figure, before, after, change_percent: change }];
  });
}
