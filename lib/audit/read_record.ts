/**
 * A record as it was found: a line that somebody changed may hold anything in place of its members.
 *
 * @module
 */
import { isSeq } from "./chain.ts";
import type { AuditRecord } from "./record.ts";

const EVENTS: readonly unknown[] = ["intent", "plan", "outcome", "event"];

/** The value if it has the shape of a record, else null. Whether its hash holds is not looked at. */
export function readRecord(value: unknown): AuditRecord | null {
  if (!isObject(value)) return null;
  const { v, seq, time, prev, hash, event, call_id, tool, args, decisions, outcome } = value;
  const isShaped = v === 1 && isSeq(seq) && EVENTS.includes(event) &&
    [time, prev, hash, call_id].every((text) => typeof text === "string") &&
    [tool, outcome].every((text) => text === null || typeof text === "string") &&
    (args === null || isObject(args)) &&
    Array.isArray(decisions) && decisions.every(isDecision) &&
    (value.duration_ms === null || Number.isFinite(value.duration_ms)) &&
    typeof value.change === "boolean" &&
    (value.evidence === undefined || isObject(value.evidence));
  // Every member was looked at.
  return isShaped ? value as unknown as AuditRecord : null;
}

function isDecision(value: unknown): boolean {
  return isObject(value) && typeof value.target === "string" && typeof value.rule === "string" &&
    (value.effect === "allow" || value.effect === "deny");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
