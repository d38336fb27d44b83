/**
 * A file that only grows.
 *
 * @module
 */
import { guardFile } from "./file_error.ts";

/** A file that only grows. */
export interface AppendFile {
  /** Writes all of `bytes` at the end. @throws {Unavailable} `env.file_write` */
  write(bytes: Uint8Array): Promise<void>;
  /** Waits until the disk has what was written (fdatasync). */
  sync(): Promise<void>;
  /** Cuts the file to `sizeBytes`: takes back a write that failed half way. */
  truncate(sizeBytes: number): Promise<void>;
  close(): void;
}

/** Wraps a file that was opened for appending. */
export function appendFileOf(file: Deno.FsFile, path: string): AppendFile {
  return {
    write: (bytes) =>
      guardFile("write", path, async () => {
        for (let sent = 0; sent < bytes.length;) sent += await file.write(bytes.subarray(sent));
      }),
    truncate: (sizeBytes) => guardFile("write", path, () => file.truncate(sizeBytes)),
    sync: () => guardFile("write", path, () => file.syncData()),
    close: () => file.close(),
  };
}
