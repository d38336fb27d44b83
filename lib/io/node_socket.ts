/**
 * Reading and writing a socket of Node piece by piece: nothing is read ahead beyond its buffer, and
 * a write is over when the system took it.
 *
 * @module
 */
import type { Duplex } from "node:stream";

/** Reads into `into`; null at the end of the stream, also where an error ended it. */
export async function readSocket(socket: Duplex, into: Uint8Array): Promise<number | null> {
  while (true) {
    const size = Math.min(into.length, socket.readableLength);
    // Node types read() as any; a socket without an encoding gives bytes.
    const chunk: Uint8Array | null = size === 0 ? null : socket.read(size);
    if (chunk !== null) {
      into.set(chunk);
      return chunk.length;
    }
    if (socket.readableEnded || socket.destroyed) return null;
    await readable(socket);
  }
}

/** Writes all of `bytes`. */
export function writeSocket(socket: Duplex, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) =>
    socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length))
  );
}

/** Resolves when there is something to read, or never will be. */
function readable(socket: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      for (const event of ["readable", "end", "close"]) socket.off(event, settle);
      resolve();
    };
    for (const event of ["readable", "end", "close"]) socket.on(event, settle);
    socket.read(0);
  });
}
