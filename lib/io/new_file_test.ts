/** A new file comes into being whole, takes no name that is there, and leaves nothing when it fails. */
import assert from "node:assert/strict";
import { Unavailable } from "../errors/mod.ts";
import { writeNewFile } from "./new_file.ts";

const CHUNKS = [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)];

async function inDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await use(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function namesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof Unavailable && error.code === code;
}

Deno.test("the chunks are the file, in a directory that is made for it", async () => {
  await inDirectory(async (parent) => {
    const directory = `${parent}/new/exports`;
    const written = await writeNewFile(directory, "a.pcapng", CHUNKS);
    assert.deepEqual(written, { path: `${directory}/a.pcapng`, sizeBytes: 3 });
    assert.deepEqual([...Deno.readFileSync(written.path)], [1, 2, 3]);
    assert.deepEqual(namesIn(directory), ["a.pcapng"]);
  });
});

Deno.test("a name that is taken stays what it is, a link too", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/a.pcapng`, "mine");
    await Deno.symlink(`${directory}/elsewhere`, `${directory}/b.pcapng`);
    await assert.rejects(writeNewFile(directory, "a.pcapng", CHUNKS), hasCode("env.file_exists"));
    await assert.rejects(writeNewFile(directory, "b.pcapng", CHUNKS), hasCode("env.file_exists"));
    assert.equal(Deno.readTextFileSync(`${directory}/a.pcapng`), "mine");
    assert.deepEqual(namesIn(directory), ["a.pcapng", "b.pcapng"]);
  });
});

Deno.test("a write that fails leaves nothing behind", async () => {
  await inDirectory(async (directory) => {
    const broken = [Uint8Array.of(1), null as unknown as Uint8Array];
    await assert.rejects(writeNewFile(directory, "a.pcapng", broken));
    assert.deepEqual(namesIn(directory), []);
  });
});
