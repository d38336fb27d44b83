/**
 * How traffic went over time, in a bounded number of bins that widen as the capture gets longer.
 *
 * @module
 */
import { type Arena, separateMemory } from "../arena.ts";
import type { BatchSurvey } from "../batch_survey.ts";
import type { Analyzer, PassBatch } from "../pass.ts";

/** Bins that are kept. */
const BINS = 1000;
/** Width of the first bins, nanoseconds. */
const WIDTH_MIN_NS = 1000;
/** Times farther off than 285 years count as this far: numbers of bins stay exact. */
const FAR_NS = 9e18;
/** Bins widen by these in turn, so that widths stay 1 or 2 times a power of ten. */
const FACTORS = [2, 5] as const;

/** Traffic over time. Bin `index` covers [start + index·width, start + (index + 1)·width). */
export interface TrafficSeries {
  /** Width of a bin, nanoseconds. */
  readonly widthNs: number;
  /** Start of the first bin, nanoseconds from `PassFacts.baseSec`; a multiple of the width. */
  readonly startNs: number;
  readonly packets: readonly number[];
  /** Octets on the wire. */
  readonly octets: readonly number[];
}

/** Addresses in the arena: of what is known of the bins, of their packets, of their octets. */
export type BinPlaces = readonly [state: number, packets: number, octets: number];

/** Compiled code that counts packets in bins. */
export interface BinKernel {
  readonly arena: Arena;
  /** Told once where they lie. */
  bindBins(...places: BinPlaces): void;
  /** Counts rows from `from` on; the row that needs a bin made for it, or `count`. */
  addToBins(from: number, count: number): number;
  /** Puts `factor` bins together, the first of them then being number `toLow`. */
  joinBins(factor: number, toLow: number): void;
}

/** Doubles of what is known of the bins: their width, the number of the first from time 0, how many are in use. */
const WIDTH_NS = 0, LOW = 1, USED = 2, STATE = 3;

/** Bins of the packets that have a time. */
export class TrafficBins implements Analyzer {
  readonly #kernel: BinKernel | null;
  readonly #packets: Float64Array;
  readonly #octets: Float64Array;
  readonly #state: Float64Array;
  #steps = 0;

  /** No bins; compiled code, if there is any, counts most rows, to the same result. */
  constructor(kernel: BinKernel | null = null) {
    const memory = kernel?.arena ?? separateMemory;
    this.#kernel = kernel;
    this.#packets = memory.float64(BINS);
    this.#octets = memory.float64(BINS);
    this.#state = memory.float64(STATE);
    this.#state[WIDTH_NS] = WIDTH_MIN_NS;
    kernel?.bindBins(
      this.#state.byteOffset,
      this.#packets.byteOffset,
      this.#octets.byteOffset,
    );
  }

