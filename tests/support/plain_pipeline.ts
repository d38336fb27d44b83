/**
 * A pipeline whose policy lets everything pass and whose services are what a test gives it.
 *
 * @module
 */
import type { AuditEntry, AuditLog } from "../../lib/audit/record.ts";
import type { Config } from "../../lib/config/config.ts";
import { defaultConfig } from "../../lib/config/load.ts";
import type { Bug } from "../../lib/errors/mod.ts";
import type { Clock, Io } from "../../lib/io/io.ts";
import type { ServerFacts, ToolCard } from "../../lib/mcp/define_tool.ts";
import { Pipeline, type PipelineParts } from "../../lib/mcp/pipeline.ts";
import type { Captures } from "../../lib/pcap/engine/captures.ts";
import type { Policy } from "../../lib/policy/policy.ts";

/** What a test sets; the rest is absent, and a tool that touches it fails at once. */
export interface PlainParts extends Partial<PipelineParts> {
  readonly tools: readonly ToolCard[];
  readonly clock: Clock;
  /** Default: the default configuration. */
  readonly config?: Config;
  /** Takes each audit entry; default: kept in `audited`. */
  readonly append?: (entry: AuditEntry) => Promise<void>;
}

/** The pipeline, what it audited and the faults of ours that it met. */
export function plainPipeline(
  { clock, append, ...parts }: PlainParts,
): { pipeline: Pipeline; audited: AuditEntry[]; bugs: Bug[] } {
  const audited: AuditEntry[] = [];
  const bugs: Bug[] = [];
  const keep = (entry: AuditEntry): Promise<void> => {
    audited.push(structuredClone(entry));
    return Promise.resolve();
  };
  const absent = () => Promise.reject(new Error("no tool here asks for it"));
  const pipeline = new Pipeline({
    config: defaultConfig(),
    io: { clock, programs: { state: () => Promise.resolve("ready") } } as unknown as Io,
    policy: {} as Policy,
    audit: { append: append ?? keep } as AuditLog,
    server: {} as ServerFacts,
    captures: {} as Captures,
    lookingGlass: absent,
    roaPayloads: absent,
    bgp: absent,
    routeGuard: absent,
    logBug: (bug) => bugs.push(bug),
    ...parts,
  });
  return { pipeline, audited, bugs };
}
