/**
 * When each flow was last heard of, for the packet that comes next.
 *
 * @module
 */
import { RecordHeap } from "../flow/record_heap.ts";
import type { PassBatch } from "../pass.ts";

/** Words of a record: time in two of them, then the number of the packet. */
const RECORD_BYTES = 16;

/** Flows whose last packet is remembered. */
const FLOWS_MAX = 1 << 24;

/** The last packet of every flow so far. */
export class LastOfFlow {
  readonly #records = new RecordHeap(RECORD_BYTES, FLOWS_MAX);

  /** Takes the first `until` rows. */
  addRows({ packets, flows }: PassBatch, until: number): void {
    const { flow, timeNs } = flows;
    for (let row = 0; row < until; row++) {
      const id = flow[row] ?? -1;
      if (id < 0 || id >= FLOWS_MAX) continue;
      this.#records.ensure(id + 1);
      this.#records.f64[id * 2] = packets.noTime[row] === 1 ? NaN : timeNs[row] ?? NaN;
      this.#records.u32[id * 4 + 2] = packets.firstFrame + row;
    }
  }

  /** Number and time of the last packet of a flow, or null. */
  of(id: number): { readonly frame: number; readonly ns: number } | null {
    if (id >= this.#records.capacity) return null;
    const frame = this.#records.u32[id * 4 + 2] ?? 0;
    return frame === 0 ? null : { frame, ns: this.#records.f64[id * 2] ?? NaN };
  }
}
