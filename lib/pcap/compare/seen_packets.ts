/**
 * The packets of one capture, kept in typed arrays so that they are found again by key: what compares
 * two captures. Bounded; equal keys are found in the order in which they came.
 *
 * @module
 */
import type { PassBatch } from "../pass.ts";
import type { PacketKeys } from "./packet_keys.ts";

/** Most packets of one capture that are compared: some 40 octets each. */
const COMPARED_MAX = 2_000_000;

/** Packets by key. */
export class SeenPackets {
  /** Packets that are kept. */
  size = 0;
  /** Packets with a key that there was no room for. */
  notKept = 0;
  timeNs: Float64Array;
  frame: Uint32Array;
  flow: Int32Array;
  direction: Uint8Array;
  ttl: Uint8Array;
  #low: Int32Array;
  #high: Int32Array;
  /** One more than the next packet of the same chain, 0 at its end. */
  #next: Int32Array;
  /** One more than the first packet of each chain. */
  #heads: Int32Array | null = null;
  readonly #max: number;

  /** Room for at most `max` packets. */
  constructor(max = COMPARED_MAX) {
    this.#max = max;
    const start = Math.min(max, 4096);
    this.timeNs = new Float64Array(start);
    this.frame = new Uint32Array(start);
    this.flow = new Int32Array(start);
    this.direction = new Uint8Array(start);
    this.ttl = new Uint8Array(start);
    this.#low = new Int32Array(start);
    this.#high = new Int32Array(start);
    this.#next = new Int32Array(start);
  }

  /** Keeps the packets of a batch that have a key, a time and a flow. */
  addBatch({ packets, dissected, flows }: PassBatch, keys: PacketKeys): void {
    for (let row = 0; row < packets.count; row++) {
      if (keys.isKeyed[row] !== 1 || packets.noTime[row] === 1 || (flows.flow[row] ?? -1) < 0) {
        continue;
      }
      if (this.size === this.#max) {
        this.notKept++;
        continue;
      }
      if (this.size === this.frame.length) this.#grow();
      const at = this.size++;
      this.timeNs[at] = flows.timeNs[row] ?? 0;
      this.frame[at] = packets.firstFrame + row;
      this.flow[at] = flows.flow[row] ?? -1;
      this.direction[at] = flows.direction[row] ?? 0;
      this.ttl[at] = dissected.ttl[row] ?? 0;
      this.#low[at] = keys.low[row] ?? 0;
      this.#high[at] = keys.high[row] ?? 0;
    }
  }

  /** Makes packets findable; nothing is added after it. */
  index(): void {
    let slots = 1024;
    while (slots < this.size * 2) slots *= 2;
    const heads = new Int32Array(slots);
    // From the last to the first, so that chains begin with the earliest.
    for (let at = this.size - 1; at >= 0; at--) {
      const slot = (this.#low[at] ?? 0) & (slots - 1);
      this.#next[at] = heads[slot] ?? 0;
      heads[slot] = at + 1;
    }
    this.#heads = heads;
  }

  /**
   * Takes the earliest packet that has the key of packet `of` of another capture and was not taken
   * yet; -1 if there is none. Chains are followed for a bounded number of steps.
   */
  take(other: SeenPackets, of: number): number {
    const heads = this.#heads;
    if (heads === null) throw new TypeError("Packets are taken after index()");
    const low = other.#low[of] ?? 0;
    const high = other.#high[of] ?? 0;
    const slot = low & (heads.length - 1);
    let before = -1;
    let at = (heads[slot] ?? 0) - 1;
    for (let steps = 0; at >= 0 && steps < CHAIN_MAX; steps++) {
      const next = (this.#next[at] ?? 0) - 1;
      if (this.#low[at] === low && this.#high[at] === high) {
        if (before < 0) heads[slot] = next + 1;
        else this.#next[before] = next + 1;
        return at;
      }
      before = at;
      at = next;
    }
    return -1;
  }

  #grow(): void {
    const length = Math.min(this.#max, this.frame.length * 2);
    const grown = <T extends Float64Array | Uint32Array | Int32Array | Uint8Array>(
      fresh: T,
      old: T,
    ): T => {
      fresh.set(old);
      return fresh;
    };
    this.timeNs = grown(new Float64Array(length), this.timeNs);
    this.frame = grown(new Uint32Array(length), this.frame);
    this.flow = grown(new Int32Array(length), this.flow);
    this.direction = grown(new Uint8Array(length), this.direction);
    this.ttl = grown(new Uint8Array(length), this.ttl);
    this.#low = grown(new Int32Array(length), this.#low);
    this.#high = grown(new Int32Array(length), this.#high);
    this.#next = grown(new Int32Array(length), this.#next);
  }
}

/** Packets of one chain that are looked at: thousands of equal keys must not take forever. */
const CHAIN_MAX = 256;
