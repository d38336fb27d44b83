/**
 * One change told from its records: what was planned, who let it be done, what was sent, how it ended.
 *
 * @module
 */
import type { AuditRecord } from "./record.ts";

/** What happened to a change, one record. */
export interface ChangeStep {
  readonly seq: number;
  readonly time: string;
  readonly event: AuditRecord["event"];
  readonly tool: string | null;
  readonly call_id: string;
  /** `ok`, or the code of a refusal; null where the record tells none. */
  readonly outcome: string | null;
  /** Where the change stood afterwards, or null. */
  readonly state: string | null;
  /** Peer by peer, with messages in hexadecimal digits, as recorded. */
  readonly peers: readonly unknown[];
}

/** One change. */
export interface ChangeReport {
  readonly plan_id: string;
  readonly tool: string | null;
  /** As the plan told it, or null: its record is gone. */
  readonly summary: string | null;
  /** The last state that is known: of a plan that nobody confirmed `planned`. */
  readonly state: string;
  readonly planned_at: string | null;
  /** When it was first done, or null. */
  readonly applied_at: string | null;
  /** When it ends at the latest, also where the record of its end is lost with a crash; null: unknown. */
  readonly ends_by: string | null;
  /** How often it went out again with a session that came back; the last of them are among the steps. */
  readonly resent_count: number;
  /** As planned: `decoded`, `exact`, `blast_radius`, `warnings`; null: its record is gone. */
  readonly plan: Readonly<Record<string, unknown>> | null;
  /** Oldest first. */
  readonly steps: readonly ChangeStep[];
  /** The report for a ticket, line by line. */
  readonly lines: readonly string[];
}

/** A peer that flaps has a route sent again and again: so many of these steps are told. */
const RESENT_TOLD = 10;

const ENDS: ReadonlySet<string> = new Set(["withdrawn", "expired"]);

const PLAN_PARTS = ["expires_at", "decoded", "exact", "blast_radius", "warnings"];

/** The report on `planId`; `records` are those that name it, in any order. Null: there is none. */
export function changeReport(
  planId: string,
  records: readonly AuditRecord[],
): ChangeReport | null {
  if (records.length === 0) return null;
  const resent = records.filter(isResent).toSorted((a, b) => b.seq - a.seq);
  const left = new Set(resent.slice(RESENT_TOLD));
  const ordered = records.filter((record) => !left.has(record)).toSorted((a, b) => a.seq - b.seq);
  const planned = ordered.find(({ event }) => event === "plan");
  const steps = ordered.map((record) => stepOf(planId, record));
  const applied = ordered.find((record, at) =>
    record.event === "outcome" && record.outcome === "ok" && steps[at]?.state !== null
  );
  // What comes behind an end tells of it only: a slow peer that hears of the withdrawal late.
  const end = steps.find((step) => step.state !== null && ENDS.has(step.state));
  const state = (end ?? steps.findLast((step) => step.state !== null))?.state ?? "planned";
  const evidence = planned?.evidence ?? {};
  const facts = {
    plan_id: planId,
    tool: planned?.tool ?? ordered[0]?.tool ?? null,
    summary: typeof evidence.summary === "string" ? evidence.summary : null,
    state,
    planned_at: planned?.time ?? null,
    applied_at: applied?.time ?? null,
    ends_by: endOf(ordered),
    resent_count: resent.length,
    plan: planned === undefined
      ? null
      : Object.fromEntries(PLAN_PARTS.map((part) => [part, evidence[part] ?? null])),
    steps,
  };
  return { ...facts, lines: linesOf(facts) };
}

/** As the last outcome that knows it says. */
function endOf(ordered: readonly AuditRecord[]): string | null {
  const told = ordered.map(({ event, evidence }) =>
    event === "outcome" ? evidence?.expires_at : null
  );
  return told.findLast((at): at is string => typeof at === "string") ?? null;
}

function isResent({ evidence }: AuditRecord): boolean {
  return evidence?.kind === "resent";
}

function stepOf(planId: string, record: AuditRecord): ChangeStep {
  const { seq, time, event, tool, call_id, outcome } = record;
  const evidence = ownEvidence(planId, record.evidence ?? {});
  const { state, kind, peers } = evidence;
  return {
    seq,
    time,
    event,
    tool,
    call_id,
    outcome,
    state: typeof state === "string" ? state : event === "event" ? stateOfEvent(kind) : null,
    peers: Array.isArray(peers) ? peers : [],
  };
}

/** What a record of many changes says of this one. */
function ownEvidence(
  planId: string,
  evidence: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { leases } = evidence;
  if (!Array.isArray(leases)) return evidence;
  const own = leases.find((lease) => lease?.lease_id === planId);
  return own === undefined ? evidence : { ...evidence, ...own };
}

/** What the speaker did by itself. */
function stateOfEvent(kind: unknown): string | null {
  if (kind === "override_expired") return "expired";
  if (kind === "expired" || kind === "withdrawn") return kind;
  return kind === "sent" || kind === "resent" ? "announced" : null;
}

function linesOf(report: Omit<ChangeReport, "lines">): string[] {
  const { plan } = report;
  const warnings = Array.isArray(plan?.warnings) ? plan.warnings : [];
  return [
    `# Change ${report.plan_id}`,
    `Tool: ${report.tool ?? "unknown"}`,
    `State: ${report.state}`,
    `Planned: ${report.planned_at ?? "no record"}`,
    `Applied: ${report.applied_at ?? "never"}`,
    ...(report.ends_by === null ? [] : [`Ends by: ${report.ends_by}`]),
    `What: ${report.summary ?? "the record of the plan is gone"}`,
    ...warnings.map((warning) => `Warned: ${warning}`),
    ...(plan === null ? [] : [
      `Exactly: ${JSON.stringify(plan.exact)}`,
      `Blast radius: ${JSON.stringify(plan.blast_radius)}`,
    ]),
    ...report.steps.map(sayStep),
  ];
}

function sayStep({ seq, time, event, tool, call_id, outcome, state, peers }: ChangeStep): string {
  const said = [
    `${time} #${seq} ${event}`,
    ...(tool === null ? [] : [`${tool}, call ${call_id}`]),
    ...(outcome === null ? [] : [outcome]),
    ...(state === null ? [] : [state]),
    ...(peers.length === 0 ? [] : [JSON.stringify(peers)]),
  ];
  return said.join("; ");
}
