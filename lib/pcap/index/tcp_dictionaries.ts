/**
 * What TCP segments have in common: flags, length, findings.
 *
 * @module
 */
import type { DerivedColumns } from "../filter/derived_columns.ts";
import { bareFrame, type MadeFrames, tcpFrame } from "./made_frames.ts";
import type { Dictionary } from "./specimens.ts";

/** Code of packets without TCP in place of flags, of which there are twelve bits. */
export const NO_TCP_FLAGS = 0x1000;

/** Code of packets without TCP in place of a length; lengths from here on have no code. */
export const NO_TCP_LENGTH: number = 0xffff - 20;

/** Sets of findings that have codes. */
const FINDINGS_MAX = 0x10000;

/** The flags of TCP headers; a code is the flags. */
export const tcpFlagDictionary: Dictionary = {
  size: NO_TCP_FLAGS + 1,
  fill(batch, _derived, from, count) {
    const segment = tcpFrame();
    batch.beginMade();
    for (let code = from; code < from + count; code++) {
      segment.tcpFlags = code;
      batch.addMade(code === NO_TCP_FLAGS ? bareFrame() : segment);
    }
  },
};

/** The octets that TCP segments carry; a code is their number. */
export const tcpLengthDictionary: Dictionary = {
  size: NO_TCP_LENGTH + 1,
  fill(batch, _derived, from, count) {
    const segment = tcpFrame();
    batch.beginMade();
    for (let code = from; code < from + count; code++) {
      segment.payload = code;
      batch.addMade(code === NO_TCP_LENGTH ? bareFrame() : segment);
    }
  },
};

/** The sets of `TcpFlag` bits that occur, in the order of their first appearance. */
export class FindingDictionary implements Dictionary {
  readonly #codes = new Map<number, number>([[0, 0]]);
  readonly #sets: number[] = [0];

  get size(): number {
    return this.#sets.length;
  }

  /** The code of a set, or -1 if there are too many. */
  codeOf(findings: number): number {
    if (findings === 0) return 0;
    const known = this.#codes.get(findings);
    if (known !== undefined) return known;
    if (this.#sets.length === FINDINGS_MAX) return -1;
    this.#codes.set(findings, this.#sets.length);
    return this.#sets.push(findings) - 1;
  }

  fill(batch: MadeFrames, _derived: DerivedColumns, from: number, count: number): void {
    const segment = tcpFrame();
    batch.beginMade();
    for (let code = from; code < from + count; code++) {
      batch.tcpFlags.flags[batch.addMade(segment)] = this.#sets[code] ?? 0;
    }
  }
}
