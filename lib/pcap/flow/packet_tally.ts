/**
 * What is counted of packets whatever flow they belong to: their sizes, the interfaces they came in
 * on, and TCP packets with a reset or with SACK blocks.
 *
 * @module
 */
import { type ColumnMemory, separateMemory } from "../arena.ts";
import type { BatchSurvey } from "../batch_survey.ts";
import type { PacketBatch } from "../batch.ts";
import type { Analyzer, PassBatch } from "../pass.ts";

const RST = 0x04;
const TCP = 6;

/**
 * Lower ends of the size classes, octets: powers of two as far as Ethernet goes, its longest frame
 * without checksum and with a tag (1518), a jumbo frame of 9000 octets of payload with both (9018).
 */
const CLASSES = [0, 64, 128, 256, 512, 1024, 1519, 9019] as const;
/** Sizes below are counted one by one, from there on together, octets; as in `kernel/assembly/survey.ts`. */
const SIZE_MAX = 9019;

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
  /** Packets by size. */
  readonly #sizes: Float64Array;
  readonly #interfaces = new Map<number, { packets: number; octets: number }>();
  #least = Infinity;
  #greatest = -Infinity;
  #resets = 0;
  #sacks = 0;

  /** A tally whose packets by size lie in `memory`. */
  constructor(memory: ColumnMemory = separateMemory) {
    this.#sizes = memory.float64(SIZE_MAX + 1);
  }

  /** Address of the packets by size, in their memory: compiled code can count there. */
  get sizesAddress(): number {
    return this.#sizes.byteOffset;
  }

  /** Takes the next batch; with a survey, which counted sizes. */
  addBatch(batch: PassBatch, survey: BatchSurvey | null = null): void {
    if (survey === null) this.#addRows(batch);
    else this.#addSurvey(survey);
    this.#addInterfaces(batch.packets, survey);
  }

  /** What was counted so far. */
  finish(): PacketTotals {
    const isEmpty = this.#least > this.#greatest;
    return {
      leastOctets: isEmpty ? null : this.#least,
      greatestOctets: isEmpty ? null : this.#greatest,
      sizes: CLASSES.map((fromOctets, index) => {
        const next = CLASSES[index + 1];
        return {
          fromOctets,
          toOctets: next === undefined ? null : next - 1,
          packets: this.#sizes.subarray(fromOctets, next).reduce((sum, one) => sum + one, 0),
        };
      }),
      interfaces: [...this.#interfaces].map(([id, total]) => ({ id, ...total }))
        .sort((a, b) => a.id - b.id),
      resets: this.#resets,
      sacks: this.#sacks,
    };
  }

  #addRows({ packets, dissected, options }: PassBatch): void {
    const { count, wireLength } = packets;
    const { l4Protocol, tcpFlags } = dissected;
    const { sackBlocks } = options;
    const sizes = this.#sizes;
    let least = this.#least;
    let greatest = this.#greatest;
    for (let row = 0; row < count; row++) {
      const octets = wireLength[row] ?? 0;
      if (octets < least) least = octets;
      if (octets > greatest) greatest = octets;
      const size = octets < SIZE_MAX ? octets : SIZE_MAX;
      sizes[size] = (sizes[size] ?? 0) + 1;
      if (l4Protocol[row] !== TCP) continue;
      if (((tcpFlags[row] ?? 0) & RST) !== 0) this.#resets++;
      if ((sackBlocks[row] ?? 0) > 0) this.#sacks++;
    }
    this.#least = least;
    this.#greatest = greatest;
  }

  #addSurvey({ leastOctets, greatestOctets, resets, sacks }: BatchSurvey): void {
    if (leastOctets < this.#least) this.#least = leastOctets;
    if (greatestOctets > this.#greatest) this.#greatest = greatestOctets;
    this.#resets += resets;
    this.#sacks += sacks;
  }

  #addInterfaces(packets: PacketBatch, survey: BatchSurvey | null): void {
    const { count, interfaceId, wireLength } = packets;
    if (survey?.hasOneInterface) {
      this.#addInterface(interfaceId[0] ?? 0, count, survey.octets);
      return;
    }
    for (let from = 0, row = 0; from < count; from = row) {
      const id = interfaceId[from] ?? 0;
      let octets = 0;
      for (; row < count && interfaceId[row] === id; row++) octets += wireLength[row] ?? 0;
      this.#addInterface(id, row - from, octets);
    }
  }

  #addInterface(id: number, packets: number, octets: number): void {
    const total = this.#interfaces.get(id) ?? { packets: 0, octets: 0 };
    this.#interfaces.set(id, total);
    total.packets += packets;
    total.octets += octets;
  }
}
