/**
 * Validated ROA payloads in the layout of the prefix tables, so that origins of a full table are
 * judged (RFC 6811 §2) as fast as it comes.
 *
 * @module
 */
import type { Vrp } from "../../route/vrp_table.ts";
import { PrefixTableWriter } from "./prefix_table_writer.ts";
import { AddressWords } from "./prefix_words.ts";
import { BUCKETS, bucketWords } from "./rib_memory.ts";
import { RPKI_INVALID } from "./path_word.ts";

/** Numbers of the states as `RPKI_STATES` lists them. */
const NOT_FOUND = 1, VALID = 2;

/** What judges origins; the state as its number in `RPKI_STATES`. */
export interface OriginJudge {
  judge(family: 0 | 1, words: AddressWords, length: number, originAs: number): number;
}

/** A set of payloads that does not change. */
export class OriginTable implements OriginJudge {
  readonly #tables: readonly [PrefixTableWriter, PrefixTableWriter];
  /** By family and prefix id: the first payload plus 1. */
  readonly #first: readonly [Uint32Array, Uint32Array];
  /** By payload: the next one of its prefix plus 1, its AS, its longest length. */
  readonly #next: Uint32Array;
  readonly #asns: Uint32Array;
  readonly #maxLengths: Uint8Array;

  constructor(vrps: readonly Vrp[]) {
    const count6 = vrps.filter(({ prefix }) => prefix.family === 6).length;
    const counts = [vrps.length - count6, count6] as const;
    this.#tables = [tableOf(false, counts[0]), tableOf(true, counts[1])];
    this.#first = [new Uint32Array(counts[0]), new Uint32Array(counts[1])];
    this.#next = new Uint32Array(vrps.length);
    this.#asns = new Uint32Array(vrps.length);
    this.#maxLengths = new Uint8Array(vrps.length);
    const words = new AddressWords();
    vrps.forEach(({ prefix, maxLength, asn }, index) => {
      const family = prefix.family === 4 ? 0 : 1;
      words.setValue(prefix.family, prefix.value);
      const id = this.#tables[family].add(words, prefix.length);
      this.#next[index] = this.#first[family][id] ?? 0;
      this.#first[family][id] = index + 1;
      this.#asns[index] = asn;
      this.#maxLengths[index] = maxLength;
    });
  }

  /** The state of a route; an origin AS 0 stands for none and matches nothing (RFC 6483 §4). */
  judge(family: 0 | 1, words: AddressWords, length: number, originAs: number): number {
    let state = NOT_FOUND;
    this.#tables[family].covering(words, length, (id) => {
      state = RPKI_INVALID;
      for (let at = this.#first[family][id] ?? 0; at !== 0; at = this.#next[at - 1] ?? 0) {
        const isFor = this.#asns[at - 1] === originAs && originAs !== 0;
        if (isFor && length <= (this.#maxLengths[at - 1] ?? 0)) {
          state = VALID;
          return false;
        }
      }
      return true;
    });
    return state;
  }
}

function tableOf(isV6: boolean, count: number): PrefixTableWriter {
  const views = {
    isV6,
    buckets: new Uint32Array(bucketWords(count)),
    shorts: new Uint32Array(BUCKETS),
    addresses: new Uint32Array(count * (isV6 ? 2 : 1)),
    lows: new Uint32Array(isV6 ? count * 2 : 0),
    lengths: new Uint8Array(count),
  };
  return new PrefixTableWriter(views, new Uint32Array(1), 0);
}
