/**
 * `find_tcp_issues`: what is wrong with TCP in a capture, and how sure that is.
 *
 * @module
 */
import { z } from "zod";
import { captures, defineTool } from "../../lib/mcp/define_tool.ts";
import { reportOn } from "../../lib/pcap/ask_captures.ts";
import type { TcpIssuesAnswer } from "../../lib/pcap/questions/tcp_issues.ts";
import {
  captureInput,
  coverageOutput,
  flowEndsOutput,
  qualityOutput,
  SCAN_BUDGET_MS,
} from "../../lib/pcap/tool_fields.ts";
import { sayCount } from "../../lib/words/amount.ts";

const numbers = () => z.record(z.string(), z.number());

/** Finds what is wrong with TCP. */
export const findTcpIssues = defineTool({
  name: "find_tcp_issues",
  title: "Find TCP issues",
  toolset: "capture",
  effect: "observe",
  reach: "local",
  description:
    "What is wrong with TCP in a capture, worst first, each with rate, severity, flows and frames: " +
    "loss as octets and timestamps prove it (loss) beside what tshark would count " +
    "(tshark_compatible), reordering, closed windows, resets, refused and unanswered connections, " +
    "round-trip percentiles, and for slow connections whether loss, receiver, congestion or the " +
    "application held them up. Tells first how far the capture can be trusted. For one connection " +
    "explain_connection. Reads the file once.",
  input: () =>
    z.strictObject({
      ...captureInput(),
      top_n: z.int().min(1).max(100).default(5).describe("Slow connections to list"),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      ...coverageOutput(),
      capture_quality: qualityOutput(),
      total_tcp_packets: z.number(),
      total_connections: z.number(),
      issues: z.array(z.object({
        issue_type: z.string(),
        count: z.number(),
        rate: z.number().describe("Share of per"),
        per: z.enum(["segments", "connections"]),
        source: z.string(),
        severity: z.enum(["low", "medium", "high"]),
        affected_flows: z.array(z.string()),
        frames: z.array(z.number()),
        recommendation: z.string(),
      })),
      has_issues: z.boolean(),
      tshark_compatible: numbers().describe("Segments with each flag of tshark 4.0"),
      loss: z.record(z.string(), z.union([z.number(), z.string()])).describe(
        "Segments as the sender's kernel counts; vantage: where the capture was taken",
      ),
      rtt_ms: z.record(z.string(), numbers().nullable()),
      zero_window: z.object({ times: z.number(), total_ms: z.number() }),
      handshakes: numbers(),
      ends: numbers(),
      slow_connections: z.array(z.object({
        ...flowEndsOutput(),
        first_frame: z.number(),
        duration_seconds: z.number().nullable(),
        bytes: z.number(),
        sender: z.enum(["client", "server"]).describe("Whose data waited; src is the client"),
        limited_by: z.string(),
        share: z.number().describe("Of the transfer's time"),
        waited_ms: numbers(),
        confidence: z.enum(["high", "low"]),
        handshake_rtt_ms: z.number().nullable(),
        retransmissions: z.number(),
        zero_window_ms: z.number(),
        handshake: z.string(),
        end: z.string(),
      })).describe("Longest wait for anything but the application first"),
    }),
  needs: () => [captures],
  budget: { ms: SCAN_BUDGET_MS },
  pages: "slow_connections",
  run: ({ file_path, max_packets, ...params }, cx) =>
    reportOn(
      cx,
      { question: "tcp_issues", paths: [file_path], params: params, max_packets },
      sayIssues,
    ),
});

/** Issues that are called otherwise than their type, one of them. */
const NOUNS: Readonly<Record<string, string>> = {
  connection_half_open: "half-open connection",
  connection_refused: "refused connection",
  connection_unanswered: "unanswered connection",
  duplicate_ack: "duplicate ACK",
  out_of_order: "overtaken segment",
  window_full: "full window",
};

/** What a person would say of it: the worst issue, the difference to tshark, the trust. */
function sayIssues(answer: TcpIssuesAnswer): string {
  const { issues, total_tcp_packets, total_connections, capture_quality, loss } = answer;
  if (total_tcp_packets === 0) return "No TCP in this capture.";
  const where = `${sayCount(total_tcp_packets, "TCP packet")} of ${
    sayCount(total_connections, "connection")
  }`;
  const [worst, ...others] = issues;
  const found = worst === undefined
    ? `No issues in ${where}.`
    : `${
      sayCount(worst.count, NOUNS[worst.issue_type] ?? worst.issue_type.replaceAll("_", " "))
    } (${Number((worst.rate * 100).toPrecision(2))} % of ${worst.per}, ${worst.severity} severity)${
      others.length > 0 ? ` and ${sayCount(others.length, "other issue")}` : ""
    } in ${where}.`;
  const seen = answer.tshark_compatible.retransmission ?? 0;
  const compared = loss.retransmissions === seen
    ? ""
    : ` tshark would count ${
      sayCount(seen, "retransmission")
    }; by octets and timestamps there were ${loss.retransmissions}.`;
  // A cut payload takes nothing from TCP analysis.
  const doubt = capture_quality.findings.find(({ code, severity }) =>
    severity !== "low" && code !== "payload_cut"
  );
  const trust = doubt === undefined
    ? ""
    : ` The capture is ${capture_quality.grade}: ${doubt.text}`;
  return `${found}${compared}${trust}`;
}