  get #widthNs(): number {
    return this.#state[WIDTH_NS] ?? 0;
  }

  get #low(): number {
    return this.#state[LOW] ?? 0;
  }

  get #used(): number {
    return this.#state[USED] ?? 0;
  }

  /** Takes the next batch; with a survey, its rows are looked at only where a bin ends among them. */
  addBatch(batch: PassBatch, survey: BatchSurvey | null = null): void {
    const { count } = batch.packets;
    if (survey?.isTimed && this.#addSurvey(count, survey)) return;
    if (this.#kernel === null) return this.#addRows(batch, 0, count);
    let row = this.#kernel.addToBins(0, count);
    while (row < count) {
      this.#addRows(batch, row, row + 1);
      row = this.#kernel.addToBins(row + 1, count);
    }
  }

  /** False if the packets are of several bins. */
  #addSurvey(count: number, { leastNs, greatestNs, octets }: BatchSurvey): boolean {
    const bin = this.#binOf(leastNs);
    const start = (this.#low + bin) * this.#widthNs;
    if (leastNs < start || greatestNs >= start + this.#widthNs) return false;
    this.#add(bin, count, octets);
    return true;
  }

  #addRows({ packets, flows }: PassBatch, from: number, to: number): void {
    const { noTime, wireLength } = packets;
    const { timeNs } = flows;
    // The bin of the packet before: most packets are in the same one.
    let bin = 0;
    let start = NaN;
    let end = NaN;
    let inBin = 0;
    let octets = 0;
    for (let row = from; row < to; row++) {
      if (noTime[row] === 1) continue;
      const ns = timeNs[row] ?? 0;
      if (!(ns >= start && ns < end)) {
        if (inBin > 0) this.#add(bin, inBin, octets);
        inBin = 0;
        octets = 0;
        bin = this.#binOf(ns);
        start = (this.#low + bin) * this.#widthNs;
        end = start + this.#widthNs;
      }
      inBin++;
      octets += wireLength[row] ?? 0;
    }
    if (inBin > 0) this.#add(bin, inBin, octets);
  }

  /** The series so far; null if no packet had a time. */
  finish(): TrafficSeries | null {
    if (this.#used === 0) return null;
    return {
      widthNs: this.#widthNs,
      startNs: this.#low * this.#widthNs,
      packets: [...this.#packets.subarray(0, this.#used)],
      octets: [...this.#octets.subarray(0, this.#used)],
    };
  }

  #add(bin: number, packets: number, octets: number): void {
    this.#packets[bin] = (this.#packets[bin] ?? 0) + packets;
    this.#octets[bin] = (this.#octets[bin] ?? 0) + octets;
  }

  #binOf(ns: number): number {
    const bin = Math.floor(ns / this.#widthNs) - this.#low;
    return bin >= 0 && bin < this.#used ? bin : this.#reach(ns);
  }

  /** Makes the bins reach `time`; the bin it is in. */
  #reach(time: number): number {
    const ns = Math.max(-FAR_NS, Math.min(FAR_NS, time));
    for (;;) {
      const bin = Math.floor(ns / this.#widthNs);
      if (this.#used === 0) this.#state[LOW] = bin;
      const low = Math.min(this.#low, bin);
      const used = Math.max(this.#low + this.#used, bin + 1) - low;
      if (used <= BINS) {
        this.#shift(this.#low - low);
        this.#state[LOW] = low;
        this.#state[USED] = used;
        return bin - low;
      }
      this.#widen();
    }
  }

  /** Moves all bins up by `bins`. */
  #shift(bins: number): void {
    if (bins === 0) return;
    for (const column of [this.#packets, this.#octets]) {
      column.copyWithin(bins, 0, this.#used);
      column.fill(0, 0, bins);
    }
  }

  #widen(): void {
    const factor = FACTORS[this.#steps++ % FACTORS.length] ?? 2;
    const low = Math.floor(this.#low / factor);
    const used = Math.floor((this.#low + this.#used - 1) / factor) - low + 1;
    if (this.#kernel === null) this.#join(factor, low);
    else this.#kernel.joinBins(factor, low);
    this.#state[WIDTH_NS] = this.#widthNs * factor;
    this.#state[LOW] = low;
    this.#state[USED] = used;
  }

  #join(factor: number, toLow: number): void {
    for (const column of [this.#packets, this.#octets]) {
      for (let bin = 0; bin < this.#used; bin++) {
        const value = column[bin] ?? 0;
        column[bin] = 0;
        const to = Math.floor((this.#low + bin) / factor) - toLow;
        column[to] = (column[to] ?? 0) + value;
      }
    }
  }
}

/** A series in at most `binsMax` bins whose width is 1, 2 or 5 times a power of ten nanoseconds. */
export function widenSeries(series: TrafficSeries, binsMax: number): TrafficSeries {
  const first = Math.round(series.startNs / series.widthNs);
  const last = first + series.packets.length - 1;
  let factor = 1;
  while (Math.floor(last / factor) - Math.floor(first / factor) >= binsMax) {
    factor = nextFactor(series.widthNs, factor);
  }
  const low = Math.floor(first / factor);
  const merge = (values: readonly number[]): number[] => {
    const merged = new Array<number>(Math.floor(last / factor) - low + 1).fill(0);
    values.forEach((value, bin) => {
      const to = Math.floor((first + bin) / factor) - low;
      merged[to] = (merged[to] ?? 0) + value;
    });
    return merged;
  };
  const widthNs = series.widthNs * factor;
  return {
    widthNs,
    startNs: low * widthNs,
    packets: merge(series.packets),
    octets: merge(series.octets),
  };
}

/** The next factor that makes a width of 1, 2 or 5 times a power of ten from one of 1 or 2 times. */
function nextFactor(widthNs: number, factor: number): number {
  const digit = Number(String(widthNs * factor)[0]);
  if (digit === 1) return factor * 2;
  // From 2 to 5 there is no whole factor but where it was 1 before.
  if (digit === 2) return factor % 2 === 0 ? factor / 2 * 5 : factor * 5;
  return factor * 2;
}
