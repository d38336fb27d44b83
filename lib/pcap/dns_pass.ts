/**
 * DNS in one pass, and the fragments that its messages come in. What it finds is plain data: whoever
 * dissects can do this too, in another thread than what analyzes the rest.
 *
 * @module
 */
import type { Arena } from "./arena.ts";
import { DnsTraffic } from "./dns/dns_traffic.ts";
import type { DnsFindings } from "./dns/findings.ts";
import { AnalysisKernel } from "./kernel/analysis_kernel.ts";
import type { Analyzer, PassBatch, PassFacts } from "./pass.ts";
import { DatagramAssembler, type FragmentFacts } from "./stream/fragments.ts";

/** What was read. */
export interface DnsReading {
  readonly fragments: FragmentFacts;
  readonly dns: DnsFindings;
}

/** The analyzers, and the kernel that they share; null where columns are out of its reach. */
interface Parts {
  readonly kernel: AnalysisKernel | null;
  readonly fragments: DatagramAssembler;
  readonly dns: DnsTraffic;
}

/** Reads DNS; needs the columns of flows. */
export class DnsPass implements Analyzer {
  #parts: Parts | null;

  /** A pass that keeps what it knows in `arena`; default: where the first batch tells. */
  constructor(arena: Arena | null = null) {
    this.#parts = arena === null ? null : makeParts(arena);
  }

  addBatch(batch: PassBatch): void {
    const { kernel, fragments, dns } = this.#parts ??= makeParts(batch.arena ?? null);
    kernel?.turnTo(batch);
    fragments.addBatch(batch);
    dns.addBatch(batch);
  }

  /** What was read so far. */
  finish(facts: Pick<PassFacts, "lastNs">): DnsReading {
    const { fragments, dns } = this.#parts ?? makeParts(null);
    return { fragments: fragments.finish(), dns: dns.finish(facts) };
  }
}

function makeParts(arena: Arena | null): Parts {
  const kernel = arena === null ? null : new AnalysisKernel(arena);
  const fragments = new DatagramAssembler(kernel);
  return { kernel, fragments, dns: new DnsTraffic(() => fragments.completed, kernel) };
}
