/**
 * Files: small texts read whole, and files that only grow. A text is always opened by its real path,
 * because Deno's `--allow-read` does not resolve symbolic links.
 *
 * @module
 */
import { Unavailable } from "../errors/mod.ts";
import { type AppendFile, appendFileOf } from "./append_file.ts";
import { guardFile } from "./file_error.ts";

/** Cap of {@link readTextFile}. */
const SMALL_FILE_BYTES = 1_048_576;

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
  /**
   * Size and time of the last change of a file, as one text that another content hardly has.
   * Errors as for {@link Files.readText}.
   */
  stamp(path: string): Promise<string>;
  /** The path with every symbolic link resolved. Errors as for {@link Files.readText}. */
  realPath(path: string): Promise<string>;
  /**
   * Writes a whole text file; one that exists is replaced only with `overwrite`.
   * @throws {Unavailable} `env.file_exists`, `env.file_write`
   * @throws {PermissionMissing} `permission.write`
   */
  writeText(path: string, text: string, options: { readonly overwrite: boolean }): Promise<void>;
  /** Makes a directory and those above it; one that exists is left as it is. */
  makeDirectory(path: string): Promise<void>;
}

/** The files of this host. */
export const files: Files = {
  async openAppend(path, { exclusive = false } = {}) {
    const file = await guardFile(
      "write",
      path,
      () =>
        Deno.open(path, { append: true, create: !exclusive, createNew: exclusive, mode: 0o600 }),
    );
    return appendFileOf(file, path);
  },
  async readText(path, maxBytes) {
    return new TextDecoder().decode(await files.readBytes(path, maxBytes));
  },
  readBytes(path, maxBytes) {
    return guardFile("read", path, async () => {
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
    return guardFile("read", directory, async () => {
      const names: string[] = [];
      for await (const entry of Deno.readDir(directory)) if (entry.isFile) names.push(entry.name);
      return names.sort();
    });
  },
  stamp: (path) =>
    guardFile("read", path, async () => {
      const { size, mtime, ino } = await Deno.lstat(await Deno.realPath(path));
      return `${ino} ${size} ${mtime?.getTime()}`;
    }),
  realPath: (path) => guardFile("read", path, () => Deno.realPath(path)),
  writeText: (path, text, { overwrite }) =>
    guardFile("write", path, () => Deno.writeTextFile(path, text, { createNew: !overwrite })),
  makeDirectory: (path) =>
    guardFile("write", path, () => Deno.mkdir(path, { recursive: true, mode: 0o700 })),
};

/**
 * Text of a file of at most 1 MiB, or null if there is none; otherwise as {@link Files.readText}.
 */
export async function readTextFile(path: string): Promise<string | null> {
  try {
    return await files.readText(path, SMALL_FILE_BYTES);
  } catch (error) {
    if (error instanceof Unavailable && error.code === "env.file_absent") return null;
    throw error;
  }
}

/** The path with every symbolic link resolved, or null if it is not there or may not be seen. */
export function realPathSync(path: string): string | null {
  try {
    return Deno.realPathSync(path);
  } catch {
    return null;
  }
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
