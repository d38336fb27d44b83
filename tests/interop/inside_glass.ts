/**
 * The looking glass inside a namespace: a process there puts the questions that it is sent, a line
 * of JSON each, and has leave to reach its servers and nothing else.
 *
 * @module
 */
import type { RouteServerEntry } from "../../lib/config/config.ts";
import { NetglassError } from "../../lib/errors/mod.ts";
import { createLookingGlass } from "../../lib/looking_glass/create_looking_glass.ts";
import type { ServerAnswer } from "../../lib/looking_glass/looking_glass.ts";
import type { RouterQuery } from "../../lib/looking_glass/query.ts";
import { labOptions } from "../support/lab_router.ts";
import type { Topology } from "./topology.ts";

/** What an error is by the time it has left the process. */
export interface InsideError {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly detail: Readonly<Record<string, unknown>>;
}

type Reply = { readonly answer: ServerAnswer } | { readonly error: InsideError };

const SCRIPT = new URL(import.meta.url).pathname;

/** A running process. Leaving its scope ends it. */
export class InsideGlass implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #replies: AsyncIterator<string>;
  readonly #complaint: Promise<string>;

  /** Starts it in the namespace of `network` with this label. The servers are those of its loopback. */
  constructor(network: Topology, label: string, servers: readonly RouteServerEntry[]) {
    const reach = servers.map(({ host, port }) => `${host}:${port}`);
    this.#process = new Deno.Command("ip", {
      args: [
        ...["netns", "exec", network.nameOf(label), Deno.execPath(), "run", "--quiet"],
        ...["--no-prompt", `--allow-net=${[...new Set(reach)].join(",")}`, SCRIPT],
        JSON.stringify(servers),
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#writer = this.#process.stdin.getWriter();
    this.#replies = linesOf(this.#process.stdout);
    this.#complaint = new Response(this.#process.stderr).text();
  }

  /** Asks a server by its name. @throws {TypeError} if it fails */
  async ask(server: string, query: RouterQuery): Promise<ServerAnswer> {
    const reply = await this.#put(server, query);
    if ("answer" in reply) return reply.answer;
    throw new TypeError(`${reply.error.message} ${JSON.stringify(reply.error)}`);
  }

  /** Asks a server by its name, which must fail. @throws {TypeError} if it answers */
  async fail(server: string, query: RouterQuery): Promise<InsideError> {
    const reply = await this.#put(server, query);
    if ("error" in reply) return reply.error;
    throw new TypeError(`"${server}" answers ${reply.answer.raw}`);
  }

  async #put(name: string, query: RouterQuery): Promise<Reply> {
    await this.#writer.write(new TextEncoder().encode(`${pack({ name, query })}\n`));
    const { value, done } = await this.#replies.next();
    if (done === true) throw new TypeError(`The process has ended: ${await this.#complaint}`);
    return unpack(value) as Reply;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#process.status;
    await this.#replies.return?.();
    await this.#complaint;
  }
}

/** Prefixes and addresses hold bigints. */
function pack(value: unknown): string {
  return JSON.stringify(
    value,
    (_, one: unknown) => typeof one === "bigint" ? { bigint: one.toString() } : one,
  );
}

function unpack(text: string): unknown {
  return JSON.parse(
    text,
    (_, one) => typeof one?.bigint === "string" ? BigInt(one.bigint) : one,
  );
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** Answers the questions of stdin until it ends. */
async function serve(servers: readonly RouteServerEntry[]): Promise<void> {
  const { dialects: _, ...options } = labOptions(servers, { deadline_ms: 15_000 });
  const glass = createLookingGlass(options);
  const { signal } = new AbortController();
  for await (const line of linesOf(Deno.stdin.readable)) {
    const { name, query } = unpack(line) as { name: string; query: RouterQuery };
    const reply = await glass.ask(glass.find(name), query, { signal, fresh: true }).then(
      (answer): Reply => ({ answer }),
      (error): Reply => {
        if (!(error instanceof NetglassError)) throw error;
        const { code, message, retryable, detail } = error;
        return { error: { code, message, retryable, detail } };
      },
    );
    await Deno.stdout.write(new TextEncoder().encode(`${pack(reply)}\n`));
  }
  await glass.stop();
}

// The argument was written by InsideGlass.
if (import.meta.main) await serve(JSON.parse(Deno.args[0] ?? "") as RouteServerEntry[]);
