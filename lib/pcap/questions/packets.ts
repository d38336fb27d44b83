/**
 * The question `packets`: which packets satisfy a filter.
 *
 * @module
 */
import { type Capture, type QuestionContext, STOP_WALK } from "../engine/question.ts";
import type { ClauseCount } from "../filter/clause_chain.ts";
import { expressionOf } from "../filter/conditions.ts";
import type { Expression } from "../filter/expression.ts";
import { Filter } from "../filter/filter.ts";
import type { Conditions } from "../filter/no_conditions.ts";
import { renderExpression } from "../filter/render.ts";
import { isIndexed } from "../index/aspect.ts";
import { filterIndex } from "../index/index_filter.ts";
import type { IndexBudget, IndexFault } from "../index/index_budget.ts";
import { IndexBuilder, type PacketIndex } from "../index/packet_index.ts";
import { type PacketRow, PacketRows } from "../packet_list/packet_row.ts";
import type { PassBatch, PassFacts } from "../pass.ts";
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
  /** True if the index of packets told which ones match; else the capture was read. */
  readonly from_index: boolean;
}

/** What a filter selects. */
interface Selection {
  readonly facts: PassFacts;
  readonly matching: number;
  /** Numbers of the first that match, rising. */
  readonly listed: readonly number[];
  readonly clauses: readonly ClauseCount[];
}

/**
 * Filters a capture.
 * @throws {InputError} `input.filter`, `input.filter_cost`, `input.address`, `input.protocol`
 */
export async function askPackets(
  params: PacketsParams,
  [capture]: readonly Capture[],
  { signal }: QuestionContext,
): Promise<PacketsAnswer> {
  if (capture === undefined) throw new TypeError("A question needs a capture");
  const { last_frame } = params;
  const expression = expressionOf(params);
  const canUseIndex = isIndexed(expression);
  const index = canUseIndex ? await usableIndex(capture, last_frame) : null;
  const { facts, matching, listed, clauses } = index === null
    ? await selectByWalk(capture, expression, params)
    : await selectByIndex(index, expression, params, signal);
  // What lies behind the last packet asked for is left out on purpose.
  const isPast = last_frame !== null && facts.packets >= last_frame;
  const scanned = isPast ? last_frame : facts.packets;
  const coverage = coverageOf(facts);
  return {
    ...coverage,
    complete: isPast ? facts.truncatedAt === null : coverage.complete,
    limited_by: isPast ? null : coverage.limited_by,
    scanned_packets: scanned,
    warnings: canUseIndex && capture.index.fault === "memory"
      ? [...coverage.warnings, INDEX_IS_FULL]
      : coverage.warnings,
    filter_expression: renderExpression(expression),
    total_packets_scanned: scanned,
    matching_packets: matching,
    packets: await rowsOf(capture, listed),
    clauses: [...clauses],
    from_index: index !== null,
  };
}

const INDEX_IS_FULL = "The index of the packets does not fit pcap.index_bytes: " +
  "every filter reads the capture";

/** The index, made if need be; null if the capture must be read. */
async function usableIndex(
  capture: Capture,
  lastFrame: number | null,
): Promise<PacketIndex | null> {
  const index = await capture.index.take((budget) => makeIndex(capture, budget));
  if (index === null || lastFrame === null) return index;
  // Damage behind the last packet asked for does not belong into the answer.
  const { warningCounts, truncatedAt } = index.facts;
  return warningCounts.size === 0 && truncatedAt === null ? index : null;
}

async function makeIndex(
  capture: Capture,
  budget: IndexBudget,
): Promise<PacketIndex | IndexFault> {
  const builder = new IndexBuilder(budget);
  try {
    const facts = await capture.walkAll(IndexBuilder.needs, (batch) => {
      builder.addBatch(batch);
      if (builder.fault !== null) throw NO_INDEX;
    });
    return builder.finish(facts);
  } catch (error) {
    if (error === NO_INDEX && builder.fault !== null) return builder.fault;
    throw error;
  }
}

/** Ends the walk for an index that cannot be made. */
const NO_INDEX = new Error("There will be no index");

async function selectByIndex(
  index: PacketIndex,
  expression: Expression,
  { max_results, last_frame }: PacketsParams,
  signal: AbortSignal,
): Promise<Selection> {
  const { facts } = index;
  const packets = Math.min(last_frame ?? Infinity, facts.packets);
  const selection = await filterIndex(index, expression, {
    packets,
    maxListed: max_results,
    signal,
  });
  return { facts, ...selection };
}

async function selectByWalk(
  capture: Capture,
  expression: Expression,
  { max_results, last_frame }: PacketsParams,
): Promise<Selection> {
  const filter = new Filter(expression);
  const last = last_frame ?? Infinity;
  const listed: number[] = [];
  let matching = 0;
  const select = (batch: PassBatch): void => {
    const { count, firstFrame } = batch.packets;
    const mask = filter.select(batch, Math.min(count, last - firstFrame + 1));
    const wanted = Math.min(filter.selected, max_results - listed.length);
    for (let row = -1, found = 0; found < wanted; found++) {
      row = mask.indexOf(1, row + 1);
      listed.push(firstFrame + row);
    }
    matching += filter.selected;
  };
  const facts = last === Infinity
    ? await capture.walkAll(filter.needs, select)
    : await capture.walk(filter.needs, (batch) => {
      select(batch);
      return batch.packets.firstFrame + batch.packets.count > last ? STOP_WALK : undefined;
    });
  return { facts, matching, listed, clauses: filter.clauses };
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
