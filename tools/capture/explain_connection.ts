/**
 * `explain_connection`: the story of one connection, and why it was slow.
 *
 * @module
 */
import { z } from "zod";
import { captures, defineTool } from "../../lib/mcp/define_tool.ts";
import { reportOn } from "../../lib/pcap/ask_captures.ts";
import type { ExplainAnswer } from "../../lib/pcap/questions/explain_answer.ts";
import { sayBytes, saySeconds } from "../../lib/pcap/questions/say_amount.ts";
import {
  captureInput,
  coverageOutput,
  flowInput,
  qualityOutput,
  SCAN_BUDGET_MS,
  streamName,
} from "../../lib/pcap/tool_fields.ts";
import { sayCount } from "../../lib/words/amount.ts";

const frames = () => z.array(z.number()).readonly();
const facts = () => z.record(z.string(), z.unknown());

/** Explains one connection. */
export const explainConnection = defineTool({
  name: "explain_connection",
  title: "Explain a connection",
  toolset: "capture",
  effect: "observe",
  reach: "local",
  description:
    "Why one TCP or UDP connection was slow or failed, with frames as evidence: the DNS answer before " +
    "it, handshake and options, TLS, HTTP or QUIC facts, round-trip and response times, every stall " +
    "with its cause (lost data, closed window, waiting for server or client, gap in the capture), " +
    "loss, ICMP errors about it, signs of a path MTU black hole, how it ended, what is not known. " +
    "Name it by stream, by one of its packets, or by both endpoints. To find a bad one use " +
    "find_tcp_issues, for what it said follow_stream. Reads the file twice, once if it was scanned.",
  input: () =>
    z.strictObject({
      ...captureInput(),
      ...flowInput(),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      ...coverageOutput(),
      capture_quality: qualityOutput(),
      stream: z.string(),
      client: z.string(),
      server: z.string(),
      first_frame: z.number(),
      last_frame: z.number(),
      start_time: z.string().nullable(),
      duration_seconds: z.number().nullable(),
      packets: facts(),
      bytes: facts(),
      same_endpoints: z.array(z.string()).describe("Other streams between the same ends"),
      why_slow: z.object({
        cause: z.string(),
        share: z.number().describe("Of its time"),
        milliseconds: z.number(),
        explanation: z.string(),
        confidence: z.enum(["high", "medium", "low"]),
        causes: z.array(facts()).describe("All that took time, most first; they can overlap"),
      }),
      timeline: z.array(z.object({
        time_relative: z.number().nullable().describe("Seconds since first_frame"),
        frame: z.number(),
        event: z.string(),
        detail: z.string(),
      })),
      dns: facts().nullable().describe("The lookup that gave the client the server's address"),
      handshake: facts().nullable(),
      rtt_ms: facts().describe("Data of each side to the other's ACK"),
      application: facts().nullable(),
      responses: facts().describe("End of a request to begin of its answer"),
      throughput: facts().describe("Wire bytes per bin from first_frame on"),
      stalls: z.object({
        count: z.number(),
        limit_ms: z.number().describe("Shorter silences are none"),
        longest: z.array(z.object({
          cause: z.string(),
          waited_for: z.enum(["client", "server"]).nullable(),
          start_relative: z.number().nullable(),
          duration_ms: z.number(),
          after_frame: z.number(),
          before_frame: z.number().nullable().describe("null: to the end of the capture"),
          frames: frames().describe("Repetitions and probes meanwhile"),
          detail: z.string(),
        })),
      }),
      loss: facts().nullable(),
      limits: facts().nullable().describe("What the data of each side waited for, milliseconds"),
      zero_window_ms: facts().nullable(),
      tshark_compatible: z.array(z.object({
        name: z.string(),
        from: z.enum(["client", "server"]),
        count: z.number(),
        frames: frames(),
      })).describe("What tshark 4.0 flags"),
      icmp_errors: z.array(facts()),
      icmp_error_count: z.number(),
      path_mtu_suspicion: facts().nullable(),
      end: facts().nullable(),
      unknown: z.array(z.string()).describe("What the capture cannot tell"),
    }),
  needs: () => [captures],
  budget: { ms: SCAN_BUDGET_MS, chars: 16_000 },
  pages: "timeline",
  run: ({ file_path, max_packets, ...given }, cx) => {
    const params = { ...given, stream: streamName(given) };
    return reportOn(
      cx,
      { question: "explain", paths: [file_path], params, max_packets },
      sayConnection,
    );
  },
});

/** The main cause, then what the connection was and how it ended. */
function sayConnection(answer: ExplainAnswer): string {
  const { stream, client, server, duration_seconds, bytes, why_slow, end, stalls } = answer;
  const took = duration_seconds === null ? "" : ` took ${saySeconds(duration_seconds)},`;
  const moved = `${sayBytes(bytes.client)} out, ${sayBytes(bytes.server)} back`;
  const ended = end === null ? "" : `; ${end.detail}`;
  const stalled = stalls.count > 1 ? `; ${sayCount(stalls.count, "stall")}` : "";
  return `${why_slow.explanation} ${stream}, ${client} to ${server},${took} ${moved}${stalled}${ended}.`;
}
