/**
 * Fields and sentences that the tools about MRT files share.
 *
 * @module
 */
import { z } from "zod";
import { sayCount } from "../../words/amount.ts";
import type { ReadFacts } from "./mrt_question.ts";

/** Time that a tool may take to read a file, milliseconds. */
export const MRT_BUDGET_MS = 600_000;

/** The path of a file. */
export function mrtFilePath(): z.ZodString {
  return z.string().min(1).max(4096).describe(
    "MRT file (RFC 6396; plain or gzip) in a directory of pcap.allowed_paths",
  );
}

/** How much of the file the answer rests on. */
export function readFactsOutput() {
  return {
    file_size_bytes: z.number(),
    compression: z.enum(["gzip"]).nullable(),
    records: z.record(z.string(), z.number()),
    records_passed_over: z.number().describe("Of kinds that are not read"),
    first_time: z.string().nullable(),
    last_time: z.string().nullable(),
    complete: z.boolean(),
    truncated_at: z.number().nullable().describe("Octet, decompressed, where reading ended early"),
    damage_count: z.number(),
    damage: z.array(z.object({
      offset: z.number(),
      found: z.string(),
      effect: z.enum(["skipped", "stopped"]),
    })),
  };
}

/** What of the file was not read, said after the sentence of an answer; empty if all was. */
export function sayReadFacts(facts: ReadFacts): string {
  const { truncated_at, damage_count, damage, records_passed_over } = facts;
  const passed = records_passed_over === 0
    ? ""
    : ` ${sayCount(records_passed_over, "record")} of kinds that are not read were passed over.`;
  const stopped = damage.find(({ effect }) => effect === "stopped");
  const stop = truncated_at === null
    ? ""
    : ` Reading ended at octet ${truncated_at}${
      stopped === undefined ? "" : `: ${stopped.found}`
    }.`;
  const skipped = damage_count - (stopped === undefined ? 0 : 1);
  const [first] = damage;
  const damaged = skipped === 0 || first === undefined
    ? ""
    : ` ${
      sayCount(skipped, "damaged record")
    } left out, the first at octet ${first.offset}: ${first.found}.`;
  return `${damaged}${stop}${passed}`;
}
