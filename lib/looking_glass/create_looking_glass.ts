/**
 * The looking glass on the network: servers asked in warm sessions, within their operators' limits,
 * several at once, each question over at its deadline.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { asNetglassError, InputError, type NetglassError, RemoteFailure } from "../errors/mod.ts";
import type { Clock, Net } from "../io/io.ts";
import { AnswerCache } from "./answer_cache.ts";
import { Deadline, orLate } from "./session/deadline.ts";
import type { Dialect } from "./dialects/dialect.ts";
import { DIALECTS } from "./dialects/mod.ts";
import { Ledger } from "./ledger/ledger.ts";
import type {
  AskOptions,
  LookingGlass,
  ServerAnswer,
  ServerOutcome,
  ServerState,
} from "./looking_glass.ts";
import type { HostJudge, SessionOpener } from "./session/open_session.ts";
import { Progress } from "./session/progress.ts";
import type { RouterQuery } from "./query.ts";
import type { RouterCommand } from "./router_command.ts";
import type { ServerEntry } from "./server.ts";
import { findServer, selectServers } from "./server_names.ts";
import { type PoolOutput, SessionPool } from "./session/session_pool.ts";
import type { UseFiles } from "./ledger/use_file.ts";

/** What the looking glass needs. */
export interface LookingGlassOptions {
  readonly config: Pick<Config, "looking_glass" | "audit">;
  readonly net: Pick<Net, "dial" | "mayConnect">;
  readonly clock: Clock;
  readonly hosts: HostJudge;
  /** For the ledger, which stands beside the audit record. */
  readonly files: UseFiles;
  readonly readEnv: (name: string) => string | undefined;
  /** Default: all that netglass knows. */
  readonly dialects?: readonly Dialect[];
  /** How long an idle session is kept, milliseconds; default 90 s. */
  readonly warmMs?: number;
}

/** Opens nothing before the first question. */
export function createLookingGlass(options: LookingGlassOptions): LookingGlass {
  return new TelnetLookingGlass(options);
}

const DEFAULT_BYTES = 256 * 1_024;
const MAX_BYTES = 2 * 1_048_576;

/** The last that was heard of a server. */
interface Heard {
  readonly error: NetglassError | null;
  readonly atMs: number;
}

/** A question, and how far it has come. */
interface Asked {
  readonly server: ServerEntry;
  readonly query: RouterQuery;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

class TelnetLookingGlass implements LookingGlass {
  readonly #config: LookingGlassOptions["config"]["looking_glass"];
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #pool: SessionPool;
  readonly #cache: AnswerCache;
  readonly #heard = new Map<string, Heard>();

  constructor(options: LookingGlassOptions) {
    const { config, clock, files, warmMs } = options;
    this.#config = config.looking_glass;
    this.#clock = clock;
    this.#ledger = new Ledger({ directory: config.audit.path, files, clock });
    const { net, hosts, readEnv, dialects = DIALECTS } = options;
    const opener: SessionOpener = { net, clock, hosts, ledger: this.#ledger, dialects, readEnv };
    this.#pool = new SessionPool({ opener, ...(warmMs === undefined ? {} : { warmMs }) });
    this.#cache = new AnswerCache(clock);
  }

  states(): Promise<readonly ServerState[]> {
    return Promise.all(this.#config.servers.map(async (server) => {
      const heard = this.#heard.get(server.name);
      return {
        server,
        dialect: this.#pool.dialectOf(server)?.name ?? null,
        health: heard === undefined ? "unknown" : heard.error === null ? "ok" : "failing",
        lastError: heard?.error?.code ?? null,
        lastSeenMs: heard?.atMs ?? null,
        lastRttMs: this.#pool.rttMs(server),
        isWarm: this.#pool.isWarm(server),
        quota: await this.#ledger.quota(server),
      };
    }));
  }

