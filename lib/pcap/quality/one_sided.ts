/**
 * TCP connections of which only one direction was captured: a mirror port of one direction, or an
 * asymmetric path. A side that acknowledges has heard from the other, whether or not we have.
 *
 * @module
 */
import { RecordHeap } from "../flow/record_heap.ts";
import type { Analyzer, PassBatch } from "../pass.ts";
import { type Counted, Evidence } from "./evidence.ts";

/** Connections and those of one side. */
export interface OneSidedFacts {
  /** TCP connections looked at. */
  readonly connections: number;
  /** Of these, with one direction only; evidence are their first frames. */
  readonly oneSided: Counted;
}

/** Two words of each connection: what its sides did, and its first frame. */
const RECORD_BYTES = 8;

/** Connections that are watched; those beyond are not. */
const CONNECTIONS_MAX = 1 << 24;

/** Bit of side A and of side B (one to the left): it sent something. */
const SENT = 1;
/** The same: it acknowledged something. A reset does so too and proves nothing. */
const ACKNOWLEDGED = 4;

const RST = 0x04, ACK = 0x10;

/** Watches both sides of every connection. */
export class OneSidedWatch implements Analyzer {
  readonly #records = new RecordHeap(RECORD_BYTES, CONNECTIONS_MAX);
  readonly #oneSided = new Evidence();
  #connections = 0;
  #used = 0;

  addBatch({ packets, dissected, flows }: PassBatch): void {
    const { tcp, direction, isNew } = flows;
    const { tcpFlags } = dissected;
    let words = this.#records.u32;
    for (let row = 0; row < packets.count; row++) {
      const id = tcp[row] ?? -1;
      if (id < 0 || id >= CONNECTIONS_MAX) continue;
      if (id >= this.#used) {
        this.#used = id + 1;
        if (this.#records.ensure(this.#used)) words = this.#records.u32;
      }
      const at = id * 2;
      if (isNew[row] === 1 || words[at] === 0) {
        this.#settle(words[at] ?? 0, words[at + 1] ?? 0);
        words[at] = 0;
        words[at + 1] = packets.firstFrame + row;
        this.#connections++;
      }
      const flags = tcpFlags[row] ?? 0;
      const did = (flags & (ACK | RST)) === ACK ? SENT | ACKNOWLEDGED : SENT;
      words[at] = (words[at] ?? 0) | did << (direction[row] ?? 0);
    }
  }

  /** What was seen. May be asked once. */
  finish(): OneSidedFacts {
    const words = this.#records.u32;
    for (let at = 0; at < this.#used * 2; at += 2) this.#settle(words[at] ?? 0, words[at + 1] ?? 0);
    return { connections: this.#connections, oneSided: this.#oneSided.counted() };
  }

  #settle(did: number, firstFrame: number): void {
    const onlyA = (did & SENT << 1) === 0 && (did & ACKNOWLEDGED) !== 0;
    const onlyB = (did & SENT) === 0 && (did & ACKNOWLEDGED << 1) !== 0;
    if (onlyA || onlyB) this.#oneSided.add(firstFrame);
  }
}
