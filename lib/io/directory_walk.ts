/**
 * The regular files beneath a directory. Symbolic links are passed over: what they lead to is either
 * beneath the directory anyway, or none of its business.
 *
 * @module
 */
import { join } from "node:path";
import { fileError } from "./file_error.ts";

/** Bounds of a walk. */
export interface WalkBounds {
  /** Levels below the directory; 0 is the directory alone. */
  readonly depth: number;
  /** Directory entries looked at. */
  readonly entries: number;
}

/** What a walk came upon. */
export interface FoundFiles {
  /** Paths, the files of a directory before those of the directories in it. */
  readonly files: readonly string[];
  /** Entries looked at. */
  readonly entries: number;
  /** True if a bound ended it, or a directory beneath could not be read. */
  readonly isPartial: boolean;
}

/**
 * Walks over a directory, given by its real path.
 * @throws {Unavailable} `env.file_absent`, `env.file_read` @throws {PermissionMissing} `permission.read`
 */
export async function findFiles(directory: string, bounds: WalkBounds): Promise<FoundFiles> {
  const files: string[] = [];
  const waiting = [{ path: directory, depth: 0 }];
  let entries = 0;
  let isPartial = false;
  for (let here = waiting.shift(); here !== undefined; here = waiting.shift()) {
    try {
      for await (const entry of Deno.readDir(here.path)) {
        if (entries === bounds.entries) return { files, entries, isPartial: true };
        entries++;
        const path = join(here.path, entry.name);
        if (entry.isFile) files.push(path);
        if (!entry.isDirectory) continue;
        if (here.depth < bounds.depth) waiting.push({ path, depth: here.depth + 1 });
        else isPartial = true;
      }
    } catch (error) {
      // One beneath may be gone by now, or be another user's.
      if (here.depth === 0) throw fileError("read", directory, error);
      isPartial = true;
    }
  }
  return { files, entries, isPartial };
}
