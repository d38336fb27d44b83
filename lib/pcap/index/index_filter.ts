/**
 * A filter at work on the index of a capture.
 *
 * @module
 */
import { BATCH_PACKETS } from "../batch.ts";
import { Slice } from "../engine/slice.ts";
import { ClauseChain, type ClauseCount } from "../filter/clause_chain.ts";
import { combine, compileExpression, Evaluation, fieldsOf } from "../filter/compile.ts";
import type { Expression } from "../filter/expression.ts";
import type { FieldNeed } from "../filter/field.ts";
import type { Selector } from "../filter/selector.ts";
import { renderExpression } from "../filter/render.ts";
import { type Aspect, aspectOf } from "./aspect.ts";
import { BLOCK_PACKETS, type ColumnBlock } from "./column_block.ts";
import { FrameBatch } from "./frame_batch.ts";
import type { OddBlock } from "./odd_packets.ts";
import type { PacketIndex } from "./packet_index.ts";
import { type Dictionary, judge } from "./specimens.ts";
import { tcpFlagDictionary, tcpLengthDictionary } from "./tcp_dictionaries.ts";

/** How far a filter goes. */
export interface IndexFilterOptions {
  /** Packets to look at, from the first. */
  readonly packets: number;
  /** Most matches whose numbers are wanted. */
  readonly maxListed: number;
  readonly signal: AbortSignal;
}

/** What a filter selects. */
export interface IndexSelection {
  readonly matching: number;
  /** Numbers of the first packets that match. */
  readonly listed: readonly number[];
  /** Packets that satisfied each clause and all before it, in order. */
  readonly clauses: readonly ClauseCount[];
}

/** Batches between two looks at the clock. */
const BATCHES_PER_LOOK = 512;

/**
 * Filters by the index.
 * @throws {InputError} `input.filter_cost`
 * @throws the signal's reason once it aborts
 */
export async function filterIndex(
  index: PacketIndex,
  expression: Expression,
  options: IndexFilterOptions,
): Promise<IndexSelection> {
  const slice = new Slice(options.signal);
  const odd = new OddSelection(index, expression);
  await odd.judge(index.odd, options.packets, slice);
  const rows = new RowSelection(index, expression);
  const mask = new Uint8Array(BATCH_PACKETS);
  const listed: number[] = [];
  let matching = 0;
  let batches = 0;
  for (let from = 0; from < options.packets; from += BATCH_PACKETS) {
    const count = Math.min(BATCH_PACKETS, options.packets - from);
    mask.fill(1, 0, count);
    mask.fill(0, count);
    odd.mark(mask, from, 0);
    const selected = rows.select(mask, from, count) + odd.mark(mask, from, 1);
    matching += selected;
    if (selected > 0 && listed.length < options.maxListed) {
      list(mask, from, options.maxListed, listed);
    }
    if (++batches % BATCHES_PER_LOOK === 0 && slice.leftMs <= 0) await slice.next();
  }
  return { matching, listed, clauses: added(rows.clauses, odd.clauses) };
}

function list(mask: Uint8Array, from: number, max: number, listed: number[]): void {
  for (let row = mask.indexOf(1); row >= 0 && listed.length < max; row = mask.indexOf(1, row + 1)) {
    listed.push(from + row + 1);
  }
}

function added(first: readonly ClauseCount[], second: readonly ClauseCount[]): ClauseCount[] {
  return first.map(({ text, survived }, at) => ({
    text,
    survived: survived + (second[at]?.survived ?? 0),
  }));
}

/** Selects by the columns of the index. */
class RowSelection {
  readonly #index: PacketIndex;
  readonly #clauses: ClauseChain;
  readonly #evaluation: Evaluation;
  /** The rows as a batch, for conditions on what each packet has for itself; null: there are none. */
  readonly #batch: FrameBatch | null;
  readonly #hasLengths: boolean;
  readonly #hasTimes: boolean;
  #block: ColumnBlock | undefined;
  /** Row of the block that the batch begins with. */
  #start = 0;

