/**
 * A TCP connection written down packet by packet for tests: sequence and acknowledgment numbers
 * follow from what each side sent before.
 *
 * @module
 */
import { addressToBytes, parseAddress } from "../../lib/ip/address.ts";
import { type Endpoint, ipPacket, tcpPacket, type TimedPacket } from "./dns_capture.ts";

/** Bits of the TCP header (RFC 9293 §3.1). */
export const FIN = 1, SYN = 2, RST = 4, ACK = 16;

/** Who sends. */
export type Speaker = "client" | "server";

/** What of a segment is not as usual. */
export interface Oddity {
  readonly window?: number;
  /** Number of the segment, counted from this side's first, that is sent once more. */
  readonly again?: number;
  /** The other side's octets up to which it acknowledges; default: all. */
  readonly acks?: number;
  /** The segment is sent, but not captured. */
  readonly isMissed?: boolean;
}

const CLIENT_ISN = 1000, SERVER_ISN = 7000;
const IP_HEADER = 20, IDENTIFICATION_AT = 4, ACK_AT = IP_HEADER + 8, WINDOW_AT = IP_HEADER + 14;

/** A connection over IPv4. */
export class Talk {
  readonly packets: TimedPacket[] = [];
  readonly client: Endpoint;
  readonly server: Endpoint;
  #packetsSent = 0;
  readonly #next = { client: CLIENT_ISN, server: SERVER_ISN };
  readonly #sent: Record<Speaker, { seq: number; data: Uint8Array }[]> = { client: [], server: [] };

  constructor(client: Endpoint = "192.0.2.10:50000", server: Endpoint = "198.51.100.5:443") {
    this.client = client;
    this.server = server;
  }

  /** SYN, SYN-ACK and ACK, each `legMs` after the one before. */
  open(ms: number, legMs: number): this {
    return this.say(ms, "client", SYN).say(ms + legMs, "server", SYN | ACK)
      .say(ms + 2 * legMs, "client", ACK);
  }

  /** A segment with these flags and data. */
  say(
    ms: number,
    from: Speaker,
    flags: number,
    data: Uint8Array | number = 0,
    odd: Oddity = {},
  ): this {
    const octets = typeof data === "number" ? new Uint8Array(data).fill(120) : data;
    const before = odd.again === undefined ? undefined : this.#sent[from][odd.again];
    const { seq, data: carried } = before ?? { seq: this.#next[from], data: octets };
    const to = from === "client" ? "server" : "client";
    const { octets: packet } = tcpPacket(ms, this[from], this[to], seq, flags, carried);
    const view = new DataView(packet.buffer, packet.byteOffset);
    const base = to === "client" ? CLIENT_ISN : SERVER_ISN;
    const acked = odd.acks === undefined ? this.#next[to] : base + 1 + odd.acks;
    if ((flags & ACK) !== 0) view.setUint32(ACK_AT, acked);
    view.setUint16(WINDOW_AT, odd.window ?? 512);
    // A packet with the number of another would be a copy of it.
    view.setUint16(IDENTIFICATION_AT, ++this.#packetsSent);
    if (odd.isMissed !== true) this.packets.push({ ms, octets: packet });
    if (before !== undefined) return this;
    this.#next[from] += carried.length + ((flags & SYN) >> 1) + (flags & FIN);
    if (carried.length > 0) this.#sent[from].push({ seq, data: carried });
    return this;
  }
}

/** An ICMP or ICMPv6 error of `from` to `to` that quotes a packet; `rest` is its second word. */
export function icmpError(
  ms: number,
  from: string,
  to: string,
  [type, code, rest]: readonly [type: number, code: number, rest: number],
  quoted: Uint8Array,
): TimedPacket {
  const message = new Uint8Array(8 + quoted.length);
  const view = new DataView(message.buffer);
  view.setUint8(0, type);
  view.setUint8(1, code);
  view.setUint32(4, rest);
  message.set(quoted, 8);
  const [src, dst] = [addressToBytes(parseAddress(from)), addressToBytes(parseAddress(to))];
  const octets = ipPacket(src.length === 4 ? 1 : 58, src, dst, message);
  if (src.length === 4) new DataView(octets.buffer).setUint16(IDENTIFICATION_AT, ms);
  return { ms, octets };
}
