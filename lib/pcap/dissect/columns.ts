/**
 * What dissection finds about each packet of a batch, as columns. Addresses and payloads stay where
 * they are: columns hold offsets into the bytes of the batch and are valid as long as it is.
 *
 * @module
 */

import { BATCH_PACKETS } from "../batch.ts";
import { type ColumnMemory, separateMemory } from "../arena.ts";
import { PathTable } from "./path_table.ts";

/** Kinds of tunnel, values of the column `tunnelKind`. */
export const Tunnel = {
  none: 0,
  ipInIp: 1,
  ipv6InIp: 2,
  gre: 3,
  erspan: 4,
  vxlan: 5,
  geneve: 6,
  gtpU: 7,
  pseudowire: 8,
  mplsInIp: 9,
  etherIp: 10,
} as const;

/** Which part of a datagram a packet is, values of the column `fragment`. */
export const Fragment = { whole: 0, first: 1, later: 2 } as const;

/** How much of a packet the capture left out, values of the column `cut`. */
export const Cut = { nothing: 0, payload: 1, header: 2 } as const;

/**
 * Columns of one batch. Index is the packet within the batch. Where tunnels nest, addresses, ports
 * and transport are those of the innermost IP packet whose header is there.
 */
export class DissectColumns {
  /** The protocol paths of this scan; `path` holds ids of it. */
  readonly paths: PathTable;
  /** Interned protocol path. */
  readonly path: Uint16Array;
  /** Last recognized application protocol (id of `Protocol`), 0 if none. */
  readonly app: Uint8Array;
  /** 4, 6, or 0 if there is no IP header. */
  readonly ipVersion: Uint8Array;
  /** Length of each address in octets: 4, 16, or 0. */
  readonly addressLength: Uint8Array;
  /** Offset of the source address, -1 if none. */
  readonly srcOffset: Int32Array;
  /** Offset of the destination address, -1 if none. */
  readonly dstOffset: Int32Array;
  /** IP protocol number of the transport (IANA protocol-numbers), -1 if none. */
  readonly l4Protocol: Int16Array;
  /** Source port of TCP, UDP, UDP-Lite or SCTP, -1 if none. */
  readonly srcPort: Int32Array;
  /** Destination port, -1 if none. */
  readonly dstPort: Int32Array;
  /** Offset of the innermost IP or ARP header, -1 if none. */
  readonly l3Offset: Int32Array;
  /** Offset of the transport header, -1 if none or in a later fragment. */
  readonly l4Offset: Int32Array;
  /** Offset of what the transport (or a later fragment) carries, -1 if unknown. */
  readonly payloadOffset: Int32Array;
  /** Octets of that payload that were captured. */
  readonly payloadCaptured: Int32Array;
  /** Octets of that payload on the wire, from the length fields of IP and UDP. */
  readonly payloadWire: Int32Array;
  /** TCP flags, 12 bits: reserved, AE (NS), CWR, ECE, URG, ACK, PSH, RST, SYN, FIN. */
  readonly tcpFlags: Uint16Array;
  /** TCP sequence number. */
  readonly seq: Uint32Array;
  /** TCP acknowledgment number as on the wire, also where ACK is not set. */
  readonly ack: Uint32Array;
  /** TCP window, unscaled. */
  readonly window: Uint16Array;
  /** VLAN id of the outermost tag, -1 if untagged. */
  readonly vlanId: Int16Array;
  /** Number of VLAN tags outside any tunnel. */
  readonly vlanDepth: Uint8Array;
  /** Number of tunnels around the innermost packet. */
  readonly tunnelDepth: Uint8Array;
  /** Kind of the innermost tunnel, a value of {@link Tunnel}. */
  readonly tunnelKind: Uint8Array;
  /** VNI, TEID, GRE key or ERSPAN session of the innermost tunnel that has one, else 0. */
  readonly tunnelId: Uint32Array;
  /** A value of {@link Fragment}. */
  readonly fragment: Uint8Array;
  /** Offset of the fragment in its datagram, octets. */
  readonly fragmentOffset: Int32Array;
  /** 1 if more fragments follow. */
  readonly fragmentMore: Uint8Array;
  /** Identification: of IPv4 always, of IPv6 where there is a fragment header. */
  readonly ipId: Uint32Array;
  /** Time to live or hop limit. */
  readonly ttl: Uint8Array;
  /** ICMP or ICMPv6 type, -1 if none. */
  readonly icmpType: Int16Array;
  /** ICMP or ICMPv6 code, -1 if none. */
  readonly icmpCode: Int16Array;
  /** What is wrong with the packet, see malformed.ts; 0 if nothing. The first finding counts. */
  readonly malformed: Uint16Array;
  /** A value of {@link Cut}: whether the capture kept less than the wire had. */
  readonly cut: Uint8Array;

