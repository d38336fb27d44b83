/**
 * The question `packets`: which packets satisfy a filter.
 *
 * @module
 */
import { type Capture, type QuestionContext, STOP_WALK } from "../engine/question.ts";
import { expressionOf } from "../filter/conditions.ts";
import { type ClauseCount, Filter } from "../filter/filter.ts";
import type { Conditions } from "../filter/no_conditions.ts";
import { type PacketRow, PacketRows } from "../packet_list/packet_row.ts";
import { type Coverage, coverageOf } from "./coverage.ts";

/** Parameters of {@link askPackets}. */
export interface PacketsParams extends Conditions {
  /** Most packets to list; all that match are counted. */
  readonly max_results: number;
}

/** Answer of {@link askPackets}. */
export interface PacketsAnswer extends Coverage {
  /** All conditions as one Wireshark display filter. */
  readonly filter_expression: string;
  readonly total_packets_scanned: number;
  readonly matching_packets: number;
  /** The first that match. */
  readonly packets: PacketRow[];
  /** Packets that satisfied each clause and all before it, in order. */
  readonly clauses: ClauseCount[];
}

/**
 * Filters a capture.
 * @throws {InputError} `input.filter`, `input.filter_cost`, `input.address`, `input.protocol`
 */
export async function askPackets(
  params: PacketsParams,
  [capture]: readonly Capture[],
  _cx: QuestionContext,
): Promise<PacketsAnswer> {
  if (capture === undefined) throw new TypeError("A question needs a capture");
  const { max_results, last_frame } = params;
  const filter = new Filter(expressionOf(params));
  const listed: number[] = [];
  let matching = 0;
  let isPast = false;
  const facts = await capture.walk(filter.needs, (batch) => {
    const { count, firstFrame } = batch.packets;
    const mask = filter.select(batch);
    for (let row = 0; row < count; row++) {
      if (mask[row] !== 1) continue;
      if (++matching <= max_results) listed.push(firstFrame + row);
    }
    isPast = last_frame !== null && firstFrame + count > last_frame;
    return isPast ? STOP_WALK : undefined;
  });
  const coverage = coverageOf(facts);
  return {
    ...coverage,
    // What lies behind the last packet asked for is left out on purpose.
    complete: isPast ? facts.truncatedAt === null : coverage.complete,
    filter_expression: filter.text,
    total_packets_scanned: facts.packets,
    matching_packets: matching,
    packets: await rowsOf(capture, listed),
    clauses: [...filter.clauses],
  };
}

/**
 * Rows of packets by number, rising. Stream numbers take the flows of all packets before: far more
 * than most filters do, and the first packets that match stand near the start as a rule.
 */
async function rowsOf(capture: Capture, frames: readonly number[]): Promise<PacketRow[]> {
  if (frames.length === 0) return [];
  const rows = new PacketRows();
  const listed: PacketRow[] = [];
  await capture.walk({ flows: true }, (batch) => {
    rows.addBatch(batch);
    const { count, firstFrame } = batch.packets;
    for (let frame = frames[listed.length]; frame !== undefined && frame < firstFrame + count;) {
      listed.push(rows.row(batch, frame - firstFrame));
      frame = frames[listed.length];
    }
    return listed.length === frames.length ? STOP_WALK : undefined;
  });
  return listed;
}
