/**
 * `filter_packets`: the packets of a capture that satisfy simple conditions.
 *
 * @module
 */
import { z } from "zod";
import { captures, defineTool } from "../../lib/mcp/define_tool.ts";
import { reportOn } from "../../lib/pcap/ask_captures.ts";
import { assertOwnFilters } from "../../lib/pcap/filter/own_filters.ts";
import { FILTER_TEXT_MAX } from "../../lib/pcap/filter/tokens.ts";
import {
  maxResults,
  packetListOutput,
  sayPackets,
} from "../../lib/pcap/packet_list/list_fields.ts";
import { captureInput, SCAN_BUDGET_MS } from "../../lib/pcap/tool_fields.ts";

/** Lists packets by address, protocol, port, number, time or filter. */
export const filterPackets = defineTool({
  name: "filter_packets",
  title: "Filter packets of a capture",
  toolset: "capture",
  effect: "observe",
  reach: "local",
  description:
    "Lists the packets that satisfy all conditions given: addresses or prefixes (IPv4, IPv6), " +
    "protocol, port, packet numbers, seconds since the first packet, and a Wireshark display " +
    "filter or pcap-filter. Every match is counted, the first max_results are listed with stream " +
    "number and an info line; if nothing matches, clauses tell which condition removed the last " +
    "packets. For one packet in full use pcap_packet, for a conversation's payload follow_stream. " +
    "Reads the whole file.",
  input: () =>
    z.strictObject({
      ...captureInput(),
      src_ip: z.string().min(1).max(64).optional().describe("Source address or prefix"),
      dst_ip: z.string().min(1).max(64).optional().describe("Destination address or prefix"),
      protocol: z.string().min(1).max(32).optional().describe("Such as tcp, udp, icmp, dns, tls"),
      port: z.int().min(0).max(65_535).optional().describe("Source or destination port"),
      filter: z.string().min(1).max(FILTER_TEXT_MAX).optional().describe(
        'Further condition, such as tcp.flags.reset == 1 or dns.qry.name contains "cdn"',
      ),
      first_frame: z.int().min(1).max(4_294_967_295).optional().describe("Packet number, from 1"),
      last_frame: z.int().min(1).max(4_294_967_295).optional().describe("Packet number, included"),
      since: z.number().min(0).max(1e9).optional().describe("Seconds after the first packet"),
      until: z.number().min(0).max(1e9).optional().describe("Seconds after it, excluded"),
      max_results: maxResults(),
    }),
  output: () => z.object(packetListOutput()),
  needs: () => [captures],
  budget: { ms: SCAN_BUDGET_MS },
  pages: "packets",
  run: async ({ file_path, max_packets, max_results, ...given }, cx) => {
    if (given.filter !== undefined) assertOwnFilters(cx.config);
    const params = {
      filter: given.filter ?? null,
      src_ip: given.src_ip ?? null,
      dst_ip: given.dst_ip ?? null,
      protocol: given.protocol ?? null,
      port: given.port ?? null,
      first_frame: given.first_frame ?? null,
      last_frame: given.last_frame ?? null,
      since: given.since ?? null,
      until: given.until ?? null,
      max_results,
    };
    return await reportOn(
      cx,
      { question: "packets", paths: [file_path], params, max_packets },
      sayPackets,
    );
  },
});
