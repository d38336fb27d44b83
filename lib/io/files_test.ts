import assert from "node:assert/strict";
import { runFenced } from "../../tests/support/fenced.ts";
import { files, readTextFile, realPathSync } from "./files.ts";

async function inDirectory(act: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  try {
    await act(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("the stamp of a file is another one when its content is", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "one");
    const before = await files.stamp(path);
    assert.equal(await files.stamp(path), before);
    await Deno.writeTextFile(path, "three");
    assert.notEqual(await files.stamp(path), before);
  } finally {
    await Deno.remove(path);
  }
  await assert.rejects(files.stamp(path), { code: "env.file_absent" });
});

Deno.test("a file that only grows grows, is cut back and is never shared", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/a`;
    const file = await files.openAppend(path, { exclusive: true });
    await file.write(new TextEncoder().encode("one\n"));
    await file.sync();
    await file.write(new TextEncoder().encode("two"));
    await file.truncate(4);
    await file.write(new TextEncoder().encode("three\n"));
    file.close();
    assert.equal(await files.readText(path, 100), "one\nthree\n");
    await assert.rejects(files.openAppend(path, { exclusive: true }), { code: "env.file_exists" });
    const again = await files.openAppend(path);
    await again.write(new TextEncoder().encode("four"));
    again.close();
    assert.equal(await files.readText(path, 100), "one\nthree\nfour");
  }));

Deno.test(
  "a symbolic link is not taken for a new file",
  { ignore: Deno.build.os === "windows" },
  () =>
    inDirectory(async (directory) => {
      await Deno.symlink(`${directory}/target`, `${directory}/link`);
      await assert.rejects(files.openAppend(`${directory}/link`, { exclusive: true }), {
        code: "env.file_exists",
      });
    }),
);

Deno.test("a text is read up to its cap, and past it not at all", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/a`;
    await Deno.writeTextFile(path, "0123456789");
    assert.equal(await files.readText(path, 10), "0123456789");
    await assert.rejects(files.readText(path, 9), { code: "env.file_too_large" });
    await Deno.writeTextFile(path, "");
    assert.equal(await files.readText(path, 0), "");
  }));

Deno.test("what is not there, not a file or a pipe is said, and nothing waits", {
  ignore: Deno.build.os === "windows",
}, () =>
  inDirectory(async (directory) => {
    await assert.rejects(files.readText(`${directory}/none`, 9), { code: "env.file_absent" });
    await assert.rejects(files.readText(directory, 9), { code: "env.file_kind" });
    await assert.rejects(files.readText("/dev/zero", 9), { code: "env.file_kind" });
    await new Deno.Command("mkfifo", { args: [`${directory}/pipe`] }).output();
    await assert.rejects(files.readText(`${directory}/pipe`, 9), { code: "env.file_kind" });
    assert.equal(await readTextFile(`${directory}/none`), null);
    assert.equal(realPathSync(`${directory}/none`), null);
  }));

Deno.test("a whole text replaces a file only where that was asked for", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/a`;
    await files.writeText(path, "one", { overwrite: false });
    await assert.rejects(files.writeText(path, "two", { overwrite: false }), {
      code: "env.file_exists",
    });
    await files.writeText(path, "two", { overwrite: true });
    assert.equal(await readTextFile(path), "two");
    await files.makeDirectory(`${directory}/deep/down`);
    assert.deepEqual(await files.list(directory), ["a"]);
  }));

Deno.test("a link out of the permitted directory does not open", {
  ignore: Deno.build.os === "windows",
}, () =>
  inDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/in`);
    await Deno.writeTextFile(`${directory}/secret`, "secret");
    await Deno.writeTextFile(`${directory}/in/open`, "open");
    await Deno.symlink(`${directory}/secret`, `${directory}/in/link`);
    const read = (name: string) =>
      runFenced(
        [`--allow-read=${directory}/in`],
        `
        import { files } from "root/lib/io/files.ts";
        return await files.readText(${JSON.stringify(`${directory}/in/${name}`)}, 100);`,
      );
    assert.equal(await read("open"), "open");
    assert.partialDeepStrictEqual(await read("link"), { code: "permission.read" });
    assert.partialDeepStrictEqual(await read("../secret"), {
      code: "permission.read",
      detail: { flag: `--allow-read=${directory}/in/../secret` },
    });
  }));
