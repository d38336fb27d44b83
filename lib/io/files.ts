/**
 * Files: small texts read whole, and files that only grow. A text is always opened by its real path,
 * because Deno's `--allow-read` does not resolve symbolic links.
 *
 * @module
 */
import { NetglassError, PermissionMissing, Unavailable } from "../errors/mod.ts";

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

/** The file door. */
export interface Files {
  /**
   * Opens a file for appending. `exclusive`: it must not exist yet; anything else there, a symbolic
   * link included, is refused.
   * @throws {Unavailable} `env.file_exists`, `env.file_write`
   * @throws {PermissionMissing} `permission.write`
   */
  openAppend(path: string, options?: { readonly exclusive?: boolean }): Promise<AppendFile>;
  /**
   * Text of a regular file, UTF-8 (a broken sequence reads as U+FFFD).
   * @throws {Unavailable} `env.file_absent`, `env.file_too_large`, `env.file_kind`, `env.file_read`
   * @throws {PermissionMissing} `permission.read`
   */
  readText(path: string, maxBytes: number): Promise<string>;
  /** Bytes of a regular file; errors as for {@link Files.readText}. */
  readBytes(path: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Names of the regular files in a directory, sorted. Errors as for {@link Files.readText}. */
  list(directory: string): Promise<string[]>;
  /** Makes a directory and those above it; one that exists is left as it is. */
  makeDirectory(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** The path with every symbolic link resolved. Errors as for {@link Files.readText}. */
  realPath(path: string): Promise<string>;
}

/** The files of this host. */
export const files: Files = {
  async openAppend(path, { exclusive = false } = {}) {
    const file = await guarded(
      "write",
      path,
      () =>
        Deno.open(path, { append: true, create: !exclusive, createNew: exclusive, mode: 0o600 }),
    );
    try {
      const { size } = await file.stat();
      return appendFileOf(file, path, size);
    } catch (error) {
      file.close();
      throw fileError("write", path, error);
    }
  },
  async readText(path, maxBytes) {
    return new TextDecoder().decode(await files.readBytes(path, maxBytes));
  },
  readBytes(path, maxBytes) {
    return guarded("read", path, async () => {
      const real = await Deno.realPath(path);
      // Asked before the file is opened: opening a FIFO would wait for a writer.
      if (!(await Deno.lstat(real)).isFile) {
        throw new Unavailable("file_kind", `Cannot read "${path}": it is not a regular file`);
      }
      using file = await Deno.open(real);
      return await readUpTo(file, path, maxBytes);
    });
  },
  list(directory) {
    return guarded("read", directory, async () => {
      const names: string[] = [];
      for await (const entry of Deno.readDir(directory)) if (entry.isFile) names.push(entry.name);
      return names.sort();
    });
  },
  makeDirectory: (path) =>
    guarded("write", path, () => Deno.mkdir(path, { recursive: true, mode: 0o700 })),
  rename: (from, to) => guarded("write", from, () => Deno.rename(from, to)),
  realPath: (path) => guarded("read", path, () => Deno.realPath(path)),
};

function appendFileOf(file: Deno.FsFile, path: string, sizeBytes: number): AppendFile {
  return {
    sizeBytes,
    write: (bytes) =>
      guarded("write", path, async () => {
        for (let sent = 0; sent < bytes.length;) sent += await file.write(bytes.subarray(sent));
      }),
    writeSync(bytes) {
      try {
        for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
      } catch (error) {
        throw fileError("write", path, error);
      }
    },
    sync: () => guarded("write", path, () => file.syncData()),
    close: () => file.close(),
  };
}

/** Reads to the end; the size that `stat` tells may be stale by then, so the cap holds for what is read. */
async function readUpTo(
  file: Deno.FsFile,
  path: string,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { size } = await file.stat();
  let bytes = new Uint8Array(Math.min(size, maxBytes) + 1);
  let length = 0;
  for (;;) {
    const read = await file.read(bytes.subarray(length));
    if (read === null) return bytes.subarray(0, length);
    length += read;
    if (length > maxBytes) {
      throw new Unavailable(
        "file_too_large",
        `Cannot read "${path}": it has more than ${maxBytes} bytes`,
      );
    }
    if (length === bytes.length) {
      const larger = new Uint8Array(Math.min(2 * bytes.length, maxBytes) + 1);
      larger.set(bytes);
      bytes = larger;
    }
  }
}

async function guarded<T>(kind: "read" | "write", path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw fileError(kind, path, error);
  }
}

function fileError(kind: "read" | "write", path: string, error: unknown): NetglassError {
  if (error instanceof NetglassError) return error;
  if (error instanceof Deno.errors.NotCapable) {
    const flag = `--allow-${kind}=${path}`;
    return new PermissionMissing(kind, `Cannot ${kind} "${path}": Deno was not given ${flag}`, {
      flag,
      cause: error,
    });
  }
  const why = error instanceof Error ? error.message : String(error);
  const reason = error instanceof Deno.errors.NotFound
    ? "file_absent"
    : error instanceof Deno.errors.AlreadyExists
    ? "file_exists"
    : `file_${kind}`;
  return new Unavailable(reason, `Cannot ${kind} "${path}": ${why}`, { cause: error });
}
