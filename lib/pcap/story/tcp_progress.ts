/**
 * How far a TCP connection has come, and whether a packet brings it on: keep-alives, probes of a
 * closed window, repetitions and repeated ACKs do not.
 *
 * @module
 */
import { TcpFlag } from "../tcp/flags.ts";
import {
  ACK,
  CLIENT,
  FIN,
  type FlowPacket,
  otherRole,
  type Role,
  RST,
  SYN,
} from "./flow_packet.ts";

/** Where a connection stands. */
export interface TcpStanding {
  /** A SYN was seen and the handshake is not over: `server`, its SYN-ACK is awaited; `client`, the ACK. */
  readonly opening: "server" | "client" | null;
  /** Client and server have sent what is not acknowledged. */
  readonly unacked: readonly [boolean, boolean];
  /** Client and server have their windows closed. */
  readonly closedWindow: readonly [boolean, boolean];
  readonly fin: readonly [boolean, boolean];
  /** Either side was seen. */
  readonly seen: readonly [boolean, boolean];
}

/** One side. */
interface Side {
  isSeen: boolean;
  /** Sequence number after the highest octet sent. */
  sent: number;
  /** What the other side has acknowledged of it. */
  acked: number;
  isAcked: boolean;
  isWindowClosed: boolean;
  hasSyn: boolean;
  hasFin: boolean;
}

/** Follows both sides of one connection. */
export class TcpProgress {
  readonly #sides: readonly [Side, Side] = [newSide(), newSide()];
  #isEstablished = false;

  /** Where the connection stands now. */
  standing(): TcpStanding {
    const [client, server] = this.#sides;
    return {
      opening: this.#isEstablished || !client.hasSyn ? null : server.hasSyn ? "client" : "server",
      unacked: [isUnacked(client), isUnacked(server)],
      closedWindow: [client.isWindowClosed, server.isWindowClosed],
      fin: [client.hasFin, server.hasFin],
      seen: [client.isSeen, server.isSeen],
    };
  }

  /** True if the packet carries what its side had sent before. */
  isAgain(packet: FlowPacket): boolean {
    const { isSeen, sent } = this.#sides[packet.role];
    if (!isSeen || packet.length === 0 || (packet.flags & RST) !== 0) return false;
    if ((packet.found & (TcpFlag.keepAlive | TcpFlag.zeroWindowProbe)) !== 0) return false;
    return ((packet.seq - sent) | 0) < 0;
  }

  /** Octets up to which a side's data is acknowledged, as a sequence number; null if unknown. */
  ackedOf(role: Role): number | null {
    const { isAcked, acked } = this.#sides[role];
    return isAcked ? acked : null;
  }

  /** Takes a packet whose header is there; true if it brings the connection on. */
  take(packet: FlowPacket): boolean {
    const own = this.#sides[packet.role];
    const isFirst = !own.isSeen;
    const isSent = this.#takeSequence(packet, own);
    const isAcked = this.#takeAck(packet);
    const isOpened = takeWindow(packet, own);
    if ((packet.flags & RST) !== 0) return true;
    if (packet.payload > 0 || (packet.role === CLIENT && this.#sides[1].hasSyn)) {
      this.#isEstablished ||= (packet.flags & SYN) === 0;
    }
    return isFirst || isSent || isAcked || isOpened;
  }

  #takeSequence(packet: FlowPacket, own: Side): boolean {
    if ((packet.flags & RST) !== 0) return false;
    const isNewFin = (packet.flags & FIN) !== 0 && !own.hasFin;
    if ((packet.flags & SYN) !== 0) own.hasSyn = true;
    if (isNewFin) own.hasFin = true;
    const end = (packet.seq + packet.length) | 0;
    if (!own.isSeen) {
      own.isSeen = true;
      own.sent = end;
      return true;
    }
    if ((packet.found & TcpFlag.zeroWindowProbe) !== 0) return false;
    if (((end - own.sent) | 0) <= 0) return isNewFin;
    own.sent = end;
    return true;
  }

  #takeAck({ flags, role, ack }: FlowPacket): boolean {
    if ((flags & ACK) === 0 || (flags & RST) !== 0) return false;
    const peer = this.#sides[otherRole(role)];
    if (peer.isAcked && ((ack - peer.acked) | 0) <= 0) return false;
    const isNews = peer.isAcked;
    peer.isAcked = true;
    peer.acked = ack;
    // What the capture does not have was sent all the same.
    if (peer.isSeen && ((ack - peer.sent) | 0) > 0) peer.sent = ack;
    return isNews;
  }
}

function newSide(): Side {
  return {
    isSeen: false,
    sent: 0,
    acked: 0,
    isAcked: false,
    isWindowClosed: false,
    hasSyn: false,
    hasFin: false,
  };
}

function isUnacked({ isSeen, isAcked, sent, acked }: Side): boolean {
  return isSeen && (!isAcked || ((sent - acked) | 0) > 0);
}

function takeWindow({ window, flags }: FlowPacket, own: Side): boolean {
  if ((flags & (SYN | RST)) !== 0) return false;
  const wasClosed = own.isWindowClosed;
  own.isWindowClosed = window === 0;
  return wasClosed && !own.isWindowClosed;
}
