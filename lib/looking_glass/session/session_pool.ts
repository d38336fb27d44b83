/**
 * Sessions, one a host, kept for a while after use so that the next command finds them at their
 * prompt.
 *
 * @module
 */
import { RemoteFailure } from "../../errors/mod.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { CommandOutput } from "../dialogue/dialogue.ts";
import { openSession, type Session, type SessionOpener } from "./open_session.ts";
import type { Progress } from "./progress.ts";
import type { RouterCommand } from "../router_command.ts";
import type { ServerEntry } from "../server.ts";
import { Turns } from "./turns.ts";

/** How long an idle session is kept, milliseconds: Route Views closes them after 120 s. */
const WARM_MS = 90_000;
/** How long a login that failed is not tried again, milliseconds. */
const LOGIN_PAUSE_MS = 60_000;
/** How long a prompt must stand behind a question before the answer is taken for empty, milliseconds. */
const EMPTY_MS = 50;

/** What the pool needs. */
export interface SessionPoolOptions {
  readonly opener: SessionOpener;
  /** How long an idle session is kept, milliseconds; default 90 s. */
  readonly warmMs?: number;
}

/** One command to one server. */
export interface PoolRequest {
  readonly server: ServerEntry;
  /** Makes the command once the dialect is known; what it throws ends the call, not the session. */
  readonly commandOf: (dialect: Dialect) => RouterCommand;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** What came of it. */
export interface PoolOutput {
  readonly dialect: Dialect;
  readonly command: RouterCommand;
  readonly output: CommandOutput;
  /** Octets that were allowed: `maxBytes`, or less if the operator's limit left less. */
  readonly allowedBytes: number;
}

/** Everything about one host and port. */
interface Host {
  readonly turns: Turns;
  session: Session | null;
  timer: ReturnType<typeof setTimeout> | null;
  /** A login that failed, and until when its error stands for another try. */
  refusal: { readonly server: ServerEntry; readonly error: Error; readonly untilMs: number } | null;
}

/** All sessions of the process. */
export class SessionPool {
  readonly #opener: SessionOpener;
  readonly #warmMs: number;
  readonly #hosts = new Map<string, Host>();
  readonly #dialects = new Map<string, Dialect>();
  readonly #rtts = new Map<string, number>();
  #isStopped = false;

  /** Opens nothing yet. */
  constructor({ opener, warmMs = WARM_MS }: SessionPoolOptions) {
    this.#opener = opener;
    this.#warmMs = warmMs;
  }

  /** The dialect of a server: configured, recognised before, or null. */
  dialectOf(server: ServerEntry): Dialect | null {
    return this.#dialects.get(server.name) ??
      this.#opener.dialects.find(({ name }) => name === server.dialect) ?? null;
  }

  /** From the dial to the connection the last time, milliseconds, or null. */
  rttMs(server: ServerEntry): number | null {
    return this.#rtts.get(server.name) ?? null;
  }

  /** True if a session waits for a command. */
  isWarm(server: ServerEntry): boolean {
    const session = this.#hosts.get(keyOf(server))?.session;
    return session?.server === server && session.dialogue.isUsable;
  }

  /**
   * Runs a command when the host's turn has come, in the session that is warm or in a new one.
   * Output that was cut is no error, and ends the session.
   *
   * @throws what {@link openSession} and `commandOf` throw; `policy.quota`
   */
  async run(request: PoolRequest): Promise<PoolOutput> {
    const host = this.#hostOf(request.server);
    request.progress.stage = "queue";
    const done = await host.turns.take(request.signal);
    try {
      this.#stopTimer(host);
      const warm = this.#warmSession(host, request.server);
      const result = warm === null ? null : await this.#runIn(warm, request);
      return result ?? await this.#runInNew(host, request);
    } finally {
      this.#rest(host);
      done();
    }
  }

