/** How much of a model's context the tool list takes. */
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import type { Tool } from "../../lib/mcp/define_tool.ts";
import { describeTool } from "../../lib/mcp/describe_tool.ts";

/** Bytes of the `tools` array as JSON, and its tokens by the o200k_base encoding (approximate for other models). */
export function measureToolsList(tools: readonly Tool[]): { bytes: number; tokens: number } {
  const json = JSON.stringify(tools.map(describeTool));
  return { bytes: new TextEncoder().encode(json).length, tokens: countTokens(json) };
}
