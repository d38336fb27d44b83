/**
 * The question `throughput`: how fast conversations were, and the whole capture over time.
 *
 * @module
 */
import type { Capture, QuestionContext } from "../engine/question.ts";
import type { FlowReader, Side } from "../flow/flow_reader.ts";
import { topIds } from "../flow/top_ids.ts";
import { type TrafficSeries, widenSeries } from "../flow/traffic_bins.ts";
import {
  endsOf,
  type EvictedConversations,
  evictedOf,
  type FlowEnds,
  otherSide,
} from "./conversations.ts";
import { type Coverage, coverageOf } from "./coverage.ts";
import { isoTime, secondsBetween } from "./iso_time.ts";
import { mbpsOf, rounded } from "./rounding.ts";

/** Bins of the series that an answer shows. */
const BINS_SHOWN = 60;

/** Parameters of {@link askThroughput}. */
export interface ThroughputParams {
  /** Most conversations to list. */
  readonly top_n: number;
  /** Largest first. */
  readonly sort_by: "mbps_total" | "bytes_total";
}

/** One conversation; `src` is the side that sent more octets. Rates are 10^6 bits per second. */
export interface ConversationRate extends FlowEnds {
  readonly packets_total: number;
  readonly bytes_total: number;
  readonly duration_seconds: number | null;
  readonly start_time: string | null;
  readonly end_time: string | null;
  readonly packets_forward: number;
  readonly packets_reverse: number;
  readonly bytes_forward: number;
  readonly bytes_reverse: number;
  /** Null without a duration. */
  readonly mbps_forward: number | null;
  readonly mbps_reverse: number | null;
  readonly mbps_total: number | null;
  /** `balanced`: neither side sent twice as much as the other. */
  readonly direction: "one_way" | "mostly_forward" | "balanced";
  /** Which side opened it. */
  readonly initiator: "src" | "dst";
}

/** The capture over time. */
export interface RateSeries {
  /** Start of the first bin; the others follow without a gap. */
  readonly start_time: string | null;
  readonly bin_seconds: number;
  /** One per bin. */
  readonly mbps: number[];
  readonly packets: number[];
}

/** How uneven the traffic was, measured on finer bins than those shown. */
export interface Burstiness {
  readonly bin_seconds: number;
  readonly peak_mbps: number;
  readonly peak_time: string | null;
  /** Peak as a multiple of the mean. */
  readonly peak_to_mean: number;
  /** Standard deviation of the bins over their mean: 0 is constant, about 1 is random, more is bursty. */
  readonly variation: number;
  /** Bins without any packet, of all bins. */
  readonly idle_percent: number;
}

/** Answer of {@link askThroughput}. */
export interface ThroughputAnswer extends Coverage {
  readonly total_packets_scanned: number;
  readonly conversations_analyzed: number;
  /** Conversations listed. */
  readonly top_n: number;
  readonly sort_by: ThroughputParams["sort_by"];
  readonly conversations: ConversationRate[];
  /** Of the whole capture; this and what follows is null without a duration. */
  readonly mbps_average: number | null;
  readonly series: RateSeries | null;
  readonly burstiness: Burstiness | null;
  readonly evicted: EvictedConversations;
}

/** The fastest or largest conversations of a capture, and its rate over time. */
export async function askThroughput(
  { top_n, sort_by }: ThroughputParams,
  [capture]: readonly Capture[],
  _cx: QuestionContext,
): Promise<ThroughputAnswer> {
  if (capture === undefined) throw new TypeError("A question needs a capture");
  const { facts, flows, traffic } = await capture.scan();
  const average = mbpsOf(facts.wireBytes, secondsBetween(facts.firstNs, facts.lastNs));
  // Over no time there is no rate, however narrow the bins are.
  const series = average === null ? null : traffic;
  const ids = topIds(flows.size, top_n, (id) => {
    const octets = flows.octets(id, 0) + flows.octets(id, 1);
    return sort_by === "bytes_total" ? octets : mbpsOf(octets, durationOf(flows, id)) ?? -1;
  });
  return {
    ...coverageOf(facts),
    total_packets_scanned: facts.packets,
    conversations_analyzed: flows.size,
    top_n: ids.length,
    sort_by,
    conversations: ids.map((id) => rateOf(flows, id, facts.baseSec)),
    mbps_average: average,
    series: series === null ? null : seriesOf(widenSeries(series, BINS_SHOWN), facts.baseSec),
    burstiness: series === null ? null : burstinessOf(series, facts.baseSec),
    evicted: evictedOf(flows),
  };
}

function durationOf(flows: FlowReader, id: number): number | null {
  return secondsBetween(flows.firstNs(id), flows.lastNs(id));
}

function rateOf(flows: FlowReader, id: number, baseSec: number): ConversationRate {
  const src: Side = flows.octets(id, 1) > flows.octets(id, 0) ? 1 : 0;
  const dst = otherSide(src);
  const sec = durationOf(flows, id);
  const forward = flows.octets(id, src);
  const reverse = flows.octets(id, dst);
  return {
    ...endsOf(flows, id, src),
    packets_total: flows.packets(id, 0) + flows.packets(id, 1),
    bytes_total: forward + reverse,
    duration_seconds: sec,
    start_time: isoTime(baseSec, flows.firstNs(id)),
    end_time: isoTime(baseSec, flows.lastNs(id)),
    packets_forward: flows.packets(id, src),
    packets_reverse: flows.packets(id, dst),
    bytes_forward: forward,
    bytes_reverse: reverse,
    mbps_forward: mbpsOf(forward, sec),
    mbps_reverse: mbpsOf(reverse, sec),
    mbps_total: mbpsOf(forward + reverse, sec),
    direction: reverse === 0 ? "one_way" : forward >= 2 * reverse ? "mostly_forward" : "balanced",
    initiator: flows.initiator(id) === src ? "src" : "dst",
  };
}

function seriesOf(series: TrafficSeries, baseSec: number): RateSeries {
  const sec = series.widthNs / 1e9;
  return {
    start_time: isoTime(baseSec, series.startNs),
    bin_seconds: sec,
    mbps: series.octets.map((octets) => rounded(octets * 8 / sec / 1e6)),
    packets: [...series.packets],
  };
}

function burstinessOf({ widthNs, startNs, octets, packets }: TrafficSeries, baseSec: number) {
  const sec = widthNs / 1e9;
  const mean = octets.reduce((sum, one) => sum + one, 0) / octets.length;
  const deviation = Math.sqrt(
    octets.reduce((sum, one) => sum + (one - mean) ** 2, 0) / octets.length,
  );
  const peak = octets.reduce((best, one, bin) => one > (octets[best] ?? 0) ? bin : best, 0);
  const most = octets[peak] ?? 0;
  const idle = packets.filter((count) => count === 0).length;
  return {
    bin_seconds: sec,
    peak_mbps: rounded(most * 8 / sec / 1e6),
    peak_time: isoTime(baseSec, startNs + peak * widthNs),
    peak_to_mean: mean === 0 ? 0 : rounded(most / mean),
    variation: mean === 0 ? 0 : rounded(deviation / mean),
    idle_percent: rounded(idle / packets.length * 100),
  };
}
