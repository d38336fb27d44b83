/**
 * Counts what the flag analyzer finds, in all and per connection, and follows how connections begin
 * and end.
 *
 * @module
 */
import { type Arena, separateMemory } from "../arena.ts";
import type { PacketBatch } from "../batch.ts";
import { RECORDS_MAX } from "../flow/hash_index.ts";
import { RecordHeap } from "../flow/record_heap.ts";
import { topIds, TopList } from "../flow/top_ids.ts";
import type { Analyzer, PassBatch } from "../pass.ts";
import {
  CONNECTION_ENDS,
  type ConnectionEnd,
  describeOutcome,
  endIndex,
  followOutcome,
  type Handshake,
  handshakeIndex,
  HANDSHAKES,
  mattersToOutcome,
  OUTCOMES,
} from "./connection_outcome.ts";
import { type CellPlaces, FlagCells, NO_CELL } from "./flag_cells.ts";
import { TCP_FLAGS } from "./flags.ts";
import type { FlagTotal, FlowList, TcpConnection, TcpFindings } from "./tcp_findings.ts";

/** Words of a flow: its chain of cells, and the state of its outcome (0: no TCP). */
const FLOW_WORDS = 2;
const CHAIN = 0, OUTCOME = 1;
/** Flows that are ranked by their findings of each kind: all that any question shows. */
const RANKED = 8;
/** Doubles of what is counted: segments, whatever their connection, and flows that are known. */
const SEGMENTS = 0, CUT_SEGMENTS = 1, FLOWS = 2, COUNTS = 3;
/** Doubles of the totals, as in `kernel/assembly/flag_cells.ts`: by kind, and what found no cell. */
const KINDS = 32, NOT_KEPT = 2 * KINDS;
/** 32 MiB of counts: half a million connections that a finding or two is about. */
const CELLS_MAX = 1_048_576;

/** Addresses in the arena: of counts of segments, and of flows. */
export type ConnectionPlaces = readonly [counts: number, flows: number];

/** Compiled code for segments of all flows but those whose id is given again. */
export interface ConnectionKernel {
  readonly arena: Arena;
  /** Told once where the counter keeps what it knows. */
  bindConnections(...places: ConnectionPlaces): void;
  bindFlagCells(...places: CellPlaces): void;
  /** Counts segments from row `from` on; the row that needs more than that, or `batch.count`. */
  countSegments(batch: PacketBatch, from: number): number;
}

/** How a counter is made; every field has a default. */
export interface CounterOptions {
  /** Most counts of single connections that are kept. */
  readonly cellsMax?: number;
  /** Compiled code that takes most segments, to the same result. */
  readonly kernel?: ConnectionKernel | null;
}

/** Counts over a pass; needs the columns of flows and flags. */
export class ConnectionCounter implements Analyzer {
  readonly #kernel: ConnectionKernel | null;
  readonly #heap: RecordHeap;
  #i32: Int32Array;
  readonly #counts: Float64Array;
  readonly #cells: FlagCells;
  /** Segments and connections by kind of finding, and findings that were not kept. */
  readonly #totals: Float64Array;
  readonly #segments: Float64Array;
  readonly #connections: Float64Array;
  /** Outcomes of connections whose flow was evicted. */
  readonly #pastHandshakes = new Float64Array(HANDSHAKES.length);
  readonly #pastEnds = new Float64Array(CONNECTION_ENDS.length);

  /** A counter of no connections. */
  constructor({ cellsMax = CELLS_MAX, kernel = null }: CounterOptions = {}) {
    const arena = kernel?.arena ?? null;
    this.#kernel = kernel;
    this.#heap = new RecordHeap(FLOW_WORDS * 4, RECORDS_MAX, arena);
    this.#i32 = this.#heap.i32;
    const memory = arena ?? separateMemory;
    this.#counts = memory.float64(COUNTS);
    this.#totals = memory.float64(NOT_KEPT + 1);
    this.#segments = this.#totals.subarray(0, KINDS);
    this.#connections = this.#totals.subarray(KINDS, 2 * KINDS);
    this.#cells = new FlagCells(cellsMax, arena);
    kernel?.bindConnections(this.#counts.byteOffset, this.#heap.address);
    kernel?.bindFlagCells(...this.#cells.addresses, this.#totals.byteOffset);
  }

  /** Octets of memory in use. */
  get sizeBytes(): number {
    return this.#heap.sizeBytes + this.#cells.sizeBytes;
  }

  /** Flows that are known: 0 to this, less one. */
  get #flows(): number {
    return this.#counts[FLOWS] ?? 0;
  }

  get #notKept(): number {
    return this.#totals[NOT_KEPT] ?? 0;
  }

