/** A stdio MCP session at the level of JSON lines, so that what is timed is the server. */

/** One server process. */
export class StdioSession {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #buffer = "";
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
  }

  /** The process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Sends a request and resolves with its result. */
  async request(method: string, params: Record<string, unknown>): Promise<unknown> {
    const id = ++this.#id;
    await this.#send({ jsonrpc: "2.0", id, method, params });
    for (;;) {
      const message = JSON.parse(await this.#line()) as {
        id?: number;
        result?: unknown;
        error?: unknown;
      };
      if (message.id !== id) continue;
      if (message.error !== undefined) throw new Error(JSON.stringify(message.error));
      return message.result;
    }
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

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf("\n");
      if (end >= 0) {
        const line = this.#buffer.slice(0, end);
        this.#buffer = this.#buffer.slice(end + 1);
        if (line.trim() !== "") return line;
        continue;
      }
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("The server closed its output");
      this.#buffer += value;
    }
  }
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
