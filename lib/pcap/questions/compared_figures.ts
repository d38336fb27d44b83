/**
 * The figures in which two captures of one place at two times are compared.
 *
 * @module
 */
import type { CaptureScan } from "../scan.ts";
import { secondsBetween } from "./iso_time.ts";
import { mbpsOf, msOf, rounded } from "./rounding.ts";

/** Figures of a capture; null where there is nothing to measure. */
export type Figures = {
  readonly duration_seconds: number | null;
  readonly packets: number;
  readonly mbps: number | null;
  readonly conversations: number;
  readonly tcp_connections: number;
  readonly tcp_loss_percent: number | null;
  readonly tcp_spurious_percent: number | null;
  readonly tcp_reordered_percent: number | null;
  readonly tcp_resets: number;
  readonly connections_refused: number;
  readonly connections_unanswered: number;
  readonly handshake_rtt_p50_ms: number | null;
  readonly handshake_rtt_p95_ms: number | null;
  readonly zero_window_ms: number;
  readonly dns_queries: number;
  readonly dns_unanswered: number;
};

/** The figures of a scanned capture. */
export function figuresOf({ facts, flows, tcp, loss, rtt, dns }: CaptureScan): Figures {
  const sec = secondsBetween(facts.firstNs, facts.lastNs);
  const { segments, retransmissions, spurious, reordered } = loss.total;
  const percent = (count: number): number | null =>
    segments === 0 ? null : rounded(100 * count / segments);
  return {
    duration_seconds: sec,
    packets: facts.packets,
    mbps: mbpsOf(facts.wireBytes, sec),
    conversations: flows.opened,
    tcp_connections: tcp.connections,
    tcp_loss_percent: percent(Math.max(0, retransmissions - spurious)),
    tcp_spurious_percent: percent(spurious),
    tcp_reordered_percent: percent(reordered),
    tcp_resets: tcp.ends.reset,
    connections_refused: tcp.handshakes.refused,
    connections_unanswered: tcp.handshakes.unanswered,
    handshake_rtt_p50_ms: rtt.handshake === null ? null : msOf(rtt.handshake.p50Ns),
    handshake_rtt_p95_ms: rtt.handshake === null ? null : msOf(rtt.handshake.p95Ns),
    zero_window_ms: msOf(rtt.zeroWindowNs),
    dns_queries: dns.queries,
    dns_unanswered: dns.unansweredCount,
  };
}
