/**
 * `get_protocol_hierarchy`: which protocols a capture holds, one inside the other.
 *
 * @module
 */
import { z } from "zod";
import { captures, defineTool } from "../../lib/mcp/define_tool.ts";
import { reportOn } from "../../lib/pcap/ask_captures.ts";
import type { HierarchyAnswer } from "../../lib/pcap/questions/hierarchy.ts";
import { sayBytes } from "../../lib/pcap/questions/say_amount.ts";
import { captureInput, coverageOutput, SCAN_BUDGET_MS } from "../../lib/pcap/tool_fields.ts";
import { sayCount, sayPercent } from "../../lib/words/amount.ts";

/** Protocols that the sentence names. */
const SAID = 3;

const share = {
  packets: z.number(),
  bytes: z.number(),
  packet_percent: z.number(),
  byte_percent: z.number(),
};

/** Shows the protocol hierarchy of a capture. */
export const getProtocolHierarchy = defineTool({
  name: "get_protocol_hierarchy",
  title: "Show protocols of a capture",
  toolset: "capture",
  effect: "observe",
  reach: "local",
  description:
    "Which protocols a capture holds, one inside the other, from the link layer through tunnels to " +
    "applications that are recognised by their content or port: packets and wire bytes per protocol " +
    "and per path, as tshark's io,phs counts them. Start with pcap_summary for the rest; to see " +
    "packets of one protocol use filter_packets. Reads the whole file once; later questions are free.",
  input: () => z.strictObject(captureInput()),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      ...coverageOutput(),
      total_packets: z.number(),
      total_bytes: z.number(),
      hierarchy: z.record(z.string(), z.object(share)).describe(
        "By protocol: packets that contain it",
      ),
      top_protocols: z.array(z.object({
        protocol: z.string(),
        packets: z.number(),
        percent: z.number(),
      })).describe("By the last protocol recognised in each packet"),
      tree: z.array(z.object({ path: z.string(), ...share })),
      total_paths: z.number(),
    }),
  needs: () => [captures],
  budget: { ms: SCAN_BUDGET_MS },
  pages: "tree",
  run: ({ file_path, max_packets }, cx) =>
    reportOn(
      cx,
      { question: "hierarchy", paths: [file_path], params: {}, max_packets },
      sayHierarchy,
    ),
});

/** What a person would say of it. */
function sayHierarchy(
  { total_packets, total_bytes, top_protocols, hierarchy }: HierarchyAnswer,
): string {
  if (total_packets === 0) return "No packets in this capture.";
  const top = top_protocols.slice(0, SAID).map(({ protocol, percent }) =>
    `${protocol} ${sayPercent(percent)}`
  ).join(", ");
  return `${sayCount(total_packets, "packet")}, ${sayBytes(total_bytes)}, ${
    sayCount(Object.keys(hierarchy).length, "protocol")
  }; by the innermost: ${top}.`;
}
