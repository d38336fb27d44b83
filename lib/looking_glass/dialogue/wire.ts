/**
 * The connection under a dialogue: octets in, screen text out, telnet answered on the way, and one
 * way to wait for more that ends with data, a pause, the end of the stream or the caller's signal.
 *
 * @module
 */
import { stopFailure } from "../../io/failure.ts";
import type { Clock, Connection } from "../../io/io.ts";
import { writeAll } from "../../io/write_all.ts";
import { encodeLine, TelnetMachine } from "../../telnet/machine.ts";
import { ScreenText } from "../../telnet/screen_text.ts";

/** Why nothing more can come. */
export type WireEnd = "closed" | "reset" | "deadline" | "cancelled";

/** What a wait brought. `full`: more octets than there was room for; the rest is lost. */
export type Arrival = "data" | "quiet" | "full" | WireEnd;

/** How long and for what to wait. */
export interface Wait {
  /** `quiet` after this many milliseconds without an octet. */
  readonly quietMs: number;
  readonly signal: AbortSignal;
  /** Octets that may still come. */
  readonly room: number;
}

/** Read at once: what the screen makes of them takes about a millisecond. */
const CHUNK_OCTETS = 32 * 1024;

/** A pause shorter than this is none, milliseconds. */
const SETTLE_MIN_MS = 1;
/** A pause longer than this means something wherever the server stands. */
const SETTLE_MAX_MS = 200;

const CTRL_C = 0x03;

/** One connection. Not for two waits at once. */
export class Wire {
  readonly screen: ScreenText = new ScreenText();
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #machine = new TelnetMachine();
  readonly #buffer = new Uint8Array(CHUNK_OCTETS);
  /** The read under way; it never rejects and leaves what it brought in `#read`. */
  #reading: Promise<void> | null = null;
  /** Octets in the buffer, or how the stream ended; null: nothing to take. */
  #read: number | WireEnd | null = null;
  #end: WireEnd | null = null;
  #bytesReceived = 0;
  #bytesSent = 0;
  /** When the line was sent whose answer has not begun; null: there is none. */
  #askedMs: number | null = null;
  readonly #openedMs: number;
  #greetingMs: number | null = null;
  #answerMs: number | null = null;

  /** Takes over the connection. */
  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    this.#openedMs = clock.monotonicMs();
  }

  /** Octets over the life of the connection. */
  get bytesReceived(): number {
    return this.#bytesReceived;
  }

  /** Octets over the life of the connection. */
  get bytesSent(): number {
    return this.#bytesSent;
  }

  /** True once nothing more can be sent or read. */
  get isOver(): boolean {
    return this.#end !== null || typeof this.#read === "string";
  }

  /** True if octets came that no wait has asked for. */
  get hasUnread(): boolean {
    return typeof this.#read === "number";
  }

  /**
   * The shortest time between a line sent and the first octet that came back, milliseconds; how
   * long the greeting took to begin until a line was answered.
   */
  get roundTripMs(): number {
    return this.#answerMs ?? this.#greetingMs ?? SETTLE_MAX_MS;
  }

  /**
   * The pause that ends a burst, milliseconds: half a round trip, since what belongs together comes
   * together, and a lost segment costs about a round trip more the farther the server is.
   */
  get settleMs(): number {
    return Math.min(Math.max(this.roundTripMs / 2, SETTLE_MIN_MS), SETTLE_MAX_MS);
  }

  /** Waits for octets and writes them to the screen. Never rejects. */
  async next({ quietMs, signal, room }: Wait): Promise<Arrival> {
    if (this.#end !== null) return this.#end;
    if (signal.aborted) return this.#over(stopOf(signal));
    this.#reading ??= this.#startRead();
    if (this.#read === null) await this.#until(this.#reading, signal, quietMs);
    const read = this.#read;
    if (signal.aborted) return this.#over(stopOf(signal));
    if (read === null) return "quiet";
    if (typeof read === "string") return this.#over(read);
    const { data, reply } = this.#machine.receive(this.#buffer.subarray(0, Math.min(read, room)));
    this.screen.write(data);
    this.#bytesReceived += read;
    this.#read = null;
    this.#reading = null;
    this.#timeAnswer();
    const end = reply.length === 0 ? null : await this.#send(reply, signal);
    if (end !== null) return end;
    if (read > room) return "full";
    this.#reading = this.#startRead();
    return "data";
  }

  /** Sends a line; how the connection ended, or null. Never rejects on what the far side does. */
  sendLine(text: string, signal: AbortSignal): Promise<WireEnd | null> {
    this.#askedMs = this.#clock.monotonicMs();
    return this.#send(encodeLine(text), signal);
  }

  /** Sends a key that a pager waits for. */
  sendKey(key: string, signal: AbortSignal): Promise<WireEnd | null> {
    return this.#send(new TextEncoder().encode(key), signal);
  }

  /** Interrupts what is running and says `exit`, without waiting for either; then {@link close}. */
  leave(): void {
    if (!this.isOver || this.#end === "deadline" || this.#end === "cancelled") {
      const farewell = Uint8Array.from([CTRL_C, ...encodeLine("exit")]);
      this.#bytesSent += farewell.length;
      this.#connection.write(farewell).catch(() => {});
    }
    this.close();
  }

  /** Closes the socket. Never throws. */
  close(): void {
    this.#end = "closed";
    this.#connection.close();
  }

  #over(end: WireEnd): WireEnd {
    this.#end = end;
    return end;
  }

  #startRead(): Promise<void> {
    return this.#connection.read(this.#buffer).then(
      (count) => void (this.#read = count ?? "closed"),
      () => void (this.#read = "reset"),
    );
  }

  /** Until `event` settles, the signal aborts or `ms` have passed (null: however long it takes). */
  async #until(event: Promise<unknown>, signal: AbortSignal, ms: number | null): Promise<void> {
    const timer = new AbortController();
    const stop = () => timer.abort();
    signal.addEventListener("abort", stop, { once: true });
    const given = ms === null
      ? new Promise((resolve) => timer.signal.addEventListener("abort", resolve, { once: true }))
      : this.#clock.sleep(ms, timer.signal).catch(() => {});
    await Promise.race([event, given]);
    signal.removeEventListener("abort", stop);
    timer.abort();
  }

  async #send(bytes: Uint8Array, signal: AbortSignal): Promise<WireEnd | null> {
    if (this.#end !== null) return this.#end;
    if (signal.aborted) return this.#over(stopOf(signal));
    let isSent: boolean | null = null;
    const sending = writeAll(this.#connection, bytes).then(
      () => void (isSent = true),
      () => void (isSent = false),
    );
    await this.#until(sending, signal, null);
    if (isSent === null || signal.aborted) return this.#over(stopOf(signal));
    if (!isSent) return this.#over("reset");
    this.#bytesSent += bytes.length;
    return null;
  }

  #timeAnswer(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#greetingMs ??= nowMs - this.#openedMs;
    if (this.#askedMs === null) return;
    this.#answerMs = Math.min(this.#answerMs ?? Infinity, nowMs - this.#askedMs);
    this.#askedMs = null;
  }
}

function stopOf(signal: AbortSignal): WireEnd {
  return stopFailure(signal) === "timeout" ? "deadline" : "cancelled";
}
