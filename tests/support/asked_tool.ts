/**
 * Tools about captures, run without the engine and the pipeline around them.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Tool, ToolContext } from "../../lib/mcp/define_tool.ts";
import type { Capture } from "../../lib/pcap/engine/question.ts";
import { questions } from "../../lib/pcap/questions/mod.ts";
import { UNHURRIED } from "./asked_capture.ts";

/** What a call of {@link askTool} can set. */
export interface AskedTool {
  readonly args?: Record<string, unknown>;
  /** Keys of `pcap` in the configuration. */
  readonly pcap?: Record<string, unknown>;
}

/** The answer of a tool about `captures`; the schema of its output knows every field of it. */
export async function askTool(
  tool: Tool,
  captures: readonly Capture[],
  { args = {}, pcap = {} }: AskedTool = {},
): Promise<Record<string, unknown>> {
  const ask = (question: keyof typeof questions, _paths: readonly string[], params: never) =>
    questions[question](params, captures, UNHURRIED);
  const cx = {
    signal: UNHURRIED.signal,
    config: { pcap: { allow_custom_filters: true, export_path: null, ...pcap } },
    progress() {},
    captures: { ask },
  };
  const answer = await tool.run(tool.input.parse(args), cx as unknown as ToolContext);
  assert.deepEqual(tool.output.strict().parse(answer), answer);
  return answer;
}
