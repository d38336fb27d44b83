/**
 * Writing the whole of a message: one write may take only a part of it.
 *
 * @module
 */
import type { Connection } from "./io.ts";

/** Writes all of `bytes`; rejects as {@link Connection.write} does. */
export async function writeAll(connection: Connection, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) {
    sent += await connection.write(bytes.subarray(sent));
  }
}
