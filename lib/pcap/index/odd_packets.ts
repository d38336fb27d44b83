/**
 * The packets that the columns of the index do not tell all of (fragments, tunnels, packets that
 * quote others, damaged ones), kept whole for filters to look at.
 *
 * @module
 */
import { BATCH_PACKETS } from "../batch.ts";
import type { DerivedColumns } from "../filter/derived_columns.ts";
import type { PassBatch } from "../pass.ts";
import type { FrameBatch } from "./frame_batch.ts";
import type { IndexBudget } from "./index_budget.ts";

/** Octets of a block after which the next one begins; the last packet may go beyond. */
const BLOCK_OCTETS = 2 ** 20;

/** Octets of the columns of a block. */
const COLUMN_OCTETS = BATCH_PACKETS * 56;

/** Up to a batch of packets. */
export class OddBlock {
  count = 0;
  /** Number of each packet, rising. */
  readonly frame: Float64Array = new Float64Array(BATCH_PACKETS);
  readonly #wireLength = new Float64Array(BATCH_PACKETS);
  readonly #timeNs = new Float64Array(BATCH_PACKETS);
  readonly #deltaSec = new Float64Array(BATCH_PACKETS);
  readonly #capturedLength = new Int32Array(BATCH_PACKETS);
  readonly #tcp = new Int32Array(BATCH_PACKETS);
  readonly #udpStream = new Int32Array(BATCH_PACKETS);
  readonly #findings = new Uint32Array(BATCH_PACKETS);
  readonly #linkType = new Uint16Array(BATCH_PACKETS);
  readonly #fcsLength = new Uint8Array(BATCH_PACKETS);
  readonly #noTime = new Uint8Array(BATCH_PACKETS);
  readonly #octets: Uint8Array[] = [];
  #octetCount = 0;

  /** True if there is no room for one more. */
  get isFull(): boolean {
    return this.count === BATCH_PACKETS || this.#octetCount >= BLOCK_OCTETS;
  }

  /** Copies a packet. */
  add({ packets, flows, tcpFlags }: PassBatch, row: number, derived: DerivedColumns): void {
    const at = this.count++;
    const offset = packets.offset[row] ?? 0;
    const capturedLength = packets.capturedLength[row] ?? 0;
    this.#octets.push(packets.bytes.slice(offset, offset + capturedLength));
    this.#octetCount += capturedLength;
    this.frame[at] = packets.firstFrame + row;
    this.#wireLength[at] = packets.wireLength[row] ?? 0;
    this.#timeNs[at] = flows.timeNs[row] ?? 0;
    this.#deltaSec[at] = derived.deltaSec[row] ?? 0;
    this.#capturedLength[at] = capturedLength;
    this.#tcp[at] = flows.tcp[row] ?? -1;
    this.#udpStream[at] = derived.udpStream[row] ?? -1;
    this.#findings[at] = tcpFlags.flags[row] ?? 0;
    this.#linkType[at] = packets.linkType[row] ?? 0;
    this.#fcsLength[at] = packets.fcsLength[row] ?? 0;
    this.#noTime[at] = packets.noTime[row] ?? 0;
  }

  /** Makes `batch` one of these packets. */
  fill(batch: FrameBatch, derived: DerivedColumns): void {
    const bytes = new Uint8Array(this.#octetCount);
    batch.begin(bytes);
    let offset = 0;
    for (let row = 0; row < this.count; row++) {
      const capturedLength = this.#capturedLength[row] ?? 0;
      bytes.set(this.#octets[row] ?? [], offset);
      batch.add({
        offset,
        capturedLength,
        wireLength: this.#wireLength[row] ?? 0,
        linkType: this.#linkType[row] ?? 0,
        fcsLength: this.#fcsLength[row] ?? 0,
      });
      offset += capturedLength;
      const isTimed = this.#noTime[row] === 0;
      derived.relativeSec[row] = isTimed ? ((this.#timeNs[row] ?? 0) - derived.firstNs) / 1e9 : NaN;
    }
    batch.packets.noTime.set(this.#noTime);
    batch.dissect();
    batch.flows.timeNs.set(this.#timeNs);
    batch.flows.tcp.set(this.#tcp);
    batch.tcpFlags.flags.set(this.#findings);
    derived.frame.set(this.frame);
    derived.deltaSec.set(this.#deltaSec);
    derived.udpStream.set(this.#udpStream);
  }
}

/** All of them. */
export class OddPackets {
  readonly blocks: OddBlock[] = [];
  readonly #budget: IndexBudget;

  /** None yet; memory comes from `budget`. */
  constructor(budget: IndexBudget) {
    this.#budget = budget;
  }

  /** Copies a packet; false if it does not fit. */
  add(pass: PassBatch, row: number, derived: DerivedColumns): boolean {
    let block = this.blocks.at(-1);
    if (block === undefined || block.isFull) {
      if (!this.#budget.take(COLUMN_OCTETS)) return false;
      block = new OddBlock();
      this.blocks.push(block);
    }
    // A copy of its own costs about a hundred octets beside the packet.
    if (!this.#budget.take(100 + (pass.packets.capturedLength[row] ?? 0))) return false;
    block.add(pass, row, derived);
    return true;
  }
}
