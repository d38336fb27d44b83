import assert from "node:assert/strict";
import { z } from "zod";
import { leanInput, leanOutput } from "./lean_schema.ts";

Deno.test("arguments keep all that forbids or explains, and lose what goes without saying", () => {
  const schema = z.strictObject({
    count: z.int().min(1).max(9).default(4).describe("how many, 1-9"),
    any_number: z.int(),
    since: z.iso.datetime(),
    name: z.string().regex(/^[a-z]+$/),
    facts: z.record(z.string(), z.int()).optional(),
    stream: z.union([z.int(), z.string()]).nullable(),
  });
  assert.deepEqual(leanInput(z.toJSONSchema(schema, { io: "input" })), {
    type: "object",
    properties: {
      count: { default: 4, description: "how many, 1-9", type: "integer", minimum: 1, maximum: 9 },
      any_number: { type: "integer" },
      since: { type: "string", format: "date-time" },
      name: { type: "string", pattern: "^[a-z]+$" },
      facts: { type: "object", additionalProperties: { type: "integer" } },
      stream: {
        anyOf: [{ anyOf: [{ type: "integer" }, { type: "string" }] }, { type: "null" }],
      },
    },
    required: ["any_number", "since", "name", "stream"],
    additionalProperties: false,
  });
});

Deno.test("a result keeps structure, names, descriptions, enumerations, and which of its properties may be null", () => {
  const schema = z.object({
    success: z.boolean().describe("can be trusted"),
    kind: z.literal("probe"),
    rtt_ms: z.number().nullable(),
    family: z.enum(["ipv4", "ipv6"]).nullable(),
    counts: z.record(z.string(), z.int()),
    frames: z.array(z.int()).readonly(),
    hops: z.array(z.object({
      state: z.enum(["ok", "lost"]),
      rtt_ms: z.number().nullable().describe("of the first answer"),
      names: z.array(z.string()),
    })),
    by_port: z.record(z.string(), z.object({ open: z.boolean() })),
    end: z.object({ frame: z.int() }).nullable(),
  });
  assert.deepEqual(leanOutput(z.toJSONSchema(schema, { io: "output" })), {
    properties: {
      success: { description: "can be trusted" },
      kind: { const: "probe" },
      rtt_ms: { type: ["number", "null"] },
      family: { enum: ["ipv4", "ipv6", null] },
      counts: { type: "object" },
      frames: { type: "array" },
      hops: {
        type: "array",
        items: {
          properties: {
            state: { enum: ["ok", "lost"] },
            rtt_ms: { description: "of the first answer" },
            names: { type: "array" },
          },
        },
      },
      by_port: { type: "object", additionalProperties: { properties: { open: {} } } },
      end: { type: ["object", "null"], properties: { frame: {} } },
    },
  });
});

Deno.test("a property keeps its place whatever its name means to JSON Schema", () => {
  const schema = z.strictObject({
    pattern: z.string(),
    format: z.string(),
    readOnly: z.string(),
    required: z.array(z.string()),
    propertyNames: z.string(),
    items: z.string(),
  });
  const names = ["pattern", "format", "readOnly", "required", "propertyNames", "items"];
  const json = z.toJSONSchema(schema);
  assert.deepEqual(Object.keys(leanInput(json).properties as object), names);
  assert.deepEqual(Object.keys(leanOutput(json).properties as object), names);
});