  addBatch(batch: PassBatch): void {
    const { packets } = batch;
    if (this.#kernel === null) return this.#addRows(batch, 0, packets.count);
    let row = this.#kernel.countSegments(packets, 0);
    while (row < packets.count) {
      this.#addRows(batch, row, row + 1);
      row = this.#kernel.countSegments(packets, row + 1);
    }
  }

  #addRows(batch: PassBatch, from: number, to: number): void {
    const { firstFrame } = batch.packets;
    const { flow, tcp, isNew, direction } = batch.flows;
    const { flags } = batch.tcpFlags;
    const { cut } = batch.options;
    const { tcpFlags } = batch.dissected;
    const counts = this.#counts;
    for (let row = from; row < to; row++) {
      if (isNew[row] === 1) this.#open(flow[row] ?? 0);
      if ((tcp[row] ?? -1) < 0) continue;
      counts[SEGMENTS] = (counts[SEGMENTS] ?? 0) + 1;
      counts[CUT_SEGMENTS] = (counts[CUT_SEGMENTS] ?? 0) + (cut[row] ?? 0);
      const at = (flow[row] ?? 0) * FLOW_WORDS;
      const side = direction[row] ?? 0;
      const outcome = this.#i32[at + OUTCOME] ?? 0;
      const bits = tcpFlags[row] ?? 0;
      if (mattersToOutcome(outcome, bits)) {
        this.#i32[at + OUTCOME] = followOutcome(outcome, side, bits);
      }
      const found = flags[row] ?? 0;
      if (found !== 0) this.#countFlags(at, found, side, firstFrame + row);
    }
  }

  /** What was counted so far. */
  finish(): TcpFindings {
    const handshakes = this.#pastHandshakes.slice();
    const ends = this.#pastEnds.slice();
    const outcomes = this.#countOutcomes();
    outcomes.forEach((count, outcome) => {
      if (count > 0) tally(outcome, count, handshakes, ends);
    });
    const totals: Record<string, FlagTotal> = {};
    TCP_FLAGS.forEach(({ name }, kind) => {
      totals[name] = {
        segments: this.#segments[kind] ?? 0,
        connections: this.#connections[kind] ?? 0,
      };
    });
    let ranks: readonly FlowList[] | null = null;
    return {
      segments: this.#counts[SEGMENTS] ?? 0,
      cutSegments: this.#counts[CUT_SEGMENTS] ?? 0,
      connections: ends.reduce((sum, count) => sum + count, 0),
      totals,
      handshakes: byName<Handshake>(HANDSHAKES, handshakes),
      ends: byName<ConnectionEnd>(CONNECTION_ENDS, ends),
      notKept: this.#notKept,
      connection: (flow) => this.#connection(flow),
      affected: (flags, limit) => this.#affected(flags, limit, () => ranks ??= this.#rank()),
      began: (handshake, limit) => {
        const index = HANDSHAKES.indexOf(handshake);
        return this.#listed(outcomes, (outcome) => handshakeIndex(outcome) === index, limit);
      },
      ended: (end, limit) => {
        const index = CONNECTION_ENDS.indexOf(end);
        return this.#listed(outcomes, (outcome) => endIndex(outcome) === index, limit);
      },
    };
  }

  /** Begins a flow; what its id stood for before is over. */
  #open(flow: number): void {
    if (flow < 0) return;
    if (flow >= this.#flows) {
      this.#counts[FLOWS] = flow + 1;
      if (this.#heap.ensure(flow + 1)) this.#i32 = this.#heap.i32;
    }
    const at = flow * FLOW_WORDS;
    const chain = this.#i32[at + CHAIN] ?? 0;
    if (chain !== NO_CELL) {
      this.#totals[NOT_KEPT] = this.#notKept + this.#cells.sum(chain, -1);
      this.#cells.release(chain);
    }
    tally(this.#i32[at + OUTCOME] ?? 0, 1, this.#pastHandshakes, this.#pastEnds);
    this.#i32[at + CHAIN] = NO_CELL;
    this.#i32[at + OUTCOME] = 0;
  }

  #countFlags(at: number, found: number, side: number, frame: number): void {
    for (let rest = found; rest !== 0; rest &= rest - 1) {
      const kind = 31 - Math.clz32(rest & -rest);
      this.#segments[kind] = (this.#segments[kind] ?? 0) + 1;
      const tag = kind * 2 + side;
      const chain = this.#i32[at + CHAIN] ?? 0;
      let cell = this.#cells.find(chain, tag);
      if (cell === NO_CELL) {
        cell = this.#cells.add(chain, tag);
        if (cell === NO_CELL) {
          this.#totals[NOT_KEPT] = this.#notKept + 1;
          continue;
        }
        this.#i32[at + CHAIN] = cell;
        const isFirst = this.#cells.find(chain, tag ^ 1) === NO_CELL;
        if (isFirst) this.#connections[kind] = (this.#connections[kind] ?? 0) + 1;
      }
      this.#cells.count(cell, frame);
    }
  }

