/**
 * Application protocols by well-known port (IANA service-names-port-numbers), for payloads whose
 * content does not speak for itself. Ports are those that the peer's protocol hierarchy knows.
 *
 * @module
 */

import { Protocol } from "../protocol.ts";

/** A port and the protocol that is assumed there. */
export interface PortRow {
  /** TCP or UDP port. */
  readonly port: number;
  /** Protocol of the path. */
  readonly protocol: number;
}

/** Ports of TCP. */
export const TCP_PORTS: readonly PortRow[] = [
  { port: 20, protocol: Protocol.ftpData },
  { port: 21, protocol: Protocol.ftp },
  { port: 22, protocol: Protocol.ssh },
  { port: 23, protocol: Protocol.telnet },
  { port: 25, protocol: Protocol.smtp },
  { port: 53, protocol: Protocol.dns },
  { port: 80, protocol: Protocol.http },
  { port: 179, protocol: Protocol.bgp },
  { port: 443, protocol: Protocol.tls },
  { port: 587, protocol: Protocol.smtp },
  { port: 3389, protocol: Protocol.rdp },
  { port: 8080, protocol: Protocol.http },
  { port: 8443, protocol: Protocol.tls },
];

/** Ports of UDP. */
export const UDP_PORTS: readonly PortRow[] = [
  { port: 53, protocol: Protocol.dns },
  { port: 67, protocol: Protocol.dhcp },
  { port: 68, protocol: Protocol.dhcp },
  { port: 123, protocol: Protocol.ntp },
  { port: 137, protocol: Protocol.nbns },
  { port: 161, protocol: Protocol.snmp },
  { port: 162, protocol: Protocol.snmp },
  { port: 443, protocol: Protocol.quic },
  { port: 514, protocol: Protocol.syslog },
  { port: 546, protocol: Protocol.dhcpv6 },
  { port: 547, protocol: Protocol.dhcpv6 },
  { port: 1900, protocol: Protocol.ssdp },
  { port: 5353, protocol: Protocol.mdns },
  { port: 5355, protocol: Protocol.llmnr },
];

function protocolsByPort(rows: readonly PortRow[]): Uint8Array {
  const protocols = new Uint8Array(65536);
  for (const row of rows) protocols[row.port] = row.protocol;
  return protocols;
}

/** Protocol by TCP port, 0 if none. */
export const TCP_PROTOCOL_BY_PORT: Uint8Array = protocolsByPort(TCP_PORTS);
/** Protocol by UDP port, 0 if none. */
export const UDP_PROTOCOL_BY_PORT: Uint8Array = protocolsByPort(UDP_PORTS);

/** Protocol of either TCP port, the lower one first; 0 if neither has one. */
export function tcpPortProtocol(srcPort: number, dstPort: number): number {
  return either(TCP_PROTOCOL_BY_PORT, srcPort, dstPort);
}

/** Protocol of either UDP port, the lower one first; 0 if neither has one. */
export function udpPortProtocol(srcPort: number, dstPort: number): number {
  return either(UDP_PROTOCOL_BY_PORT, srcPort, dstPort);
}

function either(protocols: Uint8Array, srcPort: number, dstPort: number): number {
  const low = srcPort < dstPort ? srcPort : dstPort;
  const high = srcPort < dstPort ? dstPort : srcPort;
  const found = protocols[low] ?? 0;
  return found !== 0 ? found : protocols[high] ?? 0;
}
