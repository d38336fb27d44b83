/**
 * The front half of a walk, which makes of bytes what analyzers look at: framing, dissection, flows,
 * options and flags, batch by batch.
 *
 * @module
 */
import { dissectBatch } from "../dissect/dissect.ts";
import { FlowTable } from "../flow/flow_table.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { PassBatch, PassFacts } from "../pass.ts";
import { type CaptureReader, openReader } from "../reader.ts";
import { TcpFlagAnalyzer } from "../tcp/flag_analyzer.ts";
import type { ByteSource, Rooms } from "../window.ts";
import type { WalkNeeds } from "./question.ts";

/** Octets of a file that a flow takes at least: the header of a record and one of IPv4. */
const FLOW_OCTETS_MIN = 16 + 20;

/** What the front half does. */
export interface FrontOptions {
  readonly needs: WalkNeeds;
  /** Most packets; 0: all. */
  readonly maxPackets: number;
  /** Frames are left as they are; default false. */
  readonly framesOnly?: boolean;
}

/** The front half of one walk. */
export class Front {
  /** The flows that were asked for, else null. */
  readonly flowTable: FlowTable | null;
  readonly #source: ByteSource;
  readonly #kernel: Kernel;
  readonly #reader: CaptureReader;
  readonly #maxPackets: number;
  readonly #framesOnly: boolean;
  readonly #needsOptions: boolean;
  readonly #flagAnalyzer: TcpFlagAnalyzer | null;
  readonly #totals: Totals;
  #walked = 0;
  #isLimited = false;

  /** Goes on with `reader`; {@link openFront} is for others. */
  constructor(
    source: ByteSource,
    reader: CaptureReader,
    kernel: Kernel,
    { needs, maxPackets, framesOnly = false }: FrontOptions,
  ) {
    this.#source = source;
    this.#reader = reader;
    this.#kernel = kernel;
    this.#maxPackets = maxPackets;
    this.#framesOnly = framesOnly;
    this.#totals = new Totals(kernel);
    this.#flagAnalyzer = needs.tcpFlags === true ? new TcpFlagAnalyzer(kernel) : null;
    this.#needsOptions = needs.options === true || this.#flagAnalyzer !== null;
    const needsFlows = needs.flows === true || this.#flagAnalyzer !== null;
    this.flowTable = needsFlows ? new FlowTable({ kernel }) : null;
  }

  /** True once nothing more will come. */
  get ended(): boolean {
    return this.#isLimited || this.#reader.ended;
  }

  /** Bytes of the file read so far. */
  get bytesRead(): number {
    return this.#reader.bytesRead;
  }

  /**
   * Fills the slot that the kernel works on; false if it stays empty: at the end, or because
   * {@link Front.fill} must be awaited.
   */
  next(): boolean {
    const { slot } = this.#kernel;
    const { packets, dissected, flows } = slot;
    if (this.ended || this.#reader.next(packets) === 0) return false;
    const room = this.#maxPackets === 0 ? Infinity : this.#maxPackets - this.#walked;
    if (packets.count > room) {
      packets.count = room;
      this.#isLimited = true;
      if (room === 0) return false;
    }
    this.#walked += packets.count;
    this.#totals.addBatch(slot);
    if (this.#framesOnly) return true;
    dissectBatch(packets, dissected, this.#kernel);
    this.flowTable?.addBatch(packets, dissected, flows);
    if (this.#needsOptions) this.#kernel.parseOptions(packets);
    this.#flagAnalyzer?.addBatch(slot);
    return true;
  }

  /** Waits until {@link Front.next} can go on. */
  fill(): Promise<void> {
    return this.#reader.fill();
  }

  /** How the walk went so far. */
  facts(): PassFacts {
    const reader = this.#reader;
    return {
      format: reader.format,
      packets: this.#walked,
      wireBytes: this.#totals.wireBytes,
      capturedBytes: this.#totals.capturedBytes,
      fileBytes: this.#source.sizeBytes,
      complete: reader.complete,
      truncatedAt: reader.truncatedAt,
      limitedBy: this.#isLimited ? "max_packets" : null,
      warnings: [...reader.warnings],
      warningCounts: new Map(reader.warningCounts),
      baseSec: this.#totals.baseSec ?? 0,
      firstNs: this.#totals.firstNs,
      lastNs: this.#totals.lastNs,
    };
  }

  /** Ends decompression. */
  close(): void {
    this.#reader.close();
  }
}

/**
 * Begins a walk over `source`, from where it stands; batches point into `rooms`, which lie in the
 * arena of the kernel.
 * @throws {DecodeError} it is no capture
 */
export async function openFront(
  source: ByteSource,
  kernel: Kernel,
  rooms: Rooms,
  options: FrontOptions,
): Promise<Front> {
  const reader = await openReader(source, {}, rooms, kernel);
  if (reader.format.compression === null) {
    kernel.arena.recordsMax = Math.ceil(source.sizeBytes / FLOW_OCTETS_MIN);
  }
  return new Front(source, reader, kernel, options);
}

/** Sums over all packets. */
class Totals {
  baseSec: number | null = null;
  readonly #kernel: Kernel;
  /** See {@link Kernel.sumPackets}. */
  readonly #sums: Float64Array;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#sums = kernel.arena.float64(4);
    this.#sums.set([0, 0, Infinity, -Infinity]);
  }

  get wireBytes(): number {
    return this.#sums[0] ?? 0;
  }

  get capturedBytes(): number {
    return this.#sums[1] ?? 0;
  }

  /** Least time, null if no packet has one. */
  get firstNs(): number | null {
    return finite(this.#sums[2]);
  }

  /** Greatest time. */
  get lastNs(): number | null {
    return finite(this.#sums[3]);
  }

  /** Adds a batch, and fills in its times. */
  addBatch({ packets, flows }: PassBatch): void {
    this.baseSec ??= firstSecond(packets);
    flows.baseSec = this.baseSec ?? 0;
    this.#kernel.sumPackets(packets.count, flows.baseSec, this.#sums);
  }
}

function finite(ns: number | undefined): number | null {
  return ns === undefined || !Number.isFinite(ns) ? null : ns;
}

/** Second of the first packet that has a time, null if none has one. */
function firstSecond({ count, noTime, timeSec }: PassBatch["packets"]): number | null {
  const first = noTime.subarray(0, count).indexOf(0);
  return first < 0 ? null : timeSec[first] ?? null;
}
