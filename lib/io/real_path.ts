/**
 * Real paths, for deriving permission flags.
 *
 * @module
 */

/** The path with every symbolic link resolved, or null if it does not exist or may not be seen. */
export function realPathOrNull(path: string): string | null {
  try {
    return Deno.realPathSync(path);
  } catch {
    return null;
  }
}
