/**
 * The line to the thread of the sessions: orders go out, replies find who asked.
 *
 * @module
 */
import { Unavailable } from "../../errors/mod.ts";
import { errorFromWire } from "../../errors/error_wire.ts";
import type { NetglassError } from "../../errors/mod.ts";
import type { FromThread, Order, Replies, Report, ToThread } from "./speaker_messages.ts";
import type { SpeakerStart } from "./serve_speaker.ts";

/** A thread that can be told something. */
export interface ThreadPort {
  post(message: ToThread<SpeakerStart>): void;
  /** Ends it at once. */
  end(): void;
}

/** What comes of a thread. */
export interface LineEvents {
  onReport(report: Report): void;
  onBug(error: NetglassError): void;
  /** It died, or was ended. */
  onDeath(): void;
}

interface Pending {
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The line. */
export class SpeakerLine {
  readonly #port: ThreadPort;
  readonly #events: LineEvents;
  readonly #pending = new Map<number, Pending>();
  readonly #started = Promise.withResolvers<void>();
  #lastId = 0;
  #isDead = false;

  /** `connect` makes the thread, which sends what it has to say to `take`, and its death to `lose`. */
  constructor(
    connect: (take: (message: FromThread) => void, lose: () => void) => ThreadPort,
    events: LineEvents,
  ) {
    this.#events = events;
    this.#port = connect((message) => this.#take(message), () => this.end());
  }

  /** Has the thread build its speaker. @throws what hindered it */
  async start(start: SpeakerStart): Promise<void> {
    this.#port.post({ kind: "start", start });
    await this.#started.promise;
  }

  /** @throws {Unavailable} `env.bgp_thread` if the thread is gone, or what the order came to */
  ask<K extends Order["kind"]>(
    order: Extract<Order, { readonly kind: K }>,
  ): Promise<Replies[K]> {
    if (this.#isDead) return Promise.reject(threadGone());
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.set(id, { resolve, reject });
    this.#port.post({ kind: "order", id, order });
    // The reply of each kind is the one that `Replies` names.
    return promise as Promise<Replies[K]>;
  }

  /** Ends the thread; what it was asked fails. */
  end(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#port.end();
    this.#started.reject(threadGone());
    this.#started.promise.catch(() => {});
    for (const { reject } of this.#pending.values()) reject(threadGone());
    this.#pending.clear();
    this.#events.onDeath();
  }

  #take(message: FromThread): void {
    if (this.#isDead) return;
    switch (message.kind) {
      case "started":
        return this.#started.resolve();
      case "not_started":
        return this.#started.reject(errorFromWire(message.error));
      case "done":
        return this.#settle(message.id)?.resolve(message.reply);
      case "failed":
        return this.#settle(message.id)?.reject(errorFromWire(message.error));
      case "report":
        return this.#events.onReport(message.report);
      case "bug":
        return this.#events.onBug(errorFromWire(message.error));
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }
}

function threadGone(): Unavailable {
  return new Unavailable(
    "bgp_thread",
    "Cannot speak BGP: the thread of the sessions has ended; stderr has the reason if it died",
    { hint: "Ask again: there will be another one.", retryable: true },
  );
}