  /** How many flows have each outcome. */
  #countOutcomes(): Uint32Array {
    const counts = new Uint32Array(OUTCOMES);
    const words = this.#i32;
    const end = this.#flows * FLOW_WORDS;
    for (let at = OUTCOME; at < end; at += FLOW_WORDS) {
      const outcome = words[at] ?? 0;
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    return counts;
  }

  #connection(flow: number): TcpConnection | null {
    const outcome = flow < this.#flows ? this.#i32[flow * FLOW_WORDS + OUTCOME] ?? 0 : 0;
    if (outcome === 0) return null;
    const counts = this.#cells.read(this.#i32[flow * FLOW_WORDS + CHAIN] ?? NO_CELL);
    return { flow, ...describeOutcome(outcome), counts };
  }

  /** The first flows of a wanted outcome; `outcomes` counts them all, so that few are looked at. */
  #listed(
    outcomes: Uint32Array,
    isWanted: (outcome: number) => boolean,
    limit: number,
  ): FlowList {
    const wanted = outcomes.map((count, outcome) => outcome > 0 && isWanted(outcome) ? count : 0);
    const total = wanted.reduce((sum, count) => sum + count, 0);
    const flows: number[] = [];
    const most = Math.min(limit, total);
    for (let flow = 0; flow < this.#flows && flows.length < most; flow++) {
      if ((wanted[this.#i32[flow * FLOW_WORDS + OUTCOME] ?? 0] ?? 0) > 0) flows.push(flow);
    }
    return { flows, total };
  }

  #affected(flags: number, limit: number, ranks: () => readonly FlowList[]): FlowList {
    const isOne = (flags & (flags - 1)) === 0;
    const rank = isOne && limit <= RANKED ? ranks()[31 - Math.clz32(flags)] : undefined;
    if (rank !== undefined) return { flows: rank.flows.slice(0, limit), total: rank.total };
    let total = 0;
    const flows = topIds(this.#flows, limit, (flow) => {
      const chain = this.#i32[flow * FLOW_WORDS + CHAIN] ?? NO_CELL;
      const count = chain === NO_CELL ? 0 : this.#cells.sum(chain, flags);
      if (count > 0) total++;
      return count > 0 ? count : NaN;
    });
    return { flows, total };
  }

  /** By kind, the flows with most findings of it: of all kinds at once, for every one is asked for. */
  #rank(): readonly FlowList[] {
    const ranks = TCP_FLAGS.map(() => new TopList(RANKED));
    const counts = new Float64Array(TCP_FLAGS.length);
    for (let flow = 0; flow < this.#flows; flow++) {
      const chain = this.#i32[flow * FLOW_WORDS + CHAIN] ?? NO_CELL;
      if (chain === NO_CELL) continue;
      let kinds = this.#cells.addTo(counts, chain);
      for (; kinds !== 0; kinds &= kinds - 1) {
        const kind = 31 - Math.clz32(kinds & -kinds);
        ranks[kind]?.add(flow, counts[kind] ?? 0);
        counts[kind] = 0;
      }
    }
    return ranks.map(({ ids, added }) => ({ flows: ids, total: added }));
  }
}

/** Adds connections of one outcome to the counts of how they began and ended. */
function tally(
  outcome: number,
  count: number,
  handshakes: Float64Array,
  ends: Float64Array,
): void {
  if (outcome === 0) return;
  const handshake = handshakeIndex(outcome);
  const end = endIndex(outcome);
  handshakes[handshake] = (handshakes[handshake] ?? 0) + count;
  ends[end] = (ends[end] ?? 0) + count;
}

function byName<N extends string>(names: readonly N[], counts: Float64Array): Record<N, number> {
  const entries = names.map((name, index) => [name, counts[index] ?? 0]);
  // The keys are exactly the names.
  return Object.fromEntries(entries) as Record<N, number>;
}
