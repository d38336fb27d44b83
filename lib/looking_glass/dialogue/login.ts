/**
 * Logging in: answering what the server asks, each thing once, until its prompt is learned.
 *
 * @module
 */
import type { Clock } from "../../io/io.ts";
import { loginFailed, type LoginFailure, refusalOf } from "./login_failure.ts";
import { pagerMark } from "./pager.ts";
import { type LearnedPrompt, MAX_PROMPT_CHARS, PromptLearner } from "./prompt.ts";
import { looksLikePrompt, type Question, questionOf } from "./question.ts";
import type { Arrival, Wire } from "./wire.ts";

/** What is configured for a server; null: nothing. */
export interface Credentials {
  readonly username: string | null;
  readonly password: string | null;
}

/** How to log in. */
export interface LoginOptions {
  readonly login: Credentials;
  readonly clock: Clock;
  /** Deadline and cancellation of the login. */
  readonly signal: AbortSignal;
  /** As the user knows the server; for errors. */
  readonly host: string;
}

/** A login that worked. */
export interface LoggedIn {
  /** What was said before the prompt, at most {@link MAX_KEPT_CHARS} characters (remote words). */
  readonly greeting: string;
  readonly learned: LearnedPrompt;
}

/** Octets of everything up to the prompt. */
const MAX_GREETING_OCTETS = 65_536;
const MAX_KEPT_CHARS = 4096;
/** Lines and characters that an error quotes. */
const SAID_LINES = 4, SAID_CHARS = 300;

/** A server may ask for the username once more, say after a terminal server asked for its own. */
const MAX_USERNAMES = 2;
/** Empty lines sent to see whether the last line comes back. */
const MAX_PROBES = 8;
/** Empty lines sent because nothing comes. */
const MAX_NUDGES = 2;
/** Keys pressed: returns, and pages of a greeting. */
const MAX_KEYS = 50;

/** A server that says nothing for so long waits for a key, milliseconds. */
const NUDGE_MS = 3000;
/** A last line that does not end as prompts do is more likely half a line of a greeting. */
const ODD_PROMPT_MS = 1000;
/** Each empty line that taught nothing makes the next wait longer: its answer may be under way. */
const PROBE_AGAIN_MS = 50, PROBE_AGAIN_MAX_MS = 200;
/** A refusal is believed if nothing follows it for so long. */
const REFUSAL_MS = 1000;
/** A pager or a finished "press RETURN" line is believed after so long. */
const KEY_MS = 30;
/** Answers to several empty lines are awaited for so long. */
const LATE_PROMPT_MS = 100;
/** Nothing is left to do but to wait for the server. */
const FOREVER_MS = 3_600_000;

/** What to do once the server has been quiet for so long. */
interface Step {
  readonly waitMs: number;
  readonly act: () => Promise<unknown> | void;
}

/** Place of an unfinished line: how many lines came before it, and its text. */
interface Place {
  readonly lines: number;
  readonly line: string;
}

/**
 * Logs in over `wire`.
 *
 * @throws {RemoteFailure} `remote.login` with `detail.failure` a {@link LoginFailure}
 */
export function logIn(wire: Wire, options: LoginOptions): Promise<LoggedIn> {
  return new Login(wire, options).talk();
}

class Login {
  readonly #wire: Wire;
  readonly #options: LoginOptions;
  readonly #startedMs: number;
  readonly #learner = new PromptLearner();
  #greeting = "";
  /** Its length when the last empty line was sent. */
  #greetingEnd = 0;
  #lines = 0;
  /** The last lines that are not blank, since the last answer. */
  #said: string[] = [];
  /** Where something was answered last. */
  #answered: Place | null = null;
  #usernames = 0;
  #isPasswordSent = false;
  #probes = 0;
  #nudges = 0;
  #keys = 0;
  /** Empty lines that a question asked later may take for its answer. */
  #strays = 0;
  #loggedIn: LearnedPrompt | null = null;

  constructor(wire: Wire, options: LoginOptions) {
    this.#wire = wire;
    this.#options = options;
    this.#startedMs = options.clock.monotonicMs();
  }

