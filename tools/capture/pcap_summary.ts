/**
 * `pcap_summary`: what a capture is and what is in it, at a glance.
 *
 * @module
 */
import { z } from "zod";
import { captures, defineTool } from "../../lib/mcp/define_tool.ts";
import { reportOn } from "../../lib/pcap/ask_captures.ts";
import { sayTime } from "../../lib/pcap/questions/iso_time.ts";
import { sayBytes, sayMbps, saySeconds } from "../../lib/pcap/questions/say_amount.ts";
import type { SummaryAnswer } from "../../lib/pcap/questions/summary.ts";
import {
  captureInput,
  coverageOutput,
  qualityOutput,
  SCAN_BUDGET_MS,
} from "../../lib/pcap/tool_fields.ts";
import { sayCount } from "../../lib/words/amount.ts";

const maybe = z.number().nullable();
const text = z.string().nullable();
const counts = z.record(z.string(), z.number());
const hosts = z.array(z.object({ ip: z.string(), packets: z.number(), bytes: z.number() }));

/** Summarizes a capture. */
export const pcapSummary = defineTool({
  name: "pcap_summary",
  title: "Summarize a capture",
  toolset: "capture",
  effect: "observe",
  reach: "local",
  description:
    "What a capture is and what is in it, at a glance: format, interfaces, drops told by the " +
    "capturing system, time span, packets, wire bytes, rate, packet sizes, protocols, top senders " +
    "and receivers (IPv4 and IPv6, inside tunnels). The first thing to ask of a file; then " +
    "find_tcp_issues, analyze_dns_traffic or get_conversations. resets and sack are mere counts, " +
    "not faults. Reads the whole file once; later questions are free.",
  input: () => z.strictObject(captureInput()),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      ...coverageOutput(),
      capture_quality: qualityOutput(),
      packet_count: z.number(),
      capture_duration_seconds: maybe,
      start_time: text,
      end_time: text,
      file_size_bytes: z.number(),
      wire_bytes: z.number(),
      captured_bytes: z.number(),
      average: z.object({ mbps: maybe, packets_per_second: maybe, packet_bytes: maybe }),
      packet_sizes: z.object({
        smallest: maybe,
        largest: maybe,
        classes: z.array(
          z.object({ from_bytes: z.number(), to_bytes: maybe, packets: z.number() }),
        ),
      }),
      protocols: counts.describe("Packets that contain each"),
      top_talkers: hosts.describe("By packets sent"),
      top_destinations: hosts.describe("By packets received"),
      unique_src_ips: z.number(),
      unique_dst_ips: z.number(),
      hosts_exact: z.boolean().describe("False: too many hosts, the four before are lower bounds"),
      total_conversations: z.number(),
      tcp_issues_summary: z.object({
        resets: z.number().describe("TCP packets with RST"),
        sack: z.number().describe("TCP packets with SACK blocks"),
      }),
      format: z.object({
        container: z.string(),
        compression: text,
        version: z.string(),
        variant: text,
        byte_order: z.string(),
        sections: z.number(),
        application: text,
        operating_system: text,
        hardware: text,
        other_blocks: counts,
      }),
      interfaces: z.array(z.object({
        id: z.number(),
        name: text,
        description: text,
        link_type: z.string(),
        snap_length: z.number().describe("0: unlimited"),
        time_resolution: z.string(),
        packets: z.number(),
        bytes: z.number(),
        lost_between_packets: z.number(),
        statistics: z.object({
          received: maybe,
          dropped: maybe,
          filter_accepted: maybe,
          os_dropped: maybe,
          delivered: maybe,
        }).nullable(),
      })),
      total_interfaces: z.number(),
      link_types: counts.describe("Packets of each"),
    }),
  needs: () => [captures],
  budget: { ms: SCAN_BUDGET_MS },
  pages: "interfaces",
  run: ({ file_path, max_packets }, cx) =>
    reportOn(
      cx,
      { question: "summary", paths: [file_path], params: {}, max_packets },
      saySummary,
    ),
});

/** What a person would say of it. */
export function saySummary(answer: SummaryAnswer): string {
  const { packet_count, wire_bytes, capture_duration_seconds, average, start_time } = answer;
  if (packet_count === 0) return "No packets in this capture.";
  const from = start_time === null ? "" : ` from ${sayTime(start_time)}`;
  const span = capture_duration_seconds === null
    ? ", without times"
    : ` in ${saySeconds(capture_duration_seconds)}${from}`;
  const rate = average.mbps === null ? "" : `, ${sayMbps(average.mbps)} on average`;
  const [talker] = answer.top_talkers;
  const most = talker === undefined
    ? "; no IP"
    : `; ${sayCount(answer.total_conversations, "conversation")}, most packets from ${talker.ip}`;
  const { grade, findings } = answer.capture_quality;
  // Damage is said of every answer.
  const doubt = findings.find(({ code }) => code !== "damaged" && code !== "cut_at_end");
  const trust = grade === "poor" && doubt !== undefined ? ` Distrust it: ${doubt.text}` : "";
  return `${sayCount(packet_count, "packet")}, ${
    sayBytes(wire_bytes)
  }${span}${rate}${most}.${trust}`;
}
