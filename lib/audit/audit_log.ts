/**
 * Opening the audit record: on disk where the configuration names a directory, else in memory.
 *
 * @module
 */
import { NetglassError, Unavailable } from "../errors/mod.ts";
import type { Files } from "../io/files.ts";
import type { Clock } from "../io/io.ts";
import { MemoryLog } from "./memory_log.ts";
import type { AuditLog, AuditReader } from "./record.ts";

/** What the record needs. */
export interface AuditLogOptions {
  /** A directory, made if it is not there; null: memory only, the newest 1,000 records. */
  readonly path: string | null;
  readonly files: Pick<Files, "openAppend" | "list" | "readBytes" | "makeDirectory">;
  readonly clock: Pick<Clock, "now">;
  /** Where a record that cannot be written is complained about. Default: stderr. */
  readonly complain?: (message: string) => void;
}

/**
 * Opens the record for writing. No file is made before the first entry.
 *
 * @throws {Unavailable} `env.audit` if the directory cannot be read or made
 */
export async function createAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const { path, files, clock, complain = complainToStderr } = options;
  if (path === null) return new MemoryLog(clock);
  await opened(path, async () => {
    try {
      await files.list(path);
    } catch (error) {
      if (!(error instanceof Unavailable && error.code === "env.file_absent")) throw error;
      await files.makeDirectory(path);
    }
  });
  const { FileLog } = await import("./file_log.ts");
  return new FileLog({ directory: path, files, clock, complain });
}

/**
 * Opens the record of a directory for reading only.
 *
 * @throws {Unavailable} `env.audit` if there is no such directory or it cannot be read
 */
export async function openAuditReader(
  path: string,
  files: Pick<Files, "list" | "readBytes">,
): Promise<AuditReader> {
  await opened(path, () => files.list(path));
  const { queryDirectory, verifyDirectory } = await import("./directory.ts");
  return {
    path,
    query: (query) => queryDirectory(files, path, query),
    verify: () => verifyDirectory(files, path),
  };
}

async function opened(path: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Unavailable("audit", `Cannot open the audit record in "${path}": ${why}`, {
      hint: error instanceof NetglassError && error.hint !== ""
        ? error.hint
        : "Check audit.path, its owner and the --allow-read and --allow-write flags.",
      cause: error,
    });
  }
}

function complainToStderr(message: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${message}\n`));
}