  async talk(): Promise<LoggedIn> {
    const { signal } = this.#options;
    while (this.#loggedIn === null) {
      const { waitMs, act } = this.#step(this.#wire.screen.currentLine);
      if (waitMs > 0) {
        const room = MAX_GREETING_OCTETS - this.#wire.bytesReceived;
        const arrival = await this.#wire.next({ quietMs: waitMs, signal, room });
        this.#note(this.#wire.screen.takeFinished());
        if (arrival === "data") continue;
        if (arrival !== "quiet") this.#fail(this.#failureAt(arrival));
      }
      await act();
    }
    return { greeting: this.#greetingBefore(this.#loggedIn.prompt), learned: this.#loggedIn };
  }

  #step(line: string): Step {
    const settleMs = this.#wire.settleMs;
    const learned = this.#learner.learn(line);
    if (learned !== null) {
      const isAlone = this.#probes + this.#nudges + this.#keys === 1;
      return this.#arriveStep(learned, isAlone ? 0 : Math.max(4 * settleMs, LATE_PROMPT_MS));
    }
    if (line.trim() === "" || this.#isAnswered(line)) return this.#idleStep();
    const question = questionOf(line);
    if (question !== null) {
      return { waitMs: settleMs, act: () => this.#answer(question, line) };
    }
    const mark = pagerMark(line);
    if (mark !== null) {
      return {
        waitMs: Math.max(settleMs, KEY_MS),
        act: () => {
          this.#wire.screen.ghostTail(mark.length);
          return this.#press(() => this.#wire.sendKey(mark.key, this.#options.signal));
        },
      };
    }
    const inLine = this.#learner.learnInLine(line);
    if (inLine !== null) return this.#arriveStep(inLine, settleMs);
    if (line.length > MAX_PROMPT_CHARS || this.#learner.isUnanswered(line)) {
      return this.#idleStep();
    }
    const leastMs = looksLikePrompt(line)
      ? Math.min(PROBE_AGAIN_MS * this.#probes, PROBE_AGAIN_MAX_MS)
      : ODD_PROMPT_MS;
    return { waitMs: Math.max(settleMs, leastMs), act: () => this.#probe(line) };
  }

  /** There is nothing to answer: a key, a refusal, or a server that waits for a line. */
  #idleStep(): Step {
    if (questionOf(this.#said.at(-1) ?? "") === "key") {
      const act = () => this.#press(() => this.#wire.sendLine("", this.#options.signal));
      return { waitMs: Math.max(this.#wire.settleMs, KEY_MS), act };
    }
    const refusal = this.#isPasswordSent ? refusalOf(this.#said.join("\n")) : null;
    if (refusal !== null) return { waitMs: REFUSAL_MS, act: () => this.#fail(refusal) };
    const isPasswordToCome = this.#usernames > 0 && !this.#isPasswordSent &&
      this.#options.login.password !== null;
    if (isPasswordToCome || this.#nudges >= MAX_NUDGES) {
      return { waitMs: FOREVER_MS, act: () => {} };
    }
    return { waitMs: NUDGE_MS, act: () => this.#nudge() };
  }

  #arriveStep(learned: LearnedPrompt, waitMs: number): Step {
    return { waitMs, act: () => void (this.#loggedIn = learned) };
  }

  #answer(question: Question, line: string): Promise<unknown> | void {
    const { login, signal } = this.#options;
    this.#answered = { lines: this.#lines, line };
    if (question === "key") return this.#press(() => this.#wire.sendLine("", signal));
    const isRepeated = this.#isPasswordSent || (question === "username" && this.#usernames > 0);
    if (isRepeated && this.#strays > 0 && refusalOf(this.#said.join("\n")) === null) {
      this.#strays--;
      return;
    }
    const isRejected = isRepeated && refusalOf(this.#said.join("\n")) === "bad_credentials";
    if (this.#isPasswordSent || isRejected) this.#fail("bad_credentials");
    this.#said = [];
    if (question === "username") {
      if (login.username === null) this.#fail("needs_username");
      if (this.#usernames++ >= MAX_USERNAMES) this.#fail("bad_credentials");
      return this.#wire.sendLine(login.username, signal);
    }
    if (login.password === null) this.#fail("needs_password");
    this.#isPasswordSent = true;
    return this.#wire.sendLine(login.password, signal);
  }

  #probe(line: string): Promise<unknown> {
    if (this.#probes++ >= MAX_PROBES) this.#fail("no_prompt");
    this.#learner.ask(line);
    this.#greetingEnd = this.#greeting.length;
    this.#strays++;
    return this.#wire.sendLine("", this.#options.signal);
  }

  #nudge(): Promise<unknown> {
    this.#nudges++;
    this.#strays++;
    return this.#wire.sendLine("", this.#options.signal);
  }

  #press(send: () => Promise<unknown>): Promise<unknown> {
    if (this.#keys++ >= MAX_KEYS) this.#fail("endless_greeting");
    this.#said = [];
    return send();
  }

  #isAnswered(line: string): boolean {
    // The space of a question may come by itself.
    return this.#answered?.lines === this.#lines &&
      this.#answered.line.trimEnd() === line.trimEnd();
  }

  #note(finished: string): void {
    for (let at = 0; at < finished.length;) {
      const end = finished.indexOf("\n", at);
      const line = finished.slice(at, end);
      this.#lines++;
      this.#learner.finish(line);
      this.#greeting += `${line}\n`;
      if (line.trim() !== "") this.#said = [...this.#said, line].slice(-SAID_LINES);
      at = end + 1;
    }
  }

  /** What the server said may show what it was told. */
  #withoutPassword(text: string): string {
    const { password } = this.#options.login;
    return this.#isPasswordSent && password !== null && password !== ""
      ? text.replaceAll(password, "********")
      : text;
  }

  /** What came before the empty line that was answered, without prompts of empty lines before it. */
  #greetingBefore(prompt: string): string {
    const lines = this.#greeting.slice(0, this.#greetingEnd).split("\n").slice(0, -1);
    while (lines.at(-1)?.trimEnd() === prompt.trimEnd()) lines.pop();
    const greeting = lines.map((line) => `${line}\n`).join("");
    return this.#withoutPassword(greeting).slice(0, MAX_KEPT_CHARS);
  }

  #failureAt(arrival: Exclude<Arrival, "data" | "quiet">): LoginFailure {
    if (arrival === "full") return "endless_greeting";
    if (arrival === "cancelled") return "cancelled";
    const refusal = refusalOf([...this.#said, this.#wire.screen.currentLine.slice(-SAID_CHARS)]
      .join("\n"));
    if (arrival !== "deadline") return refusal ?? "closed";
    // Greetings warn that access is denied to strangers; only the end of the stream makes it sure.
    if (refusal !== null && refusal !== "refused") return refusal;
    return this.#probes > 0 ? "no_prompt" : "timeout";
  }

  #fail(failure: LoginFailure): never {
    const { host, clock } = this.#options;
    const said = [...this.#said, this.#wire.screen.currentLine].join("\n").trim();
    throw loginFailed(failure, {
      host,
      elapsedMs: clock.monotonicMs() - this.#startedMs,
      // Hidden before the cut, which could leave a part of the password.
      remoteSaid: this.#withoutPassword(said).slice(-SAID_CHARS),
    });
  }
}
