/**
 * Response codes, counted for each of many servers.
 *
 * @module
 */
import { rcodeName } from "../../dns_wire/message.ts";
import { type ColumnMemory, separateMemory } from "../arena.ts";
import type { DnsRcodePlaces } from "./dns_kernel.ts";

/** Codes that are told apart; hostile servers may send 4096. */
const CODES_KEPT = 16;
/** Their counts, and that of all others. */
const COUNTS = CODES_KEPT + 1;

/** Counts of response codes, by number of the server. */
export class RcodeCounter {
  /** Codes of each server in order of appearance. */
  readonly #codes: Uint16Array;
  readonly #counts: Uint32Array;

  /** No code yet of any of `servers`; counts lie in `memory`. */
  constructor(servers: number, memory: ColumnMemory = separateMemory) {
    this.#codes = memory.uint16(servers * CODES_KEPT);
    this.#counts = memory.uint32(servers * COUNTS);
  }

  /** Addresses in the memory, for compiled code. */
  get places(): DnsRcodePlaces {
    return [this.#codes.byteOffset, this.#counts.byteOffset];
  }

  /** Counts a code; past a bound, new ones as `other`. */
  add(server: number, rcode: number): void {
    const codes = server * CODES_KEPT;
    const counts = server * COUNTS;
    let at = 0;
    while (at < CODES_KEPT) {
      if (this.#counts[counts + at] === 0) {
        this.#codes[codes + at] = rcode;
        break;
      }
      if (this.#codes[codes + at] === rcode) break;
      at++;
    }
    this.#counts[counts + at] = (this.#counts[counts + at] ?? 0) + 1;
  }

  /** Counts of a server by name of the code. */
  finish(server: number): Record<string, number> {
    const named: Record<string, number> = {};
    for (let at = 0; at < COUNTS; at++) {
      const count = this.#counts[server * COUNTS + at] ?? 0;
      const code = this.#codes[server * CODES_KEPT + at] ?? 0;
      if (count > 0) named[at < CODES_KEPT ? rcodeName(code) : "other"] = count;
    }
    return named;
  }
}
