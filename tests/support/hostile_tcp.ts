/**
 * Captures of TCP that obeys no rule for long: each segment is a plausible next one of a connection
 * or off by something, so that the rules of an analysis meet in every order. The same seed gives
 * the same capture.
 *
 * @module
 */
import { Random } from "../fuzz/random.ts";

const FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16;
const LINKTYPE_RAW = 101;
/** Octets of TCP options at most (RFC 9293 §3.1). */
const OPTIONS_MAX = 40;
const FILE_HEADER = 24, RECORD_HEADER = 16, IP_HEADER = 20, TCP_HEADER = 20;

/** What one side has sent so far. */
interface Side {
  readonly address: number;
  port: number;
  next: number;
  acked: number;
  window: number;
  lastLength: number;
  tsVal: number;
  ipId: number;
}

/** What to make. */
export interface HostileWish {
  readonly seed: number;
  readonly frames: number;
  readonly connections: number;
  /** Octets kept of each packet; default: all. */
  readonly snapLength?: number;
  /** Timestamps, MSS, identifications and checksums, most of which go on as hosts count; default: none. */
  readonly isStamped?: boolean;
}

/** What a stamped segment carries beside what every segment does. */
interface Stamps {
  readonly options: readonly number[];
  readonly ipId: number;
  readonly checksum: number;
}

const NO_STAMPS: Stamps = { options: [], ipId: 0, checksum: 0 };

/** A classic pcap file (microseconds, raw IP) of hostile TCP. */
export function hostileTcp(wish: HostileWish): Uint8Array<ArrayBuffer> {
  const random = new Random(wish.seed);
  const pairs = Array.from({ length: wish.connections }, (_, index) => newPair(random, index));
  const frames: Uint8Array[] = [fileHeader()];
  let timeUs = 1_700_000_000_000_000;
  for (let frame = 0; frame < wish.frames; frame++) {
    const [a, b] = pairs[random.below(pairs.length)] ?? newPair(random, 0);
    const [from, to] = random.oneIn(2) ? [a, b] : [b, a];
    timeUs += random.pick([0, 1, 90, 900, 900, 1500, 4000, 4000, 19_999, 20_001, 300_000]);
    if (random.oneIn(200)) timeUs -= 2000;
    if (random.oneIn(400)) from.next = random.bits();
    const kept = wish.snapLength ?? 65_535;
    frames.push(record(timeUs, segment(random, from, to, wish.isStamped === true), kept));
  }
  return concatenate(frames);
}

function newPair(random: Random, index: number): [Side, Side] {
  const side = (address: number, port: number): Side => ({
    address,
    port,
    next: random.pick([random.bits(), 0xffff_fff0, 0, 1, 0x7fff_ff00, 0xffff_0000]),
    acked: 0,
    window: 501,
    lastLength: 0,
    tsVal: 0xffff_fffa,
    ipId: 0xfff0,
  });
  return [side(0x0a00_0001, 40_000 + index), side(0x0a00_0002, 7001)];
}

function segment(random: Random, from: Side, to: Side, isStamped: boolean): Uint8Array {
  const flags = random.oneIn(12)
    ? random.pick([SYN, SYN | ACK, RST, RST | ACK, FIN | ACK, FIN, PSH, 0, SYN | FIN, SYN | RST])
    : random.oneIn(30)
    ? FIN | ACK
    : ACK | (random.oneIn(4) ? PSH : 0);
  const length = random.pick([0, 0, 0, 0, 1, 1, 2, 100, 100, 1000, from.lastLength]);
  const off = random.below(20);
  const seq = off < 12
    ? from.next
    : off < 14
    ? from.next - 1
    : off < 16
    ? from.next - from.lastLength
    : off < 17
    ? from.next - length
    : off < 18
    ? from.next - random.below(300)
    : off < 19
    ? from.next + random.pick([1, 100, 1000, random.below(300)])
    : random.oneIn(4)
    ? random.bits()
    : from.next - from.lastLength - 100;
  const ack = random.oneIn(3)
    ? to.next
    : random.oneIn(40)
    ? random.pick([0, random.bits(), to.next + 5, to.next - 1, from.acked + 1])
    : from.acked;
  if (random.oneIn(6)) from.window = random.pick([0, 0, 1, 2, 100, 501, 1000, 65_535]);
  const stamps = isStamped ? stampsOf(random, from, to, flags) : NO_STAMPS;
  const octets = encode(from, to, {
    ...stamps,
    seq: seq >>> 0,
    ack: ack >>> 0,
    flags,
    window: random.oneIn(60) ? to.next - from.acked & 0xffff : from.window,
    length,
    options: [...stamps.options, ...optionsOf(random, flags, ack)].slice(0, OPTIONS_MAX),
  });
  const end = (seq + length + ((flags & (SYN | FIN)) !== 0 ? 1 : 0)) >>> 0;
  if (((end - from.next) | 0) > 0 && !random.oneIn(30)) from.next = end;
  from.acked = ack >>> 0;
  from.lastLength = length;
  return octets;
}