  find(text: string | undefined, offer?: "ping" | "traceroute"): ServerEntry {
    return findServer(this.#config.servers, text, offer);
  }

  select(texts: readonly string[]): readonly ServerEntry[] {
    return selectServers(this.#config.servers, texts);
  }

  async ask(server: ServerEntry, query: RouterQuery, options: AskOptions): Promise<ServerAnswer> {
    const { deadlineMs = this.#config.deadline_ms } = options;
    using deadline = new Deadline(options.signal, deadlineMs);
    const { signal } = deadline;
    const progress = new Progress(server, this.#clock.monotonicMs());
    const asking = this.#askCached(server, query, { ...options, signal }, progress);
    return await orLate(asking, signal, () => progress.timedOut(this.#clock.monotonicMs()));
  }

  async askMany(
    servers: readonly ServerEntry[],
    query: RouterQuery,
    options: AskOptions,
  ): Promise<readonly ServerOutcome[]> {
    const { deadlineMs = this.#config.deadline_ms, onOutcome } = options;
    using deadline = new Deadline(options.signal, deadlineMs);
    const { signal } = deadline;
    const outcomes: ServerOutcome[] = [];
    const queue = servers.entries();
    const work = async (): Promise<void> => {
      for (const [index, server] of queue) {
        const outcome = await this.ask(server, query, { ...options, signal }).then(
          (answer): ServerOutcome => ({ server, answer, error: null }),
          (error): ServerOutcome => ({ server, answer: null, error: asNetglassError(error) }),
        );
        outcomes[index] = outcome;
        onOutcome?.(outcome);
      }
    };
    await Promise.all(Array.from({ length: this.#config.concurrency }, work));
    return outcomes;
  }

  async stop(): Promise<void> {
    this.#pool.stop();
    await this.#ledger.settled();
  }

  /** Asks the router unless an answer is kept, and notes how it went. */
  async #askCached(
    server: ServerEntry,
    query: RouterQuery,
    options: AskOptions,
    progress: Progress,
  ): Promise<ServerAnswer> {
    const { signal, fresh = false } = options;
    const maxBytes = Math.min(options.maxBytes ?? DEFAULT_BYTES, MAX_BYTES);
    const key = `${server.name}\n${maxBytes}\n${keyOf(query)}`;
    try {
      const answer = await this.#cache.get(
        { key, isFresh: fresh, signal },
        () => this.#askRouter({ server, query, maxBytes, signal, progress }),
      );
      if (answer.cachedMs === null) this.#note(server, null);
      return answer;
    } catch (error) {
      const failure = progress.failureOf(error, signal, this.#clock.monotonicMs());
      // Waiting for others, and a caller who goes away, say nothing of the server.
      const { stage, failure: kind } = failure.detail;
      const isItsOwn = failure instanceof RemoteFailure && stage !== "queue";
      if (isItsOwn && kind !== "cancelled") this.#note(server, failure);
      throw failure;
    }
  }

  #note(server: ServerEntry, error: NetglassError | null): void {
    this.#heard.set(server.name, { error, atMs: this.#clock.now() });
  }

  async #askRouter({ server, query, maxBytes, signal, progress }: Asked): Promise<ServerAnswer> {
    const known = this.#pool.dialectOf(server);
    // Before a connection is made that would have nothing to ask.
    if (known !== null) sayIn(known, server, query);
    const { dialect, command, output, allowedBytes } = await this.#pool.run({
      server,
      commandOf: (dialect) => sayIn(dialect, server, query).command,
      maxBytes,
      signal,
      progress,
    });
    const { text, complete, reason, bytesReceived } = output;
    if (!complete && text.trim() === "") throw noAnswer(server, progress, output, command);
    const { format } = sayIn(dialect, server, query);
    const parsed = dialect.parse(query, text, format);
    const isQuotaCut = reason === "size" && allowedBytes < maxBytes;
    return {
      server,
      dialect: dialect.name,
      command,
      parsed: isQuotaCut
        ? { ...parsed, problems: [...parsed.problems, quotaProblem(allowedBytes)] }
        : parsed,
      complete: complete && parsed.complete,
      reason,
      raw: text,
      bytesReceived,
      elapsedMs: progress.elapsedMs(this.#clock.monotonicMs()),
      cachedMs: null,
    };
  }
}

/**
 * The command of a query in a dialect, in the format that is configured or in text.
 *
 * @throws {InputError} `input.query`
 */
function sayIn(
  dialect: Dialect,
  server: ServerEntry,
  query: RouterQuery,
): { readonly command: RouterCommand; readonly format: "text" | "json" } {
  const mayAsk = (query.kind !== "ping" && query.kind !== "traceroute") || server[query.kind];
  const formats = server.format === "json" ? ["json", "text"] as const : ["text"] as const;
  for (const format of mayAsk ? formats : []) {
    const command = dialect.command(query, format);
    if (command !== null) return { command, format };
  }
  throw new InputError(
    "query",
    `Cannot ask "${server.name}" for ${query.kind}: ${
      mayAsk ? `${dialect.title} has no command for it` : "its operator does not offer it"
    }`,
    { hint: "Ask another server: list_servers says which software each runs and what it offers." },
  );
}

function noAnswer(
  server: ServerEntry,
  progress: Progress,
  { reason, bytesReceived, elapsedMs }: PoolOutput["output"],
  command: RouterCommand,
): RemoteFailure {
  return new RemoteFailure(
    "no_answer",
    `Cannot get an answer from "${server.name}": nothing came back for "${command}" (${reason})`,
    {
      hint: "Try again, or ask another server.",
      retryable: true,
      detail: {
        stage: progress.stage,
        host: server.host,
        failure: reason,
        elapsed_ms: Math.round(elapsedMs),
        bytes_received: bytesReceived,
      },
    },
  );
}

function quotaProblem(allowedBytes: number): string {
  return `Cut at ${allowedBytes} octets, all that its operator allows within these 24 hours`;
}

/** The same text for questions put together the same way. */
function keyOf(query: RouterQuery): string {
  return JSON.stringify(
    query,
    (_, value: unknown) => typeof value === "bigint" ? value.toString() : value,
  );
}
