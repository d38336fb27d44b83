import assert from "node:assert/strict";
import fc from "fast-check";
import { files } from "../io/files.ts";
import {
  entry,
  inDirectory,
  names,
  open,
  tickingClock,
  verify,
  write,
} from "../../tests/support/audit_directory.ts";
import { createAuditLog, openAuditReader } from "./audit_log.ts";
import { canonical, loadSha256, seal } from "./chain.ts";
import { FileLog } from "./file_log.ts";

Deno.test("a record of many calls verifies and reads back newest first", () =>
  inDirectory(async (directory) => {
    const log = await open(directory);
    for (const tool of ["ping", "mtr", "ping"]) await log.append(entry(tool));
    await log.append(entry("dns_lookup", { outcome: "policy.block_private", change: true }));
    const { records, total, more } = await log.query({ limit: 2 });
    assert.deepEqual(records.map(({ seq, tool }) => [seq, tool]), [[4, "dns_lookup"], [3, "ping"]]);
    assert.deepEqual([total, more], [4, true]);
    assert.deepEqual(await log.verify(), {
      ok: true,
      records: 4,
      broken_at: null,
      reason: null,
      torn_lines: 0,
    });
    assert.equal(records[0]?.time, "2026-01-31T08:00:04.000Z");
    await log.close();
    assert.deepEqual(names(directory), ["audit-000001.jsonl"]);
  }));

Deno.test("questions filter by tool, call, outcome, outcome prefix, time and sequence number", () =>
  inDirectory(async (directory) => {
    const log = await open(directory);
    await log.append(entry("ping", { outcome: "ok" }));
    await log.append(entry("mtr", { outcome: "policy.block_private" }));
    await log.append(entry("mtr", { outcome: "policy.blocked_targets" }));
    await log.append(entry("ping", { event: "intent", outcome: null }));
    const found = async (query: object) =>
      (await log.query({ limit: 10, ...query })).records.map(({ seq }) => seq);
    assert.deepEqual(await found({ tool: "mtr" }), [3, 2]);
    assert.deepEqual(await found({ call_id: "call-ping" }), [4, 1]);
    assert.deepEqual(await found({ outcome: "policy.block_private" }), [2]);
    assert.deepEqual(await found({ outcome: "policy." }), [3, 2]);
    assert.deepEqual(await found({ since: "2026-01-31T09:00:03+01:00" }), [4, 3]);
    assert.deepEqual(await found({ before_seq: 3 }), [2, 1]);
    await log.close();
  }));

Deno.test("evidence of a change is kept whole, found by its plan, and part of the chain", () =>
  inDirectory(async (directory) => {
    const log = await open(directory);
    const octets = "ff".repeat(4_096);
    await log.append(entry("inject", { change: true, evidence: { plan_id: "p1", octets } }));
    await log.append(entry("withdraw_all", { change: true, evidence: { plan_ids: ["p0", "p1"] } }));
    await log.append(entry("inject", { change: true, evidence: { plan_id: "p2" } }));
    const { records } = await log.query({ limit: 10, plan_id: "p1" });
    assert.deepEqual(records.map(({ tool }) => tool), ["withdraw_all", "inject"]);
    assert.equal(records[1]?.evidence?.octets, octets);
    await log.close();
    const path = `${directory}/${names(directory)[0]}`;
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace("ffff", "fffe"));
    assert.equal((await verify(directory)).ok, false);
  }));

Deno.test("evidence that is no JSON or too long leaves what it is about", () =>
  inDirectory(async (directory) => {
    const log = await open(directory);
    const circle: Record<string, unknown> = { plan_id: "p1" };
    circle.self = circle;
    await log.append(entry("a", { evidence: circle }));
    await log.append(entry("b", { evidence: { plan_id: "p1", big: "x".repeat(600_000) } }));
    await log.append(entry("c", { evidence: { plan_id: "p1", text: "\ud800", gone: undefined } }));
    const { records } = await log.query({ limit: 10, plan_id: "p1" });
    assert.deepEqual(records.map(({ evidence }) => evidence), [
      { plan_id: "p1", text: "\ufffd" },
      { plan_id: "p1", left_out: "not JSON, or too long" },
      { plan_id: "p1", left_out: "not JSON, or too long" },
    ]);
    assert.equal((await log.verify()).ok, true);
    await log.close();
  }));

