/**
 * A dialogue over a wire that stands at a learned prompt.
 *
 * @module
 */
import { RemoteFailure } from "../../errors/mod.ts";
import { stopFailure } from "../../io/failure.ts";
import type { Clock } from "../../io/io.ts";
import type { RouterCommand } from "../router_command.ts";
import type { CommandLimits, CommandOutput, Dialogue } from "./dialogue.ts";
import { Exchange } from "./exchange.ts";
import type { LoggedIn } from "./login.ts";
import type { Wire } from "./wire.ts";

/** What a dialogue stands on. */
export interface TelnetDialogueOptions {
  readonly wire: Wire;
  readonly loggedIn: LoggedIn;
  readonly clock: Clock;
  /** As the user knows the server; for errors. */
  readonly host: string;
}

/** Sends commands one after the other; closes the wire with the first answer that is not whole. */
export class TelnetDialogue implements Dialogue {
  readonly #wire: Wire;
  readonly #loggedIn: LoggedIn;
  readonly #clock: Clock;
  readonly #host: string;
  #isInStep = true;
  #hasEchoed = false;

  /** Takes over the wire. */
  constructor({ wire, loggedIn, clock, host }: TelnetDialogueOptions) {
    this.#wire = wire;
    this.#loggedIn = loggedIn;
    this.#clock = clock;
    this.#host = host;
  }

  get greeting(): string {
    return this.#loggedIn.greeting;
  }

  get prompt(): string {
    return this.#loggedIn.learned.prompt;
  }

  get bytesReceived(): number {
    return this.#wire.bytesReceived;
  }

  get bytesSent(): number {
    return this.#wire.bytesSent;
  }

  get isUsable(): boolean {
    return this.#isInStep && !this.#wire.isOver;
  }

  /**
   * Sends a command and reads to the prompt.
   *
   * @throws {RemoteFailure} `remote.session` if the session has ended or is out of step: nothing was sent
   */
  async run(command: RouterCommand, limits: CommandLimits): Promise<CommandOutput> {
    const startedMs = this.#clock.monotonicMs();
    if (limits.signal.aborted) {
      const reason = stopFailure(limits.signal) === "timeout" ? "deadline" : "cancelled";
      return { text: "", complete: false, reason, bytesReceived: 0, elapsedMs: 0 };
    }
    await this.#expectSilence(limits);
    const receivedBefore = this.#wire.bytesReceived, sentBefore = this.#wire.bytesSent;
    const { learned } = this.#loggedIn;
    const exchange = new Exchange(this.#wire, {
      command,
      limits,
      learned,
      hasEchoed: this.#hasEchoed,
      clock: this.#clock,
    });
    const { text, reason, echo, isInStep } = await exchange.run();
    this.#hasEchoed ||= echo === "seen";
    this.#isInStep = isInStep;
    if (reason !== null) this.close();
    if (reason === "reset" && this.#wire.bytesSent === sentBefore) throw this.#spent("closed");
    return {
      text,
      complete: reason === null,
      reason,
      bytesReceived: this.#wire.bytesReceived - receivedBefore,
      elapsedMs: this.#clock.monotonicMs() - startedMs,
    };
  }

  close(): void {
    this.#isInStep = false;
    this.#wire.leave();
  }

  /** What came since the last answer belongs to none: the next one could not be told from it. */
  async #expectSilence(limits: CommandLimits): Promise<void> {
    const { screen } = this.#wire;
    const { prompt } = this.#loggedIn.learned;
    if (this.isUsable && this.#wire.hasUnread) {
      await this.#wire.next({ quietMs: 0, signal: limits.signal, room: limits.maxBytes });
    }
    const isSilent = screen.finishedLength === 0 && screen.currentLine.endsWith(prompt);
    if (this.isUsable && isSilent) return;
    const failure = this.#wire.isOver ? "closed" : "desynchronised";
    this.close();
    throw this.#spent(failure);
  }

  #spent(failure: "closed" | "desynchronised"): RemoteFailure {
    const why = failure === "closed" ? "it has ended the session" : "the session is out of step";
    return new RemoteFailure("session", `Cannot send a command to "${this.#host}": ${why}`, {
      hint: "Ask again: that opens a new session.",
      retryable: true,
      detail: { stage: "command", host: this.#host, failure },
    });
  }
}
