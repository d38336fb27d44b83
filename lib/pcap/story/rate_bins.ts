/**
 * Octets of data of a flow over time, by who sent them, in bins whose number is fixed beforehand.
 *
 * @module
 */
import type { FlowPacket } from "./flow_packet.ts";

/** Bins of a flow. */
const BINS = 60;
/** Least width of a bin, nanoseconds. */
const WIDTH_MIN_NS = 1e6;

/** Octets on the wire by bin; bin `index` begins `index` widths after the flow's first packet. */
export interface RateSeries {
  readonly widthNs: number;
  readonly client: readonly number[];
  readonly server: readonly number[];
}

/** Fills the bins of a flow that lasted from `firstNs` to `lastNs`. */
export class RateBins {
  readonly #firstNs: number;
  readonly #widthNs: number;
  readonly #octets = [new Float64Array(BINS), new Float64Array(BINS)] as const;
  #used = 0;

  constructor(firstNs: number, lastNs: number) {
    this.#firstNs = firstNs;
    this.#widthNs = niceWidth((lastNs - firstNs) / BINS);
  }

  /** Takes the next packet of the flow; one without a time is left out. */
  add({ ns, role, wireLength }: FlowPacket): void {
    const bin = Math.floor((ns - this.#firstNs) / this.#widthNs);
    if (!(bin >= 0 && bin < BINS)) return;
    const octets = this.#octets[role];
    octets[bin] = (octets[bin] ?? 0) + wireLength;
    if (bin >= this.#used) this.#used = bin + 1;
  }

  /** The bins up to the last that is not empty. */
  finish(): RateSeries {
    const [client, server] = this.#octets;
    return {
      widthNs: this.#widthNs,
      client: [...client.subarray(0, this.#used)],
      server: [...server.subarray(0, this.#used)],
    };
  }
}

/** The least of 1, 2 and 5 times a power of ten that is more than `ns`. */
function niceWidth(ns: number): number {
  if (!(ns >= WIDTH_MIN_NS)) return WIDTH_MIN_NS;
  const power = 10 ** Math.floor(Math.log10(ns));
  return ([1, 2, 5].find((factor) => factor * power > ns) ?? 10) * power;
}
