import assert from "node:assert/strict";
import {
  entry,
  inDirectory,
  names,
  tickingClock,
  verify,
} from "../../tests/support/audit_directory.ts";
import { Unavailable } from "../errors/mod.ts";
import { type Files, files } from "../io/files.ts";
import { createAuditLog, openAuditReader } from "./audit_log.ts";

/** The file door with writes that fail while `isFull`, after half of the bytes. */
function fullDisk(): { files: Files; disk: { isFull: boolean; canTruncate: boolean } } {
  const disk = { isFull: false, canTruncate: true };
  const failing: Files = {
    ...files,
    async openAppend(path, options) {
      const file = await files.openAppend(path, options);
      return {
        ...file,
        async write(bytes) {
          if (!disk.isFull) return await file.write(bytes);
          await file.write(bytes.subarray(0, bytes.length >> 1));
          throw new Unavailable("file_write", "Cannot write: No space left on device");
        },
        truncate: (size) =>
          disk.canTruncate
            ? file.truncate(size)
            : Promise.reject(new Unavailable("file_write", "Cannot truncate")),
      };
    },
  };
  return { files: failing, disk };
}

for (const canTruncate of [true, false]) {
  Deno.test(`a full disk is said at the next call and loses nothing that was accepted (truncate: ${canTruncate})`, () =>
    inDirectory(async (directory) => {
      const { files: failing, disk } = fullDisk();
      disk.canTruncate = canTruncate;
      const complaints: string[] = [];
      const log = await createAuditLog({
        path: directory,
        files: failing,
        clock: tickingClock(),
        complain: (message) => complaints.push(message),
      });
      await log.append(entry("before", { change: true }));
      disk.isFull = true;
      await log.append(entry("kept"));
      await log.query({ limit: 1 });
      await assert.rejects(log.append(entry("refused")), { code: "env.audit", retryable: true });
      await assert.rejects(log.append(entry("refused_too")), { code: "env.audit" });
      disk.isFull = false;
      await log.append(entry("after"));
      await log.close();
      assert.deepEqual(complaints, [
        "netglass: Cannot write the audit record: Cannot write: No space left on device",
      ]);
      const reader = await openAuditReader(directory, files);
      const { records } = await reader.query({ limit: 10 });
      assert.deepEqual(records.map(({ tool }) => tool), ["after", "kept", "before"]);
      const { ok, reason } = await reader.verify();
      assert.deepEqual([ok, reason], [true, null]);
    }));
}

Deno.test("a full disk from the first record on makes one file and recovers", () =>
  inDirectory(async (directory) => {
    const { files: failing, disk } = fullDisk();
    disk.isFull = true;
    const log = await createAuditLog({
      path: directory,
      files: failing,
      clock: tickingClock(),
      complain: () => {},
    });
    for (let turn = 0; turn < 3; turn++) {
      await assert.rejects(log.append(entry("refused", { change: true })), { code: "env.audit" });
    }
    disk.isFull = false;
    await log.append(entry("a", { change: true }));
    await log.close();
    assert.deepEqual(names(directory), ["audit-000001.jsonl"]);
    assert.deepEqual((await verify(directory)).records, 1);
  }));

Deno.test("closing refuses what comes later and says what could not be written", () =>
  inDirectory(async (directory) => {
    const { files: failing, disk } = fullDisk();
    const log = await createAuditLog({
      path: directory,
      files: failing,
      clock: tickingClock(),
      complain: () => {},
    });
    disk.isFull = true;
    await log.append(entry("kept"));
    await assert.rejects(log.close(), { code: "env.audit" });
    await assert.rejects(log.append(entry("late")), { code: "env.audit" });
  }));

Deno.test("only changes are flushed to the disk", () =>
  inDirectory(async (directory) => {
    let syncs = 0;
    const counting: Files = {
      ...files,
      async openAppend(path, options) {
        const file = await files.openAppend(path, options);
        return {
          ...file,
          sync: () => {
            syncs++;
            return file.sync();
          },
        };
      },
    };
    const log = await createAuditLog({ path: directory, files: counting, clock: tickingClock() });
    for (let turn = 0; turn < 5; turn++) await log.append(entry("a"));
    await log.query({ limit: 1 });
    assert.equal(syncs, 0);
    await log.append(entry("b", { change: true }));
    assert.equal(syncs, 1);
    await log.close();
  }));
