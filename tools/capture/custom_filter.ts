/**
 * `custom_filter`: the packets of a capture that satisfy a filter expression.
 *
 * @module
 */
import { z } from "zod";
import { captures, defineTool } from "../../lib/mcp/define_tool.ts";
import { reportOn } from "../../lib/pcap/ask_captures.ts";
import { NO_CONDITIONS } from "../../lib/pcap/filter/no_conditions.ts";
import { assertOwnFilters } from "../../lib/pcap/filter/own_filters.ts";
import { FILTER_TEXT_MAX } from "../../lib/pcap/filter/tokens.ts";
import {
  maxResults,
  packetListOutput,
  sayPackets,
} from "../../lib/pcap/packet_list/list_fields.ts";
import { captureInput, SCAN_BUDGET_MS } from "../../lib/pcap/tool_fields.ts";

/** Lists packets by a filter of the caller's. */
export const customFilter = defineTool({
  name: "custom_filter",
  title: "Filter packets by an expression",
  toolset: "capture",
  effect: "observe",
  reach: "local",
  description:
    "Lists the packets that satisfy a filter: a Wireshark display filter (ip.addr == 10.0.0.0/8 && " +
    'tcp.flags.syn == 1, dns.qry.name matches "^cdn", tcp.analysis.retransmission, ' +
    "frame.time_relative >= 2.5, tcp.port in {80, 8000..8080}) or a pcap-filter (host 10.1.2.3 and " +
    "tcp port 443). Errors point at the column and name the nearest fields; Python for scapy is " +
    "translated, not run. Every match is counted, the first max_results are listed. For plain " +
    "addresses and ports use filter_packets. Reads the whole file.",
  input: () =>
    z.strictObject({
      ...captureInput(),
      filter_expression: z.string().min(1).max(FILTER_TEXT_MAX).describe(
        "Wireshark display filter or pcap-filter",
      ),
      max_results: maxResults(),
    }),
  output: () => z.object(packetListOutput()),
  needs: () => [captures],
  budget: { ms: SCAN_BUDGET_MS },
  pages: "packets",
  // The name that clients of an older server know.
  aliases: ["custom_scapy_filter"],
  run: async ({ file_path, max_packets, max_results, filter_expression }, cx) => {
    assertOwnFilters(cx.config);
    const params = { ...NO_CONDITIONS, filter: filter_expression, max_results };
    return await reportOn(
      cx,
      { question: "packets", paths: [file_path], params, max_packets },
      sayPackets,
    );
  },
});
