import assert from "node:assert/strict";
import { createAuditLog } from "../../lib/audit/audit_log.ts";
import { recordSpeaker } from "../../lib/cli/record_speaker.ts";
import type { ChangeReport } from "../../lib/audit/change_report.ts";
import type { AuditReader } from "../../lib/audit/record.ts";
import { files } from "../../lib/io/files.ts";
import type { ToolContext } from "../../lib/mcp/define_tool.ts";
import { GuardedStage } from "../../tests/support/guarded_speaker.ts";
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

Deno.test("one change is told from plan to end, by its plan and by any of its calls", async () => {
  const stage = new GuardedStage();
  const planned = await stage.call("bgp_inject_route", {
    network: "192.168.99.0/24",
    reason: "drill",
  });
  assert.ok(planned.ok);
  const { plan_id, confirm_token } = planned.structured;
  await stage.call("bgp_inject_route", { plan_id, confirm_token: "guessed" });
  await stage.call("bgp_inject_route", { plan_id, confirm_token });
  await stage.announce("10.20.0.0/16");
  await stage.call("bgp_withdraw_all", {});
  const log = await createAuditLog({ path: null, files, clock: stage.clock });
  for (const entry of stage.audited) await log.append(entry);
  await log.append({
    event: "event",
    call_id: "speaker",
    tool: null,
    args: null,
    decisions: [],
    outcome: null,
    duration_ms: null,
    change: true,
    evidence: { kind: "expired", lease_id: "another" },
  });

  const answer = await ask(log, { plan_id }) as { report: ChangeReport };
  assert.partialDeepStrictEqual(answer, {
    summary: "6 of 6 matching records, newest first; the change is withdrawn.",
    report: {
      plan_id,
      tool: "bgp_inject_route",
      summary: 'Announce 192.168.99.0/24 to rr1, core for 900 seconds, because "drill".',
      state: "withdrawn",
      plan: { decoded: { network: "192.168.99.0/24", reason: "drill" } },
    },
  });
  const { report } = answer;
  assert.deepEqual(
    report.steps.map(({ event, tool, outcome, state }) => [event, tool, outcome, state]),
    [
      ["plan", "bgp_inject_route", null, null],
      ["outcome", "bgp_inject_route", "ok", null],
      ["outcome", "bgp_inject_route", "input.confirm_token", null],
      ["intent", "bgp_inject_route", null, null],
      ["outcome", "bgp_inject_route", "ok", "announced"],
      ["outcome", "bgp_withdraw_all", "ok", "withdrawn"],
    ],
  );
  assert.partialDeepStrictEqual(report.steps[4]?.peers, [
    { peer: "rr1", state: "sent", messages_hex: ["ff00"] },
    { peer: "core", state: "sent", messages_hex: ["ff01"] },
  ]);
  assert.match(
    report.lines.join("\n"),
    /^# Change [0-9a-f-]{36}\nTool: bgp_inject_route\nState: withdrawn\n/,
  );
  const callId = report.steps[4]?.call_id;
  const byCall = await ask(log, { call_id: callId }) as { report: ChangeReport };
  assert.deepEqual(byCall.report, report);
});

Deno.test("a peer that flaps does not push the plan out of the report", async () => {
  const stage = new GuardedStage();
  await stage.announce("192.168.99.0/24");
  const log = await createAuditLog({ path: null, files, clock: stage.clock });
  for (const entry of stage.audited) await log.append(entry);
  const [{ id = "" } = {}] = stage.speaker.originations();
  for (let flap = 0; flap < 300; flap++) {
    await log.append({
      event: "event",
      call_id: "speaker",
      tool: null,
      args: null,
      decisions: [],
      outcome: null,
      duration_ms: null,
      change: false,
      evidence: { kind: "resent", plan_ids: [id], peers: [] },
    });
  }
  const { report } = await ask(log, { plan_id: id }) as { report: ChangeReport };
  assert.partialDeepStrictEqual(report, {
    state: "announced",
    resent_count: 300,
    ends_by: "2025-06-15T15:21:40.000Z",
    plan: { decoded: { network: "192.168.99.0/24" } },
  });
  assert.equal(report.steps.filter(({ event }) => event === "event").length, 10);
});

Deno.test("the end of an override is part of its report, whether it was lifted or its time ran out", async () => {
  const stage = new GuardedStage();
  const adjusted = async (network: string) => {
    stage.speaker.rib.put({ prefix: network, peer: 0, asPath: "65000" });
    const planned = await stage.call("bgp_adjust_local_pref", { network, local_pref: 9 });
    assert.ok(planned.ok);
    const { plan_id, confirm_token } = planned.structured;
    assert.ok((await stage.call("bgp_adjust_local_pref", { plan_id, confirm_token })).ok);
    return String(plan_id);
  };
  const lifted = await adjusted("203.0.113.0/24");
  await stage.call("bgp_withdraw_route", { network: "203.0.113.0/24" });
  const expired = await adjusted("198.51.100.0/24");
  const log = await createAuditLog({ path: null, files, clock: stage.clock });
  for (const entry of stage.audited) await log.append(entry);
  const { promise, resolve } = Promise.withResolvers<void>();
  recordSpeaker(
    stage.speaker,
    { append: async (entry) => resolve(await log.append(entry)) },
    stage.clock,
    (bug) => assert.fail(bug),
  );
  const [override] = stage.speaker.overrides();
  assert.equal(override?.id, expired);
  stage.speaker.tell({ kind: "override_expired", override });
  await promise;
  assert.partialDeepStrictEqual(await ask(log, { plan_id: lifted }), {
    report: { state: "withdrawn" },
  });
  assert.partialDeepStrictEqual(await ask(log, { plan_id: expired }), {
    report: { state: "expired" },
  });
});

Deno.test("a change that tells no state of its own is reported as applied", async () => {
  const stage = new GuardedStage();
  const planned = await stage.call("bgp_peer_control", { peer: "rr1", action: "disable" });
  assert.ok(planned.ok);
  const { plan_id, confirm_token } = planned.structured;
  assert.ok((await stage.call("bgp_peer_control", { plan_id, confirm_token })).ok);
  const log = await createAuditLog({ path: null, files, clock: stage.clock });
  for (const entry of stage.audited) await log.append(entry);
  const { report } = await ask(log, { plan_id }) as { report: ChangeReport };
  assert.equal(report.state, "applied");
  assert.notEqual(report.applied_at, null);
});

Deno.test("a call that changed nothing has no report, nor has a plan that nobody made", async () => {
  const audit = await recordOfThree();
  assert.partialDeepStrictEqual(await ask(audit, { call_id: "c" }), { report: null });
  assert.partialDeepStrictEqual(await ask(audit, { plan_id: "none" }), { report: null, total: 0 });
});
