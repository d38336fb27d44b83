import assert from "node:assert/strict";
import { createAuditLog } from "../../lib/audit/audit_log.ts";
import type { AuditReader } from "../../lib/audit/record.ts";
import { files } from "../../lib/io/files.ts";
import type { ToolContext } from "../../lib/mcp/define_tool.ts";
import { auditLog } from "./audit_log.ts";

/** Runs the tool as the pipeline does: parsed input, checked output. */
async function ask(audit: AuditReader, args: Record<string, unknown>): Promise<unknown> {
  // The tool touches nothing of its context but the record.
  const cx = { audit } as unknown as ToolContext;
  return auditLog.output.parse(await auditLog.run(auditLog.input.parse(args), cx));
}

async function recordOfThree(): Promise<AuditReader> {
  const log = await createAuditLog({
    path: null,
    files,
    clock: { now: () => Date.UTC(2026, 0, 31) },
  });
  for (const [tool, outcome] of [["ping", "ok"], ["mtr", "policy.block_private"], ["ping", "ok"]]) {
    await log.append({
      event: "outcome",
      call_id: "c",
      tool: tool ?? null,
      args: { target: "example.com" },
      decisions: [],
      outcome: outcome ?? null,
      duration_ms: 1,
      change: false,
    });
  }
  return log;
}

Deno.test("the newest records come back first and the chain is verified on request", async () => {
  const audit = await recordOfThree();
  const answer = await ask(audit, { limit: 2, verify: true });
  assert.partialDeepStrictEqual(answer, {
    success: true,
    summary: "2 of 3 matching records, newest first; the chain of 3 records is intact.",
    path: null,
    total: 3,
    records: [{ seq: 3, tool: "ping" }, { seq: 2, tool: "mtr" }],
    verified: { ok: true, records: 3, broken_at: null, reason: null, torn_lines: 0 },
  });
});

Deno.test("a prefix of outcomes finds the refusals, and nothing is said to be nothing", async () => {
  const audit = await recordOfThree();
  assert.partialDeepStrictEqual(await ask(audit, { outcome: "policy." }), {
    total: 1,
    records: [{ seq: 2, outcome: "policy.block_private" }],
    verified: null,
  });
  assert.partialDeepStrictEqual(await ask(audit, { tool: "dns_lookup" }), {
    summary: "No record matches.",
    records: [],
  });
});

Deno.test("a broken chain is said in the summary", async () => {
  const audit: AuditReader = {
    path: "/var/lib/audit",
    query: () => Promise.resolve({ records: [], total: 0, more: false }),
    verify: () =>
      Promise.resolve({
        ok: false,
        records: 7,
        broken_at: 4,
        reason: "File audit-000001.jsonl, line 5: its hash does not match its contents",
        torn_lines: 0,
      }),
  };
  assert.partialDeepStrictEqual(await ask(audit, { verify: true }), {
    summary:
      "No record matches; the chain is BROKEN: File audit-000001.jsonl, line 5: its hash does not match its contents.",
    verified: { ok: false, broken_at: 4 },
  });
});

Deno.test("limits and times are checked", () => {
  for (
    const args of [{ limit: 0 }, { limit: 201 }, { limit: 1.5 }, { since: "yesterday" }, { x: 1 }]
  ) {
    assert.equal(auditLog.input.safeParse(args).success, false, JSON.stringify(args));
  }
  assert.deepEqual(auditLog.input.parse({}), { limit: 20, verify: false });
});
