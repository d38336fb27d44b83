/**
 * What one DNS server did: answers, codes, waiting times, and silence.
 *
 * @module
 */
import { RttHistogram } from "../rtt/rtt_histogram.ts";
import { rcodeName } from "../../dns_wire/message.ts";
import type { ServerFindings } from "./findings.ts";
import { OPEN_NS } from "./findings.ts";
import type { Host } from "./host_table.ts";

/** Codes that are told apart; hostile servers may send 4096. */
const RCODES_KEPT = 16;
/** Queries without an answer that make a silence of a server that had answered before. */
const SILENCE_QUERIES = 3;
/** Least length of it, nanoseconds. */
const SILENCE_NS = 2e9;

/** Counts of response codes. */
export class RcodeCounter {
  readonly #counts = new Map<string, number>();

  /** Counts a code; past a bound, new ones as `other`. */
  add(rcode: number): void {
    const name = rcodeName(rcode);
    const key = this.#counts.has(name) || this.#counts.size < RCODES_KEPT ? name : "other";
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** Counts by name of the code. */
  finish(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}

/** Counts of one server. */
export class ServerTally {
  readonly host: Host;
  queries = 0;
  retries = 0;
  unanswered = 0;
  truncated = 0;
  #answers = 0;
  readonly #rcodes = new RcodeCounter();
  readonly #fromFirst = new RttHistogram();
  readonly #fromLast = new RttHistogram();
  #lastAnswerNs: number | null = null;
  #lastAnswerFrame: number | null = null;
  /** Queries since the last answer. */
  #since = 0;
  #sinceNs = 0;
  #sinceFrame = 0;
  #lastQueryNs = 0;

  /** Nothing counted yet of `host`. */
  constructor(host: Host) {
    this.host = host;
  }

  /** Counts a query; `isRetry` if it was sent to this server before. */
  addQuery(ns: number, frame: number, isRetry: boolean): void {
    this.queries++;
    if (isRetry) this.retries++;
    if (this.#since++ === 0) {
      this.#sinceNs = ns;
      this.#sinceFrame = frame;
    }
    this.#lastQueryNs = ns;
  }

  /** Counts an answer of any kind. */
  addAnswer(ns: number, frame: number, rcode: number): void {
    this.#answers++;
    this.#lastAnswerNs = ns;
    this.#lastAnswerFrame = frame;
    this.#since = 0;
    this.#rcodes.add(rcode);
  }

  /** Counts the waiting time of an answer: since the query was first sent, and last. */
  addWait(fromFirstNs: number, fromLastNs: number): void {
    this.#fromFirst.add(fromFirstNs);
    this.#fromLast.add(fromLastNs);
  }

  /** What is known at the end of the capture. */
  finish(endNs: number): ServerFindings {
    const { host, queries, retries, unanswered, truncated } = this;
    const latency = this.#fromFirst.summary();
    const isSilent = this.#answers === 0
      ? queries > 0 && endNs - this.#sinceNs >= OPEN_NS
      : this.#since >= SILENCE_QUERIES && this.#lastQueryNs - this.#sinceNs >= SILENCE_NS;
    return {
      server: host.text,
      queries,
      retries,
      answers: this.#answers,
      unanswered,
      rcodes: this.#rcodes.finish(),
      truncated,
      latency,
      latencyFromLast: this.#fromLast.summary(),
      lastAnswerNs: this.#lastAnswerNs,
      lastAnswerFrame: this.#lastAnswerFrame,
      silence: isSilent
        ? { sinceNs: this.#sinceNs, queries: this.#since, firstFrame: this.#sinceFrame }
        : null,
    };
  }
}
