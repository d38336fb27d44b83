/**
 * The index of the packets of a capture: what filters ask most, so that they need not read the
 * capture again.
 *
 * @module
 */
import { BATCH_PACKETS } from "../batch.ts";
import type { WalkNeeds } from "../engine/question.ts";
import { SizedCache } from "../engine/sized_cache.ts";
import { DerivedColumns } from "../filter/derived_columns.ts";
import type { FlowReader } from "../flow/flow_reader.ts";
import { FlowTable } from "../flow/flow_table.ts";
import type { PassBatch, PassFacts } from "../pass.ts";
import { BLOCK_BYTES, BLOCK_PACKETS, ColumnBlock } from "./column_block.ts";
import { flowCode, FlowDictionary, NO_FLOW_CODE } from "./flow_dictionary.ts";
import type { IndexBudget, IndexFault } from "./index_budget.ts";
import { type OddBlock, OddPackets } from "./odd_packets.ts";
import { PathDictionary } from "./path_dictionary.ts";
import { PlainPackets } from "./plain_packets.ts";
import { FindingDictionary, NO_TCP_FLAGS, NO_TCP_LENGTH } from "./tcp_dictionaries.ts";

const TCP = 6;

/** The index. */
export interface PacketIndex {
  /** How the pass went that it was made in. */
  readonly facts: PassFacts;
  /** Time that relative times count from, nanoseconds from `PassFacts.baseSec`. */
  readonly firstNs: number;
  /** Packets by number - 1, {@link BLOCK_PACKETS} to a block. */
  readonly blocks: readonly ColumnBlock[];
  /** Packets whose row in the blocks means nothing but for their time, in order. */
  readonly odd: readonly OddBlock[];
  readonly flows: FlowDictionary;
  readonly paths: PathDictionary;
  readonly findings: FindingDictionary;
  /** What conditions came to, by their text: filters are often asked with a clause changed. */
  readonly verdicts: SizedCache<Uint8Array>;
}

/** Most conditions on flows whose verdicts are kept, and most of any kind. */
const FLOW_VERDICTS = 8, VERDICTS = 32;

/** Makes the index in a pass. */
export class IndexBuilder {
  /** The columns that it reads. */
  static readonly needs: WalkNeeds = { flows: true, tcpFlags: true };
  /** Why there will be no index, or null; then nothing more need come. */
  fault: IndexFault | null = null;
  readonly #budget: IndexBudget;
  readonly #blocks: ColumnBlock[] = [];
  readonly #odd: OddPackets;
  readonly #plain = new PlainPackets();
  readonly #isPlain = new Uint8Array(BATCH_PACKETS);
  readonly #paths = new PathDictionary();
  readonly #findings = new FindingDictionary();
  readonly #derived = new DerivedColumns(new Set(["udp_stream", "previous_time"]));
  #flows: FlowReader | null = null;
  #packets = 0;

  /** An empty index whose memory comes from `budget`. */
  constructor(budget: IndexBudget) {
    this.#budget = budget;
    this.#odd = new OddPackets(budget);
  }

  /** Takes the next batch. */
  addBatch(pass: PassBatch): void {
    if (this.fault !== null) return;
    this.#derived.addBatch(pass);
    this.#plain.mark(pass, this.#isPlain);
    this.#flows = pass.flows.reader;
    if (pass.dissected.paths.overflowed > 0) this.fault = "bounds";
    const { count } = pass.packets;
    for (let row = 0; row < count && this.fault === null;) row = this.#fillBlock(pass, row);
  }

  /** The index of all packets that came, or why there is none. */
  finish(facts: PassFacts): PacketIndex | IndexFault {
    const reader = this.#flows ?? new FlowTable({ flowsMax: 1 }).flows;
    // Who was evicted gave its number to another flow.
    if (reader.evicted.flows > 0) this.fault ??= "bounds";
    if (this.fault !== null) return this.fault;
    const flows = FlowDictionary.of(reader, this.#budget);
    if (flows === null) return "memory";
    const verdictBytes = FLOW_VERDICTS * flows.size;
    if (!this.#budget.take(verdictBytes)) return "memory";
    return {
      facts,
      firstNs: this.#derived.firstNs,
      blocks: this.#blocks,
      odd: this.#odd.blocks,
      flows,
      paths: this.#paths,
      findings: this.#findings,
      verdicts: new SizedCache({ entries: VERDICTS, bytes: verdictBytes }),
    };
  }

  /** Takes rows from `from` on, up to the end of a block; the next row. */
  #fillBlock(pass: PassBatch, from: number): number {
    const at = this.#packets % BLOCK_PACKETS;
    if (at === 0 && !this.#addBlock()) return from;
    const block = this.#blocks.at(-1);
    if (block === undefined) return from;
    const end = Math.min(pass.packets.count, from + BLOCK_PACKETS - at);
    this.#copy(pass, from, end, block, at);
    this.#packets += end - from;
    return end;
  }

  #addBlock(): boolean {
    if (!this.#budget.take(BLOCK_BYTES)) {
      this.fault = "memory";
      return false;
    }
    this.#blocks.push(new ColumnBlock());
    return true;
  }

  /** Copies rows `from` to `end` - 1 to the place `at` of a block and those behind it. */
  #copy(pass: PassBatch, from: number, end: number, block: ColumnBlock, at: number): void {
    const { wireLength, noTime } = pass.packets;
    const { path, srcPort, l4Protocol, tcpFlags, payloadWire } = pass.dissected;
    const { flow, direction, timeNs } = pass.flows;
    const { flags } = pass.tcpFlags;
    for (let row = from, to = at; row < end; row++, to++) {
      block.timeNs[to] = noTime[row] === 1 ? NaN : timeNs[row] ?? NaN;
      const findings = this.#findings.codeOf(flags[row] ?? 0);
      if (findings < 0 || this.#isPlain[row] === 0) {
        if (!this.#odd.add(pass, row, this.#derived)) this.fault = "memory";
        continue;
      }
      const id = flow[row] ?? -1;
      const isTcp = (srcPort[row] ?? -1) >= 0 && l4Protocol[row] === TCP;
      const ownPath = path[row] ?? 0;
      block.flow[to] = id < 0 ? NO_FLOW_CODE : flowCode(id, direction[row] ?? 0);
      block.wireLength[to] = wireLength[row] ?? 0;
      block.path[to] = ownPath;
      block.tcpFlags[to] = isTcp ? tcpFlags[row] ?? 0 : NO_TCP_FLAGS;
      block.tcpLength[to] = isTcp ? payloadWire[row] ?? 0 : NO_TCP_LENGTH;
      block.findings[to] = findings;
      if (!this.#paths.has(ownPath)) this.#addPath(pass, row, ownPath);
    }
  }

  #addPath({ packets }: PassBatch, row: number, path: number): void {
    if (!this.#budget.take(200 + (packets.capturedLength[row] ?? 0))) this.fault = "memory";
    else this.#paths.add(path, packets, row);
  }
}
