/**
 * The HTTP door: listens and says nothing about it.
 *
 * @module
 */
import { renderEndpoint } from "../config/endpoint.ts";
import { Unavailable } from "../errors/mod.ts";
import { netNotGranted } from "./net_permission.ts";

/** Where to listen, until when, and who answers. */
export interface ServeRequest {
  readonly hostname: string;
  /** 0: any free port. */
  readonly port: number;
  /** Ends the server; requests that run are given up. */
  readonly signal: AbortSignal;
  readonly handler: (
    request: Request,
    info: Deno.ServeHandlerInfo<Deno.NetAddr>,
  ) => Response | Promise<Response>;
}

/** A server that listens. */
export interface HttpServer {
  readonly addr: { readonly hostname: string; readonly port: number };
  /** Resolves when the server has ended. */
  readonly finished: Promise<void>;
}

/**
 * Serves HTTP/1.1 and HTTP/2 (cleartext) until `signal` aborts.
 *
 * @throws {PermissionMissing} `permission.net`
 * @throws {Unavailable} `env.listen` if the address is taken or not of this host
 */
export function serveHttp(request: ServeRequest): HttpServer {
  const { hostname, port, signal, handler } = request;
  const where = renderEndpoint(hostname, port);
  try {
    const server = Deno.serve({ hostname, port, signal, onListen() {} }, handler);
    return {
      addr: { hostname: server.addr.hostname, port: server.addr.port },
      finished: server.finished,
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      const configLine = `http.listen: "${where}"`;
      const missing = { subject: where, host: hostname, port, action: "listen on", configLine };
      throw netNotGranted(missing, error);
    }
    const why = error instanceof Error ? error.message : String(error);
    throw new Unavailable("listen", `Cannot listen on "${where}": ${why}`, {
      hint: "Choose another address or port with --http or http.listen.",
      cause: error,
    });
  }
}
