/**
 * The far side of a BGP session as a test wants it: says what it is told, and gives what it hears
 * message by message.
 *
 * @module
 */
import type { TcpConnection } from "../../lib/io/io.ts";
import { type Capabilities, NO_CAPABILITIES } from "../../lib/bgp/codec/capability.ts";
import { Framer } from "../../lib/bgp/codec/frame.ts";
import { encodeKeepalive, MESSAGE } from "../../lib/bgp/codec/message_header.ts";
import { encodeOpen } from "../../lib/bgp/codec/open.ts";

/** What a peer says of itself. */
export interface PeerVoice {
  readonly asn?: number;
  /** As a number. */
  readonly routerId?: number;
  readonly holdTimeSec?: number;
  readonly capabilities?: Partial<Capabilities>;
}

/** One message that it heard, a copy. */
export interface Heard {
  readonly type: number;
  readonly body: Uint8Array;
}

/** The peer at its end of a connection. */
export class BgpPeer {
  readonly #framer = new Framer();
  #sent: Promise<void> = Promise.resolve();

  constructor(readonly connection: TcpConnection, readonly voice: PeerVoice = {}) {}

  /** Sends octets, behind what is being sent already. */
  async send(octets: Uint8Array): Promise<void> {
    const before = this.#sent;
    this.#sent = (async () => {
      await before.catch(() => {});
      for (let sent = 0; sent < octets.length;) {
        sent += await this.connection.write(octets.subarray(sent));
      }
    })();
    await this.#sent;
  }

  /** Sends OPEN. */
  async open(): Promise<void> {
    const { asn = 65002, routerId = 0xc0_00_02_02, holdTimeSec = 90, capabilities } = this.voice;
    await this.send(encodeOpen({
      asn,
      routerId,
      holdTimeSec,
      capabilities: {
        ...NO_CAPABILITIES,
        families: [{ afi: 1, safi: 1 }],
        as4: asn,
        ...capabilities,
      },
    }));
  }

  async keepalive(): Promise<void> {
    await this.send(encodeKeepalive());
  }

  /** The next message; null: the connection has ended. */
  async next(): Promise<Heard | null> {
    while (!this.#framer.next()) {
      if (this.#framer.fault !== null) throw new Error(`Not BGP: ${this.#framer.fault.why}`);
      const count = await this.connection.read(this.#framer.room());
      if (count === null) return null;
      this.#framer.filled(count);
    }
    const { type, octets, bodyStart, bodyEnd } = this.#framer;
    return { type, body: octets.slice(bodyStart, bodyEnd) };
  }

  /** The next message but KEEPALIVEs, as `type body` in hexadecimal, or `end`, or `reset`. */
  async hear(): Promise<string> {
    try {
      for (let heard = await this.next(); heard !== null; heard = await this.next()) {
        if (heard.type === MESSAGE.keepalive) continue;
        const name = NAMES[heard.type] ?? String(heard.type);
        return heard.type === MESSAGE.notification
          ? `NOTIFICATION ${heard.body[0]}/${heard.body[1]}`
          : name;
      }
      return "end";
    } catch {
      return "reset";
    }
  }

  /** OPEN and KEEPALIVE both ways. */
  async establish(): Promise<void> {
    await this.open();
    await this.keepalive();
    const first = await this.next();
    if (first?.type !== MESSAGE.open) throw new Error(`Heard ${first?.type}, not OPEN`);
    const second = await this.next();
    if (second?.type !== MESSAGE.keepalive) throw new Error(`Heard ${second?.type}, not KEEPALIVE`);
  }
}

const NAMES: Readonly<Record<number, string>> = {
  [MESSAGE.open]: "OPEN",
  [MESSAGE.update]: "UPDATE",
  [MESSAGE.routeRefresh]: "ROUTE-REFRESH",
};
