/**
 * A TCP socket of Deno, or one that acts like it, as a connection whose errors say what happened.
 *
 * @module
 */
import { renderEndpoint } from "../config/endpoint.ts";
import { RemoteFailure } from "../errors/mod.ts";
import { comparableAddress } from "./address.ts";
import { FAILURE_WORDS, failureOf } from "./failure.ts";
import type { TcpConnection } from "./io.ts";

/** What is needed of a socket: `Deno.TcpConn` has it. */
export type TcpSocket =
  & Pick<Deno.TcpConn, "read" | "write" | "close" | "closeWrite" | "setNoDelay">
  & {
    readonly localAddr: { readonly hostname: string; readonly port: number };
    readonly remoteAddr: { readonly hostname: string; readonly port: number };
  };

/** The connection over `socket`; `signal` explains errors once it has aborted. */
export function tcpConnection(socket: TcpSocket, signal: AbortSignal): TcpConnection {
  const remoteAddress = comparableAddress(socket.remoteAddr.hostname) ?? socket.remoteAddr.hostname;
  const remotePort = socket.remoteAddr.port;
  const guarded = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      const failure = failureOf(error, signal);
      throw new RemoteFailure(
        "connection",
        `Lost the connection to "${renderEndpoint(remoteAddress, remotePort)}": ${
          FAILURE_WORDS[failure]
        }`,
        { detail: { stage: "connection", host: remoteAddress, failure }, cause: error },
      );
    }
  };
  try {
    // Small messages leave at once.
    socket.setNoDelay(true);
  } catch {
    // It was reset while it came about: reading says so.
  }
  let isOpen = true;
  return {
    remoteAddress,
    remotePort,
    localAddress: comparableAddress(socket.localAddr.hostname) ?? socket.localAddr.hostname,
    localPort: socket.localAddr.port,
    read: (into) => guarded(() => socket.read(into)),
    write: (bytes) => guarded(() => socket.write(bytes)),
    // The far side may be gone already: then there is no direction to end.
    endWrite: () => isOpen ? socket.closeWrite().catch(() => {}) : Promise.resolve(),
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      socket.close();
    },
  };
}

/** The same connection, closed as soon as `signal` aborts. */
export function closedByAbort(connection: TcpConnection, signal: AbortSignal): TcpConnection {
  const close = () => {
    signal.removeEventListener("abort", close);
    connection.close();
  };
  signal.addEventListener("abort", close, { once: true });
  if (signal.aborted) close();
  return { ...connection, close };
}