function stampsOf(random: Random, from: Side, to: Side, flags: number): Stamps {
  from.tsVal = (from.tsVal + random.pick([0, 0, 1, 1, 4])) >>> 0;
  from.ipId = (from.ipId + (random.oneIn(100) ? 5000 : 1)) & 0xffff;
  const tsVal = random.oneIn(40) ? from.tsVal - 3 : from.tsVal;
  const tsEcr = random.oneIn(8) ? to.tsVal - 1 : to.tsVal;
  const words = [tsVal, tsEcr].flatMap((word) => [24, 16, 8, 0].map((by) => word >>> by & 255));
  const mss = (flags & SYN) !== 0 && !random.oneIn(4) ? [2, 4, 0, random.pick([99, 100, 255])] : [];
  return {
    options: [...mss, ...(random.oneIn(20) ? [] : [1, 1, 8, 10, ...words])],
    ipId: random.oneIn(10) ? 0 : from.ipId,
    checksum: random.pick([0, 0x1234, random.below(65_536)]),
  };
}

function optionsOf(random: Random, flags: number, ack: number): number[] {
  const options: number[] = [];
  if (((flags & SYN) !== 0 && !random.oneIn(4)) || random.oneIn(300)) {
    options.push(3, 3, random.pick([0, 1, 2, 7, 7, 14, 15, 255]), 1);
  }
  if (random.oneIn(6)) {
    const blocks = 1 + random.below(3);
    options.push(1, 1, 5, 2 + blocks * 8);
    for (let edge = 0; edge < blocks * 2; edge++) {
      const at = (ack + random.below(12) * 100 - 500) >>> 0;
      options.push(at >>> 24, at >>> 16 & 255, at >>> 8 & 255, at & 255);
    }
  }
  return options;
}

interface Header extends Stamps {
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly window: number;
  readonly length: number;
}

function encode(from: Side, to: Side, header: Header): Uint8Array {
  const transport = TCP_HEADER + header.options.length;
  const octets = new Uint8Array(IP_HEADER + transport + header.length);
  const view = new DataView(octets.buffer);
  view.setUint16(0, 0x4500);
  view.setUint16(2, octets.length);
  view.setUint16(4, header.ipId);
  view.setUint16(8, 64 << 8 | 6);
  view.setUint32(12, from.address);
  view.setUint32(16, to.address);
  view.setUint16(20, from.port);
  view.setUint16(22, to.port);
  view.setUint32(24, header.seq);
  view.setUint32(28, header.ack);
  view.setUint16(32, transport << 10 | header.flags);
  view.setUint16(34, header.window);
  view.setUint16(36, header.checksum);
  octets.set(header.options, IP_HEADER + TCP_HEADER);
  return octets;
}

function fileHeader(): Uint8Array {
  const view = new DataView(new ArrayBuffer(FILE_HEADER));
  view.setUint32(0, 0xa1b2c3d4);
  view.setUint16(4, 2);
  view.setUint16(6, 4);
  view.setUint32(16, 65_535);
  view.setUint32(20, LINKTYPE_RAW);
  return new Uint8Array(view.buffer);
}

function record(timeUs: number, packet: Uint8Array, snapLength: number): Uint8Array {
  const kept = packet.subarray(0, snapLength);
  const octets = new Uint8Array(RECORD_HEADER + kept.length);
  const view = new DataView(octets.buffer);
  view.setUint32(0, Math.floor(timeUs / 1e6));
  view.setUint32(4, timeUs % 1e6);
  view.setUint32(8, kept.length);
  view.setUint32(12, packet.length);
  octets.set(kept, RECORD_HEADER);
  return octets;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
