/**
 * The list of every tool, sorted by name: what `cards.ts` and the descriptions are made from.
 *
 * @module
 */
import type { Tool } from "../lib/mcp/define_tool.ts";
import { bgpAdjustLocalPref } from "./bgp/bgp_adjust_local_pref.ts";
import { bgpChanges } from "./bgp/bgp_changes.ts";
import { bgpExplain } from "./bgp/bgp_explain.ts";
import { bgpGetPeers } from "./bgp/bgp_get_peers.ts";
import { bgpGetRib } from "./bgp/bgp_get_rib.ts";
import { bgpInjectRoute } from "./bgp/bgp_inject_route.ts";
import { bgpLeases } from "./bgp/bgp_leases.ts";
import { bgpPeerConfig } from "./bgp/bgp_peer_config.ts";
import { bgpPeerControl } from "./bgp/bgp_peer_control.ts";
import { bgpPropagation } from "./bgp/bgp_propagation.ts";
import { bgpRefresh } from "./bgp/bgp_refresh.ts";
import { bgpRibStats } from "./bgp/bgp_rib_stats.ts";
import { bgpSessionDoctor } from "./bgp/bgp_session_doctor.ts";
import { bgpWithdrawAll } from "./bgp/bgp_withdraw_all.ts";
import { bgpWithdrawRoute } from "./bgp/bgp_withdraw_route.ts";
import { mrtSearch } from "./bgp/mrt_search.ts";
import { mrtSummary } from "./bgp/mrt_summary.ts";
import { protocolSummary } from "./bgp/protocol_summary.ts";
import { analyzeDnsTraffic } from "./capture/analyze_dns_traffic.ts";
import { analyzeThroughput } from "./capture/analyze_throughput.ts";
import { compareCaptures } from "./capture/compare_captures.ts";
import { customFilter } from "./capture/custom_filter.ts";
import { explainConnection } from "./capture/explain_connection.ts";
import { exportPackets } from "./capture/export_packets.ts";
import { filterPackets } from "./capture/filter_packets.ts";
import { findTcpIssues } from "./capture/find_tcp_issues.ts";
import { followStream } from "./capture/follow_stream.ts";
import { getConversations } from "./capture/get_conversations.ts";
import { getProtocolHierarchy } from "./capture/get_protocol_hierarchy.ts";
import { listCaptures } from "./capture/list_captures.ts";
import { pcapPacket } from "./capture/pcap_packet.ts";
import { pcapSummary } from "./capture/pcap_summary.ts";
import { batchDnsLookup } from "./connectivity/batch_dns_lookup.ts";
import { batchPing } from "./connectivity/batch_ping.ts";
import { batchPortCheck } from "./connectivity/batch_port_check.ts";
import { dnsLookup } from "./connectivity/dns_lookup.ts";
import { mtr } from "./connectivity/mtr.ts";
import { ping } from "./connectivity/ping.ts";
import { portCheck } from "./connectivity/port_check.ts";
import { traceroute } from "./connectivity/traceroute.ts";
import { getArpTable } from "./host/get_arp_table.ts";
import { getConnections } from "./host/get_connections.ts";
import { getDnsConfig } from "./host/get_dns_config.ts";
import { getInterfaces } from "./host/get_interfaces.ts";
import { getPublicIp } from "./host/get_public_ip.ts";
import { getRoutes } from "./host/get_routes.ts";
import { hostHealth } from "./host/host_health.ts";
import { pathTo } from "./host/path_to.ts";
import { asnLookup } from "./intel/asn_lookup.ts";
import { rdapLookup } from "./intel/rdap_lookup.ts";
import { rpkiLookup } from "./intel/rpki_lookup.ts";
import { asnOwner } from "./looking_glass/asn_owner.ts";
import { bgpSummary } from "./looking_glass/bgp_summary.ts";
import { checkAnnouncement } from "./looking_glass/check_announcement.ts";
import { ipLookup } from "./looking_glass/ip_lookup.ts";
import { lgPing } from "./looking_glass/lg_ping.ts";
import { lgTraceroute } from "./looking_glass/lg_traceroute.ts";
import { listServers } from "./looking_glass/list_servers.ts";
import { routeCompare } from "./looking_glass/route_compare.ts";
import { routeLookup } from "./looking_glass/route_lookup.ts";
import { routeSearch } from "./looking_glass/route_search.ts";
import { auditLog } from "./meta/audit_log.ts";
import { capabilities } from "./meta/capabilities.ts";
import { policyExplain } from "./meta/policy_explain.ts";
import { checkOverlaps } from "./planning/check_overlaps.ts";
import { cidrInfo } from "./planning/cidr_info.ts";
import { cidrSummarize } from "./planning/cidr_summarize.ts";
import { findVlanForIp } from "./planning/find_vlan_for_ip.ts";
import { ipInSubnet } from "./planning/ip_in_subnet.ts";
import { ipInVlan } from "./planning/ip_in_vlan.ts";
import { planSubnets } from "./planning/plan_subnets.ts";
import { subnetSplit } from "./planning/subnet_split.ts";
import { validateVlanMap } from "./planning/validate_vlan_map.ts";
import { greTunnelCreate } from "./tunnel/gre_tunnel_create.ts";
import { greTunnelDelete } from "./tunnel/gre_tunnel_delete.ts";
import { greTunnelStatus } from "./tunnel/gre_tunnel_status.ts";

/** Every tool of netglass. */
export const allTools: readonly Tool[] = [
  analyzeDnsTraffic,
  analyzeThroughput,
  asnLookup,
  asnOwner,
  auditLog,
  batchDnsLookup,
  batchPing,
  batchPortCheck,
  bgpAdjustLocalPref,
  bgpChanges,
  bgpExplain,
  bgpGetPeers,
  bgpGetRib,
  bgpInjectRoute,
  bgpLeases,
  bgpPeerConfig,
  bgpPeerControl,
  bgpPropagation,
  bgpRefresh,
  bgpRibStats,
  bgpSessionDoctor,
  bgpSummary,
  bgpWithdrawAll,
  bgpWithdrawRoute,
  capabilities,
  checkAnnouncement,
  checkOverlaps,
  cidrInfo,
  cidrSummarize,
  compareCaptures,
  customFilter,
  dnsLookup,
  explainConnection,
  exportPackets,
  filterPackets,
  findTcpIssues,
  findVlanForIp,
  followStream,
  getArpTable,
  getConnections,
  getConversations,
  getDnsConfig,
  getInterfaces,
  getProtocolHierarchy,
  getPublicIp,
  getRoutes,
  greTunnelCreate,
  greTunnelDelete,
  greTunnelStatus,
  hostHealth,
  ipInSubnet,
  ipInVlan,
  ipLookup,
  lgPing,
  lgTraceroute,
  listCaptures,
  listServers,
  mrtSearch,
  mrtSummary,
  mtr,
  pathTo,
  pcapPacket,
  pcapSummary,
  ping,
  planSubnets,
  policyExplain,
  portCheck,
  protocolSummary,
  rdapLookup,
  routeCompare,
  routeLookup,
  routeSearch,
  rpkiLookup,
  subnetSplit,
  traceroute,
  validateVlanMap,
];