Deno.test("the chain continues over restarts, each run in a file of its own", () =>
  inDirectory(async (directory) => {
    await write(directory, "a", "b");
    await write(directory, "c");
    await write(directory, "d", "e");
    assert.deepEqual(names(directory), [
      "audit-000001.jsonl",
      "audit-000002.jsonl",
      "audit-000003.jsonl",
    ]);
    const reader = await openAuditReader(directory, files);
    const { records } = await reader.query({ limit: 10 });
    assert.deepEqual(records.map(({ seq }) => seq).sort(), [1, 2, 3, 4, 5]);
    assert.deepEqual((await reader.verify()).ok, true);
  }));

Deno.test("a file ends with its UTC day and past its size", () =>
  inDirectory(async (directory) => {
    const log = await open(directory, tickingClock(10 * 3_600_000));
    for (const tool of ["a", "b", "c"]) {
      await log.append(entry(tool));
      await log.query({ limit: 1 });
    }
    await log.close();
    assert.equal(names(directory).length, 2);
    const small = new FileLog({
      directory,
      files,
      clock: tickingClock(),
      complain: assert.fail,
      maxSegmentBytes: 600,
    });
    for (const tool of ["d", "e", "f"]) {
      await small.append(entry(tool));
      await small.query({ limit: 1 });
    }
    await small.close();
    assert.equal(names(directory).length, 5);
    assert.deepEqual(await verify(directory), {
      ok: true,
      records: 6,
      broken_at: null,
      reason: null,
      torn_lines: 0,
    });
  }));

Deno.test("two writers in one directory keep out of each other's way", () =>
  inDirectory(async (directory) => {
    const logs = await Promise.all([open(directory), open(directory), open(directory)]);
    await Promise.all(
      logs.flatMap((log, at) =>
        Array.from({ length: 50 }, (_, turn) => log.append(entry(`w${at}_${turn}`)))
      ),
    );
    await Promise.all(logs.map((log) => log.close()));
    assert.deepEqual(names(directory).length, 3);
    await write(directory, "after");
    const verdict = await verify(directory);
    assert.deepEqual([verdict.ok, verdict.records, verdict.reason], [true, 151, null]);
  }));

Deno.test("two processes in one directory keep out of each other's way", () =>
  inDirectory(async (directory) => {
    const code = `
      const { createAuditLog } = await import(${
      JSON.stringify(import.meta.resolve("./audit_log.ts"))
    });
      const { files } = await import(${JSON.stringify(import.meta.resolve("../io/files.ts"))});
      const log = await createAuditLog({ path: Deno.args[0], files, clock: Date });
      for (let turn = 0; turn < 40; turn++) {
        await log.append({ event: "outcome", call_id: "c", tool: "t", args: null, decisions: [],
          outcome: "ok", duration_ms: 1, change: turn % 10 === 0 });
      }
      await log.close();`;
    const module = `${directory}/writer.ts`;
    await Deno.writeTextFile(module, code);
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const runs = await Promise.all([1, 2].map(() =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-lock", "--config", config, module, directory],
        stderr: "piped",
      }).output()
    ));
    for (const { code, stderr } of runs) assert.equal(code, 0, new TextDecoder().decode(stderr));
    const verdict = await verify(directory);
    assert.deepEqual([verdict.ok, verdict.records, verdict.reason], [true, 80, null]);
  }));

