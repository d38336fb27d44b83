/** socat as a route server's client: a script sent blindly, or a session kept open. */

/** Sends the lines at once, as if typed ahead, and reads until the server ends the connection. */
export async function runSocat(port: number, lines: readonly string[]): Promise<void> {
  const child = spawnSocat(port);
  // Its input stays open until then: many servers end with their client's half of the connection.
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join("")));
  for await (const _ of child.stdout);
  await writer.close();
  await child.status;
}

/** A session that waits for the prompt behind each command. */
export class SocatSession {
  readonly #child: Deno.ChildProcess;
  readonly #output: ReadableStreamDefaultReader<Uint8Array>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #prompt: string;

  constructor(port: number, prompt: string) {
    this.#child = spawnSocat(port);
    this.#output = this.#child.stdout.getReader();
    this.#input = this.#child.stdin.getWriter();
    this.#prompt = prompt;
  }

  /** Sends the line, and reads to the prompt. */
  async ask(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\r\n`));
    await this.wait(this.#prompt);
  }

  /** Reads until what came ends so. */
  async wait(end: string): Promise<void> {
    const decoder = new TextDecoder("latin1");
    for (let tail = ""; !tail.endsWith(end);) {
      const { value, done } = await this.#output.read();
      if (done) throw new Error("The server has closed");
      tail = (tail + decoder.decode(value)).slice(-end.length);
    }
  }

  async close(): Promise<void> {
    await this.#input.close();
    await this.#output.cancel();
    await this.#child.status;
  }
}

function spawnSocat(port: number): Deno.ChildProcess {
  return new Deno.Command("socat", {
    // -t: how long it stays when the server has ended, seconds.
    args: ["-t", "0.001", "-", `TCP4:127.0.0.1:${port},nodelay`],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
}
