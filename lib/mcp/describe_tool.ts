/**
 * A tool as `tools/list` shows it: JSON Schemas from the zod schemas, hints from effect and reach.
 *
 * @module
 */
import { z } from "zod";
import type { Effect, Reach, Tool } from "./define_tool.ts";
import { leanInput, leanOutput, type Schema } from "./lean_schema.ts";

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

const CURSOR: Schema = {
  type: "string",
  description: "page.next_cursor of the last answer to the same question: the next items",
};

const PAGE: Schema = { properties: { shown: {}, total: {}, next_cursor: {} } };

function withProperty(schema: Schema, name: string, property: Schema): Schema {
  return { ...schema, properties: { ...schema.properties as Schema, [name]: property } };
}

/** The `tools/list` entry of `tool`. */
export function describeTool(tool: Tool): ToolDescription {
  const paged = tool.pages !== null;
  const input = leanInput(z.toJSONSchema(tool.input, { io: "input" }));
  const output = leanOutput(z.toJSONSchema(tool.output, { io: "output" }));
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: { ...(paged ? withProperty(input, "cursor", CURSOR) : input), type: "object" },
    outputSchema: {
      ...(paged ? withProperty(output, "page", PAGE) : output),
      type: "object",
      required: ["success", "summary"],
    },
    annotations: hintsOf(tool.effect, tool.reach),
  };
}
