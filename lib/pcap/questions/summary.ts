/**
 * The question `summary`: what a capture is and what is in it, at a glance.
 *
 * @module
 */
import { LINK_TYPES } from "../dissect/link_types.ts";
import type { Capture, QuestionContext } from "../engine/question.ts";
import type { HostTotal } from "../flow/host_table.ts";
import type { InterfaceTotal } from "../flow/packet_tally.ts";
import type { CaptureFormat, CaptureInterface, InterfaceStatistics } from "../format.ts";
import type { CaptureScan } from "../scan.ts";
import { qualityOf } from "./capture_quality.ts";
import { coverageOf } from "./coverage.ts";
import { protocolTotals } from "./hierarchy.ts";
import { isoTime, secondsBetween } from "./iso_time.ts";
import { mbpsOf, rounded } from "./rounding.ts";

/** Hosts of each list. */
const HOSTS_SHOWN = 5;
/** Interfaces that are told one by one. */
const INTERFACES_SHOWN = 16;

/** Answer of {@link askSummary}. */
export type SummaryAnswer = Awaited<ReturnType<typeof askSummary>>;

/** The summary of a capture. */
export async function askSummary(
  _params: Record<never, never>,
  [capture]: readonly Capture[],
  _cx: QuestionContext,
) {
  if (capture === undefined) throw new TypeError("A question needs a capture");
  const scan = await capture.scan();
  const { facts, packets, flows } = scan;
  const hosts = flows.hosts();
  const sec = secondsBetween(facts.firstNs, facts.lastNs);
  const protocols = protocolTotals(scan.hierarchy);
  return {
    ...coverageOf(facts),
    capture_quality: qualityOf(scan),
    packet_count: facts.packets,
    capture_duration_seconds: sec,
    start_time: isoTime(facts.baseSec, facts.firstNs),
    end_time: isoTime(facts.baseSec, facts.lastNs),
    file_size_bytes: facts.fileBytes,
    wire_bytes: facts.wireBytes,
    captured_bytes: facts.capturedBytes,
    average: {
      mbps: mbpsOf(facts.wireBytes, sec),
      packets_per_second: sec === null || sec <= 0 ? null : rounded(facts.packets / sec),
      packet_bytes: facts.packets === 0 ? null : rounded(facts.wireBytes / facts.packets),
    },
    packet_sizes: {
      smallest: packets.leastOctets,
      largest: packets.greatestOctets,
      classes: packets.sizes.filter((one) => one.packets > 0).map((one) => ({
        from_bytes: one.fromOctets,
        to_bytes: one.toOctets,
        packets: one.packets,
      })),
    },
    protocols: Object.fromEntries(protocols.map(({ name, frames }) => [name, frames])),
    top_talkers: hosts.talkers.slice(0, HOSTS_SHOWN).map(hostOf),
    top_destinations: hosts.destinations.slice(0, HOSTS_SHOWN).map(hostOf),
    unique_src_ips: hosts.sources,
    unique_dst_ips: hosts.sinks,
    /** False: too many hosts to tell them all apart; the four fields before are lower bounds. */
    hosts_exact: hosts.isExact,
    total_conversations: flows.opened,
    tcp_issues_summary: { resets: packets.resets, sack: packets.sacks },
    format: formatOf(facts.format),
    interfaces: facts.format.interfaces.slice(0, INTERFACES_SHOWN).map((one) =>
      interfaceOf(one, packets.interfaces)
    ),
    total_interfaces: facts.format.interfaces.length,
    link_types: linkTypesOf(scan),
  };
}

function hostOf({ address, packets, octets }: HostTotal) {
  return { ip: address, packets, bytes: octets };
}

function formatOf(format: CaptureFormat) {
  return {
    container: format.container,
    compression: format.compression,
    version: format.version,
    variant: format.variant,
    byte_order: format.byteOrder,
    sections: format.sections,
    application: format.application,
    operating_system: format.operatingSystem,
    hardware: format.hardware,
    other_blocks: format.otherBlocks,
  };
}

function interfaceOf(one: CaptureInterface, totals: readonly InterfaceTotal[]) {
  const total = totals.find(({ id }) => id === one.id);
  return {
    id: one.id,
    name: one.name,
    description: one.description,
    link_type: linkTypeName(one.linkType),
    snap_length: one.snapLength,
    time_resolution: one.timeResolution,
    packets: total?.packets ?? 0,
    bytes: total?.octets ?? 0,
    lost_between_packets: one.lostBetweenPackets,
    statistics: one.statistics === null ? null : statisticsOf(one.statistics),
  };
}

function statisticsOf(statistics: InterfaceStatistics) {
  return {
    received: statistics.received,
    dropped: statistics.dropped,
    filter_accepted: statistics.filterAccepted,
    os_dropped: statistics.osDropped,
    delivered: statistics.delivered,
  };
}

/** Packets by link type. */
function linkTypesOf({ facts, packets }: CaptureScan): Record<string, number> {
  const typeOf = new Map(facts.format.interfaces.map(({ id, linkType }) => [id, linkType]));
  const counts: Record<string, number> = {};
  for (const { id, packets: count } of packets.interfaces) {
    const name = linkTypeName(typeOf.get(id));
    counts[name] = (counts[name] ?? 0) + count;
  }
  return counts;
}

function linkTypeName(code: number | undefined): string {
  if (code === undefined) return "unknown";
  return LINK_TYPES.find((row) => row.code === code)?.name ?? `LINKTYPE ${code}`;
}
