/**
 * Runs one target in a thread of its own, so that the driver can end one that loops for good.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { fuzz } from "./engine.ts";
import { LastInput } from "./last_input.ts";
import { targets } from "./targets.ts";

/** What the driver asks for. */
export interface Order {
  readonly target: string;
  readonly seed: number;
  readonly seconds: number;
  /** An input to run alone, or null to search. */
  readonly input: Uint8Array | null;
  readonly memory: SharedArrayBuffer;
}

/** What came of it; errors as text, since not all of them can be sent. */
export interface Report {
  readonly executions: number;
  readonly seconds: number;
  readonly outcomes: number;
  readonly slowestMs: number;
  readonly finding: {
    readonly input: Uint8Array;
    readonly execution: number;
    readonly why: string;
  } | null;
}

self.onmessage = async ({ data }: MessageEvent<Order>): Promise<void> => {
  const found = targets.find(({ name }) => name === data.target);
  if (found === undefined) throw new Error(`No target ${data.target}`);
  const last = new LastInput(data.memory);
  const { finding, ...numbers } = await fuzz(
    data.input === null ? found : { ...found, seeds: [data.input] },
    data.seed,
    {
      ...(data.input === null ? { seconds: data.seconds } : { executions: 1 }),
      onInput: (input, execution) => last.set(input, execution),
    },
  );
  const report: Report = {
    ...numbers,
    finding: finding === null ? null : {
      input: finding.input,
      execution: finding.execution,
      why: finding.error instanceof Error
        ? finding.error.stack ?? finding.error.message
        : String(finding.error),
    },
  };
  self.postMessage(report);
  self.close();
};
