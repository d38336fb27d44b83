import assert from "node:assert/strict";
import type { ToolContext } from "../../lib/mcp/define_tool.ts";
import { loopbackContext } from "../../tests/loopback_context.ts";
import { printout, type Scripted, scriptedPrograms } from "../../tests/scripted_programs.ts";
import type { ProgramCall } from "../../lib/io/io.ts";
import { batchPing } from "./batch_ping.ts";

function context(
  script: (call: ProgramCall) => Scripted | Promise<Scripted>,
  options: Parameters<typeof loopbackContext>[0] = {},
): ToolContext {
  const cx = loopbackContext(options);
  return { ...cx, io: { ...cx.io, programs: scriptedPrograms(script) } };
}

const good = { stdout: printout("ping_iputils_v4.txt") };
const silent = { code: 1, stdout: printout("ping_iputils_silent.txt") };

async function run(args: Record<string, unknown>, cx: ToolContext) {
  return batchPing.output.parse(await batchPing.run(batchPing.input.parse(args), cx));
}

Deno.test("results keep the order of targets, duplicates included, each with its own error", async () => {
  const cx = context(
    async ({ operand }) => {
      // The first target answers last.
      if (operand === "192.0.2.1") await new Promise((resolve) => setTimeout(resolve, 20));
      return operand === "192.0.2.3" ? silent : good;
    },
    { denied: ["192.0.2.2"] },
  );
  const report = await run(
    { targets: ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.1"] },
    cx,
  );
  const results = report.results as Record<string, unknown>[];
  assert.deepEqual(results.map((item) => item.target), [
    "192.0.2.1",
    "192.0.2.2",
    "192.0.2.3",
    "192.0.2.1",
  ]);
  assert.deepEqual(results.map((item) => [item.success, item.reachable, item.error_code]), [
    [true, true, undefined],
    [false, false, "policy.blocked_targets"],
    [true, false, undefined],
    [true, true, undefined],
  ]);
  assert.deepEqual(
    [report.success, report.total_targets, report.successful, report.failed, report.errors],
    [true, 4, 2, 2, 1],
  );
  assert.equal(report.summary, "2 of 4 hosts answer, 1 could not be tried");
});

Deno.test("256 hosts run, never more at a time than asked and configured", async () => {
  let running = 0;
  let most = 0;
  let last = 0;
  const cx = context(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running--;
    return good;
  }, { onProgress: (done) => last = done });
  const targets = Array.from({ length: 256 }, (_, i) => `10.0.0.${i}`);
  const report = await run({ targets, max_concurrent: 50 }, cx);
  assert.equal(report.successful, 256);
  assert.equal(most, 16);
  assert.equal(last, 256);
});

Deno.test("a missing ping is every host's error, with the hint", async () => {
  const report = await run({ targets: ["192.0.2.1"] }, context(() => "absent"));
  const [item] = report.results as Record<string, unknown>[];
  assert.equal(item?.error_code, "env.program_absent");
  assert.equal(item?.hint, "Install ping.");
});

Deno.test("a stopped call says which hosts were not done", async () => {
  const report = await run(
    { targets: ["192.0.2.1", "192.0.2.2"] },
    context(() => good, { signal: AbortSignal.abort() }),
  );
  assert.deepEqual([report.success, report.complete], [false, false]);
  const results = report.results as Record<string, unknown>[];
  assert.deepEqual(results.map((item) => item.error_code), ["env.deadline", "env.deadline"]);
});

Deno.test("silly numbers are refused by the schema", () => {
  const refused: Record<string, unknown>[] = [
    { targets: [] },
    { targets: Array.from({ length: 257 }, () => "192.0.2.1") },
    { targets: ["192.0.2.1"], count: 0 },
    { targets: ["192.0.2.1"], count: -1 },
    { targets: ["192.0.2.1"], count: 1e9 },
    { targets: ["192.0.2.1"], timeout: 61 },
    { targets: ["192.0.2.1"], max_concurrent: 51 },
    { targets: ["a".repeat(10_000)] },
    { targets: ["192.0.2.1"], flags: "-f" },
  ];
  for (const args of refused) assert.equal(batchPing.input.safeParse(args).success, false);
});
