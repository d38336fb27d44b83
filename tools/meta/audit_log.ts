/** The tool `audit_log`: reading back and verifying the record of calls. */
import { z } from "zod";
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
    hash: z.string(),
  });

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
    "or since. With verify: true the hash chain is checked from the first record to the last. " +
    "Use policy_explain to learn what would happen; this tool says what did. Reads local files only.",
  input: () =>
    z.strictObject({
      limit: z.int().min(1).max(200).default(20).describe("Most records to return, 1 to 200"),
      tool: z.string().max(64).optional().describe('Only calls of this tool, for example "ping"'),
      call_id: z.string().max(64).optional().describe("Only records of this call"),
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
      verified: chainVerdict().nullable().describe("Null unless verify was asked for"),
    }),
  needs: (config) =>
    config.audit.path === null ? [] : [
      { kind: "read", path: config.audit.path },
      { kind: "write", path: config.audit.path },
    ],
  budget: { ms: 60_000 },
  pages: "records",
  run: async ({ limit, tool, call_id, outcome, since, verify }, { audit }) => {
    const { records, total } = await audit.query({
      limit,
      ...(tool === undefined ? {} : { tool }),
      ...(call_id === undefined ? {} : { call_id }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(since === undefined ? {} : { since }),
    });
    const verified = verify ? await audit.verify() : null;
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
      summary: `${found}${chain}.`,
      path: audit.path,
      total,
      records,
      verified,
    };
  },
});