Deno.test("every edit, deletion, swap, insertion and copy of a line is found", () =>
  inDirectory(async (directory) => {
    await write(directory, "a", "b", "c");
    await write(directory, "d");
    const path = `${directory}/audit-000001.jsonl`;
    const sound = await Deno.readTextFile(path);
    const lines = sound.trimEnd().split("\n");
    assert.equal(lines.length, 4);
    const attempts: [string, string[]][] = [];
    for (let at = 0; at < lines.length; at++) {
      attempts.push([`delete line ${at + 1}`, lines.toSpliced(at, 1)]);
      attempts.push([`copy line ${at + 1}`, lines.toSpliced(at, 0, lines[at] ?? "")]);
      attempts.push([`blank line before ${at + 1}`, lines.toSpliced(at, 0, "")]);
      attempts.push([`space in line ${at + 1}`, lines.with(at, `${lines[at]} `)]);
      if (at > 0) {
        const swapped = lines.with(at, lines[at - 1] ?? "").with(at - 1, lines[at] ?? "");
        attempts.push([`swap lines ${at} and ${at + 1}`, swapped]);
      }
      const fields = Object.entries(JSON.parse(lines[at] ?? "{}"));
      for (const [key, value] of fields) {
        const edited = { ...Object.fromEntries(fields), [key]: value === null ? 0 : [value] };
        attempts.push([`edit ${key} of line ${at + 1}`, lines.with(at, JSON.stringify(edited))]);
        const { [key]: _gone, ...rest } = Object.fromEntries(fields);
        attempts.push([`drop ${key} of line ${at + 1}`, lines.with(at, JSON.stringify(rest))]);
      }
      const more = JSON.stringify({ ...Object.fromEntries(fields), zz: 1 });
      attempts.push([`add a field to line ${at + 1}`, lines.with(at, more)]);
    }
    const foreign = lines.at(-1)?.replace("example.com", "example.net") ?? "";
    attempts.push(["insert a forged line", lines.toSpliced(2, 0, foreign)]);
    assert.ok(attempts.length > 100);
    for (const [what, changed] of attempts) {
      await Deno.writeTextFile(path, `${changed.join("\n")}\n`);
      const verdict = await verify(directory);
      assert.equal(verdict.ok, false, what);
      assert.match(verdict.reason ?? "", /^File audit-000001\.jsonl, line \d+: /, what);
    }
    await Deno.writeTextFile(path, sound);
    assert.equal((await verify(directory)).ok, true);
  }));

Deno.test("the verdict names the first break with its file, line and sequence number", () =>
  inDirectory(async (directory) => {
    await write(directory, "a", "b", "c");
    const path = `${directory}/audit-000001.jsonl`;
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace('"tool":"b"', '"tool":"x"'));
    assert.deepEqual(await verify(directory), {
      ok: false,
      records: 2,
      broken_at: 2,
      reason: "File audit-000001.jsonl, line 3: its hash does not match its contents",
      torn_lines: 0,
    });
  }));

Deno.test("every byte that is changed in any file is found", () =>
  inDirectory(async (directory) => {
    await write(directory, "a");
    await write(directory, "b");
    for (const name of names(directory)) {
      const path = `${directory}/${name}`;
      const bytes = await Deno.readFile(path);
      for (let at = 0; at < bytes.length; at += 7) {
        const changed = new Uint8Array(bytes);
        changed[at] = (changed[at] ?? 0) ^ 0x01;
        await Deno.writeFile(path, changed);
        assert.equal((await verify(directory)).ok, false, `${name} byte ${at}`);
      }
      await Deno.writeFile(path, bytes);
    }
    assert.equal((await verify(directory)).ok, true);
  }));

Deno.test("a file that is missing, renamed, doubled or emptied is found", () =>
  inDirectory(async (directory) => {
    for (const tool of ["a", "b", "c", "d"]) await write(directory, tool);
    const at = (number: number) => `${directory}/audit-00000${number}.jsonl`;
    const texts = await Promise.all([1, 2, 3, 4].map((number) => Deno.readTextFile(at(number))));
    const restore = async () => {
      for (const name of names(directory)) await Deno.remove(`${directory}/${name}`);
      for (const [index, text] of texts.entries()) await Deno.writeTextFile(at(index + 1), text);
    };
    await Deno.remove(at(1));
    assert.equal((await verify(directory)).reason, "File audit-000001.jsonl: it is missing");
    await restore();
    await Deno.remove(at(2));
    assert.equal((await verify(directory)).reason, "File audit-000002.jsonl: it is missing");
    await Deno.rename(at(3), at(2));
    assert.equal(
      (await verify(directory)).reason,
      "File audit-000002.jsonl, line 1: it is the header of audit-000003.jsonl",
    );
    await restore();
    await Deno.copyFile(at(4), at(5));
    assert.equal(
      (await verify(directory)).reason,
      "File audit-000005.jsonl, line 1: it is the header of audit-000004.jsonl",
    );
    await restore();
    await Deno.writeTextFile(at(2), "");
    assert.equal(
      (await verify(directory)).reason,
      "File audit-000002.jsonl, line 1: the link that audit-000003.jsonl continues is not there",
    );
    await restore();
    assert.equal((await verify(directory)).ok, true);
  }));

