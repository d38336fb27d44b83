/**
 * What a UDP datagram carries: by its port and a look at its first octets, or, for QUIC, by those
 * alone.
 *
 * @module
 */

import { Layer } from "../layer.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";
import { isDnsHeader } from "./dns_header.ts";
import { udpPortProtocol } from "./port_protocols.ts";

/** Names the application protocol, or `data`. */
export function recognizeUdp(walk: Walk, srcPort: number, dstPort: number): number {
  const byPort = udpPortProtocol(srcPort, dstPort);
  const protocol = fits(walk, byPort) ? byPort : isQuicLong(walk) ? Protocol.quic : 0;
  if (protocol === 0) return walk.data();
  walk.columns.app[walk.row] = protocol;
  walk.enter(protocol);
  return Layer.done;
}

/** True if the first octets do not contradict the protocol of the port. */
function fits(walk: Walk, protocol: number): boolean {
  const view = walk.view;
  const pos = walk.pos;
  const size = walk.end - pos;
  switch (protocol) {
    case 0:
      return false;
    case Protocol.dns:
    case Protocol.mdns:
    case Protocol.llmnr:
      return isDnsHeader(walk, pos);
    case Protocol.dhcp: {
      // RFC 2131 2: op is 1 or 2, the hardware address at most 16 octets.
      const op = size >= 3 ? view.getUint8(pos) : 0;
      return (op === 1 || op === 2) && view.getUint8(pos + 2) <= 16;
    }
    case Protocol.ntp: {
      // RFC 5905 7.3: version 1 to 4, mode not 0, 48 octets before any extension.
      const first = size >= 1 ? view.getUint8(pos) : 0;
      const version = (first >> 3) & 7;
      return version >= 1 && version <= 4 && (first & 7) !== 0 && walk.wireEnd - pos >= 12;
    }
    case Protocol.snmp:
      // A BER sequence (RFC 3417 8).
      return size >= 2 && view.getUint8(pos) === 0x30;
    case Protocol.quic:
      // Short headers name no version; the fixed bit is all there is (RFC 9000 17.3).
      return size >= 1 && (view.getUint8(pos) & 0xc0) === 0x40 || isQuicLong(walk);
    default:
      return true;
  }
}

/** True for a QUIC long header of version 1, 2 or an IETF draft, or version negotiation. */
function isQuicLong(walk: Walk): boolean {
  const view = walk.view;
  const pos = walk.pos;
  if (walk.end - pos < 7) return false;
  if ((view.getUint8(pos) & 0xc0) !== 0xc0) return false;
  const version = view.getUint32(pos + 1);
  const known = version === 1 || version === 0x6b3343cf || version >>> 8 === 0xff0000;
  // Connection ids have at most 20 octets (RFC 9000 17.2).
  return known && view.getUint8(pos + 5) <= 20;
}
