/**
 * What is counted of every packet in one pass, and how the capture was taken: the part of it that
 * compiled code does where it can.
 *
 * @module
 */
import type { Arena } from "./arena.ts";
import { BatchSurvey } from "./batch_survey.ts";
import { Hierarchy, type HierarchyNode } from "./dissect/hierarchy.ts";
import type { PathTable } from "./dissect/path_table.ts";
import { PacketTally, type PacketTotals } from "./flow/packet_tally.ts";
import { TrafficBins, type TrafficSeries } from "./flow/traffic_bins.ts";
import { AnalysisKernel } from "./kernel/analysis_kernel.ts";
import type { Analyzer, PassBatch } from "./pass.ts";
import { QualityAnalyzer, type QualityFacts } from "./quality/analyzer.ts";
import { ConnectionCounter } from "./tcp/connection_counter.ts";
import type { TcpFindings } from "./tcp/tcp_findings.ts";

/** What was counted. */
export interface PacketFindings {
  readonly hierarchy: HierarchyNode;
  readonly packets: PacketTotals;
  readonly traffic: TrafficSeries | null;
  readonly tcp: TcpFindings;
  readonly quality: QualityFacts;
}

/** The analyzers, and what they share; null where columns are out of the kernel's reach. */
interface Parts {
  readonly kernel: AnalysisKernel | null;
  readonly survey: BatchSurvey | null;
  readonly hierarchy: Hierarchy;
  readonly packets: PacketTally;
  readonly traffic: TrafficBins;
  readonly tcp: ConnectionCounter;
  readonly quality: QualityAnalyzer;
}

/** Counts packets; needs the columns of flows, options and flags. */
export class PacketPass implements Analyzer {
  readonly #paths: PathTable;
  /** Made at the first batch, which tells where the columns lie. */
  #parts: Parts | null = null;

  /** A pass over the path table that the columns are filled with. */
  constructor(paths: PathTable) {
    this.#paths = paths;
  }

  addBatch(batch: PassBatch): void {
    if (batch.packets.count === 0) return;
    const parts = this.#parts ??= makeParts(this.#paths, batch.arena ?? null);
    const { kernel, survey } = parts;
    kernel?.turnTo(batch);
    kernel?.surveyBatch(batch.packets.count);
    if (survey === null) parts.hierarchy.addBatch(batch.packets, batch.dissected);
    parts.packets.addBatch(batch, survey);
    parts.traffic.addBatch(batch, survey);
    parts.tcp.addBatch(batch);
    parts.quality.addBatch(batch, survey);
  }

  /** What was counted so far. */
  finish(): PacketFindings {
    const { hierarchy, packets, traffic, tcp, quality } = this.#parts ??
      makeParts(this.#paths, null);
    return {
      hierarchy: hierarchy.finish(),
      packets: packets.finish(),
      traffic: traffic.finish(),
      tcp: tcp.finish(),
      quality: quality.finish(),
    };
  }
}

function makeParts(paths: PathTable, arena: Arena | null): Parts {
  const kernel = arena === null ? null : new AnalysisKernel(arena);
  const survey = arena === null ? null : new BatchSurvey(arena);
  const parts = {
    kernel,
    survey,
    hierarchy: new Hierarchy(paths, arena ?? undefined),
    packets: new PacketTally(arena ?? undefined),
    traffic: new TrafficBins(kernel),
    tcp: new ConnectionCounter({ kernel }),
    quality: new QualityAnalyzer(kernel),
  };
  const { hierarchy, packets } = parts;
  if (survey !== null) {
    kernel?.bindSurvey(survey.address, packets.sizesAddress, ...hierarchy.addresses);
  }
  return parts;
}
