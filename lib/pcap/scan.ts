/**
 * The pass that answers every question at once: its analyzers and what they leave behind.
 *
 * @module
 */
import { AppPass } from "./app_pass.ts";
import type { DnsReading } from "./dns_pass.ts";
import type { HierarchyNode } from "./dissect/hierarchy.ts";
import type { PathTable } from "./dissect/path_table.ts";
import type { AppScan } from "./app/app_facts.ts";
import type { DnsFindings } from "./dns/findings.ts";
import type { WalkNeeds } from "./engine/question.ts";
import type { FlowReader } from "./flow/flow_reader.ts";
import { FlowTable } from "./flow/flow_table.ts";
import type { PacketTotals } from "./flow/packet_tally.ts";
import type { TrafficSeries } from "./flow/traffic_bins.ts";
import type { LossFindings } from "./loss/loss_findings.ts";
import { PacketPass } from "./packet_pass.ts";
import type { Analyzer, PassBatch, PassFacts } from "./pass.ts";
import type { QualityFacts } from "./quality/analyzer.ts";
import type { RttFindings } from "./rtt/rtt_findings.ts";
import type { FragmentFacts } from "./stream/fragments.ts";
import type { TcpFindings } from "./tcp/tcp_findings.ts";
import { TransferPass } from "./transfer_pass.ts";

/** What is known of a capture after the pass. */
export interface CaptureScan {
  readonly facts: PassFacts;
  readonly hierarchy: HierarchyNode;
  readonly flows: FlowReader;
  readonly packets: PacketTotals;
  /** Null if no packet has a time. */
  readonly traffic: TrafficSeries | null;
  /** TCP as tshark sees it; the walk must fill `flows`, `options` and `tcpFlags`. */
  readonly tcp: TcpFindings;
  readonly fragments: FragmentFacts;
  readonly dns: DnsFindings;
  /** What the applications of flows said first. */
  readonly apps: AppScan;
  /** How the capture was taken; `gradeQuality` makes a judgement of it. */
  readonly quality: QualityFacts;
  /** What was lost, sent again, reordered and duplicated, as octets and timestamps prove it. */
  readonly loss: LossFindings;
  /** Round-trip times, closed windows and what limited transfers. */
  readonly rtt: RttFindings;
}

/** The analyzers of one pass, but for DNS ({@link DnsReading}). */
export class ScanPass implements Analyzer {
  /** The columns that the analyzers read. */
  static readonly needs: WalkNeeds = { flows: true, options: true, tcpFlags: true };
  readonly #packets: PacketPass;
  #flows: FlowReader | null = null;
  readonly #apps = new AppPass();
  readonly #transfers = new TransferPass();

  /** Analyzers over the path table that the columns are filled with. */
  constructor(paths: PathTable) {
    this.#packets = new PacketPass(paths);
  }

  addBatch(batch: PassBatch): void {
    this.#flows = batch.flows.reader;
    this.#packets.addBatch(batch);
    this.#apps.addBatch(batch);
    this.#transfers.addBatch(batch);
  }

  /** What the analyzers found, with what was read of DNS beside them. */
  finish(facts: PassFacts, { fragments, dns }: DnsReading): CaptureScan {
    const flows = this.#flows ?? new FlowTable().flows;
    return {
      facts,
      flows,
      ...this.#packets.finish(),
      fragments,
      dns,
      apps: this.#apps.finish(),
      ...this.#transfers.finish(),
    };
  }
}
