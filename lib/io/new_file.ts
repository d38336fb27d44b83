/**
 * Files that come into being whole: written under another name, then given their own. What is there
 * already is never replaced.
 *
 * @module
 */
import { guardFile } from "./file_error.ts";
import { files } from "./files.ts";

/**
 * Writes `chunks` as `directory/name`; the directory is made if it is not there. Until the last octet
 * is on the disk the name holds an empty file, which keeps others from taking it.
 * @throws {Unavailable} `env.file_exists` if the name is taken, a symbolic link included;
 *   `env.file_write`
 * @throws {PermissionMissing} `permission.write`, `permission.read`
 */
export async function writeNewFile(
  directory: string,
  name: string,
  chunks: readonly Uint8Array[],
): Promise<{ readonly path: string; readonly sizeBytes: number }> {
  await files.makeDirectory(directory);
  const path = `${directory}/${name}`;
  const partial = `${directory}/.${name}.${crypto.randomUUID().slice(0, 8)}.partial`;
  (await files.openAppend(path, { exclusive: true })).close();
  try {
    const sizeBytes = await writeAll(partial, chunks);
    await guardFile("write", path, () => Deno.rename(partial, path));
    return { path, sizeBytes };
  } catch (error) {
    await removeIfThere(partial);
    await removeIfThere(path);
    throw error;
  }
}

async function writeAll(path: string, chunks: readonly Uint8Array[]): Promise<number> {
  const file = await files.openAppend(path, { exclusive: true });
  try {
    let sizeBytes = 0;
    for (const chunk of chunks) {
      await file.write(chunk);
      sizeBytes += chunk.length;
    }
    await file.sync();
    return sizeBytes;
  } finally {
    file.close();
  }
}

/** Takes back what an export has left; the reason that it failed is what is told. */
async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch {
    // It was never made, or the disk is gone: the error on its way says so.
  }
}
