/**
 * `get_conversations`: who talked with whom in a capture.
 *
 * @module
 */
import { z } from "zod";
import { captures, defineTool } from "../../lib/mcp/define_tool.ts";
import { reportOn } from "../../lib/pcap/ask_captures.ts";
import type {
  ConversationsAnswer,
  ConversationsParams,
} from "../../lib/pcap/questions/conversations.ts";
import { sayEndpoint } from "../../lib/pcap/questions/flow_text.ts";
import { sayBytes, saySeconds } from "../../lib/pcap/questions/say_amount.ts";
import {
  captureInput,
  coverageOutput,
  evictedOutput,
  flowEndsOutput,
  SCAN_BUDGET_MS,
} from "../../lib/pcap/tool_fields.ts";
import { sayCount } from "../../lib/words/amount.ts";

/** Lists the conversations of a capture. */
export const getConversations = defineTool({
  name: "get_conversations",
  title: "List conversations of a capture",
  toolset: "capture",
  effect: "observe",
  reach: "local",
  description:
    "Who talked with whom in a capture: the largest, longest or earliest conversations (TCP and UDP " +
    "by ports, other IP by addresses; inside tunnels), IPv4 and IPv6, with packets and wire bytes " +
    "per direction, start and duration. src is who opened it: the SYN sender, else the first " +
    "speaker; stream counts as in Wireshark. For rates use analyze_throughput, for one " +
    "conversation in depth explain_connection. Reads the whole file once; later questions are free.",
  input: () =>
    z.strictObject({
      ...captureInput(),
      top_n: z.int().min(1).max(1000).default(20).describe("Most conversations to list"),
      sort_by: z.enum(["packets", "bytes", "duration", "start"]).default("packets").describe(
        "Largest first; start: earliest first",
      ),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      ...coverageOutput(),
      conversations: z.array(z.object({
        ...flowEndsOutput(),
        packets: z.number(),
        bytes: z.number(),
        packets_forward: z.number().describe("From src"),
        bytes_forward: z.number(),
        packets_reverse: z.number(),
        bytes_reverse: z.number(),
        start_time: z.string().nullable(),
        duration_seconds: z.number().nullable(),
        first_frame: z.number(),
      })),
      total_conversations: z.number(),
      evicted: evictedOutput(),
    }),
  needs: () => [captures],
  budget: { ms: SCAN_BUDGET_MS },
  pages: "conversations",
  run: ({ file_path, max_packets, ...params }, cx) =>
    reportOn(
      cx,
      { question: "conversations", paths: [file_path], params: params, max_packets },
      (answer) => sayConversations(answer, params.sort_by),
    ),
});

/** What comes first, by the order that was asked for. */
const FIRST: Readonly<Record<ConversationsParams["sort_by"], string>> = {
  packets: "most packets",
  bytes: "most bytes",
  duration: "longest",
  start: "earliest",
};

/** What a person would say of it. */
function sayConversations(
  { conversations, total_conversations, evicted }: ConversationsAnswer,
  sortBy: ConversationsParams["sort_by"],
): string {
  const [first] = conversations;
  if (first === undefined) return "No IP conversation in this capture.";
  const listed = conversations.length < total_conversations
    ? `, ${conversations.length} listed`
    : "";
  const lost = evicted.conversations === 0
    ? ""
    : ` ${sayCount(evicted.conversations, "idle one")} made room for others and cannot be listed.`;
  const took = first.duration_seconds === null ? "" : ` in ${saySeconds(first.duration_seconds)}`;
  return `${sayCount(total_conversations, "conversation")}${listed}; ${FIRST[sortBy]}: ${
    sayEndpoint(first.src_ip, first.src_port)
  } to ${sayEndpoint(first.dst_ip, first.dst_port)} by ${first.protocol}, ${
    sayCount(first.packets, "packet")
  }, ${sayBytes(first.bytes)}${took}.${lost}`;
}
