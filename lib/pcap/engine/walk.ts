/**
 * The walk over a capture: framing, dissection, flows and options, batch by batch, in slices that
 * leave room for other work of the thread.
 *
 * @module
 */
import { Arena } from "../arena.ts";
import { dissectBatch } from "../dissect/dissect.ts";
import { PathTable } from "../dissect/path_table.ts";
import { FlowTable } from "../flow/flow_table.ts";
import { Kernel } from "../kernel/kernel.ts";
import type { PassBatch, PassFacts } from "../pass.ts";
import { openReader } from "../reader.ts";
import { TcpFlagAnalyzer } from "../tcp/flag_analyzer.ts";
import { type ByteSource, WINDOW_BYTES_MAX } from "../window.ts";
import { STOP_WALK, type WalkNeeds } from "./question.ts";
import { turn } from "./turn.ts";

/** How a walk goes. */
export interface WalkOptions {
  readonly needs: WalkNeeds;
  /** Most packets; 0: all. */
  readonly maxPackets: number;
  readonly signal: AbortSignal;
  /** Paths of the dissection; default: a table of the walk's own. */
  readonly paths?: PathTable;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** Batches between two looks at the clock. */
const BATCHES_PER_LOOK = 16;
/** A slice of work, milliseconds; then other work of the thread gets its turn. */
const SLICE_MS = 8;

/**
 * Walks over the packets of `source`, from where it stands.
 * @throws {DecodeError} it is no capture; the signal's reason once it aborts
 */
export async function walkPackets(
  source: ByteSource,
  options: WalkOptions,
  visit: (batch: PassBatch) => typeof STOP_WALK | void,
): Promise<PassFacts> {
  const { needs, signal, maxPackets } = options;
  const arena = new Arena();
  const kernel = new Kernel(arena, options.paths ?? new PathTable());
  const reader = await openReader(source, {}, arena.uint8(WINDOW_BYTES_MAX));
  try {
    const { packets, columns: dissected, flows, options: tcpOptions, tcpFlags } = kernel;
    const flagAnalyzer = needs.tcpFlags === true ? new TcpFlagAnalyzer(kernel) : null;
    const needsOptions = needs.options === true || flagAnalyzer !== null;
    const needsFlows = needs.flows === true || flagAnalyzer !== null;
    const flowTable = needsFlows ? new FlowTable({ kernel }) : null;
    const batch: PassBatch = { packets, dissected, flows, options: tcpOptions, tcpFlags };
    const totals = new Totals();
    let walked = 0;
    let isLimited = false;
    let sinceLook = 0;
    let sliceEnd = performance.now() + SLICE_MS;
    while (!reader.ended) {
      if (reader.next(packets) === 0) {
        if (!reader.ended) await reader.fill();
        continue;
      }
      if (maxPackets > 0 && walked + packets.count > maxPackets) {
        packets.count = maxPackets - walked;
        isLimited = true;
        if (packets.count === 0) break;
      }
      walked += packets.count;
      dissectBatch(packets, dissected, kernel);
      totals.addBatch(batch);
      flowTable?.addBatch(packets, dissected, flows);
      if (needsOptions) kernel.parseOptions(packets);
      flagAnalyzer?.addBatch(batch);
      if (visit(batch) === STOP_WALK || isLimited) break;
      if (++sinceLook < BATCHES_PER_LOOK) continue;
      sinceLook = 0;
      if (performance.now() < sliceEnd) continue;
      options.onProgress?.(reader.bytesRead, source.sizeBytes);
      await turn();
      signal.throwIfAborted();
      sliceEnd = performance.now() + SLICE_MS;
    }
    return {
      format: reader.format,
      packets: walked,
      wireBytes: totals.wireBytes,
      capturedBytes: totals.capturedBytes,
      fileBytes: source.sizeBytes,
      complete: reader.complete,
      truncatedAt: reader.truncatedAt,
      limitedBy: isLimited ? "max_packets" : null,
      warnings: [...reader.warnings],
      warningCounts: new Map(reader.warningCounts),
      baseSec: totals.baseSec ?? 0,
      firstNs: totals.firstNs,
      lastNs: totals.lastNs,
    };
  } finally {
    reader.close();
  }
}

/** Sums over all packets. */
class Totals {
  wireBytes = 0;
  capturedBytes = 0;
  baseSec: number | null = null;
  firstNs: number | null = null;
  lastNs: number | null = null;

  addBatch({ packets, flows }: PassBatch): void {
    this.baseSec ??= packets.timeSec[0] ?? 0;
    flows.baseSec = this.baseSec;
    let wire = 0;
    let captured = 0;
    let first = this.firstNs ?? Infinity;
    let last = this.lastNs ?? -Infinity;
    for (let row = 0; row < packets.count; row++) {
      wire += packets.wireLength[row] ?? 0;
      captured += packets.capturedLength[row] ?? 0;
      const ns = ((packets.timeSec[row] ?? 0) - this.baseSec) * 1e9 + (packets.timeNsec[row] ?? 0);
      flows.timeNs[row] = ns;
      if (packets.noTime[row] === 1) continue;
      if (ns < first) first = ns;
      if (ns > last) last = ns;
    }
    this.wireBytes += wire;
    this.capturedBytes += captured;
    if (first !== Infinity) this.firstNs = first;
    if (last !== -Infinity) this.lastNs = last;
  }
}
