/**
 * Connecting from an address of choice, by node:net: `Deno.connect` ignores `localAddress` (measured
 * on Deno 2.9.6).
 *
 * @module
 */
import { connect, type Socket } from "node:net";
import { readSocket, writeSocket } from "./node_socket.ts";
import type { TcpSocket } from "./tcp_connection.ts";

/** Connects to `hostname` from `localAddress`; rejects with what the system said, or the signal's reason. */
export async function connectFrom(
  localAddress: string,
  hostname: string,
  port: number,
  signal: AbortSignal,
): Promise<TcpSocket> {
  signal.throwIfAborted();
  const family = localAddress.includes(":") ? 6 : 4;
  const socket = connect({ host: hostname, port, localAddress, family });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  // Stays on: an error later must not end the process; reading and writing report it.
  socket.on("error", reject);
  socket.once("connect", resolve);
  try {
    await promise;
    signal.throwIfAborted();
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  return socketOf(socket);
}

function socketOf(socket: Socket): TcpSocket {
  return {
    localAddr: { hostname: socket.localAddress ?? "", port: socket.localPort ?? 0 },
    remoteAddr: { hostname: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 },
    async read(into): Promise<number | null> {
      const count = await readSocket(socket, into);
      if (count === null && socket.errored !== null) throw socket.errored;
      return count;
    },
    write: (bytes) => writeSocket(socket, bytes),
    closeWrite: () => new Promise((resolve) => socket.end(resolve)),
    setNoDelay: (isOn) => void socket.setNoDelay(isOn),
    close: () => void socket.destroy(),
  };
}
