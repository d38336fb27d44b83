/**
 * What each DNS server did: answers, codes, waiting times, and silence.
 *
 * @module
 */
import { type ColumnMemory, separateMemory } from "../arena.ts";
import { RttHistogram } from "../rtt/rtt_histogram.ts";
import { topIds } from "../flow/top_ids.ts";
import type { ServerFindings } from "./findings.ts";
import { OPEN_NS } from "./findings.ts";
import type { DnsServerPlaces } from "./dns_kernel.ts";
import type { Host, HostTable } from "./host_table.ts";
import { RcodeCounter } from "./rcode_counter.ts";

/** Most servers that are told apart. */
const SERVERS_MAX = 1024;
/** Queries without an answer that make a silence of a server that had answered before. */
const SILENCE_QUERIES = 3;
/** Least length of it, nanoseconds. */
const SILENCE_NS = 2e9;

/** Doubles of a server. */
const FIELDS = 16;
const QUERIES = 0, RETRIES = 1, UNANSWERED = 2, TRUNCATED = 3, ANSWERS = 4;
const LAST_ANSWER_NS = 5, LAST_ANSWER_FRAME = 6, LAST_QUERY_NS = 7;
/** Queries since the last answer, and time and frame of the first of them. */
const SINCE = 8, SINCE_NS = 9, SINCE_FRAME = 10;
/** Waiting times that are not in the histograms yet. */
const WAITS = 11;

/**
 * Waiting times of each kind that are held before they go into a histogram: most servers of a busy
 * capture have few, for which a histogram of 3 KB is not worth its way through the caches.
 */
const WAITS_HELD = 64;

/** Distributions of the waiting times of one server. */
interface Waits {
  readonly fromFirst: RttHistogram;
  readonly fromLast: RttHistogram;
}

/** Servers by number. */
export class ServerTable {
  /** Findings about servers that found no room. */
  notKept = 0;
  readonly #hosts: HostTable;
  /** How many servers there are, then the number of the host of each. */
  readonly #ids: Int32Array;
  readonly #fields: Float64Array;
  /** Of each server, the waiting times held from the first sending, then those from the last. */
  readonly #held: Float64Array;
  readonly #waits: Waits[] = [];
  readonly #rcodes: RcodeCounter;

  /** No servers; `hosts` has their addresses, and what is counted of them lies in `memory`. */
  constructor(hosts: HostTable, memory: ColumnMemory = separateMemory) {
    this.#hosts = hosts;
    this.#ids = memory.int32(1 + SERVERS_MAX);
    this.#fields = memory.float64(SERVERS_MAX * FIELDS);
    this.#held = memory.float64(SERVERS_MAX * 2 * WAITS_HELD);
    this.#rcodes = new RcodeCounter(SERVERS_MAX, memory);
  }

