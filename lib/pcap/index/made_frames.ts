/**
 * Ethernet frames made to measure: IP with the addresses, ports, flags and lengths that are asked
 * for, everything else zero.
 *
 * @module
 */
import { ETHERNET_LINK, type FrameBatch } from "./frame_batch.ts";

const TCP = 6, SCTP = 132;
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
  readonly addressLength: 0 | 4 | 16;
  /** Source and destination address, four words each; an IPv4 address is in the first of them. */
  readonly addresses: Int32Array;
  /** IP protocol number. */
  readonly protocol: number;
  /** -1 without ports: then no transport header is there either. */
  readonly srcPort: number;
  readonly dstPort: number;
  /** Flags of a TCP header. */
  readonly tcpFlags: number;
  /** Octets behind the transport header, on the wire only. */
  readonly payload: number;
}

/** A frame of which it only matters what it has. */
export const NO_IP: MadeFrame = {
  addressLength: 0,
  addresses: new Int32Array(8),
  protocol: NO_PROTOCOL,
  srcPort: -1,
  dstPort: -1,
  tcpFlags: 0,
  payload: 0,
};

/** TCP without flags or payload; over IPv6, where a payload may be longest. */
export const SOME_TCP: MadeFrame = {
  ...NO_IP,
  addressLength: 16,
  protocol: TCP,
  srcPort: 0,
  dstPort: 0,
};

/** Makes `batch` one of the frames that `frameOf` wants for rows 0 to `count` - 1. */
export function makeFrames(
  batch: FrameBatch,
  count: number,
  frameOf: (row: number) => MadeFrame,
): void {
  const bytes = new Uint8Array(FRAME_OCTETS * count);
  const view = new DataView(bytes.buffer);
  batch.begin(bytes);
  for (let row = 0; row < count; row++) {
    const offset = row * FRAME_OCTETS;
    const frame = frameOf(row);
    const capturedLength = writeFrame(view, offset, frame);
    const wireLength = capturedLength + frame.payload;
    batch.add({ offset, capturedLength, wireLength, linkType: ETHERNET_LINK, fcsLength: 0 });
  }
  batch.dissect();
}

/** Octets that were written. */
function writeFrame(view: DataView, offset: number, frame: MadeFrame): number {
  const { addressLength, addresses, payload } = frame;
  view.setUint16(offset + 12, addressLength === 0 ? NO_TYPE : addressLength === 4 ? IPV4 : IPV6);
  if (addressLength === 0) return ETHERNET_OCTETS;
  const ip = offset + ETHERNET_OCTETS;
  const header = addressLength === 4 ? IPV4_OCTETS : IPV6_OCTETS;
  const protocol = frame.srcPort < 0 ? NO_PROTOCOL : frame.protocol;
  const transport = frame.srcPort < 0 ? 0 : writeTransport(view, ip + header, frame);
  if (addressLength === 4) {
    view.setUint8(ip, 0x45);
    view.setUint16(ip + 2, header + transport + payload);
    view.setUint8(ip + 9, protocol);
  } else {
    view.setUint8(ip, 0x60);
    view.setUint16(ip + 4, transport + payload);
    view.setUint8(ip + 6, protocol);
  }
  const source = ip + header - 2 * addressLength;
  for (let word = 0; word < addressLength / 4; word++) {
    view.setInt32(source + word * 4, addresses[word] ?? 0);
    view.setInt32(source + addressLength + word * 4, addresses[4 + word] ?? 0);
  }
  return ETHERNET_OCTETS + header + transport;
}

/** Octets that were written. */
function writeTransport(view: DataView, at: number, frame: MadeFrame): number {
  view.setUint16(at, frame.srcPort);
  view.setUint16(at + 2, frame.dstPort);
  if (frame.protocol === TCP) {
    view.setUint16(at + 12, (TCP_OCTETS / 4) << 12 | frame.tcpFlags);
    return TCP_OCTETS;
  }
  if (frame.protocol === SCTP) return SCTP_OCTETS;
  // UDP, or UDP-Lite, where the same number is the coverage (RFC 3828 3.1).
  view.setUint16(at + 4, UDP_OCTETS + frame.payload);
  return UDP_OCTETS;
}
