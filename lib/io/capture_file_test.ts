import assert from "node:assert/strict";
import { runFenced } from "../../tests/support/fenced.ts";
import { PolicyDenied } from "../errors/mod.ts";
import { openCapture } from "./capture_file.ts";

const isWindows = Deno.build.os === "windows";

async function inDirectory(act: (directory: string) => Promise<void> | void): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${directory}/in`);
    await act(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Opens with `<directory>/in` as the only allowed directory. */
function open(directory: string, path: string) {
  return openCapture(
    path,
    (real) => real.startsWith(`${directory}/in/`) || real === `${directory}/in`,
  );
}

Deno.test("a capture is read to the size that it had when it was opened", () =>
  inDirectory((directory) => {
    const path = `${directory}/in/a.pcap`;
    Deno.writeTextFileSync(path, "0123456789");
    using file = open(directory, path);
    Deno.writeTextFileSync(path, "more", { append: true });
    assert.equal(file.sizeBytes, 10);
    assert.equal(file.identity.realPath, path);
    assert.equal(file.identity.sizeBytes, 10);
    assert.equal(file.identity.inode, Deno.statSync(path).ino);
    assert.equal(file.identity.mtimeMs > 1.6e12, true);
    assert.equal(file.identity.ctimeMs > 1.6e12, true);
    const into = new Uint8Array(8);
    assert.equal(file.readSync(into), 8);
    assert.equal(new TextDecoder().decode(into), "01234567");
    assert.equal(file.readSync(into), 2);
    assert.equal(file.readSync(into), null);
    file.close();
    file.close();
  }));

Deno.test("who sets the time of a change back does not set back all that tells of it", () =>
  inDirectory((directory) => {
    const path = `${directory}/in/a.pcap`;
    Deno.writeTextFileSync(path, "0123456789");
    Deno.utimeSync(path, 1_000, 1_000);
    using file = open(directory, path);
    assert.equal(file.identity.mtimeMs, 1_000_000);
    assert.equal(file.identity.ctimeMs > 1.6e12, true);
  }));

Deno.test("reading from a place and reading on do not disturb one another", () =>
  inDirectory((directory) => {
    const path = `${directory}/in/a.pcap`;
    Deno.writeTextFileSync(path, "0123456789");
    using file = open(directory, path);
    const into = new Uint8Array(4);
    const textAt = (position: number): string | null => {
      const read = file.readAtSync(into, position);
      return read === null ? null : new TextDecoder().decode(into.subarray(0, read));
    };
    file.readSync(into);
    assert.deepEqual([textAt(8), textAt(0), textAt(10), textAt(1e15)], ["89", "0123", null, null]);
    file.readSync(into);
    assert.equal(new TextDecoder().decode(into), "4567");
    Deno.writeTextFileSync(path, "more", { append: true });
    assert.equal(textAt(9), "9");
    file.close();
    assert.throws(() => textAt(0), { code: "env.file_read" });
  }));

Deno.test("a file that grows has not changed, one that shrinks or is written over has", () =>
  inDirectory((directory) => {
    const path = `${directory}/in/a.pcap`;
    Deno.writeTextFileSync(path, "0123456789");
    Deno.utimeSync(path, 1_000, 1_000);
    using file = open(directory, path);
    assert.equal(file.hasChanged(), false);
    Deno.writeTextFileSync(path, "more", { append: true });
    assert.equal(file.hasChanged(), false);
    Deno.truncateSync(path, 10);
    assert.equal(file.hasChanged(), true);
    Deno.utimeSync(path, 1_000, 1_000);
    assert.equal(file.hasChanged(), false);
    Deno.truncateSync(path, 9);
    assert.equal(file.hasChanged(), true);
  }));

Deno.test("a file that shrinks ends sooner, and one that is closed is not read", () =>
  inDirectory((directory) => {
    const path = `${directory}/in/a.pcap`;
    Deno.writeTextFileSync(path, "0123456789");
    const file = open(directory, path);
    Deno.truncateSync(path, 4);
    assert.equal(file.readSync(new Uint8Array(8)), 4);
    assert.equal(file.readSync(new Uint8Array(8)), null);
    file.close();
    const other = open(directory, path);
    other.close();
    assert.throws(() => other.readSync(new Uint8Array(8)), { code: "env.file_read" });
  }));

Deno.test(
  "outside, absent, dangling and looping are one answer",
  { ignore: isWindows },
  () =>
    inDirectory((directory) => {
      Deno.writeTextFileSync(`${directory}/secret`, "secret");
      Deno.symlinkSync(`${directory}/secret`, `${directory}/in/out`);
      Deno.symlinkSync(`${directory}/nothing`, `${directory}/in/dangling`);
      Deno.symlinkSync(`${directory}/in/loop`, `${directory}/in/loop`);
      const messages = ["out", "dangling", "loop", "absent", "../secret", "../absent", "a\0b", ""]
        .map(
          (name) => {
            const path = name === "" ? "" : `${directory}/in/${name}`;
            try {
              open(directory, path).close();
            } catch (error) {
              assert.equal(error instanceof PolicyDenied && error.code, "policy.allowed_paths");
              return String(error).replace(JSON.stringify(path), "X");
            }
            throw new Error(`"${name}" was opened`);
          },
        );
      assert.equal(new Set(messages).size, 1);
      assert.equal(
        messages[0],
        "PolicyDenied: Cannot open X: it does not exist, or lies outside pcap.allowed_paths once symbolic links are followed",
      );
    }),
);

Deno.test("a link to a capture inside is followed, and told by its real path", {
  ignore: isWindows,
}, () =>
  inDirectory((directory) => {
    Deno.writeTextFileSync(`${directory}/in/a`, "x");
    Deno.symlinkSync(`${directory}/in/a`, `${directory}/in/link`);
    using file = open(directory, `${directory}/in/link`);
    assert.equal(file.identity.realPath, `${directory}/in/a`);
  }));

Deno.test(
  "a directory, a FIFO and a device are refused at once",
  { ignore: isWindows },
  () =>
    inDirectory(async (directory) => {
      await new Deno.Command("mkfifo", { args: [`${directory}/in/pipe`] }).output();
      assert.throws(() => open(directory, `${directory}/in/pipe`), {
        code: "env.file_kind",
        message: `Cannot open "${directory}/in/pipe": it is a FIFO, not a regular file`,
      });
      assert.throws(() => open(directory, `${directory}/in`), { code: "env.file_kind" });
      assert.throws(() => openCapture("/dev/zero", () => true), { code: "env.file_kind" });
    }),
);

Deno.test("what is put in the place of the file between check and opening is not read", {
  ignore: isWindows,
}, () =>
  inDirectory(async (directory) => {
    const path = `${directory}/in/a`;
    const swapTo = (put: () => void) => {
      Deno.writeTextFileSync(path, "capture");
      return () =>
        openCapture(path, () => {
          Deno.removeSync(path);
          put();
          return true;
        });
    };
    Deno.writeTextFileSync(`${directory}/secret`, "secret");
    assert.throws(swapTo(() => Deno.symlinkSync(`${directory}/secret`, path)), {
      code: "env.file_kind",
    });
    Deno.removeSync(path);
    await new Deno.Command("mkfifo", { args: [`${directory}/in/pipe`] }).output();
    assert.throws(swapTo(() => Deno.renameSync(`${directory}/in/pipe`, path)), {
      code: "env.file_kind",
    });
    Deno.removeSync(path);
    assert.throws(swapTo(() => {}), { code: "env.file_swapped" });
    // A directory above it becomes a link that leads out.
    Deno.mkdirSync(`${directory}/in/sub`);
    Deno.mkdirSync(`${directory}/elsewhere`);
    Deno.writeTextFileSync(`${directory}/in/sub/b`, "capture");
    Deno.writeTextFileSync(`${directory}/elsewhere/b`, "secret");
    assert.throws(() =>
      openCapture(`${directory}/in/sub/b`, () => {
        Deno.removeSync(`${directory}/in/sub`, { recursive: true });
        Deno.symlinkSync(`${directory}/elsewhere`, `${directory}/in/sub`);
        return true;
      }), { code: "env.file_swapped" });
  }));

Deno.test(
  "the flags hold when the check is wrong",
  { ignore: isWindows },
  () =>
    inDirectory(async (directory) => {
      Deno.writeTextFileSync(`${directory}/secret`, "secret");
      Deno.writeTextFileSync(`${directory}/in/a`, "a");
      Deno.symlinkSync(`${directory}/secret`, `${directory}/in/link`);
      const read = (name: string) =>
        runFenced(
          [`--allow-read=${directory}/in`],
          `
        import { openCapture } from "root/lib/io/capture_file.ts";
        const file = openCapture(${JSON.stringify(`${directory}/in/${name}`)}, () => true);
        return file.readSync(new Uint8Array(9));`,
        );
      assert.equal(await read("a"), 1);
      assert.partialDeepStrictEqual(await read("link"), { code: "permission.read" });
    }),
);
