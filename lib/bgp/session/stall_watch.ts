/**
 * A peer that does not read: how long that is borne, and what it is told (RFC 4486, RFC 9687).
 *
 * @module
 */
import type { Clock } from "../../io/io.ts";
import { CEASE, NOTIFICATION } from "../codec/notification_codes.ts";
import type { Notice } from "../fsm/event.ts";
import type { SendQueue } from "./send_queue.ts";
import type { Timer, Timers } from "./timers.ts";

/** Cease: what waits is too much. */
export const OUT_OF_RESOURCES: Notice = {
  code: NOTIFICATION.cease,
  subcode: CEASE.outOfResources,
  data: new Uint8Array(0),
};
/** Send Hold Timer Expired (RFC 9687 §3). */
const SEND_HOLD: Notice = { code: 8, subcode: 0, data: new Uint8Array(0) };
/** Shortest patience with a full queue that does not move, seconds. */
const FULL_MIN_SEC = 30;
/** The same for any queue (RFC 9687 §4.3); twice the hold time if that is more, and none without one. */
const ANY_MIN_SEC = 480;

/** What is watched. */
export interface StallParts {
  readonly timers: Timers;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** The queue of the connection, or null: there is none. */
  readonly queue: () => SendQueue | null;
  readonly holdTimeSec: () => number;
  /** `why` is a clause. */
  readonly onStall: (notice: Notice, why: string) => void;
}

/** The watch over one connection after the other. */
export class StallWatch {
  readonly #parts: StallParts;
  readonly #timer: Timer;
  #progressAtMs = 0;

  constructor(parts: StallParts) {
    this.#parts = parts;
    this.#timer = parts.timers.timer(() => this.#onDue());
  }

  /** Something was queued. */
  watch(): void {
    if (this.#timer.isRunning) return;
    this.progressed();
    this.#timer.start(this.#fullMs());
  }

  /** The kernel took octets. */
  progressed(): void {
    this.#progressAtMs = this.#parts.clock.monotonicMs();
  }

  stop(): void {
    this.#timer.stop();
  }

  #fullMs(): number {
    return Math.max(FULL_MIN_SEC, this.#parts.holdTimeSec()) * 1000;
  }

  #onDue(): void {
    const { queue, clock, holdTimeSec, onStall } = this.#parts;
    const waiting = queue();
    if (waiting === null || waiting.bytes === 0) return;
    const idleMs = clock.monotonicMs() - this.#progressAtMs;
    if (waiting.isFull && idleMs >= this.#fullMs()) {
      return onStall(OUT_OF_RESOURCES, "the peer reads nothing, and what waits for it is too much");
    }
    if (holdTimeSec() > 0 && idleMs >= Math.max(ANY_MIN_SEC, 2 * holdTimeSec()) * 1000) {
      return onStall(SEND_HOLD, "the peer reads nothing");
    }
    this.#timer.start(Math.max(1, this.#fullMs() - idleMs % this.#fullMs()));
  }
}
