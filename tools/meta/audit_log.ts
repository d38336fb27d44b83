/** The tool `audit_log`: reading back and verifying the record of calls, and reporting on a change. */
import { z } from "zod";
import { type ChangeReport, changeReport } from "../../lib/audit/change_report.ts";
import type { AuditReader, AuditRecord } from "../../lib/audit/record.ts";
import { defineTool } from "../../lib/mcp/define_tool.ts";

const recordLine = () =>
  z.object({
    v: z.literal(1),
    seq: z.int(),
    time: z.string().describe("RFC 3339, UTC"),
    prev: z.string().describe("Hash of the link before"),
    event: z.enum(["intent", "plan", "outcome", "event"]),
    call_id: z.string().describe("Ties intent and outcome of one call together"),
    tool: z.string().nullable(),
    args: z.record(z.string(), z.unknown()).nullable().describe("Redacted and shortened"),
    decisions: z.array(z.object({
      target: z.string(),
      effect: z.enum(["allow", "deny"]),
      rule: z.string(),
    })).readonly(),
    outcome: z.string().nullable().describe("ok, partial, or an error code; null on an intent"),
    duration_ms: z.number().nullable(),
    change: z.boolean(),
    evidence: z.record(z.string(), z.unknown()).optional().describe(
      "Of a change or an event: what was planned, sent and seen",
    ),
    hash: z.string(),
  });

const reportOutput = () =>
  z.object({
    plan_id: z.string(),
    tool: z.string().nullable(),
    summary: z.string().nullable(),
    state: z.string(),
    planned_at: z.string().nullable(),
    applied_at: z.string().nullable(),
    ends_by: z.string().nullable().describe("At the latest, whatever else is recorded"),
    resent_count: z.number().describe("Sent again with a session that came back"),
    plan: z.record(z.string(), z.unknown()).nullable().describe("decoded, exact, blast_radius …"),
    steps: z.array(z.object({
      seq: z.int(),
      time: z.string(),
      event: z.string(),
      tool: z.string().nullable(),
      call_id: z.string(),
      outcome: z.string().nullable(),
      state: z.string().nullable(),
      peers: z.array(z.unknown()).readonly(),
    })).readonly().describe("Oldest first"),
    lines: z.array(z.string()).readonly().describe("The report for a ticket"),
  });

/** Most records of one change that a report reads, and how many at once. */
const REPORT_RECORDS = 5_000;
const PAGE_RECORDS = 200;

/** The report on a plan, or on the change that a call was part of; null: there is no such change. */
async function reportOn(
  audit: AuditReader,
  { plan_id, call_id }: { readonly plan_id?: string; readonly call_id?: string },
): Promise<ChangeReport | null> {
  const planId = plan_id ??
    (call_id === undefined ? undefined : await planOfCall(audit, call_id));
  if (planId === undefined) return null;
  const found: AuditRecord[] = [];
  for (let hasMore = true; hasMore && found.length < REPORT_RECORDS;) {
    const before = found.at(-1)?.seq;
    const { records, more } = await audit.query({
      limit: PAGE_RECORDS,
      plan_id: planId,
      ...(before === undefined ? {} : { before_seq: before }),
    });
    found.push(...records);
    hasMore = more && records.length > 0;
  }
  return changeReport(planId, found);
}

async function planOfCall(audit: AuditReader, call_id: string): Promise<string | undefined> {
  const { records } = await audit.query({ limit: REPORT_RECORDS, call_id });
  return records.map(({ evidence }) => evidence?.lease_id ?? evidence?.plan_id)
    .find((id) => typeof id === "string");
}

const chainVerdict = () =>
  z.object({
    ok: z.boolean(),
    records: z.int(),
    broken_at: z.int().nullable().describe("Sequence number where the chain breaks first"),
    reason: z.string().nullable(),
    torn_lines: z.int().describe("Lines cut by a crash; they do not break the chain"),
  });

export const auditLog = defineTool({
  name: "audit_log",
  title: "Read the audit record",
  toolset: "meta",
  effect: "observe",
  reach: "local",
  description:
    "Read back what this server was asked and what came of it: every call with its redacted arguments, " +
    "what policy decided by which rule, outcome and duration, newest first. Filter by tool, call_id, outcome " +
    "or since. plan_id or the call_id of a change also gives a report: plan, confirmation, octets sent, " +
    "end. With verify: true the hash chain is checked from the first record to the last. " +
    "Use policy_explain to learn what would happen; this tool says what did. Reads local files only.",
  input: () =>
    z.strictObject({
      limit: z.int().min(1).max(200).default(20).describe("Most records to return, 1 to 200"),
      tool: z.string().max(64).optional().describe('Only calls of this tool, for example "ping"'),
      call_id: z.string().max(64).optional().describe("Only records of this call"),
      plan_id: z.string().max(64).optional().describe("Only records of this change, and a report"),
      outcome: z.string().max(64).optional().describe(
        'Only this outcome ("ok", "policy.block_private"), or all that begin with a prefix ending in "." ("policy.")',
      ),
      since: z.iso.datetime({ offset: true }).max(40).optional().describe(
        'Only records at or after this moment, RFC 3339, for example "2026-01-31T08:00:00Z"',
      ),
      verify: z.boolean().default(false).describe(
        "Also check the whole chain; takes about a second per 50,000 records",
      ),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      path: z.string().nullable().describe("Directory of the record; null: in memory only"),
      total: z.int().describe("Records that match, beyond limit too"),
      records: z.array(recordLine()).describe("Newest first"),
      report: reportOutput().nullable().describe("Null unless a change was asked for"),
      verified: chainVerdict().nullable().describe("Null unless verify was asked for"),
    }),
  needs: (config) =>
    config.audit.path === null ? [] : [
      { kind: "read", path: config.audit.path },
      { kind: "write", path: config.audit.path },
    ],
  budget: { ms: 60_000 },
  pages: "records",
  run: async ({ limit, tool, call_id, plan_id, outcome, since, verify }, { audit }) => {
    const { records, total } = await audit.query({
      limit,
      ...(tool === undefined ? {} : { tool }),
      ...(call_id === undefined ? {} : { call_id }),
      ...(plan_id === undefined ? {} : { plan_id }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(since === undefined ? {} : { since }),
    });
    const report = await reportOn(audit, {
      ...(plan_id === undefined ? {} : { plan_id }),
      ...(call_id === undefined ? {} : { call_id }),
    });
    const verified = verify ? await audit.verify() : null;
    const told = report === null ? "" : `; the change is ${report.state}`;
    const found = total === 0
      ? "No record matches"
      : `${records.length} of ${total} matching records, newest first`;
    const chain = verified === null
      ? ""
      : verified.ok
      ? `; the chain of ${verified.records} records is intact`
      : `; the chain is BROKEN: ${verified.reason}`;
    return {
      success: true,
      summary: `${found}${told}${chain}.`,
      path: audit.path,
      total,
      records,
      report,
      verified,
    };
  },
});
