/**
 * What policy says of the targets of one call, all of them before the tool runs.
 *
 * @module
 */
import type { AuditEntry } from "../audit/record.ts";
import { asNetglassError, Bug, type NetglassError, PolicyDenied } from "../errors/mod.ts";
import type { Guard, JudgedTarget } from "../policy/decision.ts";
import type { Policy } from "../policy/policy.ts";

/** Host names of one call that are resolved at the same time. */
const GUARD_CONCURRENCY = 16;

/** The verdict on each text that a guard named. */
export type Judged = ReadonlyMap<string, JudgedTarget | NetglassError>;

/** Judges every guard; never throws. */
export async function judgeAll(
  guards: readonly Guard[],
  policy: Policy,
  signal: AbortSignal,
): Promise<Judged> {
  const judged = new Map<string, JudgedTarget | NetglassError>();
  const waiting = [...new Map(guards.map((guard) => [guard.text, guard])).values()];
  const worker = async (): Promise<void> => {
    for (let guard = waiting.shift(); guard !== undefined; guard = waiting.shift()) {
      try {
        judged.set(
          guard.text,
          guard.kind === "host"
            ? await policy.judgeHost(guard.text, signal)
            : policy.judgeQuery(guard.text),
        );
      } catch (thrown) {
        judged.set(guard.text, asNetglassError(thrown));
      }
    }
  };
  await Promise.all(
    Array.from({ length: Math.min(GUARD_CONCURRENCY, waiting.length) }, worker),
  );
  return judged;
}

/** The verdicts as the audit record keeps them, twenty at most. */
export function decisionsOf(judged: Judged): AuditEntry["decisions"] {
  return [...judged].slice(0, 20).map(([text, verdict]) => ({
    target: text.slice(0, 255),
    effect: verdict instanceof Error ? "deny" : "allow",
    rule: verdict instanceof PolicyDenied
      ? String(verdict.detail.rule ?? verdict.code)
      : verdict instanceof Error
      ? verdict.code
      : verdict.decision.rule,
  }));
}

/**
 * The judged target.
 *
 * @throws what policy said about this text, or {@link Bug} if no guard named it
 */
export function judgedOr(judged: Judged, tool: string, text: string): JudgedTarget {
  const verdict = judged.get(text);
  if (verdict === undefined) {
    throw new Bug(new Error(`Tool "${tool}" asked for a target that no guard of it named`));
  }
  if (verdict instanceof Error) throw verdict;
  return verdict;
}
