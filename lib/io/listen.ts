/**
 * Accepting TCP connections at an address that was asked for, never at one by default.
 *
 * @module
 */
import { renderEndpoint } from "../config/endpoint.ts";
import { InputError, Unavailable } from "../errors/mod.ts";
import { comparableAddress } from "./address.ts";
import { systemClock } from "./clock.ts";
import type { Listener, ListenRequest } from "./io.ts";
import { netNotGranted } from "./net_permission.ts";
import { tcpConnection } from "./tcp_connection.ts";

/** Wait after the system could not accept, milliseconds: it has run out of descriptors, for example. */
const PAUSE_MS = 100;

/** What to do about it, by the class of the error. */
const HINTS: Readonly<Record<string, string>> = {
  AddrInUse: "Another process listens there: end it, or choose another port.",
  AddrNotAvailable: "The address is not one of this host's.",
  PermissionDenied:
    "Ports below 1024 need a privilege (CAP_NET_BIND_SERVICE on Linux): grant it, or choose another port.",
};

/**
 * Listens at one address and port.
 *
 * @throws {PermissionMissing} `permission.net`
 * @throws {Unavailable} `env.listen` if the port is taken, not ours to take, or the address not here
 */
export function listen(request: ListenRequest): Listener {
  const { port, configLine } = request;
  const address = comparableAddress(request.address);
  if (address === null) {
    throw new InputError("address", `Cannot listen on "${request.address}": it is not an address`);
  }
  const where = renderEndpoint(address, port);
  let listener: Deno.TcpListener;
  try {
    listener = Deno.listen({ hostname: address, port });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      const missing = { subject: where, host: address, port, action: "listen on", configLine };
      throw netNotGranted(missing, error);
    }
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    throw new Unavailable("listen", `Cannot listen on "${where}": ${message}`, {
      hint: HINTS[name] ?? "",
      retryable: name === "AddrInUse",
      detail: { address, port },
      cause: error,
    });
  }
  return listenerOf(listener, address);
}

function listenerOf(listener: Deno.TcpListener, address: string): Listener {
  const stop = new AbortController();
  return {
    address,
    port: listener.addr.port,
    async accept() {
      while (!stop.signal.aborted) {
        try {
          return tcpConnection(await listener.accept(), NEVER);
        } catch {
          if (!stop.signal.aborted) {
            await systemClock.sleep(PAUSE_MS, stop.signal).catch(() => {});
          }
        }
      }
      return null;
    },
    close() {
      if (stop.signal.aborted) return;
      stop.abort();
      listener.close();
    },
  };
}

/** For connections that nobody cancels but by closing them. */
const NEVER = new AbortController().signal;
