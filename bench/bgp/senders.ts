/** The sending peers of the bench, in a process of their own so that they share no time with it. */
import { TextLineStream } from "./text_lines.ts";

const SCRIPT = new URL("./send_table.ts", import.meta.url).pathname;

/** How the peers are set up. */
export interface SendersWish {
  /** `address:port` that they dial. */
  readonly to: string;
  /** One peer for each, which sends it. */
  readonly files: readonly string[];
  /** Index of the first peer; default 0. */
  readonly firstPeer?: number;
  /** Proposed, seconds; default 180. */
  readonly holdTimeSec?: number;
}

/** The process; orders are those of `send_table.ts`. */
export class Senders implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #orders: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;

  private constructor({ to, files, firstPeer = 0, holdTimeSec = 180 }: SendersWish) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "-q", SCRIPT, "--to", to],
        ...["--first-peer", `${firstPeer}`, "--hold-time", `${holdTimeSec}`],
        ...files,
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#orders = this.#child.stdin.getWriter();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream()).getReader();
  }

  /** Starts it; all sessions are Established then. */
  static async start(wish: SendersWish): Promise<Senders> {
    const senders = new Senders(wish);
    try {
      await senders.#until("established");
      return senders;
    } catch (error) {
      await senders[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Sends all files; resolves once it has begun, `sent` when all has been acknowledged. */
  send(): Promise<{ readonly sent: Promise<unknown> }> {
    return this.#push("send");
  }

  /** Has one peer send another file. */
  push(peer: number, file: string): Promise<{ readonly sent: Promise<unknown> }> {
    return this.#push(`push ${peer} ${file}`);
  }

  /** Closes one connection without a word. */
  async lose(peer: number): Promise<void> {
    await this.#order(`lose ${peer}`);
    await this.#until("lost");
  }

  /** Longest time since the last push in which one of the peers heard nothing, milliseconds. */
  async longestSilenceMs(): Promise<number> {
    await this.#order("silence");
    return (await this.#until("silence")).longestMs as number;
  }

  /** Ends the process, which closes all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#orders.close().catch(() => {});
    try {
      this.#child.kill("SIGTERM");
    } catch {
      // It has ended of itself.
    }
    await this.#child.status;
    await this.#lines.cancel();
  }

  async #push(order: string): Promise<{ readonly sent: Promise<unknown> }> {
    await this.#order(order);
    await this.#until("begin");
    const sent = this.#until("sent");
    // Whoever waits for it later hears of a failure then.
    sent.catch(() => {});
    return { sent };
  }

  async #until(phase: string): Promise<Record<string, unknown>> {
    for (;;) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("The senders have ended");
      const answer = JSON.parse(value) as Record<string, unknown>;
      if (answer.phase === phase) return answer;
    }
  }

  async #order(text: string): Promise<void> {
    await this.#orders.write(new TextEncoder().encode(`${text}\n`));
  }
}
