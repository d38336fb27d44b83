import assert from "node:assert/strict";
import fc from "fast-check";
import { type Scripted, scriptedPrograms } from "../../tests/scripted_programs.ts";
import { askIp, requireLinux, wholeEntries } from "./ip_program.ts";

function ask(answer: Scripted) {
  const programs = scriptedPrograms(() => answer);
  return askIp({ programs, signal: new AbortController().signal }, ["rule", "show"]);
}

Deno.test("an empty printout is an empty table", async () => {
  for (const stdout of ["", "\n", "[]", "[ ]\n", "[{},{}]"]) {
    assert.deepEqual(await ask({ stdout }), { entries: [], problems: [] });
  }
});

Deno.test("a cut printout gives its whole entries and says that it was cut", async () => {
  const answer = await ask({
    stdout: '[{"dst":"a","x":[{"y":1}]},{"dst":"b"},{"ds',
    truncated: true,
  });
  assert.deepEqual(answer.entries, [{ dst: "a", x: [{ y: 1 }] }, { dst: "b" }]);
  assert.deepEqual(answer.problems, ["The table is longer than what is read of it (64 MiB)"]);
});

Deno.test("a table that changed under the reading is said to be inconsistent", async () => {
  const stderr = "Dump was interrupted and may be inconsistent.\n";
  const { entries, problems } = await ask({ stdout: '[{"dst":"a"}]', stderr });
  assert.equal(entries.length, 1);
  assert.deepEqual(problems, [
    "The table changed while it was read: entries may be missing or double",
  ]);
});

Deno.test("a kernel without a family has an empty table", async () => {
  const stderr = "RTNETLINK answers: Operation not supported\nDump terminated\n";
  assert.deepEqual(await ask({ code: 2, stderr }), { entries: [], problems: [] });
});

Deno.test("an ip without JSON, a failure and a deadline are told apart", async () => {
  await assert.rejects(ask({ code: 1, stderr: "ip: unrecognized option: j\nBusyBox v1.36.1\n" }), {
    code: "env.program_version",
  });
  await assert.rejects(ask({ stdout: "1: lo: <LOOPBACK,UP>\n" }), { code: "env.program_version" });
  await assert.rejects(ask({ stdout: '"text"' }), { code: "env.program_version" });
  await assert.rejects(
    ask({ code: 2, stderr: "Cannot open netlink socket: Too many open files\n" }),
    {
      code: "env.program_failed",
    },
  );
  await assert.rejects(ask({ code: null, ended: "deadline" }), {
    code: "env.program_failed",
    retryable: true,
  });
  await assert.rejects(ask("absent"), { code: "env.program_absent" });
});

Deno.test("other platforms are told what is needed", () => {
  requireLinux({ platform: "linux" }, "list routes");
  assert.throws(() => requireLinux({ platform: "darwin" }, "list routes"), {
    code: "env.platform",
    message: "Cannot list routes: this works on Linux only, this is macOS",
  });
});

Deno.test("any cut of any list leaves whole entries, as many as are closed", () => {
  const entries = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 6 });
  fc.assert(fc.property(entries, fc.nat(), (list, at) => {
    const text = JSON.stringify(list);
    const whole: unknown = JSON.parse(wholeEntries(text.slice(0, at % (text.length + 1))));
    assert.ok(Array.isArray(whole));
    assert.equal(JSON.stringify(whole), JSON.stringify(list.slice(0, whole.length)));
  }));
});