  /** Columns over the given path table, or over one of their own. */
  constructor(paths: PathTable = new PathTable(), memory: ColumnMemory = separateMemory) {
    this.paths = paths;
    this.path = memory.uint16(BATCH_PACKETS);
    this.app = memory.uint8(BATCH_PACKETS);
    this.ipVersion = memory.uint8(BATCH_PACKETS);
    this.addressLength = memory.uint8(BATCH_PACKETS);
    this.payloadCaptured = memory.int32(BATCH_PACKETS);
    this.payloadWire = memory.int32(BATCH_PACKETS);
    this.tcpFlags = memory.uint16(BATCH_PACKETS);
    this.seq = memory.uint32(BATCH_PACKETS);
    this.ack = memory.uint32(BATCH_PACKETS);
    this.window = memory.uint16(BATCH_PACKETS);
    this.vlanDepth = memory.uint8(BATCH_PACKETS);
    this.tunnelDepth = memory.uint8(BATCH_PACKETS);
    this.tunnelKind = memory.uint8(BATCH_PACKETS);
    this.tunnelId = memory.uint32(BATCH_PACKETS);
    this.fragment = memory.uint8(BATCH_PACKETS);
    this.fragmentOffset = memory.int32(BATCH_PACKETS);
    this.fragmentMore = memory.uint8(BATCH_PACKETS);
    this.ipId = memory.uint32(BATCH_PACKETS);
    this.ttl = memory.uint8(BATCH_PACKETS);
    this.malformed = memory.uint16(BATCH_PACKETS);
    this.cut = memory.uint8(BATCH_PACKETS);
    this.srcOffset = memory.int32(BATCH_PACKETS);
    this.dstOffset = memory.int32(BATCH_PACKETS);
    this.l4Protocol = memory.int16(BATCH_PACKETS);
    this.srcPort = memory.int32(BATCH_PACKETS);
    this.dstPort = memory.int32(BATCH_PACKETS);
    this.l3Offset = memory.int32(BATCH_PACKETS);
    this.l4Offset = memory.int32(BATCH_PACKETS);
    this.payloadOffset = memory.int32(BATCH_PACKETS);
    this.vlanId = memory.int16(BATCH_PACKETS);
    this.icmpType = memory.int16(BATCH_PACKETS);
    this.icmpCode = memory.int16(BATCH_PACKETS);
  }

  /** Sets every row to "nothing found". */
  clear(): void {
    this.path.fill(0);
    this.app.fill(0);
    this.ipVersion.fill(0);
    this.addressLength.fill(0);
    this.srcOffset.fill(-1);
    this.dstOffset.fill(-1);
    this.l4Protocol.fill(-1);
    this.srcPort.fill(-1);
    this.dstPort.fill(-1);
    this.l3Offset.fill(-1);
    this.l4Offset.fill(-1);
    this.payloadOffset.fill(-1);
    this.payloadCaptured.fill(0);
    this.payloadWire.fill(0);
    this.tcpFlags.fill(0);
    this.seq.fill(0);
    this.ack.fill(0);
    this.window.fill(0);
    this.vlanId.fill(-1);
    this.vlanDepth.fill(0);
    this.tunnelDepth.fill(0);
    this.tunnelKind.fill(0);
    this.tunnelId.fill(0);
    this.fragment.fill(0);
    this.fragmentOffset.fill(0);
    this.fragmentMore.fill(0);
    this.ipId.fill(0);
    this.ttl.fill(0);
    this.icmpType.fill(-1);
    this.icmpCode.fill(-1);
    this.malformed.fill(0);
    this.cut.fill(0);
  }

  /** Forgets the transport of row `i`, before an inner IP packet takes the row. */
  clearTransport(i: number): void {
    this.app[i] = 0;
    this.srcPort[i] = -1;
    this.dstPort[i] = -1;
    this.l4Offset[i] = -1;
    this.payloadOffset[i] = -1;
    this.payloadCaptured[i] = 0;
    this.payloadWire[i] = 0;
    this.tcpFlags[i] = 0;
    this.seq[i] = 0;
    this.ack[i] = 0;
    this.window[i] = 0;
    this.fragment[i] = 0;
    this.fragmentOffset[i] = 0;
    this.fragmentMore[i] = 0;
    this.ipId[i] = 0;
    this.icmpType[i] = -1;
    this.icmpCode[i] = -1;
  }
}
