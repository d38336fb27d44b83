/**
 * Fields that the tools of the looking glass share.
 *
 * @module
 */
import { z } from "zod";
import type { ServerAnswer } from "./looking_glass.ts";

/** How long beyond the deadline of the servers a tool may take to say what came, milliseconds. */
export const AFTERTHOUGHT_MS = 2_000;

/** One server, by name. */
export function serverInput() {
  return z.string().min(1).max(100).optional().describe(
    "Route server, by name or an unmistakable part of it (list_servers); default: the first enabled one",
  );
}

/** Whether the router's own text is wanted as well. */
export function formatInput() {
  return z.enum(["text", "json"]).default("json").describe(
    "text: the router's own output too, as raw_output",
  );
}

/** How long to wait. */
export function deadlineInput() {
  return z.number().min(1).max(120).optional().describe(
    "Seconds until what has come is answered; default: looking_glass.deadline_ms",
  );
}

/** What was asked of whom, and how much of the answer came. */
export function answerOutput() {
  return {
    server: z.string(),
    host: z.string(),
    dialect: z.string(),
    command: z.string().describe("What was sent"),
    complete: z.boolean().describe(
      "False: something is missing, see incomplete_reason and problems",
    ),
    incomplete_reason: z.string().nullable(),
    problems: z.array(z.string()),
    cached_age_ms: z.number().nullable().describe(
      "Age of a remembered answer; null: asked just now",
    ),
    elapsed_ms: z.number(),
    bytes_received: z.number(),
    raw_output: z.string().optional().describe("Remote words, with format text"),
  };
}

/** The fields of {@link answerOutput}. */
export function answerFacts(answer: ServerAnswer, format: "text" | "json") {
  return {
    server: answer.server.name,
    host: answer.server.host,
    dialect: answer.dialect,
    command: answer.command,
    complete: answer.complete,
    incomplete_reason: answer.complete ? null : answer.reason ?? "unreadable",
    problems: [...answer.parsed.problems],
    cached_age_ms: answer.cachedMs === null ? null : Math.round(answer.cachedMs),
    elapsed_ms: Math.round(answer.elapsedMs),
    bytes_received: answer.bytesReceived,
    ...(format === "text" ? { raw_output: answer.raw } : {}),
  };
}
