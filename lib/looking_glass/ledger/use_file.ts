/**
 * Uses of hosts on disk: a line of JSON each, a file for each day in UTC, which every process that
 * shares the directory appends to.
 *
 * @module
 */
import type { Files } from "../../io/files.ts";
import type { UseRecord } from "./usage.ts";

/** The part of the file door that is needed. */
export type UseFiles = Pick<Files, "openAppend" | "readText" | "makeDirectory">;

const DAY_MS = 24 * 3_600_000;
/** Far more than operators allow; a file that outgrows it is not read any more. */
const MAX_FILE_BYTES = 8 * 1_048_576;

/** A directory of such files. */
export class UseFile {
  readonly #directory: string;
  readonly #files: UseFiles;
  /** The file that this process has appended to, or an empty string. */
  #begun = "";

  /** Touches nothing yet. */
  constructor(directory: string, files: UseFiles) {
    this.#directory = directory;
    this.#files = files;
  }

  /** All uses of today and yesterday; what cannot be read, a file or a line, counts as none. */
  async read(nowMs: number): Promise<UseRecord[]> {
    const days = [Math.floor(nowMs / DAY_MS) - 1, Math.floor(nowMs / DAY_MS)];
    const texts = await Promise.all(
      days.map((day) => this.#files.readText(this.#pathOf(day), MAX_FILE_BYTES).catch(() => "")),
    );
    return texts.flatMap((text, index) =>
      text.split("\n").flatMap((line) => recordOf(line, days[index] ?? 0))
    );
  }

  /** Appends a use. @throws {Unavailable} `env.file_write` @throws {PermissionMissing} */
  async append(record: UseRecord): Promise<void> {
    const path = this.#pathOf(Math.floor(record.timeMs / DAY_MS));
    if (this.#begun === "") await this.#files.makeDirectory(this.#directory);
    const file = await this.#files.openAppend(path);
    try {
      const { timeMs, host, connections, bytes } = record;
      const line = JSON.stringify({ time_ms: timeMs, host, connections, bytes });
      // The first line of a process ends what a crash may have left of another one.
      await file.write(new TextEncoder().encode(`${this.#begun === path ? "" : "\n"}${line}\n`));
      this.#begun = path;
    } finally {
      file.close();
    }
  }

  #pathOf(day: number): string {
    const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
    return `${this.#directory}/looking-glass-${date}.jsonl`;
  }
}

function recordOf(line: string, day: number): UseRecord[] {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return [];
  }
  if (typeof value !== "object" || value === null) return [];
  const { time_ms: timeMs, host, connections, bytes } = value as Record<string, unknown>;
  return isCount(timeMs) && Math.floor(timeMs / DAY_MS) === day && typeof host === "string" &&
      isCount(connections) && isCount(bytes)
    ? [{ timeMs, host, connections, bytes }]
    : [];
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