  /** Addresses in the memory, for compiled code. */
  get places(): DnsServerPlaces {
    const { byteOffset: ids } = this.#ids;
    return [ids, this.#fields.byteOffset, this.#held.byteOffset, ...this.#rcodes.places];
  }

  /** Servers that there are. */
  get size(): number {
    return this.#ids[0] ?? 0;
  }

  /** The number of a server, given to it if there is room; else -1, which is counted. */
  numberOf(host: Host): number {
    const known = this.#hosts.serverOf(host);
    if (known >= 0) return known;
    const number = this.size;
    if (number >= SERVERS_MAX || host.id < 0) {
      this.notKept++;
      return -1;
    }
    this.#ids[0] = number + 1;
    this.#ids[1 + number] = host.id;
    this.#hosts.setServer(host, number);
    return number;
  }

  /** Counts a query; `isRetry` if it was sent to this server before. */
  addQuery(server: number, ns: number, frame: number, isRetry: boolean): void {
    const fields = this.#fields;
    const at = server * FIELDS;
    fields[at + QUERIES] = (fields[at + QUERIES] ?? 0) + 1;
    if (isRetry) fields[at + RETRIES] = (fields[at + RETRIES] ?? 0) + 1;
    const since = fields[at + SINCE] ?? 0;
    if (since === 0) {
      fields[at + SINCE_NS] = ns;
      fields[at + SINCE_FRAME] = frame;
    }
    fields[at + SINCE] = since + 1;
    fields[at + LAST_QUERY_NS] = ns;
  }

  /** Counts an answer of any kind. */
  addAnswer(server: number, ns: number, frame: number, rcode: number): void {
    const fields = this.#fields;
    const at = server * FIELDS;
    fields[at + ANSWERS] = (fields[at + ANSWERS] ?? 0) + 1;
    fields[at + LAST_ANSWER_NS] = ns;
    fields[at + LAST_ANSWER_FRAME] = frame;
    fields[at + SINCE] = 0;
    this.#rcodes.add(server, rcode);
  }

  /** Counts the waiting time of an answer: since the query was first sent, and last. */
  addWait(server: number, fromFirstNs: number, fromLastNs: number): void {
    const fields = this.#fields;
    const at = server * FIELDS + WAITS;
    let waits = fields[at] ?? 0;
    if (waits === WAITS_HELD) {
      this.#release(server, waits);
      waits = 0;
    }
    const place = server * 2 * WAITS_HELD + waits;
    this.#held[place] = fromFirstNs;
    this.#held[place + WAITS_HELD] = fromLastNs;
    fields[at] = waits + 1;
  }

  /** Counts a query that was never answered. */
  addUnanswered(server: number): void {
    const at = server * FIELDS + UNANSWERED;
    this.#fields[at] = (this.#fields[at] ?? 0) + 1;
  }

  /** Counts a truncated answer. */
  addTruncated(server: number): void {
    const at = server * FIELDS + TRUNCATED;
    this.#fields[at] = (this.#fields[at] ?? 0) + 1;
  }

  /** The busiest servers, at most `limit`, as known at the end of the capture. */
  finish(endNs: number, limit: number): ServerFindings[] {
    return topIds(this.size, limit, (server) => this.#field(server, QUERIES))
      .map((server) => this.#finish(server, endNs));
  }

  #finish(server: number, endNs: number): ServerFindings {
    const of = (field: number): number => this.#field(server, field);
    const { fromFirst, fromLast } = this.#release(server, of(WAITS));
    const hasAnswered = of(ANSWERS) > 0;
    const isSilent = hasAnswered
      ? of(SINCE) >= SILENCE_QUERIES && of(LAST_QUERY_NS) - of(SINCE_NS) >= SILENCE_NS
      : of(QUERIES) > 0 && endNs - of(SINCE_NS) >= OPEN_NS;
    return {
      server: this.#hosts.at(this.#ids[1 + server] ?? 0).text,
      queries: of(QUERIES),
      retries: of(RETRIES),
      answers: of(ANSWERS),
      unanswered: of(UNANSWERED),
      rcodes: this.#rcodes.finish(server),
      truncated: of(TRUNCATED),
      latency: fromFirst.summary(),
      latencyFromLast: fromLast.summary(),
      lastAnswerNs: hasAnswered ? of(LAST_ANSWER_NS) : null,
      lastAnswerFrame: hasAnswered ? of(LAST_ANSWER_FRAME) : null,
      silence: isSilent
        ? { sinceNs: of(SINCE_NS), queries: of(SINCE), firstFrame: of(SINCE_FRAME) }
        : null,
    };
  }

  /** Puts the waiting times that are held into the histograms. */
  #release(server: number, count: number): Waits {
    const waits = this.#waits[server] ??= {
      fromFirst: new RttHistogram(),
      fromLast: new RttHistogram(),
    };
    const start = server * 2 * WAITS_HELD;
    for (let at = start; at < start + count; at++) {
      waits.fromFirst.add(this.#held[at] ?? 0);
      waits.fromLast.add(this.#held[at + WAITS_HELD] ?? 0);
    }
    this.#fields[server * FIELDS + WAITS] = 0;
    return waits;
  }

  #field(server: number, field: number): number {
    return this.#fields[server * FIELDS + field] ?? 0;
  }
}
