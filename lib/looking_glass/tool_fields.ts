/**
 * Fields that the tools of the looking glass share.
 *
 * @module
 */
import { z } from "zod";
import { incompleteReason } from "./expect_answer.ts";
import type { ServerAnswer } from "./looking_glass.ts";

/** How long beyond the deadline of the servers a tool may take to say what came, milliseconds. */
export const AFTERTHOUGHT_MS = 2_000;

/** One server, by name. */
export function serverInput() {
  return z.string().min(1).max(100).optional().describe(
    "Name of a route server or part of it (list_servers); default: the first enabled one",
  );
}

/** Whether the router's own text is wanted as well. */
export function formatInput() {
  return z.enum(["text", "json"]).default("json").describe(
    "text: also raw_output, the router's own words",
  );
}

/** How long to wait. */
export function deadlineInput() {
  return z.number().min(1).max(120).optional().describe(
    "Seconds, then what has come is answered; default: looking_glass.deadline_ms",
  );
}

/** Several servers at once, and the archives. */
export function vantagesInput() {
  return {
    servers: z.array(z.string().min(1).max(100)).max(100).default([]).describe(
      "Names or tags of route servers (list_servers), at most 16; default: all enabled ones",
    ),
    archives: z.enum(["also", "only", "no"]).default("also").describe(
      "Archives of looking_glass.http_sources, which answer for hundreds of collectors at once",
    ),
    timeout: deadlineInput(),
  };
}

/** The archives that were asked. */
export function archivesOutput() {
  return rows().describe(
    "name, attribution (name it beside the data), collectors, problems, error",
  );
}

/** What was asked of whom, and how much of the answer came. */
export function answerOutput() {
  return {
    server: z.string(),
    host: z.string(),
    dialect: z.string(),
    command: z.string(),
    complete: z.boolean(),
    incomplete_reason: z.string().nullable(),
    problems: z.array(z.string()).describe("What could not be read"),
    cached_age_ms: z.number().nullable().describe("null: asked just now"),
    elapsed_ms: z.number(),
    bytes_received: z.number(),
    raw_output: z.string().optional(),
  };
}

/** Objects of one kind, whose fields the answer shows. */
export function rows() {
  return z.array(z.record(z.string(), z.unknown())).readonly();
}

/** Paths in few words, as `groupPaths` makes them. */
export function groupsOutput() {
  return {
    path_count: z.number(),
    neighbor_count: z.number(),
    shared: z.record(z.string(), z.unknown()).describe("Attributes of all paths"),
    differing: z.array(z.string()).readonly().describe("Attributes that vary"),
    origins: rows().describe(
      "origin (AS, {set} or local), count, rpki, neighbors: {asn, count, paths: {as_path, count, best, flags}}; 15169x3: three times in a row",
    ),
    left_out: z.record(z.string(), z.number()).nullable().describe("For want of room"),
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
    incomplete_reason: incompleteReason(answer),
    problems: [...answer.parsed.problems],
    cached_age_ms: answer.cachedMs === null ? null : Math.round(answer.cachedMs),
    elapsed_ms: Math.round(answer.elapsedMs),
    bytes_received: answer.bytesReceived,
    ...(format === "text" ? { raw_output: answer.raw } : {}),
  };
}
