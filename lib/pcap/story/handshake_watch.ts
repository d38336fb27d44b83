/**
 * The packets that open a TCP connection, and what they offer.
 *
 * @module
 */
import type { PassBatch } from "../pass.ts";
import { ACK, CLIENT, type FlowPacket, RST, SERVER, SYN } from "./flow_packet.ts";
import type { Moment } from "./turn_watch.ts";

/** A SYN or SYN-ACK; options that are not there are null. */
export interface Opening extends Moment {
  /** Octets (RFC 9293 §3.7.1). */
  readonly mss: number | null;
  /** Shift (RFC 7323 §2.2). */
  readonly windowScale: number | null;
  readonly hasSack: boolean;
  readonly hasTimestamps: boolean;
  /** True if the capture cut its options. */
  readonly isCut: boolean;
}

/** What was seen of a handshake. */
export interface HandshakeFindings {
  readonly syn: Opening | null;
  readonly synAck: Opening | null;
  /** The first packet of the client after the SYN-ACK. */
  readonly ack: Moment | null;
  /** SYNs and SYN-ACKs that came again: how many, and the first frames of them. */
  readonly repeated: number;
  readonly repeatedFrames: readonly number[];
}

const FRAMES_KEPT = 8;

/** Watches for a handshake. */
export class HandshakeWatch {
  #syn: Opening | null = null;
  #synAck: Opening | null = null;
  #ack: Moment | null = null;
  #repeated = 0;
  readonly #repeatedFrames: number[] = [];

  /** Takes the next packet of the flow, which is in `row` of `batch`. */
  add(packet: FlowPacket, batch: PassBatch, row: number): void {
    if ((packet.flags & RST) !== 0 || !packet.hasHeader) return;
    if ((packet.flags & SYN) === 0) {
      if (packet.role === CLIENT && this.#synAck !== null) {
        this.#ack ??= { frame: packet.frame, ns: packet.ns };
      }
      return;
    }
    const isSynAck = (packet.flags & ACK) !== 0;
    if (packet.role !== (isSynAck ? SERVER : CLIENT)) return;
    if ((isSynAck ? this.#synAck : this.#syn) !== null) {
      this.#repeated++;
      if (this.#repeatedFrames.length < FRAMES_KEPT) this.#repeatedFrames.push(packet.frame);
    } else if (isSynAck) this.#synAck = openingOf(packet, batch, row);
    else this.#syn = openingOf(packet, batch, row);
  }

  /** What was seen. */
  finish(): HandshakeFindings {
    return {
      syn: this.#syn,
      synAck: this.#synAck,
      ack: this.#ack,
      repeated: this.#repeated,
      repeatedFrames: this.#repeatedFrames,
    };
  }
}

function openingOf({ frame, ns }: FlowPacket, { options }: PassBatch, row: number): Opening {
  const known = (value: number | undefined): number | null =>
    value === undefined || value < 0 ? null : value;
  return {
    frame,
    ns,
    mss: known(options.mss[row]),
    windowScale: known(options.windowScale[row]),
    hasSack: options.sackPermitted[row] === 1,
    hasTimestamps: options.hasTimestamps[row] === 1,
    isCut: options.cut[row] === 1,
  };
}
