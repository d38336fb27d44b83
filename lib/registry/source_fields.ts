/**
 * Fields of the tools that ask several registries the same.
 *
 * @module
 */
import { z } from "zod";
import type { Difference, SourceReport } from "./source_report.ts";

/** Time for all sources together, milliseconds: each waits its turn at a host, once a second. */
export const SOURCES_BUDGET_MS = 30_000;

/** How the sources answered. */
export function sourcesOutput() {
  return {
    sources: z.array(z.object({
      source: z.string(),
      answered: z.boolean(),
      facts: z.record(z.string(), z.unknown()).nullable().describe("null: it knows nothing of it"),
      problems: z.array(z.string()).optional(),
      error: z.string().optional(),
      error_code: z.string().optional(),
    })),
    differences: z.array(z.record(z.string(), z.unknown())).describe(
      "What they say differently: what, values: {value, sources}",
    ),
  };
}

/** The fields of {@link sourcesOutput}; `report` renders what one source said. */
export function sourcesReport<Facts>(
  sources: readonly SourceReport<Facts>[],
  differences: readonly Difference[],
  report: (facts: Facts) => Record<string, unknown>,
) {
  return {
    sources: sources.map(({ source, facts, problems, error }) => ({
      source,
      answered: error === null,
      facts: facts === null ? null : report(facts),
      ...(problems.length === 0 ? {} : { problems: [...problems] }),
      ...(error === null ? {} : { error: error.message, error_code: error.code }),
    })),
    differences: differences.map(({ what, values }) => ({
      what,
      values: values.map(({ value, sources }) => ({ value, sources: [...sources] })),
    })),
  };
}

/** `cymru and ripestat`, for a sentence; `differences` are told, failures too. */
export function saySources<Facts>(
  sources: readonly SourceReport<Facts>[],
  differences: readonly Difference[],
): string {
  const answered = sources.filter(({ error }) => error === null).map(({ source }) => source);
  const failed = sources.filter(({ error }) => error !== null).map(({ source }) => source);
  return [
    answered.length === 0 ? "no source answered" : `by ${answered.join(", ")}`,
    ...(failed.length === 0 || answered.length === 0
      ? []
      : [`no answer from ${failed.join(", ")}`]),
    ...differences.map(({ what }) => `they differ in ${what}`),
  ].join("; ");
}
