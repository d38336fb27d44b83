/**
 * `analyze_throughput`: how fast conversations of a capture were, and the whole over time.
 *
 * @module
 */
import { z } from "zod";
import { captures, defineTool } from "../../lib/mcp/define_tool.ts";
import { reportOn } from "../../lib/pcap/ask_captures.ts";
import { sayTime } from "../../lib/pcap/questions/iso_time.ts";
import { sayMbps, saySeconds } from "../../lib/pcap/questions/say_amount.ts";
import type { ThroughputAnswer } from "../../lib/pcap/questions/throughput.ts";
import {
  captureInput,
  coverageOutput,
  evictedOutput,
  flowEndsOutput,
  SCAN_BUDGET_MS,
} from "../../lib/pcap/tool_fields.ts";
import { sayCount } from "../../lib/words/amount.ts";

const rate = z.number().nullable();

/** Analyses the throughput of a capture. */
export const analyzeThroughput = defineTool({
  name: "analyze_throughput",
  title: "Analyse throughput of a capture",
  toolset: "capture",
  effect: "observe",
  reach: "local",
  description:
    "How fast a capture's conversations were, in 10^6 bit/s of wire bytes per direction, fastest or " +
    "largest first (src is the side that sent more; initiator says who opened it), and the whole " +
    "capture over time: at most 60 bins, the peak and when, how bursty. A rate needs a duration: " +
    "single packets have null. For mere lists use get_conversations; for why one was slow " +
    "explain_connection. Reads the whole file once; later questions are free.",
  input: () =>
    z.strictObject({
      ...captureInput(),
      top_n: z.int().min(1).max(1000).default(20).describe("Most conversations to list"),
      sort_by: z.enum(["mbps_total", "bytes_total"]).default("mbps_total").describe(
        "Largest first",
      ),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      ...coverageOutput(),
      total_packets_scanned: z.number(),
      conversations_analyzed: z.number(),
      top_n: z.number().describe("Conversations listed"),
      sort_by: z.string(),
      conversations: z.array(z.object({
        ...flowEndsOutput(),
        packets_total: z.number(),
        bytes_total: z.number(),
        duration_seconds: z.number().nullable(),
        start_time: z.string().nullable(),
        end_time: z.string().nullable(),
        packets_forward: z.number(),
        packets_reverse: z.number(),
        bytes_forward: z.number(),
        bytes_reverse: z.number(),
        mbps_forward: rate,
        mbps_reverse: rate,
        mbps_total: rate,
        direction: z.enum(["one_way", "mostly_forward", "balanced"]),
        initiator: z.enum(["src", "dst"]),
      })),
      mbps_average: rate.describe("Of the whole capture"),
      series: z.object({
        start_time: z.string().nullable(),
        bin_seconds: z.number(),
        mbps: z.array(z.number()),
        packets: z.array(z.number()),
      }).nullable(),
      burstiness: z.object({
        bin_seconds: z.number(),
        peak_mbps: z.number(),
        peak_time: z.string().nullable(),
        peak_to_mean: z.number(),
        variation: z.number().describe("Standard deviation of bins over their mean"),
        idle_percent: z.number().describe("Bins without a packet"),
      }).nullable(),
      evicted: evictedOutput(),
    }),
  needs: () => [captures],
  budget: { ms: SCAN_BUDGET_MS },
  pages: "conversations",
  run: ({ file_path, max_packets, ...params }, cx) =>
    reportOn(
      cx,
      { question: "throughput", paths: [file_path], params: params, max_packets },
      sayThroughput,
    ),
});

/** What a person would say of it. */
function sayThroughput(answer: ThroughputAnswer): string {
  const { conversations, conversations_analyzed, mbps_average, burstiness } = answer;
  const [first] = conversations;
  if (first === undefined) return "No IP conversation in this capture.";
  const average = mbps_average === null
    ? "No duration, so no average rate"
    : `${sayMbps(mbps_average)} on average`;
  const at = burstiness === null || burstiness.peak_time === null
    ? ""
    : ` at ${sayTime(burstiness.peak_time)}`;
  const peak = burstiness === null
    ? ""
    : `, at most ${sayMbps(burstiness.peak_mbps)} over ${saySeconds(burstiness.bin_seconds)}${at}`;
  // A rate over next to no time says little: how long it lasted stands beside it.
  const most = first.mbps_total === null
    ? ""
    : `; ${answer.sort_by === "mbps_total" ? "fastest" : "largest"} of ${
      sayCount(conversations_analyzed, "conversation")
    }: ${first.src_ip} to ${first.dst_ip} by ${first.protocol}, ${sayMbps(first.mbps_total)} for ${
      saySeconds(first.duration_seconds ?? 0)
    }`;
  return `${average}${peak}${most}.`;
}
