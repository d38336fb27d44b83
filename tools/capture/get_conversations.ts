/**
 * `get_conversations`: who talked with whom in a capture.
 *
 * @module
 */
import { z } from "zod";
import { captures, defineTool } from "../../lib/mcp/define_tool.ts";
import type { ConversationsAnswer } from "../../lib/pcap/questions/conversations.ts";
import { sayBytes } from "../../lib/pcap/questions/say_amount.ts";
import { captureInput, coverageOutput, SCAN_BUDGET_MS } from "../../lib/pcap/tool_fields.ts";
import { sayCount } from "../../lib/probe/statistics.ts";

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
        src_ip: z.string(),
        src_port: z.number().nullable(),
        dst_ip: z.string(),
        dst_port: z.number().nullable(),
        protocol: z.string(),
        packets: z.number(),
        bytes: z.number(),
        packets_forward: z.number().describe("From src"),
        bytes_forward: z.number(),
        packets_reverse: z.number(),
        bytes_reverse: z.number(),
        start_time: z.string().nullable(),
        duration_seconds: z.number().nullable(),
        stream: z.number().nullable(),
        vni: z.number().optional().describe("VXLAN or Geneve network around it"),
        first_frame: z.number(),
      })),
      total_conversations: z.number(),
      evicted: z.object({
        conversations: z.number(),
        packets: z.number(),
        bytes: z.number(),
      }).describe("Idle ones that made room in the flow table and cannot be listed"),
    }),
  needs: () => [captures],
  budget: { ms: SCAN_BUDGET_MS },
  pages: "conversations",
  run: async ({ file_path, max_packets, top_n, sort_by }, cx) => {
    const { signal } = cx;
    const onProgress = (done: number, total: number) => cx.progress(done, total);
    const ask = { signal, maxPackets: max_packets, onProgress };
    const answer = await cx.captures.ask("conversations", [file_path], { top_n, sort_by }, ask);
    return { success: true, summary: sayConversations(answer), file_path, ...answer };
  },
});

/** What a person would say of it. */
export function sayConversations(answer: ConversationsAnswer): string {
  const { conversations, total_conversations, evicted } = answer;
  const [first] = conversations;
  if (first === undefined) return "No IP conversation in this capture.";
  const end = (ip: string, port: number | null): string =>
    port === null ? ip : ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
  const shown = conversations.length < total_conversations
    ? `${conversations.length} of ${sayCount(total_conversations, "conversation")}`
    : sayCount(total_conversations, "conversation");
  const lost = evicted.conversations === 0
    ? ""
    : ` ${sayCount(evicted.conversations, "idle one")} made room for others and cannot be listed.`;
  return `${shown}; first ${end(first.src_ip, first.src_port)} to ${
    end(first.dst_ip, first.dst_port)
  } by ${first.protocol}: ${sayCount(first.packets, "packet")}, ${sayBytes(first.bytes)}.${lost}`;
}
