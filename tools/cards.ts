/**
 * What a launch must know of every tool, sorted by name. Generated from the tools by
 * `deno task gen`: change the tools, not this file.
 *
 * @module
 */
import type { ToolCard } from "../lib/mcp/define_tool.ts";
import { auditLog } from "./meta/audit_log.ts";
import { exportPackets } from "./capture/export_packets.ts";

/** The cards of all tools. */
export const toolCards: readonly ToolCard[] = [
  {
    name: "analyze_dns_traffic",
    toolset: "capture",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "captures" },
    ],
    load: async () => (await import("./capture/analyze_dns_traffic.ts")).analyzeDnsTraffic,
  },
  {
    name: "analyze_throughput",
    toolset: "capture",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "captures" },
    ],
    load: async () => (await import("./capture/analyze_throughput.ts")).analyzeThroughput,
  },
  auditLog,
  {
    name: "batch_dns_lookup",
    toolset: "connectivity",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "net_resolvers" },
      { kind: "net_udp" },
    ],
    load: async () => (await import("./connectivity/batch_dns_lookup.ts")).batchDnsLookup,
  },
  {
    name: "batch_ping",
    toolset: "connectivity",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "run", program: "ping" },
      { kind: "net_resolvers" },
    ],
    load: async () => (await import("./connectivity/batch_ping.ts")).batchPing,
  },
  {
    name: "batch_port_check",
    toolset: "connectivity",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "net_resolvers" },
      { kind: "net_targets" },
    ],
    load: async () => (await import("./connectivity/batch_port_check.ts")).batchPortCheck,
  },
  {
    name: "capabilities",
    toolset: "meta",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [],
    load: async () => (await import("./meta/capabilities.ts")).capabilities,
  },
  {
    name: "compare_captures",
    toolset: "capture",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "captures" },
    ],
    load: async () => (await import("./capture/compare_captures.ts")).compareCaptures,
  },
  {
    name: "custom_filter",
    toolset: "capture",
    effect: "observe",
    aliases: ["custom_scapy_filter"],
    offered: () => true,
    needs: () => [
      { kind: "captures" },
    ],
    load: async () => (await import("./capture/custom_filter.ts")).customFilter,
  },
  {
    name: "dns_lookup",
    toolset: "connectivity",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "net_resolvers" },
      { kind: "net_targets" },
      { kind: "net_udp" },
    ],
    load: async () => (await import("./connectivity/dns_lookup.ts")).dnsLookup,
  },
  {
    name: "explain_connection",
    toolset: "capture",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "captures" },
    ],
    load: async () => (await import("./capture/explain_connection.ts")).explainConnection,
  },
  exportPackets,
  {
    name: "filter_packets",
    toolset: "capture",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "captures" },
    ],
    load: async () => (await import("./capture/filter_packets.ts")).filterPackets,
  },
  {
    name: "find_tcp_issues",
    toolset: "capture",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "captures" },
    ],
    load: async () => (await import("./capture/find_tcp_issues.ts")).findTcpIssues,
  },
  {
    name: "follow_stream",
    toolset: "capture",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "captures" },
    ],
    load: async () => (await import("./capture/follow_stream.ts")).followStream,
  },
  {
    name: "get_conversations",
    toolset: "capture",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "captures" },
    ],
    load: async () => (await import("./capture/get_conversations.ts")).getConversations,
  },
  {
    name: "get_protocol_hierarchy",
    toolset: "capture",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "captures" },
    ],
    load: async () => (await import("./capture/get_protocol_hierarchy.ts")).getProtocolHierarchy,
  },
  {
    name: "list_captures",
    toolset: "capture",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [],
    load: async () => (await import("./capture/list_captures.ts")).listCaptures,
  },
  {
    name: "mtr",
    toolset: "connectivity",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "run", program: "mtr" },
      { kind: "run", program: "traceroute" },
      { kind: "run", program: "ping" },
      { kind: "net_resolvers" },
    ],
    load: async () => (await import("./connectivity/mtr.ts")).mtr,
  },
  {
    name: "pcap_packet",
    toolset: "capture",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "captures" },
    ],
    load: async () => (await import("./capture/pcap_packet.ts")).pcapPacket,
  },
  {
    name: "pcap_summary",
    toolset: "capture",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "captures" },
    ],
    load: async () => (await import("./capture/pcap_summary.ts")).pcapSummary,
  },
  {
    name: "ping",
    toolset: "connectivity",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "run", program: "ping" },
      { kind: "net_resolvers" },
    ],
    load: async () => (await import("./connectivity/ping.ts")).ping,
  },
  {
    name: "policy_explain",
    toolset: "meta",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "net_resolvers" },
    ],
    load: async () => (await import("./meta/policy_explain.ts")).policyExplain,
  },
  {
    name: "port_check",
    toolset: "connectivity",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "net_resolvers" },
      { kind: "net_targets" },
    ],
    load: async () => (await import("./connectivity/port_check.ts")).portCheck,
  },
  {
    name: "traceroute",
    toolset: "connectivity",
    effect: "observe",
    aliases: [],
    offered: () => true,
    needs: () => [
      { kind: "run", program: "traceroute" },
      { kind: "net_resolvers" },
    ],
    load: async () => (await import("./connectivity/traceroute.ts")).traceroute,
  },
];
