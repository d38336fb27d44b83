/**
 * `pcap_packet`: one packet of a capture, every layer decoded.
 *
 * @module
 */
import { z } from "zod";
import { captures, defineTool } from "../../lib/mcp/define_tool.ts";
import { reportOn } from "../../lib/pcap/ask_captures.ts";
import type { PacketAnswer } from "../../lib/pcap/questions/packet.ts";
import { coverageOutput, filePath, SCAN_BUDGET_MS } from "../../lib/pcap/tool_fields.ts";
import { sayCount, sayMs } from "../../lib/words/amount.ts";

/** Shows one packet. */
export const pcapPacket = defineTool({
  name: "pcap_packet",
  title: "Show one packet",
  toolset: "capture",
  effect: "observe",
  reach: "local",
  description:
    "One packet of a capture by its number, as other answers quote it: every layer with its fields " +
    "under Wireshark's names (usable in filters), values in words, checksums judged, the packet that " +
    "an ICMP error quotes, what is malformed and where, its place in its flow, TCP analysis flags, " +
    "and payload as a hex dump. For a whole conversation's payload use follow_stream, for a list of " +
    "packets filter_packets. Reads the file up to the packet.",
  input: () =>
    z.strictObject({
      file_path: filePath(),
      packet_number: z.int().min(1).max(4_294_967_295).describe(
        "From 1, as Wireshark counts frames",
      ),
      max_bytes: z.int().min(0).max(4096).default(256).describe("Octets of payload to show"),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      ...coverageOutput(),
      packet_number: z.number(),
      timestamp: z.string().nullable(),
      link_type: z.string(),
      protocols: z.string(),
      flow: z.object({
        stream: z.string().nullable().describe("As follow_stream takes it"),
        client: z.string(),
        server: z.string(),
        direction: z.enum(["client_to_server", "server_to_client"]),
        previous_packet: z.number().nullable(),
        since_previous_ms: z.number().nullable(),
        analysis: z.array(z.object({ name: z.string(), meaning: z.string() })),
      }).nullable(),
      malformed: z.object({ layer: z.string(), offset: z.number(), what: z.string() }).nullable(),
      layers: z.array(z.object({
        name: z.string(),
        offset: z.number(),
        length: z.number(),
        fields: z.array(z.object({
          name: z.string(),
          value: z.union([z.number(), z.string(), z.boolean()]),
          meaning: z.string().optional(),
        })),
        notes: z.array(z.string()).optional(),
        quoted: z.literal(true).optional().describe("Of the packet that an ICMP error quotes"),
      })),
      payload: z.object({
        offset: z.number(),
        captured_bytes: z.number(),
        shown_bytes: z.number(),
        dump: z.array(z.string()),
      }).nullable(),
    }),
  needs: () => [captures],
  budget: { ms: SCAN_BUDGET_MS, chars: 16_000 },
  pages: "layers",
  run: ({ file_path, ...params }, cx) =>
    reportOn(cx, { question: "packet", paths: [file_path], params }, sayPacket),
});

/** One line about a packet: what it is, between whom, what is notable. */
function sayPacket(answer: PacketAnswer): string {
  const { packet_number, protocols, flow, malformed, payload } = answer;
  const notable = [
    flags(answer),
    analysis(answer),
    badChecksums(answer),
    malformed === null
      ? ""
      : `malformed: ${malformed.layer} at octet ${malformed.offset} ${malformed.what}`,
  ].filter((one) => one !== "").join("; ");
  const [from, to] = flow === null
    ? []
    : flow.direction === "client_to_server"
    ? [flow.client, flow.server]
    : [flow.server, flow.client];
  const between = from === undefined ? "" : `, ${from} to ${to}`;
  const stream = flow === null || flow.stream === null ? "" : ` (${flow.stream})`;
  const since = flow === null || flow.since_previous_ms === null
    ? ""
    : `, ${sayMs(flow.since_previous_ms)} after packet ${flow.previous_packet}`;
  const size = payload === null
    ? "no payload"
    : `${sayCount(payload.captured_bytes, "byte")} of payload`;
  return `Packet ${packet_number}: ${protocols}${between}${stream}${since}, ${size}${
    notable === "" ? "" : `; ${notable}`
  }.`;
}

/** Words of the innermost header's flags, types and codes that say what it is for. */
function flags({ layers }: PacketAnswer): string {
  const telling = new Set(["tcp.flags", "icmp.type", "icmp.code", "icmpv6.type", "icmpv6.code"]);
  return ownFields(layers)
    .filter(({ name, meaning }) => telling.has(name) && meaning !== undefined)
    .map(({ meaning }) => meaning).join(", ");
}

/** What tshark's analysis says beside the flags. */
function analysis({ flow }: PacketAnswer): string {
  const prefix = "tcp.analysis.";
  return (flow?.analysis ?? []).filter(({ name }) => name.startsWith(prefix))
    .map(({ name }) => name.slice(prefix.length).replaceAll("_", " ")).join(", ");
}

function badChecksums({ layers }: PacketAnswer): string {
  return ownFields(layers)
    .filter(({ name, value }) => name.endsWith(".checksum.status") && value === "Bad")
    .map(({ name, meaning }) =>
      `${name.replace(".checksum.status", "")} checksum ${
        meaning?.startsWith("likely offload") === true ? "left to the network card" : "bad"
      }`
    ).join(", ");
}

/** Fields of the packet itself, not of what an ICMP error quotes: routers change that. */
function ownFields(layers: PacketAnswer["layers"]): PacketAnswer["layers"][number]["fields"] {
  return layers.flatMap(({ fields, quoted }) => quoted === true ? [] : fields);
}
