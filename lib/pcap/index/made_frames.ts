/**
 * Ethernet frames made to measure: IP with the addresses, ports, flags and lengths that are asked
 * for, everything else zero.
 *
 * @module
 */
import { BATCH_PACKETS } from "../batch.ts";
import { type PathTable, ROOT_PATH } from "../dissect/path_table.ts";
import { Protocol } from "../dissect/protocol.ts";
import { ETHERNET_LINK, FrameBatch } from "./frame_batch.ts";

const TCP = 6, UDP = 17, SCTP = 132, UDP_LITE = 136;
/** For experiments (RFC 3692): nothing looks into it. */
const NO_PROTOCOL = 253;
/** EtherTypes (IANA ieee-802-numbers); the last is for experiments. */
const IPV4 = 0x0800, IPV6 = 0x86dd, NO_TYPE = 0x88b5;
/** Octets of headers (IEEE 802.3 3.2, RFC 791 3.1, RFC 8200 3, RFC 9293 3.1, RFC 768, RFC 9260 3). */
const ETHERNET_OCTETS = 14, IPV4_OCTETS = 20, IPV6_OCTETS = 40;
const TCP_OCTETS = 20, UDP_OCTETS = 8, SCTP_OCTETS = 12;
/** The longest headers together, rounded up. */
const FRAME_OCTETS = 80;

/** What a frame is to have. */
export interface MadeFrame {
  /** Octets of an address; 0: no IP. */
  addressLength: 0 | 4 | 16;
  /** Source and destination address, four words each; an IPv4 address is in the first of them. */
  readonly addresses: Int32Array;
  /** IP protocol number: of TCP, UDP, UDP-Lite or SCTP; 0: no transport header is there. */
  protocol: number;
  srcPort: number;
  dstPort: number;
  /** Flags of a TCP header. */
  tcpFlags: number;
  /** Octets behind the transport header, on the wire only. */
  payload: number;
}

/** A frame without anything. */
export function bareFrame(): MadeFrame {
  const addresses = new Int32Array(8);
  return {
    addressLength: 0,
    addresses,
    protocol: 0,
    srcPort: 0,
    dstPort: 0,
    tcpFlags: 0,
    payload: 0,
  };
}

/** TCP without flags or payload; over IPv6, where a payload may be longest. */
export function tcpFrame(): MadeFrame {
  return { ...bareFrame(), addressLength: 16, protocol: TCP };
}

/** A batch of such frames, dissected as they are made. */
export class MadeFrames extends FrameBatch {
  readonly #bytes = new Uint8Array(FRAME_OCTETS * BATCH_PACKETS);
  readonly #view = new DataView(this.#bytes.buffer);

  /** Begins an empty batch. */
  beginMade(): void {
    this.#bytes.fill(0);
    this.begin(this.#bytes);
    this.dissected.clear();
  }

  /** Makes the next frame; its row. */
  addMade(frame: MadeFrame): number {
    const { addressLength, protocol, payload } = frame;
    const offset = this.packets.count * FRAME_OCTETS;
    const network = addressLength === 0 ? 0 : addressLength === 4 ? IPV4_OCTETS : IPV6_OCTETS;
    const transport = transportOctets(protocol);
    const capturedLength = ETHERNET_OCTETS + network + transport;
    const wireLength = capturedLength + payload;
    const row = this.add({
      offset,
      capturedLength,
      wireLength,
      linkType: ETHERNET_LINK,
      fcsLength: 0,
    });
    const columns = this.dissected;
    columns.path[row] = pathOf(columns.paths, addressLength, protocol);
    if (addressLength === 0) {
      this.#view.setUint16(offset + 12, NO_TYPE);
      return row;
    }
    const ip = offset + ETHERNET_OCTETS;
    writeNetwork(this.#view, ip, frame, transport);
    const source = ip + network - 2 * addressLength;
    columns.ipVersion[row] = addressLength === 4 ? 4 : 6;
    columns.addressLength[row] = addressLength;
    columns.l3Offset[row] = ip;
    columns.srcOffset[row] = source;
    columns.dstOffset[row] = source + addressLength;
    columns.l4Protocol[row] = protocol === 0 ? NO_PROTOCOL : protocol;
    if (protocol === 0) return row;
    const at = ip + network;
    writeTransport(this.#view, at, frame);
    columns.l4Offset[row] = at;
    columns.srcPort[row] = frame.srcPort;
    columns.dstPort[row] = frame.dstPort;
    columns.tcpFlags[row] = protocol === TCP ? frame.tcpFlags : 0;
    columns.payloadOffset[row] = at + transport;
    columns.payloadWire[row] = payload;
    return row;
  }
}

function transportOctets(protocol: number): number {
  if (protocol === 0) return 0;
  return protocol === TCP ? TCP_OCTETS : protocol === SCTP ? SCTP_OCTETS : UDP_OCTETS;
}

function pathOf(paths: PathTable, addressLength: number, protocol: number): number {
  const link = paths.child(ROOT_PATH, Protocol.eth);
  if (addressLength === 0) return link;
  const network = paths.child(link, addressLength === 4 ? Protocol.ip : Protocol.ipv6);
  switch (protocol) {
    case TCP:
      return paths.child(network, Protocol.tcp);
    case UDP:
      return paths.child(network, Protocol.udp);
    case UDP_LITE:
      return paths.child(network, Protocol.udplite);
    case SCTP:
      return paths.child(network, Protocol.sctp);
    default:
      return network;
  }
}

function writeNetwork(view: DataView, ip: number, frame: MadeFrame, transport: number): void {
  const { addressLength, addresses, payload } = frame;
  const protocol = frame.protocol === 0 ? NO_PROTOCOL : frame.protocol;
  if (addressLength === 4) {
    view.setUint16(ip - 2, IPV4);
    view.setUint8(ip, 0x45);
    view.setUint16(ip + 2, IPV4_OCTETS + transport + payload);
    view.setUint8(ip + 9, protocol);
    view.setInt32(ip + 12, addresses[0] ?? 0);
    view.setInt32(ip + 16, addresses[4] ?? 0);
    return;
  }
  view.setUint16(ip - 2, IPV6);
  view.setUint8(ip, 0x60);
  view.setUint16(ip + 4, transport + payload);
  view.setUint8(ip + 6, protocol);
  for (let word = 0; word < 8; word++) view.setInt32(ip + 8 + word * 4, addresses[word] ?? 0);
}

function writeTransport(view: DataView, at: number, frame: MadeFrame): void {
  view.setUint16(at, frame.srcPort);
  view.setUint16(at + 2, frame.dstPort);
  if (frame.protocol === TCP) {
    view.setUint16(at + 12, (TCP_OCTETS / 4) << 12 | frame.tcpFlags);
  } else if (frame.protocol !== SCTP) {
    // UDP-Lite has its coverage in the place of the length (RFC 3828 3.1).
    view.setUint16(at + 4, UDP_OCTETS + frame.payload);
  }
}
