/**
 * What the file system or the flags said, as errors that teach.
 *
 * @module
 */
import { NetglassError, PermissionMissing, Unavailable } from "../errors/mod.ts";

/** Does `act`, turning what it throws into {@link fileError}. */
export async function guardFile<T>(
  kind: "read" | "write",
  path: string,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw fileError(kind, path, error);
  }
}

/** `permission.*`, `env.file_absent`, `env.file_exists`, or `env.file_read` and `env.file_write`. */
export function fileError(kind: "read" | "write", path: string, error: unknown): NetglassError {
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