Deno.test("a crash at any byte of the last line leaves a chain that continues and verifies", () =>
  inDirectory(async (directory) => {
    await write(directory, "a", "b");
    const path = `${directory}/audit-000001.jsonl`;
    const bytes = await Deno.readFile(path);
    const lastLine = bytes.lastIndexOf(0x0a, bytes.length - 2) + 1;
    for (let cut = lastLine; cut <= bytes.length; cut++) {
      await Deno.writeFile(path, bytes.subarray(0, cut));
      await write(directory, "c");
      const isTorn = cut !== lastLine && cut !== bytes.length;
      assert.deepEqual(
        await verify(directory),
        {
          ok: true,
          records: cut === bytes.length ? 3 : 2,
          broken_at: null,
          reason: null,
          torn_lines: isTorn ? 1 : 0,
        },
        `cut at ${cut}`,
      );
      if (isTorn) {
        const after = await Deno.readFile(path);
        after[lastLine] = (after[lastLine] ?? 0) ^ 0x01;
        await Deno.writeFile(path, after);
        assert.equal((await verify(directory)).ok, false, `edit of what was cut at ${cut}`);
      }
      await Deno.remove(`${directory}/audit-000002.jsonl`);
    }
  }));

Deno.test("a crash inside the header of a new file leaves a chain that continues", () =>
  inDirectory(async (directory) => {
    await write(directory, "a");
    await Deno.writeTextFile(`${directory}/audit-000002.jsonl`, '{"file":"audit-0000');
    await Deno.writeTextFile(`${directory}/audit-000003.jsonl`, "");
    await write(directory, "b");
    assert.equal(names(directory).at(-1), "audit-000004.jsonl");
    assert.deepEqual(await verify(directory), {
      ok: true,
      records: 2,
      broken_at: null,
      reason: null,
      torn_lines: 1,
    });
  }));

Deno.test("lines whose end was still on its way when another process looked are no break", () =>
  inDirectory(async (directory) => {
    await write(directory, "a", "b");
    const path = `${directory}/audit-000001.jsonl`;
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.subarray(0, bytes.length - 20));
    await write(directory, "c");
    await Deno.writeFile(path, bytes);
    assert.deepEqual(await verify(directory), {
      ok: true,
      records: 3,
      broken_at: null,
      reason: null,
      torn_lines: 0,
    });
  }));

Deno.test("files of the record are for their owner only", {
  ignore: Deno.build.os === "windows",
}, () =>
  inDirectory(async (directory) => {
    await write(`${directory}/deep/audit`, "a");
    const { mode } = await Deno.stat(`${directory}/deep/audit/audit-000001.jsonl`);
    assert.equal((mode ?? 0) & 0o777, 0o600);
    assert.equal(((await Deno.stat(`${directory}/deep/audit`)).mode ?? 0) & 0o777, 0o700);
  }));

Deno.test("a directory that is not there cannot be verified", () =>
  inDirectory(async (directory) => {
    await assert.rejects(openAuditReader(`${directory}/none`, files), { code: "env.audit" });
    await assert.rejects(
      createAuditLog({ path: `${directory}/none/\0`, files, clock: tickingClock() }),
      { code: "env.audit" },
    );
  }));

Deno.test("texts of callers that are no Unicode are recorded all the same", () =>
  inDirectory(async (directory) => {
    const log = await open(directory);
    await log.append(entry("\ud800".repeat(3), {
      decisions: [{ target: "\udfff".repeat(500), effect: "deny", rule: "input.target" }],
    }));
    const { records } = await log.query({ limit: 1 });
    assert.equal(records[0]?.tool, "\ufffd\ufffd\ufffd");
    assert.equal(records[0]?.decisions[0]?.target.endsWith("… 300 more"), true);
    assert.equal((await log.verify()).ok, true);
    await log.append(entry("odd", { args: { depth: NaN } }));
    assert.deepEqual((await log.query({ limit: 1 })).records[0]?.args, { value: "[not JSON]" });
    await log.close();
  }));

