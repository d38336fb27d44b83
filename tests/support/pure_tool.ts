/**
 * Tools that only compute, run without the pipeline around them.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Tool, ToolContext } from "../../lib/mcp/define_tool.ts";

/** The answer of a tool that looks at no context; its output's schema knows every field of it. */
export async function computeWith(
  tool: Tool,
  args: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const answer = await tool.run(tool.input.parse(args), {} as ToolContext);
  assert.deepEqual(tool.output.strict().parse(answer), answer);
  return answer;
}
