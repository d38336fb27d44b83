/**
 * How far a question has come, and the error of one that ran out of time there.
 *
 * @module
 */
import { asNetglassError, type NetglassError, RemoteFailure } from "../../errors/mod.ts";
import { stopFailure } from "../../io/failure.ts";
import type { ServerEntry } from "../server.ts";

/** Where a question is; `detail.stage` of its errors. */
export type Stage = "queue" | "resolve" | "connect" | "login" | "dialect" | "command";

/** Behind `it was not yet` … */
const STAGES: Readonly<Record<Stage, string>> = {
  queue: "its turn: other questions came first",
  resolve: "possible to learn its address",
  connect: "connected",
  login: "logged in",
  dialect: "known which software it runs",
  command: "answered",
};

/** One question to one server. */
export class Progress {
  /** Set by whoever takes it further. */
  stage: Stage = "queue";
  readonly #server: ServerEntry;
  readonly #startedMs: number;

  /** `startedMs` on a monotonic clock. */
  constructor(server: ServerEntry, startedMs: number) {
    this.#server = server;
    this.#startedMs = startedMs;
  }

  /** Milliseconds since it was put. */
  elapsedMs(nowMs: number): number {
    return nowMs - this.#startedMs;
  }

  /** The error of a question whose deadline has passed. */
  timedOut(nowMs: number, cause?: unknown): RemoteFailure {
    const seconds = (this.elapsedMs(nowMs) / 1_000).toFixed(1);
    return new RemoteFailure(
      "timeout",
      `Cannot get an answer from "${this.#server.name}": after ${seconds} s it was not yet ${
        STAGES[this.stage]
      }`,
      {
        hint: "Allow more time, or ask another server.",
        retryable: true,
        detail: {
          stage: this.stage,
          host: this.#server.host,
          failure: "timeout",
          elapsed_ms: Math.round(this.elapsedMs(nowMs)),
        },
        cause,
      },
    );
  }

  /**
   * What a question fails with: whatever was thrown while its deadline passed is a timeout, unless
   * it says of itself that it is something else.
   */
  failureOf(error: unknown, signal: AbortSignal, nowMs: number): NetglassError {
    if (!signal.aborted) return asNetglassError(error);
    const isRemote = error instanceof RemoteFailure;
    if (error === signal.reason || isRemote) {
      if (stopFailure(signal) === "timeout") return this.timedOut(nowMs, error);
      if (!isRemote) return this.#cancelled(nowMs, error);
    }
    return asNetglassError(error);
  }

  #cancelled(nowMs: number, cause: unknown): RemoteFailure {
    return new RemoteFailure("cancelled", `Stopped asking "${this.#server.name}"`, {
      retryable: true,
      detail: {
        stage: this.stage,
        host: this.#server.host,
        failure: "cancelled",
        elapsed_ms: Math.round(this.elapsedMs(nowMs)),
      },
      cause,
    });
  }
}
