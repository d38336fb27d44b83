/**
 * One command and its answer: read up to the prompt, pages turned, echo taken off, limits kept.
 *
 * When the answer has ended: the learned prompt stands alone on the unfinished last line, and
 * nothing follows it during a pause. The echo of the command has proved that the answer has begun,
 * so that the pause is short, half a round trip ({@link Wire.settleMs}): it only has to show that a
 * line of output which begins with the text of the prompt was not cut there by a segment. A router
 * that does not echo gets two round trips. Behind unfinished text (output whose last line is not
 * ended) the prompt is believed only if an empty line brings it back at once, alone.
 *
 * @module
 */
import type { Clock } from "../../io/io.ts";
import type { CommandLimits, CutReason } from "./dialogue.ts";
import { Echo, type EchoState } from "./echo.ts";
import { type PagerMark, pagerMark } from "./pager.ts";
import type { LearnedPrompt } from "./prompt.ts";
import type { Arrival, Wire } from "./wire.ts";

/** What an exchange needs to know. */
export interface ExchangeOptions {
  readonly command: string;
  readonly limits: CommandLimits;
  readonly learned: LearnedPrompt;
  /** True if this session has echoed a command before. */
  readonly hasEchoed: boolean;
  readonly clock: Clock;
}

/** What came of it. */
export interface Exchanged {
  readonly text: string;
  /** Null: the prompt came back. */
  readonly reason: CutReason | null;
  readonly echo: EchoState;
  /** False if a prompt more may still come, so that the next answer could not be told from it. */
  readonly isInStep: boolean;
}

/** A router without echo may take so many milliseconds to go on at least, and at most is waited for. */
const NO_ECHO_MIN_MS = 100, NO_ECHO_MAX_MS = 2000;
/** Pause after which text that looks like a pager mark is one, milliseconds. */
const PAGER_MS = 20;
/** Pause after which a prompt behind unfinished text is asked after. */
const ASK_MS = 500;
/** Nothing to do but to wait for the router. */
const FOREVER_MS = 3_600_000;

const MAX_PAGES = 2000;
/** Pages in a row that add no text. */
const MAX_EMPTY_PAGES = 16;

/**
 * A drip: at least so many arrivals, each so long after the one before, that bring fewer octets
 * together in so long. A router that thinks is silent; one that traces prints a character every two
 * to five seconds; an echo may come octet by octet, but at once.
 */
const DRIP = { windowMs: 10_000, arrivals: 8, apartMs: 250, octets: 64 } as const;

/** What to do once the router has been quiet for so long. */
interface Step {
  readonly waitMs: number;
  readonly act: () => Promise<CutReason | "whole" | null>;
}

/** One run of a command. */
export class Exchange {
  readonly #wire: Wire;
  readonly #options: ExchangeOptions;
  readonly #echo: Echo;
  /** What stood before the cursor when the command was sent: the prompt, as a rule. */
  readonly #before: string;
  readonly #receivedBefore: number;
  readonly #parts: string[] = [];
  #hasOutput = false;
  /** Characters of finished lines, echo included. */
  #finishedChars = 0;
  #pages = 0;
  #emptyPages = 0;
  #charsAtPage = -1;
  #askedBehindText = false;
  #drip: { sinceMs: number; lastMs: number; arrivals: number; octets: number } | null = null;

  /** The wire stands at the prompt. */
  constructor(wire: Wire, options: ExchangeOptions) {
    this.#wire = wire;
    this.#options = options;
    this.#before = wire.screen.currentLine;
    this.#receivedBefore = wire.bytesReceived;
    this.#echo = new Echo(options.command, options.learned, this.#before, options.hasEchoed);
  }

  /** Sends the command and reads its answer. Never rejects. */
  async run(): Promise<Exchanged> {
    const { command, limits } = this.#options;
    const end = await this.#wire.sendLine(command, limits.signal);
    const reason = end ?? await this.#read();
    return reason === "whole" ? this.#whole() : this.#cut(reason);
  }

