/**
 * What is counted of packets whatever flow they belong to: their sizes, the interfaces they came in
 * on, and TCP packets with a reset or with SACK blocks.
 *
 * @module
 */
import type { Analyzer, PassBatch } from "../pass.ts";

const RST = 0x04;
const TCP = 6;

/** Sizes up to this are counted one by one, octets. */
const EXACT_MAX = 2047;
/**
 * Lower ends of the size classes, octets: powers of two as far as Ethernet goes, its longest frame
 * without checksum and with a tag (1518), a jumbo frame of 9000 octets of payload with both (9018).
 */
const CLASSES = [0, 64, 128, 256, 512, 1024, 1519, 9019] as const;

/** Packets whose wire length is in a range. */
export interface SizeClass {
  readonly fromOctets: number;
  /** Null: without end. */
  readonly toOctets: number | null;
  readonly packets: number;
}

/** Packets of one interface. */
export interface InterfaceTotal {
  readonly id: number;
  readonly packets: number;
  /** Octets on the wire. */
  readonly octets: number;
}

/** What the tally found. */
export interface PacketTotals {
  /** Least and greatest wire length, null without packets. */
  readonly leastOctets: number | null;
  readonly greatestOctets: number | null;
  readonly sizes: readonly SizeClass[];
  /** By id. */
  readonly interfaces: readonly InterfaceTotal[];
  /** TCP packets with RST. */
  readonly resets: number;
  /** TCP packets with SACK blocks. */
  readonly sacks: number;
}

/** Counts packets. */
export class PacketTally implements Analyzer {
  readonly #exact = new Float64Array(EXACT_MAX + 1);
  /** Longer ones, by class. */
  readonly #longer = new Float64Array(CLASSES.length);
  readonly #interfaces = new Map<number, { packets: number; octets: number }>();
  #least = Infinity;
  #greatest = -Infinity;
  #resets = 0;
  #sacks = 0;

  addBatch({ packets, dissected, options }: PassBatch): void {
    const { count, wireLength, interfaceId } = packets;
    const { l4Protocol, tcpFlags } = dissected;
    const { sackBlocks } = options;
    const exact = this.#exact;
    let least = this.#least;
    let greatest = this.#greatest;
    let current = -1;
    let since = 0;
    for (let row = 0; row < count; row++) {
      const octets = wireLength[row] ?? 0;
      if (octets < least) least = octets;
      if (octets > greatest) greatest = octets;
      if (octets <= EXACT_MAX) exact[octets | 0] = (exact[octets | 0] ?? 0) + 1;
      else this.#addLonger(octets);
      if (interfaceId[row] !== current) {
        this.#addInterface(packets, current, since, row);
        current = interfaceId[row] ?? 0;
        since = row;
      }
      if (l4Protocol[row] !== TCP) continue;
      if (((tcpFlags[row] ?? 0) & RST) !== 0) this.#resets++;
      if ((sackBlocks[row] ?? 0) > 0) this.#sacks++;
    }
    this.#addInterface(packets, current, since, count);
    this.#least = least;
    this.#greatest = greatest;
  }

  /** What was counted so far. */
  finish(): PacketTotals {
    const isEmpty = this.#least > this.#greatest;
    return {
      leastOctets: isEmpty ? null : this.#least,
      greatestOctets: isEmpty ? null : this.#greatest,
      sizes: CLASSES.map((fromOctets, index) => {
        const next = CLASSES[index + 1];
        const exact = this.#exact.subarray(fromOctets, Math.min(next ?? Infinity, EXACT_MAX + 1));
        return {
          fromOctets,
          toOctets: next === undefined ? null : next - 1,
          packets: exact.reduce((sum, packets) => sum + packets, 0) + (this.#longer[index] ?? 0),
        };
      }),
      interfaces: [...this.#interfaces].map(([id, total]) => ({ id, ...total }))
        .sort((a, b) => a.id - b.id),
      resets: this.#resets,
      sacks: this.#sacks,
    };
  }

  #addLonger(octets: number): void {
    let index = CLASSES.length - 1;
    while ((CLASSES[index] ?? 0) > octets) index--;
    this.#longer[index] = (this.#longer[index] ?? 0) + 1;
  }

  /** Counts rows `from` to `to` - 1, which came in on interface `id`. */
  #addInterface({ wireLength }: PassBatch["packets"], id: number, from: number, to: number): void {
    if (from === to) return;
    const total = this.#interfaces.get(id) ?? { packets: 0, octets: 0 };
    this.#interfaces.set(id, total);
    total.packets += to - from;
    for (let row = from; row < to; row++) total.octets += wireLength[row] ?? 0;
  }
}
