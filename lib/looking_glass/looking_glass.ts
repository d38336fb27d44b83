/**
 * The looking glass as tools see it: named servers, asked politely, alone or many at once.
 *
 * @module
 */
import type { NetglassError } from "../errors/mod.ts";
import type { Parsed } from "./answer.ts";
import type { DialectName } from "./dialects/dialect.ts";
import type { CutReason } from "./dialogue/dialogue.ts";
import type { RouterQuery } from "./query.ts";
import type { ServerEntry } from "./server.ts";

/** What is known of a server beside its entry. */
export interface ServerState {
  readonly server: ServerEntry;
  /** Configured, or recognised at a connection of this process; null: not yet known. */
  readonly dialect: DialectName | null;
  /** `ok`, `failing`: outcome of the last question of this process; `unknown`: none yet. */
  readonly health: "ok" | "failing" | "unknown";
  /** Code of the last failure, or null. */
  readonly lastError: string | null;
  /** Wall time of the last answer or failure, milliseconds since the epoch, or null. */
  readonly lastSeenMs: number | null;
  /** Time from the dial to the connection at the last one, milliseconds, or null. */
  readonly lastRttMs: number | null;
  /** A session is open and can be used again. */
  readonly isWarm: boolean;
  /** Use over the last 24 hours, and what is left of the operator's limits (null: no limit known). */
  readonly quota: {
    readonly connectionsUsed: number;
    readonly bytesUsed: number;
    readonly connectionsLeft: number | null;
    readonly bytesLeft: number | null;
  };
}

/** One server's answer. */
export interface ServerAnswer {
  readonly server: ServerEntry;
  readonly dialect: DialectName;
  /** The command that was sent. */
  readonly command: string;
  readonly parsed: Parsed;
  /** False if the output was cut, or what came cannot be all (`parsed.complete`). */
  readonly complete: boolean;
  /** Why the output was cut, or null. */
  readonly reason: CutReason | null;
  /** The output as text (remote words), bounded by the byte cap. */
  readonly raw: string;
  readonly bytesReceived: number;
  readonly elapsedMs: number;
  /** Age of a cached answer, milliseconds; null: just asked. */
  readonly cachedMs: number | null;
}

/** What became of one server of several. */
export type ServerOutcome =
  | { readonly server: ServerEntry; readonly answer: ServerAnswer; readonly error: null }
  | { readonly server: ServerEntry; readonly answer: null; readonly error: NetglassError };

/** How a question is put. */
export interface AskOptions {
  /** Cancellation; it also ends at `deadlineMs`. */
  readonly signal: AbortSignal;
  /** Default `looking_glass.deadline_ms`. */
  readonly deadlineMs?: number;
  /** Most octets of one output; default 256 KiB, at most 2 MiB. */
  readonly maxBytes?: number;
  /** True: a cached answer does not do. */
  readonly fresh?: boolean;
  /** Called when one of several has answered or failed. */
  readonly onOutcome?: (outcome: ServerOutcome) => void;
}

/** The looking glass. */
export interface LookingGlass {
  /** All configured servers, in the order of the configuration. */
  states(): Promise<readonly ServerState[]>;
  /**
   * The enabled server that a text names: exact, without regard to case, else the only one that
   * it is part of. Without a text: the first enabled one, of those that offer `offer` if given.
   * @throws {InputError} `input.server` with the nearest names; a disabled one with the line that
   * enables it; one that does not offer `offer` with those that do
   */
  find(text: string | undefined, offer?: "ping" | "traceroute"): ServerEntry;
  /**
   * Enabled servers by names and tags, each once; an empty list stands for all enabled ones.
   * @throws {InputError} `input.server`
   */
  select(texts: readonly string[]): readonly ServerEntry[];
  /**
   * Asks one server. An output that was cut is an answer with `complete: false`.
   * @throws {RemoteFailure} `remote.connect`, `remote.login`, `remote.dns_*`, `remote.no_answer` …
   * @throws {PolicyDenied} `policy.quota` with when there is room again; other `policy.*`
   * @throws {PermissionMissing} @throws {InputError} `input.query` if the dialect cannot say it
   */
  ask(server: ServerEntry, query: RouterQuery, options: AskOptions): Promise<ServerAnswer>;
  /** Asks several at once; never rejects but for a bug. Outcomes in the order of `servers`. */
  askMany(
    servers: readonly ServerEntry[],
    query: RouterQuery,
    options: AskOptions,
  ): Promise<readonly ServerOutcome[]>;
  /** Closes all sessions and writes the ledger out. */
  stop(): Promise<void>;
}
