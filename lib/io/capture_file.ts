/**
 * Opens a capture file once, read-only, by its real path, and proves on the handle that what was
 * opened is what was judged: nothing outside the allowed directories is read or told of.
 *
 * @module
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  type Stats,
} from "node:fs";
import { NetglassError, PolicyDenied, Unavailable } from "../errors/mod.ts";
import { realPathSync } from "./files.ts";
import { fileError } from "./file_error.ts";

/** What a result about a capture is filed under: any change of the file changes it. */
export interface CaptureIdentity {
  readonly realPath: string;
  readonly sizeBytes: number;
  /** Time of the last change, whole milliseconds since the Unix epoch. */
  readonly mtimeMs: number;
  /**
   * The same of the last change that nobody can take back, as a writer can who sets `mtimeMs` again;
   * whole seconds of it (Deno 2.9).
   */
  readonly ctimeMs: number;
  readonly inode: number;
}

/** An open capture file. */
export interface CaptureFile {
  readonly identity: CaptureIdentity;
  /** Size when it was opened; a file that grows is read up to here, so that one opening gives one answer. */
  readonly sizeBytes: number;
  /**
   * Reads the next bytes; null at {@link CaptureFile.sizeBytes}, or sooner if the file has shrunk.
   * @throws {Unavailable} `env.file_read`
   */
  readSync(into: Uint8Array): number | null;
  /**
   * Reads bytes from `position` on, wherever {@link CaptureFile.readSync} stands; null at
   * {@link CaptureFile.sizeBytes} and past it, or sooner if the file has shrunk.
   * @throws {Unavailable} `env.file_read`
   */
  readAtSync(into: Uint8Array, position: number): number | null;
  /**
   * True if the bytes below {@link CaptureFile.sizeBytes} may be others than when it was opened: the
   * file was written to without growing, or has shrunk. One that only grows is a capture under way.
   */
  hasChanged(): boolean;
  /** Closes the file; a second call does nothing. */
  close(): void;
  [Symbol.dispose](): void;
}

/** Says whether a real path may be read: it lies in one of the allowed directories. */
export type MayRead = (realPath: string) => boolean;

/**
 * Opens a capture. The path is resolved first and `mayRead` judges the real path; a directory,
 * device, FIFO or socket is refused before it is opened, and a file that was swapped between check
 * and opening is refused after it.
 * @throws {PolicyDenied} `policy.allowed_paths`: outside, absent and unseen get this one answer
 * @throws {Unavailable} `env.file_kind`, `env.file_swapped`, `env.file_read`
 * @throws {PermissionMissing} `permission.read`
 */
export function openCapture(path: string, mayRead: MayRead): CaptureFile {
  const real = path.includes("\0") ? null : realPathSync(path);
  if (real === null || !mayRead(real)) throw outside(path);
  let fd: number | null = null;
  try {
    const judged = lstatSync(real);
    if (!judged.isFile()) throw wrongKind(path, judged);
    fd = openSync(real, OPEN_FLAGS);
    const opened = fstatSync(fd);
    // The path is looked up again behind the check of it: a directory above may have been a link.
    const isInPlace = realPathSync(real) === real && isSameFile(lstatSync(real), opened);
    if (!isInPlace || !isSameFile(judged, opened)) throw swapped(path);
    return captureFileOf(fd, path, real, opened);
  } catch (error) {
    if (fd !== null) closeSync(fd);
    if (error instanceof NetglassError) throw error;
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ELOOP" || code === "ENXIO") throw swapped(path);
    throw code === "EACCES" || code === "EPERM" ? unreadable(path) : fileError("read", path, error);
  }
}

/**
 * A link put in the place of the file is not followed, and a FIFO put there does not wait for a
 * writer (POSIX open: O_NOFOLLOW, O_NONBLOCK; Windows has neither, nor FIFOs among its files).
 */
const OPEN_FLAGS = Deno.build.os === "windows"
  ? constants.O_RDONLY
  : constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

function captureFileOf(fd: number, path: string, real: string, stats: Stats): CaptureFile {
  let next = 0;
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeSync(fd);
    isOpen = false;
  };
  const readAtSync = (into: Uint8Array, position: number): number | null => {
    const left = stats.size - position;
    if (left <= 0 || into.length === 0) return left <= 0 ? null : 0;
    if (!isOpen) throw new Unavailable("file_read", `Cannot read "${path}": it is closed`);
    try {
      const read = readSync(fd, into, 0, Math.min(into.length, left), position);
      return read === 0 ? null : read;
    } catch (error) {
      throw fileError("read", path, error);
    }
  };
  return {
    identity: {
      realPath: real,
      sizeBytes: stats.size,
      mtimeMs: stats.mtimeMs,
      ctimeMs: stats.ctimeMs,
      inode: stats.ino,
    },
    sizeBytes: stats.size,
    readSync(into) {
      const read = readAtSync(into, next);
      next = read === null ? stats.size : next + read;
      return read;
    },
    readAtSync,
    hasChanged() {
      if (!isOpen) return false;
      const now = fstatSync(fd);
      return now.size < stats.size || (now.size === stats.size && now.mtimeMs !== stats.mtimeMs);
    },
    close,
    [Symbol.dispose]: close,
  };
}

function isSameFile(judged: Stats, opened: Stats): boolean {
  return opened.isFile() && judged.dev === opened.dev && judged.ino === opened.ino;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function outside(path: string): PolicyDenied {
  return new PolicyDenied(
    "allowed_paths",
    `Cannot open ${
      JSON.stringify(path)
    }: it does not exist, or lies outside pcap.allowed_paths once symbolic links are followed`,
    {
      hint: "Name a file that list_captures shows, or add its directory to pcap.allowed_paths.",
      detail: { rule: "pcap.allowed_paths", config_key: "pcap.allowed_paths" },
    },
  );
}

function wrongKind(path: string, stats: Stats): Unavailable {
  const kind = stats.isDirectory()
    ? "a directory"
    : stats.isFIFO()
    ? "a FIFO"
    : stats.isSocket()
    ? "a socket"
    : stats.isSymbolicLink()
    ? "a symbolic link"
    : "a device";
  return new Unavailable(
    "file_kind",
    `Cannot open ${JSON.stringify(path)}: it is ${kind}, not a regular file`,
    { hint: "Give the path of a capture file." },
  );
}

function swapped(path: string): Unavailable {
  return new Unavailable(
    "file_swapped",
    `Cannot open ${JSON.stringify(path)}: it was replaced while it was being opened`,
    { hint: "Ask again once the file is in its place.", retryable: true },
  );
}

function unreadable(path: string): Unavailable {
  return new Unavailable(
    "file_read",
    `Cannot open ${JSON.stringify(path)}: the system denies reading it`,
    { hint: "Give the user that runs netglass the right to read the file." },
  );
}
