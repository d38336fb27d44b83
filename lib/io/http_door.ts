/**
 * The HTTP door: answers are kept for a minute, and those who ask the same at the same time share
 * one request, which ends when the last of them has lost patience.
 *
 * @module
 */
import { HostTurns } from "./host_turns.ts";
import { getHttp } from "./http_get.ts";
import { HttpFailures } from "./http_failure.ts";
import type { Clock, HttpAnswer, HttpRequest } from "./io.ts";
import { orAborted } from "./or_aborted.ts";

/** How long an answer is kept, milliseconds. */
const KEPT_MS = 60_000;
/** Most answers that are kept, and most octets of their bodies together. */
const KEPT_ANSWERS = 64;
const KEPT_BYTES = 16 * 1024 * 1024;
/** From the start of one request to the start of the next at one host, milliseconds. */
const INTERVAL_MS = 1000;

/** What the door needs to know. */
export interface HttpDoorOptions {
  /** `netglass/1.2.3`. */
  readonly userAgent: string;
  readonly clock: Pick<Clock, "monotonicMs" | "sleep">;
}

/** A request under way. */
interface Flight {
  readonly answer: Promise<HttpAnswer>;
  readonly stop: AbortController;
  waiting: number;
}

interface KeptAnswer {
  readonly answer: HttpAnswer;
  readonly untilMs: number;
}

/** The door; one instance serves the whole process. */
export class HttpDoor {
  readonly #turns: HostTurns;
  readonly #flights = new Map<string, Flight>();
  /** Oldest first. */
  readonly #kept = new Map<string, KeptAnswer>();
  #keptBytes = 0;

  /** Touches nothing until it is asked. */
  constructor(readonly options: HttpDoorOptions) {
    this.#turns = new HostTurns(options.clock, INTERVAL_MS);
  }

  /** As `Net.getHttp`. */
  async get(request: HttpRequest): Promise<HttpAnswer> {
    const key = JSON.stringify([
      request.url,
      request.accept,
      request.maxBytes,
      request.redirectHosts,
    ]);
    const kept = this.#recall(key);
    if (kept !== null) return kept;
    const flight = this.#flights.get(key) ?? this.#depart(key, request);
    flight.waiting++;
    try {
      return await answerOrAborted(flight.answer, request);
    } finally {
      if (--flight.waiting === 0) {
        this.#land(key, flight);
        flight.stop.abort();
      }
    }
  }

  #depart(key: string, request: HttpRequest): Flight {
    const stop = new AbortController();
    const answer = getHttp({ ...request, signal: stop.signal }, {
      turns: this.#turns,
      userAgent: this.options.userAgent,
    });
    const flight: Flight = { answer, stop, waiting: 0 };
    this.#flights.set(key, flight);
    answer.then(
      (whole) => {
        this.#keep(key, whole);
        this.#land(key, flight);
      },
      () => this.#land(key, flight),
    );
    return flight;
  }

  /** Nobody boards from here on. */
  #land(key: string, flight: Flight): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }

  #recall(key: string): HttpAnswer | null {
    const found = this.#kept.get(key);
    if (found === undefined) return null;
    if (found.untilMs > this.options.clock.monotonicMs()) return found.answer;
    this.#forget(key, found);
    return null;
  }

  #keep(key: string, answer: HttpAnswer): void {
    if (answer.body.length > KEPT_BYTES) return;
    const before = this.#kept.get(key);
    if (before !== undefined) this.#forget(key, before);
    this.#kept.set(key, { answer, untilMs: this.options.clock.monotonicMs() + KEPT_MS });
    this.#keptBytes += answer.body.length;
    for (const [oldest, kept] of this.#kept) {
      if (this.#kept.size <= KEPT_ANSWERS && this.#keptBytes <= KEPT_BYTES) break;
      this.#forget(oldest, kept);
    }
  }

  #forget(key: string, { answer }: KeptAnswer): void {
    this.#kept.delete(key);
    this.#keptBytes -= answer.body.length;
  }
}

/** The shared answer, or the error for the end of this caller's own patience. */
async function answerOrAborted(
  answer: Promise<HttpAnswer>,
  { url, signal, configLine }: HttpRequest,
): Promise<HttpAnswer> {
  const failures = new HttpFailures(new URL(url), signal, configLine);
  try {
    return await orAborted(answer, signal);
  } catch (error) {
    throw signal.aborted ? failures.stopped("answer") : error;
  }
}
