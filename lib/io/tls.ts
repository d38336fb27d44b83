/**
 * The TLS door: a handshake over a connection that is already checked, whatever the certificate is
 * worth, and what the two sides agreed on. Nothing is trusted; the verdict is handed on.
 *
 * @module
 */
import { Duplex } from "node:stream";
import { connect, type TLSSocket } from "node:tls";
import { RemoteFailure } from "../errors/mod.ts";
import type { Connection, TlsRequest, TlsSession } from "./io.ts";
import { readSocket, writeSocket } from "./node_socket.ts";
import { writeAll } from "./write_all.ts";

/** Largest TLS record, octets (RFC 8446 §5.1). */
const RECORD_BYTES = 16_384;

/**
 * Shakes hands over `connection`, which the session then owns.
 *
 * @throws {RemoteFailure} `remote.tls`; `connection` is closed
 */
export async function tlsHandshake(
  connection: Connection,
  request: TlsRequest,
): Promise<TlsSession> {
  const { serverName, signal } = request;
  const wire = streamOver(connection);
  const isName = !/^[\d.]+$|:/.test(serverName);
  const socket = connect({
    socket: wire,
    // The point is to see a bad certificate, not to talk under its protection.
    rejectUnauthorized: false,
    ...(isName ? { servername: serverName } : { host: serverName }),
    ...(request.alpn.length === 0 ? {} : { ALPNProtocols: [...request.alpn] }),
  });
  const close = (): void => {
    socket.destroy();
    wire.destroy();
  };
  signal.addEventListener("abort", close, { once: true });
  try {
    if (signal.aborted) close();
    await handshakeOf(socket);
  } catch (error) {
    close();
    throw failure(error, connection, signal);
  } finally {
    signal.removeEventListener("abort", close);
  }
  const certificate = socket.getPeerCertificate().raw;
  return {
    version: socket.getProtocol() ?? null,
    cipher: socket.getCipher()?.standardName ?? null,
    alpn: socket.alpnProtocol === false ? null : socket.alpnProtocol,
    distrust: socket.authorized ? null : distrustOf(socket.authorizationError),
    certificate: certificate === undefined ? null : new Uint8Array(certificate),
    stream: streamOf(socket, connection, close),
  };
}

function handshakeOf(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("secureConnect", resolve);
    // Stays on: an error after the handshake must not end the process.
    socket.on("error", reject);
    socket.once("close", () => reject(new Error("the connection was closed")));
  });
}

function failure(error: unknown, connection: Connection, signal: AbortSignal): RemoteFailure {
  const host = connection.remoteAddress;
  if (signal.aborted) {
    const timeout = signal.reason instanceof DOMException && signal.reason.name === "TimeoutError";
    return new RemoteFailure("tls", `Cannot shake hands with ${host}: the handshake did not end`, {
      retryable: true,
      detail: { stage: "tls", host, failure: timeout ? "timeout" : "cancelled" },
    });
  }
  return new RemoteFailure("tls", `Cannot shake hands with ${host}: TLS failed`, {
    detail: {
      stage: "tls",
      host,
      remote_said: error instanceof Error ? error.message : String(error),
    },
    cause: error,
  });
}

/** Node types this as an Error; the runtime gives the OpenSSL name as text. */
function distrustOf(error: unknown): string {
  if (typeof error === "string") return error;
  if (error instanceof Error) return "code" in error ? String(error.code) : error.message;
  return "UNKNOWN";
}

/** A Node stream over one of our connections. */
function streamOver(connection: Connection): Duplex {
  const buffer = new Uint8Array(RECORD_BYTES);
  return new Duplex({
    read(): void {
      connection.read(buffer).then(
        (count) => this.push(count === null ? null : buffer.slice(0, count)),
        (error) => this.destroy(error),
      );
    },
    write(chunk: Uint8Array, _encoding, done): void {
      writeAll(connection, chunk).then(() => done(), done);
    },
    destroy(error, done): void {
      connection.close();
      done(error);
    },
  }).on("error", () => {
    // The TLS socket on top reports it.
  });
}

/** The decrypted stream as one of our connections. */
function streamOf(socket: TLSSocket, under: Connection, close: () => void): Connection {
  return {
    remoteAddress: under.remoteAddress,
    remotePort: under.remotePort,
    localAddress: under.localAddress,
    read: (into) => readSocket(socket, into),
    write: (bytes) => writeSocket(socket, bytes),
    close,
  };
}
