/** A stdio MCP session at the level of JSON lines, so that what is timed is the server. */

const ENDED = { value: undefined, done: true } as const;

/** One server process. */
export class StdioSession {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  #id = 0;

  /** Starts `program`, which leads to the server. */
  constructor(args: readonly string[], cwd: string, program: string = Deno.execPath()) {
    this.#child = new Deno.Command(program, {
      args: [...args],
      cwd,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#read();
  }

  /** The process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Sends a request and resolves with its result; several may be on their way. */
  async request(method: string, params: Record<string, unknown>): Promise<unknown> {
    const id = ++this.#id;
    const answer = Promise.withResolvers<unknown>();
    this.#pending.set(id, answer);
    await this.#send({ jsonrpc: "2.0", id, method, params });
    return await answer.promise;
  }

  /** The handshake of protocol 2025-11-25. */
  async initialize(): Promise<void> {
    await this.request("initialize", {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "bench", version: "0" },
    });
    await this.#send({ jsonrpc: "2.0", method: "notifications/initialized" });
  }

  /** Peak resident memory so far, MiB (Linux). */
  async peakRssMiB(): Promise<number> {
    const status = await Deno.readTextFile(`/proc/${this.#child.pid}/status`);
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  }

  /** Closes stdin and waits for the process to end. */
  async close(): Promise<void> {
    await this.#writer.close();
    await this.#lines.cancel();
    await this.#child.status;
  }

  /** Ends the process at once, by SIGKILL. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#writer.abort().catch(() => {});
    await this.#lines.cancel();
  }

  async #send(message: unknown): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`));
  }

  /** Hands answers to who waits for them, until the server has ended. */
  async #read(): Promise<void> {
    let rest = "";
    for (let end = false; !end;) {
      const { value = "", done } = await this.#lines.read().catch(() => ENDED);
      end = done;
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") this.#take(line);
    }
    for (const { reject } of this.#pending.values()) reject(new Error("The server has ended"));
    this.#pending.clear();
  }

  #take(line: string): void {
    const { id, result, error } = JSON.parse(line) as {
      id?: number;
      result?: unknown;
      error?: unknown;
    };
    const answer = id === undefined ? undefined : this.#pending.get(id);
    if (id === undefined || answer === undefined) return;
    this.#pending.delete(id);
    if (error === undefined) answer.resolve(result);
    else answer.reject(new Error(JSON.stringify(error)));
  }
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
