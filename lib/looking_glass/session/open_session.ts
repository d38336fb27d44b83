/**
 * From a configured server to a session that takes commands: judged, dialled, logged in, its
 * dialect known and its paging off.
 *
 * @module
 */
import { RemoteFailure, Unavailable } from "../../errors/mod.ts";
import type { Clock, Connection, Net } from "../../io/io.ts";
import type { JudgedTarget } from "../../policy/decision.ts";
import { dialFirst } from "./dial_first.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { readRefusal } from "../dialects/text/refusal.ts";
import type { Dialogue } from "../dialogue/dialogue.ts";
import { openDialogue } from "../dialogue/open_dialogue.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Progress } from "./progress.ts";
import { recognise } from "./recognise.ts";
import type { ServerEntry } from "../server.ts";

/** Who judges the hosts of configured servers. */
export interface HostJudge {
  /**
   * Resolves and judges a host that the configuration names; every address must pass.
   * @throws {PolicyDenied} @throws {RemoteFailure} `remote.dns_*`
   */
  judge(host: string, signal: AbortSignal): Promise<JudgedTarget>;
}

/** What sessions are opened with. */
export interface SessionOpener {
  readonly net: Pick<Net, "dial" | "mayConnect">;
  readonly clock: Clock;
  readonly hosts: HostJudge;
  readonly ledger: Ledger;
  readonly dialects: readonly Dialect[];
  /** Value of an environment variable, or undefined. */
  readonly readEnv: (name: string) => string | undefined;
}

/** A session at its prompt. */
export interface Session {
  readonly server: ServerEntry;
  readonly dialogue: Dialogue;
  readonly dialect: Dialect;
  /** From the dial to the connection, milliseconds. */
  readonly rttMs: number;
  /** Octets received since this was last asked: they are not in the ledger yet. */
  takeReceived(): number;
}

/** How one is opened. */
export interface OpenRequest {
  readonly server: ServerEntry;
  /** Configured or recognised before, or null. */
  readonly dialect: Dialect | null;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** Octets of an answer to a probe, or to a command that switches paging off. */
const MAX_PROBE_BYTES = 16_384;

/**
 * Opens a session. The connection is in the ledger, what it brought only if no session came of it.
 *
 * @throws {RemoteFailure} `remote.dns_*`, `remote.connect`, `remote.login`, `remote.dialect`
 * @throws {PolicyDenied} `policy.quota` and what the judge finds
 * @throws {PermissionMissing} `permission.net` @throws {Unavailable} `env.password`
 */
export async function openSession(opener: SessionOpener, request: OpenRequest): Promise<Session> {
  const { net, clock, hosts, ledger, dialects } = opener;
  const { server, signal, progress } = request;
  const login = { username: server.login.username, password: passwordOf(server, opener.readEnv) };
  progress.stage = "resolve";
  const { name, addresses } = await hosts.judge(server.host, signal)
    .catch((error) => failAt(error, server));
  await ledger.admitConnection(server);
  progress.stage = "connect";
  const configLine = `looking_glass.servers: [{name: "${server.name}", enabled: true}]`;
  const target = { name, addresses, port: server.port, configLine, signal };
  const dialledMs = clock.monotonicMs();
  const connection = await dialFirst(net, target).catch((error) => {
    // Once, and before anything was said: a listener whose queue was full for a moment.
    const mayTryAgain = error instanceof RemoteFailure && error.retryable && !signal.aborted;
    if (!mayTryAgain) throw error;
    return dialFirst(net, target);
  }).catch((error) => failAt(error, server));
  const rttMs = clock.monotonicMs() - dialledMs;
  ledger.record(server, { connections: 1, bytes: 0 });
  progress.stage = "login";
  const { connection: own, takeReceived } = metered(connection);
  let dialogue: Dialogue | null = null;
  try {
    dialogue = await openDialogue(own, { login, clock, signal, host: server.host });
    progress.stage = "dialect";
    const limits = { signal, maxBytes: MAX_PROBE_BYTES };
    const dialect = request.dialect ??
      await recognise(dialogue, dialects, limits, server.host);
    await switchPagingOff(dialogue, dialect, server, signal);
    return { server, dialogue, dialect, rttMs, takeReceived };
  } catch (error) {
    dialogue?.close();
    ledger.record(server, { connections: 0, bytes: takeReceived() });
    throw error;
  }
}

/** Throws what went wrong before anything was said: whose entry it is, and what to do instead. */
function failAt(error: unknown, { name }: ServerEntry): never {
  if (!(error instanceof RemoteFailure)) throw error;
  throw new RemoteFailure(error.code.replace("remote.", ""), error.message, {
    hint: `Ask another server (list_servers), or put "${name}" of looking_glass.servers right.`,
    retryable: error.retryable,
    detail: { ...error.detail, server: name },
    cause: error,
  });
}

/**
 * Where none of the commands is taken, the pager is answered page by page.
 *
 * @throws {RemoteFailure} `remote.session` if the session is lost over one
 */
async function switchPagingOff(
  dialogue: Dialogue,
  dialect: Dialect,
  { name, host }: ServerEntry,
  signal: AbortSignal,
): Promise<void> {
  for (const command of dialect.pagingOff) {
    const { text, reason } = await dialogue.run(command, { signal, maxBytes: MAX_PROBE_BYTES });
    if (!dialogue.isUsable) {
      throw new RemoteFailure(
        "session",
        `Cannot ask "${name}": the session was lost over "${command}" (${reason ?? "closed"})`,
        {
          hint: "Ask again, which opens a new session, or ask another server (list_servers).",
          retryable: true,
          detail: { stage: "dialect", host, failure: reason ?? "closed" },
        },
      );
    }
    if (readRefusal(text) === null) return;
  }
}

function passwordOf(server: ServerEntry, readEnv: SessionOpener["readEnv"]): string | null {
  const { password, password_env: variable } = server.login;
  if (variable === null) return password;
  const value = readEnv(variable);
  if (value !== undefined && /^\P{Cc}+$/u.test(value)) return value;
  const fault = value === undefined ? "is not set" : "is empty or holds a control character";
  throw new Unavailable(
    "password",
    `Cannot log in to "${server.name}": the environment variable "${variable}" ${fault}`,
    {
      hint:
        `Set ${variable} where the server is started, and start it with --allow-env=${variable} among its flags.`,
      detail: { variable },
    },
  );
}

/** The connection, and how many octets it has brought since that was last asked. */
function metered(connection: Connection): { connection: Connection; takeReceived: () => number } {
  let received = 0;
  return {
    connection: {
      remoteAddress: connection.remoteAddress,
      remotePort: connection.remotePort,
      localAddress: connection.localAddress,
      read: async (into) => {
        const count = await connection.read(into);
        received += count ?? 0;
        return count;
      },
      write: (bytes) => connection.write(bytes),
      close: () => connection.close(),
    },
    takeReceived: () => {
      const taken = received;
      received = 0;
      return taken;
    },
  };
}