Deno.test("any sequence of runs and appends verifies, and any changed line does not", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.record({ tool: fc.string(), change: fc.boolean() }), { maxLength: 5 }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.nat(),
      (runs, pick) =>
        inDirectory(async (directory) => {
          for (const run of runs) {
            const log = await open(directory);
            await Promise.all(run.map(({ tool, change }) => log.append(entry(tool, { change }))));
            await log.close();
          }
          const verdict = await verify(directory);
          assert.deepEqual([verdict.ok, verdict.records], [true, runs.flat().length]);
          const file = names(directory).at(pick % Math.max(names(directory).length, 1));
          if (file === undefined) return;
          const path = `${directory}/${file}`;
          const text = await Deno.readTextFile(path);
          const lines = text.trimEnd().split("\n");
          const at = pick % lines.length;
          const changed = lines.with(at, (lines[at] ?? "").replace('"v":1', '"v":2'));
          await Deno.writeTextFile(path, `${changed.join("\n")}\n`);
          assert.equal((await verify(directory)).ok, false);
        }),
    ),
    { numRuns: 15 },
  ));

Deno.test("in memory the newest 1,000 records are kept, chained and verified", async () => {
  const log = await createAuditLog({ path: null, files, clock: tickingClock() });
  assert.equal(log.path, null);
  for (let turn = 1; turn <= 2300; turn++) await log.append(entry(`t${turn}`));
  const { records, total, more } = await log.query({ limit: 2 });
  assert.deepEqual(records.map(({ seq, tool }) => [seq, tool]), [[2300, "t2300"], [2299, "t2299"]]);
  assert.deepEqual([total, more], [1000, true]);
  assert.deepEqual(await log.verify(), {
    ok: true,
    records: 1000,
    broken_at: null,
    reason: null,
    torn_lines: 0,
  });
  await log.close();
  await assert.rejects(log.append(entry("late")), { code: "env.audit" });
});

Deno.test("lines that somebody made up are passed over in answers and break the chain, nothing more", () =>
  inDirectory(async (directory) => {
    await write(directory, "ping");
    const path = `${directory}/${names(directory)[0]}`;
    const [header = "", line = ""] = (await Deno.readTextFile(path)).split("\n");
    const record = JSON.parse(line);
    const odd = [
      { outcome: 5 },
      { outcome: undefined },
      { seq: 1e300 },
      { seq: "2" },
      { event: "\u001b[2J" },
      { decisions: [{}] },
      { args: [] },
    ].map((change) => JSON.stringify({ ...record, ...change }));
    // No number of JSON, but JSON.parse reads it, as infinity.
    const infinite = line.replace('"duration_ms":1.5', '"duration_ms":1e999');
    await Deno.writeTextFile(path, `${[header, line, ...odd, infinite, "5", "null"].join("\n")}\n`);
    const reader = await openAuditReader(directory, files);
    const { records, total } = await reader.query({ limit: 100, outcome: "ok" });
    assert.deepEqual([records, total], [[record], 1]);
    assert.equal((await reader.query({ limit: 100, outcome: "o." })).total, 0);
    assert.equal((await reader.verify()).ok, false);
  }));

Deno.test("a reason does not repeat what a header calls its file", () =>
  inDirectory(async (directory) => {
    await write(directory, "ping");
    const path = `${directory}/${names(directory)[0]}`;
    const [header = "", ...rest] = (await Deno.readTextFile(path)).split("\n");
    const sha256 = await loadSha256();
    const { hash: _, ...body } = { ...JSON.parse(header), file: "\u001b[2J".repeat(100) };
    const line = canonical(seal(body, sha256));
    await Deno.writeTextFile(path, [line, ...rest].join("\n"));
    assert.equal(
      (await verify(directory)).reason,
      "File audit-000001.jsonl, line 1: it is the header of another file",
    );
  }));
