/** How much of a model's context the tool list takes. */
import type { Tool } from "../../lib/mcp/define_tool.ts";
import { describeTool } from "../../lib/mcp/describe_tool.ts";

/**
 * Bytes of JSON per token: this list had 36,071 bytes and 8,600 tokens of o200k_base when it was
 * counted with a tokenizer. Other models' encodings are within a fifth of that.
 */
const BYTES_PER_TOKEN = 4.2;

/** Bytes of the `tools` array as JSON, and about how many tokens that is. */
export function measureToolsList(tools: readonly Tool[]): { bytes: number; tokens: number } {
  const bytes = new TextEncoder().encode(JSON.stringify(tools.map(describeTool))).length;
  return { bytes, tokens: Math.round(bytes / BYTES_PER_TOKEN) };
}
