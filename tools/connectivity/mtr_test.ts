import assert from "node:assert/strict";
import type { ProgramCall } from "../../lib/io/io.ts";
import type { ToolContext } from "../../lib/mcp/define_tool.ts";
import { loopbackContext } from "../../tests/loopback_context.ts";
import { printout, type Scripted, scriptedPrograms } from "../../tests/scripted_programs.ts";
import { mtr } from "./mtr.ts";

function context(script: (call: ProgramCall) => Scripted): ToolContext {
  const cx = loopbackContext();
  return { ...cx, io: { ...cx.io, programs: scriptedPrograms(script) } };
}

async function run(cx: ToolContext): Promise<Record<string, unknown>> {
  return mtr.output.parse(await mtr.run(mtr.input.parse({ target: "10.61.3.2" }), cx));
}

Deno.test("without mtr, traceroute and ping answer in its place", async () => {
  for (
    const without of ["absent", { code: 1, stderr: "mtr: unrecognized option '--json'\n" }] as const
  ) {
    const report = await run(
      context(({ program }) =>
        program === "mtr"
          ? without
          : program === "ping"
          ? { stdout: printout("ping_iputils_v4.txt") }
          : { stdout: printout("traceroute_linux_v4.txt") }
      ),
    );
    assert.equal(report.success, true);
    assert.equal(report.error_type, "missing_dependency");
    assert.notEqual(report.suggestion, "");
    assert.equal(report.reached_destination, true);
    assert.match(String(report.summary), /^mtr is not usable here\. 10\.61\.3\.2 answers/);
    const fallback = report.fallback as { traceroute: unknown; ping: unknown };
    assert.ok(fallback.traceroute !== null && fallback.ping !== null);
  }
});

Deno.test("with one stand-in only, that one answers and the other is noted", async () => {
  const report = await run(
    context(({ program }) =>
      program === "ping" ? { stdout: printout("ping_iputils_v4.txt") } : "absent"
    ),
  );
  assert.deepEqual((report.fallback as { traceroute: unknown }).traceroute, null);
  assert.match(String((report.notes as string[])[0]), /env\.program_absent/);
});

Deno.test("with none of the three programs the error names mtr and how to get it", async () => {
  await assert.rejects(run(context(() => "absent")), {
    code: "env.program_absent",
    message: 'Cannot run "mtr": not installed',
    hint: "Install mtr.",
  });
});
