/**
 * A file that only grows.
 *
 * @module
 */
import { fileError, guardFile } from "./file_error.ts";

/** A file that only grows. */
export interface AppendFile {
  /** Bytes in the file when it was opened. */
  readonly sizeBytes: number;
  /** Writes all of `bytes` at the end. @throws {Unavailable} `env.file_write` */
  write(bytes: Uint8Array): Promise<void>;
  /** Writes all of `bytes` at the end before it returns. @throws {Unavailable} `env.file_write` */
  writeSync(bytes: Uint8Array): void;
  /** Waits until the disk has what was written (fdatasync). */
  sync(): Promise<void>;
  close(): void;
}

/** Wraps a file that was opened for appending. */
export function appendFileOf(file: Deno.FsFile, path: string, sizeBytes: number): AppendFile {
  return {
    sizeBytes,
    write: (bytes) =>
      guardFile("write", path, async () => {
        for (let sent = 0; sent < bytes.length;) sent += await file.write(bytes.subarray(sent));
      }),
    writeSync(bytes) {
      try {
        for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
      } catch (error) {
        throw fileError("write", path, error);
      }
    },
    sync: () => guardFile("write", path, () => file.syncData()),
    close: () => file.close(),
  };
}
