/**
 * A tool as `tools/list` shows it: JSON Schemas from the zod schemas, hints from effect and reach.
 *
 * @module
 */
import { z } from "zod";
import type { Effect, Reach, Tool } from "./define_tool.ts";

/** One entry of `tools/list`. */
export interface ToolDescription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonObjectSchema;
  readonly outputSchema: JsonObjectSchema;
  readonly annotations: ToolHints;
}

/** A JSON Schema 2020-12 of an object. */
export interface JsonObjectSchema {
  readonly type: "object";
  readonly [key: string]: unknown;
}

/** The four MCP hints, always all of them. */
export interface ToolHints {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** The MCP hints of a tool: never written by hand, so they cannot contradict each other. */
export function hintsOf(effect: Effect, reach: Reach): ToolHints {
  return {
    readOnlyHint: effect === "observe",
    destructiveHint: effect === "destroy",
    idempotentHint: effect === "observe",
    openWorldHint: reach === "open",
  };
}

const CURSOR = {
  type: "string",
  description: "page.next_cursor of the last answer, with the same other arguments: the next items",
};

const PAGE = {
  type: "object",
  properties: {
    shown: { type: "integer" },
    total: { type: "integer" },
    next_cursor: { type: ["string", "null"] },
  },
};

/** `anyOf` of a plain type and null as one type list: half the words, the same meaning. */
function nullableType(schema: Readonly<Record<string, unknown>>): Record<string, unknown> | null {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return null;
  const [value, none] = anyOf as Record<string, unknown>[];
  if (none?.type !== "null" || typeof value?.type !== "string" || value.enum !== undefined) {
    return null;
  }
  return { ...value, ...rest, type: [value.type, "null"] };
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** Drops what a client does not need: dialect, safe-integer bounds, closed results, lists of what is there. */
function lean(value: unknown, output: boolean): unknown {
  if (Array.isArray(value)) return value.map((member) => lean(member, output));
  if (typeof value !== "object" || value === null) return value;
  const kept: Record<string, unknown> = {};
  const compact = output ? nullableType(value as Record<string, unknown>) ?? value : value;
  for (const [key, member] of Object.entries(compact)) {
    // A record's keys are strings anyway, and a format says what its pattern would.
    if (key === "$schema" || key === "propertyNames" || key === "readOnly") continue;
    if (key === "pattern" && "format" in compact) continue;
    if (key === "additionalProperties" && isEmptyObject(member)) continue;
    if (output && key === "additionalProperties" && member === false) continue;
    // That a result has what it promises, the pipeline checks; the lists are a seventh of all words.
    if (output && key === "required" && Array.isArray(member)) continue;
    if (key === "maximum" && member === Number.MAX_SAFE_INTEGER) continue;
    if (key === "minimum" && member === Number.MIN_SAFE_INTEGER) continue;
    kept[key] = lean(member, output);
  }
  return kept;
}

function objectSchema(
  schema: z.ZodObject,
  io: "input" | "output",
  extra: Readonly<Record<string, unknown>> | null,
): JsonObjectSchema {
  const json = lean(z.toJSONSchema(schema, { io }), io === "output") as Record<string, unknown>;
  const properties = typeof json.properties === "object" ? json.properties : {};
  return {
    ...json,
    type: "object",
    properties: extra === null ? properties : { ...properties, ...extra },
    ...(io === "output" ? { required: ["success", "summary"] } : {}),
  };
}

/** The `tools/list` entry of `tool`. */
export function describeTool(tool: Tool): ToolDescription {
  const paged = tool.pages !== null;
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: objectSchema(tool.input, "input", paged ? { cursor: CURSOR } : null),
    outputSchema: objectSchema(tool.output, "output", paged ? { page: PAGE } : null),
    annotations: hintsOf(tool.effect, tool.reach),
  };
}
