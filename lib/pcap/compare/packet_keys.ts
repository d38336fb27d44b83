/**
 * What makes a packet recognizable at another place of its path: what no router changes, and no
 * address translator either.
 *
 * @module
 */
import { BATCH_PACKETS } from "../batch.ts";
import { Fragment } from "../dissect/columns.ts";
import type { PassBatch } from "../pass.ts";

/** Octets of payload that are looked at where there is no TCP header. */
const PAYLOAD_OCTETS = 32;
const TCP = 6, UDP = 17, ICMP = 1, ICMPV6 = 58;

/** The keys of a batch: two words each; a packet without a key has {@link PacketKeys.isKeyed} 0. */
export class PacketKeys {
  readonly low: Int32Array = new Int32Array(BATCH_PACKETS);
  readonly high: Int32Array = new Int32Array(BATCH_PACKETS);
  readonly isKeyed: Uint8Array = new Uint8Array(BATCH_PACKETS);
  #low = 0;
  #high = 0;

  /**
   * Reads the keys of TCP segments (sequence and acknowledgment number, flags, length, timestamps)
   * and of UDP and ICMP messages (protocol, length, first octets of the payload). Ports and
   * addresses are left out: they may be translated.
   */
  read(batch: PassBatch): void {
    const { packets, dissected } = batch;
    for (let row = 0; row < packets.count; row++) {
      this.isKeyed[row] = 0;
      if (dissected.fragment[row] !== Fragment.whole) continue;
      const protocol = dissected.l4Protocol[row] ?? -1;
      if ((dissected.payloadOffset[row] ?? -1) < 0 && protocol !== TCP) continue;
      this.#low = protocol;
      this.#high = dissected.payloadWire[row] ?? 0;
      if (protocol === TCP) this.#addSegment(batch, row);
      else if (protocol === UDP) this.#addPayload(batch, row, dissected.payloadOffset[row] ?? 0);
      else if (protocol === ICMP || protocol === ICMPV6) {
        this.#addPayload(batch, row, dissected.l4Offset[row] ?? 0);
      } else continue;
      this.low[row] = this.#low;
      this.high[row] = this.#high;
      this.isKeyed[row] = 1;
    }
  }

  #addSegment({ dissected, options }: PassBatch, row: number): void {
    this.#add(dissected.seq[row] ?? 0);
    this.#add(dissected.ack[row] ?? 0);
    this.#add(dissected.tcpFlags[row] ?? 0);
    this.#add(dissected.window[row] ?? 0);
    this.#add(options.tsVal[row] ?? 0);
    this.#add(options.tsEcr[row] ?? 0);
  }

  #addPayload({ packets }: PassBatch, row: number, from: number): void {
    const end = (packets.offset[row] ?? 0) + (packets.capturedLength[row] ?? 0);
    const to = Math.min(end, from + PAYLOAD_OCTETS);
    for (let at = from; at < to; at++) this.#add(packets.bytes[at] ?? 0);
  }

  #add(word: number): void {
    const low = Math.imul(this.#low ^ word, 0x9e3779b1);
    this.#low = low ^ (low >>> 15);
    const high = Math.imul(this.#high + word, 0x85ebca6b);
    this.#high = high ^ (high >>> 13);
  }
}
