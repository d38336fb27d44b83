/**
 * Every round-trip time of one connection, for a walk that looks at it alone: exact percentiles,
 * where the pass over the whole capture keeps least, mean and last.
 *
 * @module
 */
import type { Analyzer, PassBatch } from "../pass.ts";
import { type Leg, RttAnalyzer } from "./rtt_analyzer.ts";
import type { ConnectionTimes, RttSummary } from "./rtt_findings.ts";

/** Most samples that are kept of each direction; the summary is of these. */
const SAMPLES_MAX = 1_000_000;

/** What a sampler found. */
export interface SampledConnection {
  readonly times: ConnectionTimes | null;
  /** Data of side A, data of side B, to the other's ACK; null without a sample. */
  readonly data: readonly [RttSummary | null, RttSummary | null];
  /** True if there were more samples than are kept. */
  readonly isCapped: boolean;
}

/** Samples one connection. */
export class RttSampler implements Analyzer {
  readonly #tcp: number;
  readonly #analyzer = new RttAnalyzer({
    connectionsMax: 1,
    onSample: (leg, rttNs) => this.#add(leg, rttNs),
  });
  readonly #samples: readonly [number[], number[]] = [[], []];
  #isCapped = false;

  /** A sampler of the connection with this number (`FlowColumns.tcp`). */
  constructor(tcp: number) {
    this.#tcp = tcp;
  }

  addBatch(batch: PassBatch): void {
    const { tcp } = batch.flows;
    for (let row = 0; row < batch.packets.count; row++) {
      if (tcp[row] === this.#tcp) this.#analyzer.addPacket(batch, row, 0);
    }
    this.#analyzer.endRows(batch);
  }

  /** What was found so far; of the last connection, if the number was given to several. */
  finish(): SampledConnection {
    const times = this.#analyzer.finish().connection(0);
    return {
      times: times === null ? null : { ...times, tcp: this.#tcp },
      data: [summaryOf(this.#samples[0]), summaryOf(this.#samples[1])],
      isCapped: this.#isCapped,
    };
  }

  #add(leg: Leg, rttNs: number): void {
    if (leg !== "data_a" && leg !== "data_b") return;
    const samples = this.#samples[leg === "data_a" ? 0 : 1];
    if (samples.length < SAMPLES_MAX) samples.push(rttNs);
    else this.#isCapped = true;
  }
}

/** The exact distribution of some samples, nearest rank. */
function summaryOf(samples: readonly number[]): RttSummary | null {
  if (samples.length === 0) return null;
  const sorted = Float64Array.from(samples).sort();
  const percentile = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return {
    samples: sorted.length,
    minNs: sorted[0] ?? 0,
    meanNs: sorted.reduce((sum, one) => sum + one, 0) / sorted.length,
    p50Ns: percentile(0.5),
    p95Ns: percentile(0.95),
    p99Ns: percentile(0.99),
    maxNs: sorted[sorted.length - 1] ?? 0,
  };
}
