/**
 * What the packets of one pass say: fragments, DNS, and first messages of applications.
 *
 * @module
 */
import type { AppScan } from "./app/app_facts.ts";
import { AppTraffic } from "./app/app_traffic.ts";
import type { Arena } from "./arena.ts";
import { DnsTraffic } from "./dns/dns_traffic.ts";
import type { DnsFindings } from "./dns/findings.ts";
import { AnalysisKernel } from "./kernel/analysis_kernel.ts";
import type { Analyzer, PassBatch, PassFacts } from "./pass.ts";
import { DatagramAssembler, type FragmentFacts } from "./stream/fragments.ts";

/** What was said. */
export interface MessageFindings {
  readonly fragments: FragmentFacts;
  readonly dns: DnsFindings;
  readonly apps: AppScan;
}

/** The analyzers, and the kernel that they share; null where columns are out of its reach. */
interface Parts {
  readonly kernel: AnalysisKernel | null;
  readonly fragments: DatagramAssembler;
  readonly dns: DnsTraffic;
  readonly apps: AppTraffic;
}

/** Reads messages. */
export class MessagePass implements Analyzer {
  /** Made at the first batch, which tells where the columns lie. */
  #parts: Parts | null = null;

  addBatch(batch: PassBatch): void {
    const { kernel, fragments, dns, apps } = this.#parts ??= makeParts(batch.arena ?? null);
    kernel?.turnTo(batch);
    fragments.addBatch(batch);
    dns.addBatch(batch);
    apps.addBatch(batch);
  }

  /** What was read so far. */
  finish(facts: Pick<PassFacts, "lastNs">): MessageFindings {
    const { fragments, dns, apps } = this.#parts ?? makeParts(null);
    return { fragments: fragments.finish(), dns: dns.finish(facts), apps: apps.finish() };
  }
}

function makeParts(arena: Arena | null): Parts {
  const kernel = arena === null ? null : new AnalysisKernel(arena);
  const fragments = new DatagramAssembler(kernel);
  const dns = new DnsTraffic(() => fragments.completed, kernel);
  return { kernel, fragments, dns, apps: new AppTraffic(kernel) };
}
