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

/** Several servers at once, and the archives. */
export function vantagesInput() {
  return {
    servers: z.array(z.string().min(1).max(100)).max(100).default([]).describe(
      "Route servers by name or tag (list_servers: europe, ixp …), at most 16; default: all enabled ones",
    ),
    archives: z.enum(["also", "only", "no"]).default("also").describe(
      "Archives enabled in looking_glass.http_sources, which answer for all their collectors at once",
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

/** Objects of one kind, whose fields the answer shows. */
export function rows() {
  return z.array(z.record(z.string(), z.unknown())).readonly();
}

/** Paths in few words, as `groupPaths` makes them. */
export function groupsOutput() {
  return {
    path_count: z.number(),
    shared: z.record(z.string(), z.unknown()).describe("Attributes that all paths have"),
    differing: z.array(z.string()).readonly().describe("Attributes in which they differ"),
    origins: z.array(z.object({
      origin: z.string().describe("AS number, {set}, or local: the router's own AS"),
      count: z.number(),
      rpki: z.array(z.string()).readonly().optional(),
      neighbors: z.array(z.object({
        asn: z.number().nullable(),
        count: z.number(),
        paths: rows().describe("as_path, count, best, flags"),
      })).readonly(),
    })).readonly(),
    left_out: z.object({ origins: z.number(), neighbors: z.number(), paths: z.number() })
      .nullable(),
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
