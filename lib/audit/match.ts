/**
 * Which records a question is about.
 *
 * @module
 */
import type { AuditQuery, AuditRecord } from "./record.ts";

/** True if `record` answers `query`; `limit` is not looked at. */
export function matches(record: AuditRecord, query: AuditQuery): boolean {
  const { tool, call_id, plan_id, outcome, since, before_seq } = query;
  if (tool !== undefined && record.tool !== tool) return false;
  if (call_id !== undefined && record.call_id !== call_id) return false;
  if (plan_id !== undefined && !namesPlan(record, plan_id)) return false;
  if (before_seq !== undefined && record.seq >= before_seq) return false;
  if (since !== undefined && Date.parse(record.time) < Date.parse(since)) return false;
  if (outcome === undefined) return true;
  return outcome.endsWith(".")
    ? record.outcome?.startsWith(outcome) ?? false
    : record.outcome === outcome;
}

function namesPlan({ evidence }: AuditRecord, planId: string): boolean {
  // A lease has the id of the plan that made it.
  return evidence?.plan_id === planId || evidence?.lease_id === planId ||
    (Array.isArray(evidence?.plan_ids) && evidence.plan_ids.includes(planId));
}

/** Newest first; of one moment, the higher sequence number first. */
export function newestFirst(a: AuditRecord, b: AuditRecord): number {
  return a.time === b.time ? b.seq - a.seq : a.time < b.time ? 1 : -1;
}
