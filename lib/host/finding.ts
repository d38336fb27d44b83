/**
 * One finding about the health of this host, and the order of several.
 *
 * @module
 */
import { z } from "zod";

/** Worst first. */
const SEVERITIES = ["critical", "warning", "info", "ok"] as const;

/** The schema of one finding. */
export const findingRow = () =>
  z.object({
    severity: z.enum(SEVERITIES),
    area: z.enum(["interfaces", "routes", "neighbours", "resolvers", "clock", "sockets"]),
    line: z.string(),
  });

/** One finding. */
export type Finding = z.output<ReturnType<typeof findingRow>>;

/** The findings, worst first, else in their order. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) =>
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)
  );
}
