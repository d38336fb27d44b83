/**
 * Dialing by TCP: by the judged address where the flags cover it, else by the name that they cover,
 * with the peer's address checked before a byte is sent.
 *
 * @module
 */
import { InputError, PolicyDenied, RemoteFailure } from "../errors/mod.ts";
import { renderEndpoint } from "../config/endpoint.ts";
import { sameAddress } from "./address.ts";
import { FAILURE_WORDS, failureOf } from "./failure.ts";
import type { DialRequest, TcpConnection } from "./io.ts";
import { type MissingNet, netDenied, netNotGranted, netState } from "./net_permission.ts";
import { closedByAbort, tcpConnection, type TcpSocket } from "./tcp_connection.ts";

/**
 * Connects to one of the judged addresses.
 *
 * @throws {PermissionMissing} `permission.net`; `detail.denied` is true if the deny list stopped it
 * @throws {PolicyDenied} `policy.rebinding` if the name led to an address that was not judged
 * @throws {RemoteFailure} `remote.connect` with `detail.failure`
 */
export async function dial(request: DialRequest): Promise<TcpConnection> {
  const { address, port, judged, localAddress, signal } = request;
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new InputError(
      "port",
      `Cannot connect to port ${port}: want 1 to 65535, for example 443`,
    );
  }
  if (!judged.some((one) => sameAddress(one, address))) {
    throw new TypeError(`Cannot dial "${address}": it is not one of the judged addresses`);
  }
  const startedMs = performance.now();
  const { hostname, missing } = await hostToDial(request);
  if (localAddress !== undefined) await assertLocalGranted(localAddress, missing);
  let socket: TcpSocket;
  try {
    // node:net is loaded by who needs it: Deno.connect cannot choose where it leaves from.
    socket = localAddress === undefined
      ? await connect(hostname, port, signal)
      : await (await import("./dial_from.ts")).connectFrom(localAddress, hostname, port, signal);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw netDenied(missing, error);
    throw connectFailed(request, hostname === request.name, error, startedMs);
  }
  const peer = socket.remoteAddr.hostname;
  if (!judged.some((one) => sameAddress(one, peer))) {
    socket.close();
    throw new PolicyDenied(
      "rebinding",
      `Cannot connect to "${
        request.name ?? address
      }": the name now leads to "${peer}", which policy has not judged`,
      {
        hint: "The name's addresses changed between the check and the connection: try again.",
        retryable: true,
        detail: { rule: "rebinding", config_key: null, address: peer },
      },
    );
  }
  return closedByAbort(tcpConnection(socket, signal), signal);
}

/**
 * `Deno.connect`, which in Deno 2.9.6 loses a socket that came about in the moment of an abort: it
 * asks `throwIfAborted` once more behind the connection and throws without closing that.
 */
async function connect(hostname: string, port: number, signal: AbortSignal): Promise<Deno.TcpConn> {
  signal.throwIfAborted();
  const stop = new AbortController();
  stop.signal.throwIfAborted = () => {};
  const onAbort = () => stop.abort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const conn = await Deno.connect({ hostname, port, signal: stop.signal });
    if (signal.aborted) conn.close();
    signal.throwIfAborted();
    return conn;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** The host that the flags let us dial for this request. */
async function hostToDial(
  request: DialRequest,
): Promise<{ hostname: string; missing: MissingNet }> {
  const { name, address, port } = request;
  const missing: MissingNet = {
    subject: name ?? address,
    host: name ?? address,
    port,
    action: "connect to",
    configLine: request.configLine ?? `security.allowed_targets: ["${name ?? address}"]`,
  };
  const byAddress = await netState(address, port);
  if (byAddress === "denied") throw netDenied({ ...missing, host: address });
  if (byAddress === "granted") return { hostname: address, missing };
  if (name === undefined) throw netNotGranted(missing);
  const byName = await netState(name, port);
  if (byName === "denied") throw netDenied(missing);
  if (byName !== "granted") throw netNotGranted(missing);
  return { hostname: name, missing };
}

/** Binding needs a flag of its own (port 0); without it Deno 2.9.6 ends the process from within node:net. */
async function assertLocalGranted(localAddress: string, missing: MissingNet): Promise<void> {
  const local = { ...missing, subject: localAddress, host: localAddress, port: 0 };
  const state = await netState(localAddress, 0);
  if (state === "denied") throw netDenied({ ...local, action: "connect from" });
  if (state !== "granted") throw netNotGranted({ ...local, action: "connect from" });
}

function connectFailed(
  request: DialRequest,
  byName: boolean,
  error: unknown,
  startedMs: number,
): RemoteFailure {
  const failure = failureOf(error, request.signal);
  const where = renderEndpoint(request.name ?? request.address, request.port);
  const system = failure === "local" && error instanceof Error ? ` (${error.message})` : "";
  // Deno.connect asks the system's resolver, which may not be the one of dns.resolvers.
  const hint = failure === "local" && byName
    ? `The flags name only "${request.name}", so the system had to resolve it; list its address in security.allowed_targets to dial that.`
    : "";
  return new RemoteFailure(
    "connect",
    `Cannot connect to "${where}": ${FAILURE_WORDS[failure]}${system}`,
    {
      hint,
      retryable: failure === "timeout" || failure === "reset",
      detail: {
        stage: "connect",
        host: request.name ?? request.address,
        address: request.address,
        failure,
        elapsed_ms: Math.round(performance.now() - startedMs),
      },
      cause: error,
    },
  );
}
