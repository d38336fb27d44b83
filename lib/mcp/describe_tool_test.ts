import assert from "node:assert/strict";
import { z } from "zod";
import { defineTool } from "./define_tool.ts";
import { describeTool, hintsOf } from "./describe_tool.ts";

Deno.test("all four hints follow from effect and reach", () => {
  assert.deepEqual(hintsOf("observe", "open"), {
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  });
  assert.deepEqual(hintsOf("change", "local"), {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: false,
    openWorldHint: false,
  });
  assert.equal(hintsOf("destroy", "local").destructiveHint, true);
});

Deno.test("a description carries strict input, open output, and paging where the tool pages", () => {
  const described = describeTool(defineTool({
    name: "probe",
    title: "Probe",
    toolset: "connectivity",
    effect: "observe",
    reach: "open",
    description: "d",
    input: () =>
      z.strictObject({ count: z.int().min(1).max(9).default(4).describe("how many, 1-9") }),
    output: () => z.object({ success: z.boolean(), summary: z.string(), items: z.array(z.int()) }),
    needs: () => [],
    budget: { ms: 1 },
    pages: "items",
    run: () => ({ success: true, summary: "", items: [] }),
  }));
  assert.deepEqual(described.inputSchema, {
    type: "object",
    properties: {
      count: { default: 4, description: "how many, 1-9", type: "integer", minimum: 1, maximum: 9 },
      cursor: {
        type: "string",
        description: "page.next_cursor of the last answer to the same question: the next items",
      },
    },
    additionalProperties: false,
  });
  assert.deepEqual(described.outputSchema.properties, {
    success: {},
    summary: {},
    items: { type: "array" },
    page: { properties: { shown: {}, total: {}, next_cursor: {} } },
  });
  assert.deepEqual(described.outputSchema.required, ["success", "summary"]);
  assert.equal("additionalProperties" in described.outputSchema, false);
});

Deno.test("a tool without success or summary, or with a name that is not snake_case, is refused", () => {
  const base = {
    title: "t",
    toolset: "meta",
    effect: "observe",
    reach: "local",
    description: "d",
    input: () => z.strictObject({}),
    needs: () => [],
    budget: { ms: 1 },
  } as const;
  assert.throws(
    () =>
      defineTool({
        ...base,
        name: "Probe",
        output: () => z.object({ success: z.boolean(), summary: z.string() }),
        run: () => ({ success: true, summary: "" }),
      }),
    /must be snake_case/,
  );
  assert.throws(
    () =>
      defineTool({
        ...base,
        name: "probe",
        output: () => z.object({ success: z.boolean() }),
        run: () => ({ success: true }),
      }).output,
    /lacks "summary"/,
  );
});
