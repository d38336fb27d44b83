/**
 * Queries, found by flow and id: one message of a client to one server each.
 *
 * @module
 */
import type { Arena } from "../arena.ts";
import { FlowHash } from "../flow/flow_hash.ts";
import { AgedRecords, OWN_BYTES } from "./aged_records.ts";
import type { DnsRecordPlaces } from "./dns_kernel.ts";
import type { PlacedMessage } from "./placed_message.ts";

/** Layout of a query, a cache line: behind what the table needs itself a word, doubles, then words. */
const RECORD_BYTES = 64;
const DOUBLES = RECORD_BYTES / 8;
const WORDS = RECORD_BYTES / 4;
const IS_ANSWERED = OWN_BYTES / 4;
const FIRST_NS = 2, LAST_NS = 3, ANSWERED_NS = 4;
const FLOW = 10, ID = 11, LOOKUP = 12, SERVER = 13, NEXT = 14;
/** Most chains that are listed. */
export const LISTED_MAX = 16_384;
/** More queries than there ever are: ids that are remembered, times queries with one id. */
const QUERIES_MAX = 262_144;

/**
 * Queries by number. Those with one id in one flow form a chain, of which only the first is listed:
 * the newest, so that answers find that one first.
 */
export class QueryTable {
  readonly #records: AgedRecords;
  readonly #hash = new FlowHash();

  /** No queries; in `arena` if there is one. */
  constructor(arena: Arena | null) {
    const bounds = { recordsMax: QUERIES_MAX, listedMax: LISTED_MAX };
    this.#records = new AgedRecords(RECORD_BYTES, bounds, arena);
  }

  /** Addresses in the arena, for compiled code. */
  get places(): DnsRecordPlaces {
    return this.#records.places;
  }

  /** Chains that there are. */
  get size(): number {
    return this.#records.size;
  }

  /** First query of the chain that began first, -1 if there is none. */
  get oldest(): number {
    return this.#records.oldest;
  }

  /** First query of the chain that began after this one, -1 if none did. */
  newerThan(first: number): number {
    return this.#records.newerThan(first);
  }

  /** First query of the chain of a flow and an id, -1 if there is none. */
  firstOf(flow: number, id: number): number {
    const { index, words } = this.#records;
    for (let query = index.first(this.#hash.end4(flow, id)); query >= 0; query = index.next()) {
      if (words[query * WORDS + FLOW] === flow && words[query * WORDS + ID] === id) return query;
    }
    return -1;
  }

  /** The next query of the chain, -1 after the last. */
  next(query: number): number {
    return this.#word(query, NEXT);
  }

  /** Forgets all queries. */
  clear(): void {
    this.#records.clear();
  }

  /** Takes a chain from the table; each of its queries has to be given back, or linked again. */
  unlist(first: number): void {
    this.#records.unlist(first);
  }

  /**
   * Begins a chain with a query for `lookup` to server number `server`, `next` behind it. The first
   * query of a chain that had to make room for it, else -1.
   */
  begin({ flow, id, ns }: PlacedMessage, lookup: number, server: number, next: number): number {
    const records = this.#records;
    const query = records.take();
    const { words, doubles } = records;
    doubles[query * DOUBLES + FIRST_NS] = ns;
    doubles[query * DOUBLES + LAST_NS] = ns;
    doubles[query * DOUBLES + ANSWERED_NS] = 0;
    const at = query * WORDS;
    words[at + FLOW] = flow;
    words[at + ID] = id;
    words[at + LOOKUP] = lookup;
    words[at + SERVER] = server;
    words[at + NEXT] = next;
    words[at + IS_ANSWERED] = 0;
    return records.list(query, this.#hash.end4(flow, id));
  }

  /** Sets which query comes next in a chain. */
  link(query: number, next: number): void {
    this.#records.words[query * WORDS + NEXT] = next;
  }

  /** Takes back the number of a query that is not listed. */
  giveBack(query: number): void {
    this.#records.giveBack(query);
  }

  /** What the query was sent for. */
  lookupOf(query: number): number {
    return this.#word(query, LOOKUP);
  }

  /** Number of the server it was sent to, -1 if it has none. */
  serverOf(query: number): number {
    return this.#word(query, SERVER);
  }

  /** Time when it was first sent. */
  firstNs(query: number): number {
    return this.#records.doubles[query * DOUBLES + FIRST_NS] ?? 0;
  }

  /** Time when it was last sent. */
  lastNs(query: number): number {
    return this.#records.doubles[query * DOUBLES + LAST_NS] ?? 0;
  }

  /** Time of its answer. */
  answeredNs(query: number): number {
    return this.#records.doubles[query * DOUBLES + ANSWERED_NS] ?? 0;
  }

  /** True once it was answered. */
  isAnswered(query: number): boolean {
    return this.#word(query, IS_ANSWERED) !== 0;
  }

  /** Notes that it was sent again. */
  sendAgain(query: number, ns: number): void {
    this.#records.doubles[query * DOUBLES + LAST_NS] = ns;
  }

  /** Notes its answer. */
  answer(query: number, ns: number): void {
    this.#records.words[query * WORDS + IS_ANSWERED] = 1;
    this.#records.doubles[query * DOUBLES + ANSWERED_NS] = ns;
  }

  #word(query: number, field: number): number {
    return this.#records.words[query * WORDS + field] ?? 0;
  }
}
