/**
 * Batches of TCP segments with timestamps, IP identifications, SACK blocks and checksums, and the
 * analyzers of loss and of times over them.
 *
 * @module
 */
import { LossAnalyzer } from "../../lib/pcap/loss/loss_analyzer.ts";
import type { LossBounds } from "../../lib/pcap/loss/loss_records.ts";
import type { LossFindings } from "../../lib/pcap/loss/loss_findings.ts";
import { BATCH_PACKETS } from "../../lib/pcap/batch.ts";
import { Fragment } from "../../lib/pcap/dissect/columns.ts";
import { walkPackets } from "../../lib/pcap/engine/walk.ts";
import type { PassBatch } from "../../lib/pcap/pass.ts";
import { RttAnalyzer } from "../../lib/pcap/rtt/rtt_analyzer.ts";
import type { RttFindings } from "../../lib/pcap/rtt/rtt_findings.ts";
import { sourceOf } from "./capture_bytes.ts";
import { type Segment, segmentBatch } from "./tcp_segments.ts";

/** A segment with what tells one transmission from another. */
export interface StampedSegment extends Segment {
  /** TSval and TSecr; without the first there is no timestamps option. */
  readonly tsVal?: number;
  readonly tsEcr?: number;
  /** IPv4 identification; without it the packet is IPv6. */
  readonly ipId?: number;
  /** Default: 64. */
  readonly ttl?: number;
  readonly mss?: number;
  readonly sack?: readonly (readonly [left: number, right: number])[];
  /** TCP checksum. */
  readonly checksum?: number;
  /** True for the first IP fragment of a segment; `length` is of what it carries. */
  readonly isFirstFragment?: boolean;
}

const HEADER_OCTETS = 64;
const L4_OFFSET = 0, CHECKSUM_OFFSET = 16, SACK_OFFSET = 22;

/** What was found. */
export interface Findings {
  readonly loss: LossFindings;
  readonly rtt: RttFindings;
}

/** A batch of at most 256 segments. */
export function stampedBatch(segments: readonly StampedSegment[], firstFrame = 1): PassBatch {
  const batch = segmentBatch(segments, firstFrame);
  const bytes = new Uint8Array(HEADER_OCTETS * segments.length);
  const view = new DataView(bytes.buffer);
  const { dissected, options } = batch;
  segments.forEach((segment, row) => {
    const at = row * HEADER_OCTETS;
    dissected.l4Offset[row] = at + L4_OFFSET;
    dissected.ipVersion[row] = segment.ipId === undefined ? 6 : 4;
    dissected.ipId[row] = segment.ipId ?? 0;
    dissected.ttl[row] = segment.ttl ?? 64;
    dissected.fragment[row] = segment.isFirstFragment === true ? Fragment.first : Fragment.whole;
    options.hasTimestamps[row] = segment.tsVal === undefined ? 0 : 1;
    options.tsVal[row] = segment.tsVal ?? 0;
    options.tsEcr[row] = segment.tsEcr ?? 0;
    options.mss[row] = segment.mss ?? -1;
    options.sackBlocks[row] = segment.sack?.length ?? 0;
    options.sackOffset[row] = at + SACK_OFFSET;
    view.setUint16(at + CHECKSUM_OFFSET, segment.checksum ?? 0);
    segment.sack?.forEach(([left, right], index) => {
      view.setUint32(at + SACK_OFFSET + index * 8, left);
      view.setUint32(at + SACK_OFFSET + index * 8 + 4, right);
    });
  });
  return { ...batch, packets: { ...batch.packets, bytes, view } };
}

/** Analyzes segments of connections that are new where their segments say so, else at their first. */
export function analyze(
  segments: readonly StampedSegment[],
  bounds: Partial<LossBounds> = {},
): Findings {
  const rtt = new RttAnalyzer();
  const loss = new LossAnalyzer(rtt, bounds);
  const known = new Set<number>();
  for (let from = 0; from < segments.length; from += BATCH_PACKETS) {
    const some = segments.slice(from, from + BATCH_PACKETS).map((segment, index) => {
      const connection = segment.connection ?? 0;
      const isNew = segment.isNew ?? !known.has(connection);
      known.add(connection);
      return { timeMs: from + index, ...segment, isNew };
    });
    const batch = stampedBatch(some, from + 1);
    rtt.addBatch(batch);
    loss.addBatch(batch);
  }
  return { loss: loss.finish(), rtt: rtt.finish() };
}

/** Analyzes a capture of tests/fixtures/captures. */
export function analyzeFixture(name: string): Promise<Findings> {
  const file = new URL(`../fixtures/captures/${name}`, import.meta.url);
  return analyzeCapture(Deno.readFileSync(file));
}

/** Analyzes a capture. */
export async function analyzeCapture(bytes: Uint8Array): Promise<Findings> {
  const rtt = new RttAnalyzer();
  const loss = new LossAnalyzer(rtt);
  const needs = { flows: true, options: true };
  const { signal } = new AbortController();
  await walkPackets(sourceOf(bytes), { needs, maxPackets: 0, signal }, (batch) => {
    rtt.addBatch(batch);
    loss.addBatch(batch);
  });
  return { loss: loss.finish(), rtt: rtt.finish() };
}

/** The counts that are not zero, but for segments. */
export function troubleOf(counts: object): Readonly<Record<string, number>> {
  const entries = Object.entries(counts).filter(([name, value]) =>
    name !== "segments" && typeof value === "number" && value !== 0
  );
  return Object.fromEntries(entries);
}
