/**
 * A tool as `tools/list` shows it: JSON Schemas from the zod schemas, hints from effect and reach.
 *
 * @module
 */
import { z } from "zod";
import type { Effect, Reach, Tool } from "./define_tool.ts";
import { leanInput, leanOutput, type Schema } from "./lean_schema.ts";
import { PLAN_INPUT, PLAN_OUTPUT } from "./plan_answer.ts";

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

function withProperties(schema: Schema, added: Readonly<Record<string, Schema>>): Schema {
  return { ...schema, properties: { ...schema.properties as Schema, ...added } };
}

/** Arguments of which a call gives either those of the tool or those that apply a plan. */
function withPlan({ required: _, ...schema }: Schema): Schema {
  return withProperties(schema, PLAN_INPUT);
}

/** The `tools/list` entry of `tool`. */
export function describeTool(tool: Tool): ToolDescription {
  const paged = tool.pages !== null;
  const planned = tool.change !== null;
  const ownInput = leanInput(z.toJSONSchema(tool.input, { io: "input" }));
  const ownOutput = leanOutput(z.toJSONSchema(tool.output, { io: "output" }));
  const input = planned ? withPlan(ownInput) : ownInput;
  const output = planned ? withProperties(ownOutput, PLAN_OUTPUT) : ownOutput;
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: { ...(paged ? withProperties(input, { cursor: CURSOR }) : input), type: "object" },
    outputSchema: {
      ...(paged ? withProperties(output, { page: PAGE }) : output),
      type: "object",
      required: ["success", "summary"],
    },
    annotations: hintsOf(tool.effect, tool.reach),
  };
}