  constructor(index: PacketIndex, expression: Expression) {
    this.#index = index;
    const needs = new Set<FieldNeed>(fieldsOf(expression).flatMap((field) => field.needs));
    for (const need of ["flows", "udp_stream", "tcp_analysis"] as const) needs.delete(need);
    this.#evaluation = new Evaluation(needs);
    this.#evaluation.derived.firstNs = index.firstNs;
    this.#clauses = new ClauseChain(
      expression,
      (clause) => combine(clause, (part) => this.#compile(part)),
    );
    const own = fieldsOf(expression).map(({ name }) => name).filter((one) =>
      one.startsWith("frame.")
    );
    this.#batch = own.length === 0 ? null : new FrameBatch();
    this.#hasLengths = own.includes("frame.len");
    this.#hasTimes = own.some((one) => one.startsWith("frame.time"));
    if (this.#batch !== null) this.#batch.flows.baseSec = index.facts.baseSec;
  }

  get clauses(): readonly ClauseCount[] {
    return this.#clauses.counts;
  }

  /** Leaves 1 in `mask` for those of `count` packets from packet `from` on that match; how many. */
  select(mask: Uint8Array, from: number, count: number): number {
    this.#block = this.#index.blocks[Math.floor(from / BLOCK_PACKETS)];
    this.#start = from % BLOCK_PACKETS;
    if (this.#batch !== null) this.#fill(this.#batch, from, count);
    return this.#clauses.select(mask, count);
  }

  #fill(batch: FrameBatch, from: number, count: number): void {
    const { packets, flows } = batch;
    const block = this.#block;
    if (block === undefined) return;
    const end = this.#start + count;
    packets.count = count;
    packets.firstFrame = from + 1;
    if (this.#hasLengths) packets.wireLength.set(block.wireLength.subarray(this.#start, end));
    if (this.#hasTimes) {
      flows.timeNs.set(block.timeNs.subarray(this.#start, end));
      for (let row = 0; row < count; row++) {
        packets.noTime[row] = Number.isNaN(flows.timeNs[row]) ? 1 : 0;
      }
    }
    this.#evaluation.begin(batch);
  }

  #compile(part: Expression): Selector | null {
    const aspect = aspectOf(part);
    if (aspect === null) return null;
    if (aspect === "packet") return compileExpression(part, this.#evaluation);
    const verdicts = this.#verdicts(part, aspect);
    return (mask, count) => {
      const codes = this.#codes(aspect);
      return codes === undefined ? 0 : lookUp(mask, count, verdicts, codes, this.#start);
    };
  }

  #verdicts(part: Expression, aspect: Exclude<Aspect, "packet">): Uint8Array {
    const { verdicts } = this.#index;
    const text = renderExpression(part);
    const known = verdicts.get(text);
    if (known !== undefined) return known;
    const made = judge(part, this.#dictionary(aspect));
    verdicts.set(text, made, made.length);
    return made;
  }

  #dictionary(aspect: Exclude<Aspect, "packet">): Dictionary {
    switch (aspect) {
      case "flow":
        return this.#index.flows;
      case "path":
        return this.#index.paths;
      case "tcp_flags":
        return tcpFlagDictionary;
      case "tcp_length":
        return tcpLengthDictionary;
      case "findings":
        return this.#index.findings;
    }
  }

  #codes(aspect: Exclude<Aspect, "packet">): Uint16Array | Uint32Array | undefined {
    switch (aspect) {
      case "flow":
        return this.#block?.flow;
      case "path":
        return this.#block?.path;
      case "tcp_flags":
        return this.#block?.tcpFlags;
      case "tcp_length":
        return this.#block?.tcpLength;
      case "findings":
        return this.#block?.findings;
    }
  }
}

/** Selects rows whose code, from `start` on, has the verdict 1. */
function lookUp(
  mask: Uint8Array,
  count: number,
  verdicts: Uint8Array,
  codes: Uint16Array | Uint32Array,
  start: number,
): number {
  let left = 0;
  for (let row = 0; row < count; row++) {
    const holds = (mask[row] ?? 0) & (verdicts[codes[start + row] ?? 0] ?? 0);
    mask[row] = holds;
    left += holds;
  }
  return left;
}

/** Selects among the packets that are kept whole; all of them at once, before the others. */
class OddSelection {
  /** Numbers of all that are looked at, and whether they match. */
  readonly #frames: number[] = [];
  readonly #matches: number[] = [];
  readonly #clauses: ClauseChain;
  readonly #evaluation = new Evaluation(new Set());
  readonly #batch = new FrameBatch();
  readonly #mask = new Uint8Array(BATCH_PACKETS);
  /** The first that may stand in the next batch. */
  #next = 0;

  constructor(index: PacketIndex, expression: Expression) {
    this.#evaluation.derived.firstNs = index.firstNs;
    this.#batch.flows.baseSec = index.facts.baseSec;
    this.#clauses = new ClauseChain(
      expression,
      (clause) => compileExpression(clause, this.#evaluation),
    );
  }

  get clauses(): readonly ClauseCount[] {
    return this.#clauses.counts;
  }

  /** Judges all of them that are among the first `packets` of the capture. */
  async judge(blocks: readonly OddBlock[], packets: number, slice: Slice): Promise<void> {
    for (const block of blocks) {
      this.#judgeBlock(block, packets);
      if (slice.leftMs <= 0) await slice.next();
    }
  }

  /**
   * Clears the rows of the batch behind packet `from` where such packets stand; or, with `stage` 1,
   * sets those that match, and goes on behind the batch. How many it set.
   */
  mark(mask: Uint8Array, from: number, stage: 0 | 1): number {
    let at = this.#next;
    let set = 0;
    for (let frame = this.#frames[at]; frame !== undefined && frame <= from + BATCH_PACKETS;) {
      const matches = stage === 0 ? 0 : this.#matches[at] ?? 0;
      mask[frame - 1 - from] = matches;
      set += matches;
      frame = this.#frames[++at];
    }
    if (stage === 1) this.#next = at;
    return set;
  }

  #judgeBlock(block: OddBlock, packets: number): void {
    const mask = this.#mask;
    block.fill(this.#batch, this.#evaluation.derived);
    this.#evaluation.turnTo(this.#batch);
    for (let row = 0; row < BATCH_PACKETS; row++) {
      mask[row] = row < block.count && (block.frame[row] ?? 0) <= packets ? 1 : 0;
    }
    this.#clauses.select(mask, block.count);
    for (let row = 0; row < block.count; row++) {
      this.#frames.push(block.frame[row] ?? 0);
      this.#matches.push(mask[row] ?? 0);
    }
  }
}