  async #read(): Promise<CutReason | "whole"> {
    const { signal, maxBytes } = this.#options.limits;
    for (;;) {
      const { waitMs, act } = this.#step(this.#wire.screen.currentLine);
      const received = this.#wire.bytesReceived;
      const room = Math.max(0, maxBytes - (received - this.#receivedBefore));
      const arrival = await this.#wire.next({ quietMs: waitMs, signal, room });
      const finished = this.#wire.screen.takeFinished();
      this.#finishedChars += finished.length;
      const output = this.#echo.take(finished);
      this.#hasOutput ||= output !== "";
      this.#parts.push(output);
      if (this.#echo.state === "foreign") return "desynchronised";
      const outcome = arrival === "quiet"
        ? await act()
        : arrival === "data"
        ? this.#isDrip(this.#wire.bytesReceived - received) ? "stalled" : null
        : this.#ended(arrival);
      if (outcome !== null) return outcome;
    }
  }

  #step(line: string): Step {
    const { prompt } = this.#options.learned;
    if (this.#isAtPrompt(line)) {
      if (this.#echo.state === "seen") {
        const emptyMs = this.#hasOutput ? 0 : this.#options.limits.emptyMs ?? 0;
        return { waitMs: Math.max(this.#wire.settleMs, emptyMs), act: whole };
      }
      // Where an echo must come, this is a prompt of earlier.
      if (this.#options.hasEchoed) return waitOn;
      const twiceMs = 2 * this.#wire.roundTripMs;
      return {
        waitMs: Math.min(Math.max(twiceMs, NO_ECHO_MIN_MS), NO_ECHO_MAX_MS),
        act: () => {
          this.#echo.giveUp();
          return whole();
        },
      };
    }
    const shown = line === "" ? this.#wire.screen.returnedLine : line;
    const mark = pagerMark(shown);
    if (mark !== null) {
      const act = () => this.#turnPage(shown, mark);
      return { waitMs: Math.max(this.#wire.settleMs, PAGER_MS), act };
    }
    const isBehindText = this.#finishedChars > 0 && line.endsWith(prompt);
    if (isBehindText && !this.#askedBehindText && this.#echo.state !== "awaited") {
      const act = () => this.#askBehindText();
      return { waitMs: Math.max(4 * this.#wire.settleMs, ASK_MS), act };
    }
    return waitOn;
  }

  #isAtPrompt(line: string): boolean {
    const { prompt } = this.#options.learned;
    return line === (this.#finishedChars > 0 ? prompt : this.#before + prompt);
  }

  #ended(arrival: Exclude<Arrival, "data" | "quiet">): CutReason | "whole" {
    if (arrival === "full") return "size";
    const isWhole = (arrival === "closed" || arrival === "reset") && this.#echo.state === "seen" &&
      this.#isAtPrompt(this.#wire.screen.currentLine);
    return isWhole ? "whole" : arrival;
  }

  async #turnPage(line: string, mark: PagerMark): Promise<CutReason | null> {
    this.#wire.screen.ghostTail(mark.length);
    const chars = this.#finishedChars + line.length - mark.length;
    this.#emptyPages = chars === this.#charsAtPage ? this.#emptyPages + 1 : 0;
    this.#charsAtPage = chars;
    if (this.#emptyPages >= MAX_EMPTY_PAGES) return "stalled";
    if (++this.#pages > MAX_PAGES) return "size";
    return await this.#wire.sendKey(mark.key, this.#options.limits.signal);
  }

  async #askBehindText(): Promise<CutReason | null> {
    this.#askedBehindText = true;
    return await this.#wire.sendLine("", this.#options.limits.signal);
  }

  #isDrip(octets: number): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    this.#drip ??= { sinceMs: nowMs, lastMs: nowMs, arrivals: 0, octets: 0 };
    const drip = this.#drip;
    if (nowMs - drip.lastMs >= DRIP.apartMs) drip.arrivals++;
    drip.lastMs = nowMs;
    drip.octets += octets;
    if (nowMs - drip.sinceMs < DRIP.windowMs) return false;
    this.#drip = null;
    return drip.arrivals >= DRIP.arrivals && drip.octets < DRIP.octets;
  }

  #whole(): Exchanged {
    const { prompt, preamble } = this.#options.learned;
    let text = withoutTail(this.#parts.join(""), preamble);
    let isInStep = true;
    if (this.#askedBehindText) {
      // The prompt that was asked after ends the last line; if it does not, its answer is to come.
      const bare = withoutTail(text, `${prompt}\n`);
      isInStep = bare !== text;
      text = bare === "" || bare.endsWith("\n") ? bare : `${bare}\n`;
    }
    return { text, reason: null, echo: this.#echo.state, isInStep };
  }

  #cut(reason: CutReason): Exchanged {
    const isBegun = this.#echo.state === "seen" || this.#echo.state === "absent";
    const text = isBegun ? this.#parts.join("") + this.#wire.screen.takeAll() : "";
    return { text, reason, echo: this.#echo.state, isInStep: false };
  }
}

const whole = () => Promise.resolve("whole" as const);

const waitOn: Step = { waitMs: FOREVER_MS, act: () => Promise.resolve(null) };

function withoutTail(text: string, tail: string): string {
  return tail !== "" && text.endsWith(tail) ? text.slice(0, -tail.length) : text;
}
