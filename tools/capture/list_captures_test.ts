import assert from "node:assert/strict";
import { listCaptures as listed } from "../../lib/pcap/capture_list.ts";
import { hex } from "../../tests/support/capture_bytes.ts";
import { listCaptures, sayList } from "./list_captures.ts";
import type { ToolContext } from "../../lib/mcp/define_tool.ts";

const PCAP = hex("d4c3b2a1 02000400 00000000 00000000 ffff0000 01000000");
const signal = new AbortController().signal;

async function inDirectory(act: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${directory}/in/deep`, { recursive: true });
    await act(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function put(path: string, bytes: Uint8Array, modifiedSec: number): void {
  Deno.writeFileSync(path, bytes);
  Deno.utimeSync(path, modifiedSec, modifiedSec);
}

Deno.test("captures are told by content, newest first, and everything else is left out", () =>
  inDirectory(async (directory) => {
    put(`${directory}/in/old.pcap`, PCAP, 1_000);
    put(`${directory}/in/deep/no-suffix`, hex("0a0d0d0a 1c000000 4d3c2b1a"), 3_000);
    put(`${directory}/in/a.snoop`, hex("736e6f6f 70000000 00000002 00000004"), 2_000);
    put(`${directory}/in/z.gz`, hex("1f8b0800"), 4_000);
    put(`${directory}/in/z.zst`, hex("28b52ffd00"), 5_000);
    put(`${directory}/in/notes.pcap`, new TextEncoder().encode("not a capture at all"), 6_000);
    put(`${directory}/in/empty.pcap`, new Uint8Array(), 7_000);
    const { captures, isComplete } = await listed([`${directory}/in`], signal);
    assert.deepEqual(captures.map(({ name, kind }) => [name, kind]), [
      ["z.zst", "zstd"],
      ["z.gz", "gzip"],
      ["no-suffix", "pcapng"],
      ["a.snoop", "snoop"],
      ["old.pcap", "pcap"],
    ]);
    assert.equal(captures[4]?.path, `${directory}/in/old.pcap`);
    assert.equal(captures[4]?.sizeBytes, 24);
    assert.equal(captures[4]?.modifiedMs, 1_000_000);
    assert.equal(isComplete, true);
  }));

Deno.test({
  name: "links are neither followed nor told of, and a FIFO is not waited for",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inDirectory(async (directory) => {
      put(`${directory}/secret.pcap`, PCAP, 1_000);
      await Deno.mkdir(`${directory}/elsewhere`);
      put(`${directory}/elsewhere/other.pcap`, PCAP, 1_000);
      await Deno.symlink(`${directory}/secret.pcap`, `${directory}/in/link.pcap`);
      await Deno.symlink(`${directory}/elsewhere`, `${directory}/in/folder`);
      await Deno.symlink(`${directory}/in`, `${directory}/in/deep/loop`);
      const made = await new Deno.Command("mkfifo", { args: [`${directory}/in/fifo`] }).output();
      assert.equal(made.success, true);
      const list = await listed([`${directory}/in`], signal);
      assert.deepEqual(list, {
        captures: [],
        directories: [{ path: `${directory}/in`, state: "read", flag: null }],
        isComplete: true,
      });
    }),
});

Deno.test("directories that hold one another list a capture once, and one that is missing is said", () =>
  inDirectory(async (directory) => {
    put(`${directory}/in/deep/a.pcap`, PCAP, 1_000);
    const list = await listed(
      [`${directory}/in`, `${directory}/in/deep`, `${directory}/absent`],
      signal,
    );
    assert.deepEqual(list.captures.map(({ name }) => name), ["a.pcap"]);
    assert.deepEqual(list.directories.map(({ state }) => state), ["read", "read", "missing"]);
    assert.equal(
      sayList(list),
      'One capture, "a.pcap", in the directories of pcap.allowed_paths. ' +
        `There is no "${directory}/absent".`,
    );
  }));

Deno.test("a tree that is too deep is searched so far, and that is said", () =>
  inDirectory(async (directory) => {
    const deep = `${directory}/in/1/2/3/4/5/6/7/8`;
    await Deno.mkdir(`${deep}/9`, { recursive: true });
    put(`${deep}/a.pcap`, PCAP, 1_000);
    put(`${deep}/9/b.pcap`, PCAP, 1_000);
    const list = await listed([`${directory}/in`], signal);
    assert.deepEqual(list.captures.map(({ name }) => name), ["a.pcap"]);
    assert.equal(list.isComplete, false);
    assert.match(sayList(list), /as far as searched/);
  }));

Deno.test("a file where a directory was expected is said to be unreadable", () =>
  inDirectory(async (directory) => {
    put(`${directory}/file`, PCAP, 1_000);
    const { directories, isComplete } = await listed([`${directory}/file`], signal);
    assert.deepEqual(directories, [
      { path: `${directory}/file`, state: "unreadable", flag: null },
    ]);
    assert.equal(isComplete, false);
  }));

Deno.test("the answer gives times in UTC and the path to go on with", () =>
  inDirectory(async (directory) => {
    put(`${directory}/in/a.pcap`, PCAP, 1_700_000_000);
    const cx = {
      signal,
      config: { pcap: { allowed_paths: [`${directory}/in`] } },
    } as unknown as ToolContext;
    const answer = await listCaptures.run({}, cx);
    assert.deepEqual(answer.captures, [{
      name: "a.pcap",
      file_path: `${directory}/in/a.pcap`,
      size_bytes: 24,
      modified: "2023-11-14T22:13:20.000Z",
      kind: "pcap",
    }]);
  }));

Deno.test("without an allowed directory that is what is said", async () => {
  const list = await listed([], signal);
  assert.equal(
    sayList(list),
    "No directory is listed in pcap.allowed_paths, so there are no captures to ask about.",
  );
});
