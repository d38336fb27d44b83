/**
 * What is wrong with a tunnel, told from its state, its counters and the way to its far end.
 *
 * @module
 */
import type { TunnelKind, TunnelRow } from "./tunnel.ts";

/** The least MTU of a link that carries IPv6 (RFC 8200 §5). */
const IPV6_MIN_MTU = 1280;

/** Packets without an answer that mean something: a link that comes up sends a few by itself. */
const UNANSWERED_PACKETS = 20;

/**
 * Octets that a tunnel puts before a packet, by kind, without the 4 of a GRE key; null: not fixed.
 * GRE: 4 (RFC 2784 §2) behind IPv4 (20) or IPv6 (40) and, as the kernel does unless told otherwise,
 * the 8 of a tunnel encapsulation limit (RFC 2473 §4.1.1); `tap` adds Ethernet (14). VXLAN: UDP 8,
 * itself 8, Ethernet 14 (RFC 7348 §5), over IPv6 20 more. VTI: IPsec, whose algorithms decide.
 */
export const UNDERLAY_OVERHEAD: Readonly<Record<TunnelKind, number | null>> = {
  gre: 24,
  gretap: 38,
  ip6gre: 52,
  ip6gretap: 66,
  ipip: 20,
  ip6tnl: 48,
  sit: 20,
  vti: null,
  vti6: null,
  vxlan: 50,
};

/** The findings, worst first; `isLookedUp`: the way to the far end was asked for. */
export function findingsOf(tunnel: TunnelRow, isLookedUp: boolean): readonly string[] {
  const { remote, underlay, mtu, overhead_bytes, received, sent } = tunnel;
  const findings: string[] = [];
  if (underlay?.recursive === true) {
    findings.push(
      `The way to ${remote} leads through ${tunnel.name} itself: packets are wrapped again and again and dropped; give ${remote} a route of its own outside`,
    );
  }
  if (remote !== null && underlay === null && isLookedUp) {
    findings.push(`This host has no route to the far end ${remote}`);
  }
  if (tunnel.why_down !== undefined && !tunnel.is_fallback) {
    findings.push(`It is down: ${tunnel.why_down}`);
  }
  const source = underlay?.source_address ?? null;
  if (tunnel.local !== null && source !== null && source !== tunnel.local && !underlay?.recursive) {
    findings.push(
      `Packets leave from ${tunnel.local}, though this host would take ${source} on the way to ${remote}: see that ${tunnel.local} can be reached from there`,
    );
  }
  if (mtu !== null && overhead_bytes !== null && underlay?.mtu != null && !underlay.recursive) {
    const fits = underlay.mtu - overhead_bytes;
    if (mtu > fits) {
      findings.push(
        `Its MTU ${mtu} and ${overhead_bytes} octets of outer headers do not fit the ${underlay.mtu} of ${underlay.interface}: set it to ${fits}`,
      );
    }
  }
  if (mtu !== null && mtu < IPV6_MIN_MTU && tunnel.addresses.some((one) => one.includes(":"))) {
    findings.push(`Its MTU ${mtu} is below the ${IPV6_MIN_MTU} that IPv6 needs`);
  }
  const noWay = sent?.other?.carrier_errors ?? 0;
  if (noWay > 0) {
    findings.push(`${noWay} packets could not be sent to the far end (carrier_errors)`);
  }
  if (received?.packets === 0 && sent !== null && sent.packets >= UNANSWERED_PACKETS) {
    findings.push(
      `${sent.packets} packets were sent and none has come back: the far end may not have this tunnel, its key may differ, or a filter drops ${
        outerName(tunnel.kind)
      }`,
    );
  }
  return findings;
}

/** What filters on the way see (IANA protocol numbers). */
function outerName(kind: TunnelKind): string {
  if (kind.includes("gre")) return "IP protocol 47 (GRE)";
  if (kind === "vxlan") return "UDP of VXLAN";
  if (kind === "sit") return "IP protocol 41 (IPv6)";
  return kind.startsWith("vti") ? "IPsec" : "IP protocol 4 (IP in IP)";
}