  /** Closes the sessions that wait, and those in use when they are done. */
  stop(): void {
    this.#isStopped = true;
    for (const host of this.#hosts.values()) this.#drop(host);
  }

  async #runInNew(host: Host, request: PoolRequest): Promise<PoolOutput> {
    const { server, signal, progress } = request;
    const { clock } = this.#opener;
    const { refusal } = host;
    if (refusal?.server === server && clock.monotonicMs() < refusal.untilMs) throw refusal.error;
    host.refusal = null;
    let session: Session;
    try {
      const dialect = this.dialectOf(server);
      session = await openSession(this.#opener, { server, dialect, signal, progress });
    } catch (error) {
      if (isRefusal(error)) {
        host.refusal = { server, error, untilMs: clock.monotonicMs() + LOGIN_PAUSE_MS };
      }
      throw error;
    }
    host.session = session;
    this.#dialects.set(server.name, session.dialect);
    this.#rtts.set(server.name, session.rttMs);
    return await this.#command(session, request);
  }

  /** As {@link #command}; null if the server had closed the session before the command came. */
  async #runIn(warm: Session, request: PoolRequest): Promise<PoolOutput | null> {
    try {
      const result = await this.#command(warm, request);
      const { bytesReceived, reason } = result.output;
      const isGone = bytesReceived === 0 && (reason === "closed" || reason === "reset");
      return isGone && !request.signal.aborted ? null : result;
    } catch (error) {
      const isGone = error instanceof RemoteFailure && !warm.dialogue.isUsable;
      if (isGone && !request.signal.aborted) return null;
      throw error;
    }
  }

  async #command(session: Session, request: PoolRequest): Promise<PoolOutput> {
    const { server, dialogue, dialect } = session;
    const { ledger } = this.#opener;
    this.#account(session);
    const allowedBytes = Math.min(request.maxBytes, await ledger.admitBytes(server));
    const command = request.commandOf(dialect);
    request.progress.stage = "command";
    const limits = { signal: request.signal, maxBytes: allowedBytes, emptyMs: EMPTY_MS };
    const output = await dialogue.run(command, limits);
    return { dialect, command, output, allowedBytes };
  }

  #account(session: Session): void {
    const bytes = session.takeReceived();
    this.#opener.ledger.record(session.server, { connections: 0, bytes });
  }

  /** The session of a host if it can still be used and was logged in to with this entry. */
  #warmSession(host: Host, server: ServerEntry): Session | null {
    if (host.session?.server === server && host.session.dialogue.isUsable) return host.session;
    this.#drop(host);
    return null;
  }

  /** After use: the session waits for the next command, or is closed. */
  #rest(host: Host): void {
    const { session } = host;
    if (session === null) return;
    this.#account(session);
    if (this.#isStopped || !session.dialogue.isUsable) return this.#drop(host);
    host.timer = setTimeout(() => this.#drop(host), this.#warmMs);
    // An idle session is no reason for the process to go on.
    Deno.unrefTimer(host.timer);
  }

  #drop(host: Host): void {
    this.#stopTimer(host);
    const { session } = host;
    if (session === null) return;
    host.session = null;
    session.dialogue.close();
    this.#account(session);
  }

  #stopTimer(host: Host): void {
    if (host.timer !== null) clearTimeout(host.timer);
    host.timer = null;
  }

  #hostOf(server: ServerEntry): Host {
    const key = keyOf(server);
    let host = this.#hosts.get(key);
    if (host === undefined) {
      host = { turns: new Turns(), session: null, timer: null, refusal: null };
      this.#hosts.set(key, host);
    }
    return host;
  }
}

/** True for a login that failed by itself, not for want of time. */
function isRefusal(error: unknown): error is RemoteFailure {
  return error instanceof RemoteFailure && error.code === "remote.login" &&
    error.detail.failure !== "timeout" && error.detail.failure !== "cancelled";
}

function keyOf({ host, port }: ServerEntry): string {
  return `${host.toLowerCase()} ${port}`;
}
