/**
 * Feeds mutated inputs to every parser of foreign bytes or text, until a property breaks.
 *
 *   deno run -A tests/fuzz/fuzz.ts [--target NAME] [--seconds N] [--seed N] [--input HEX]
 *
 * Prints executions per second. A finding is written to stderr as hex, with the switches that bring
 * it again; the exit code is then 1.
 */
import { parseArgs } from "node:util";
import { type Finding, fuzz, runTimed } from "./engine.ts";
import type { FuzzTarget } from "./target.ts";
import { targets } from "./targets.ts";

const { values } = parseArgs({
  options: {
    target: { type: "string" },
    seconds: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    input: { type: "string" },
  },
});

const chosen = targets.filter((target) => (values.target ?? target.name) === target.name);
if (chosen.length === 0) {
  console.error(`No such target. Known: ${targets.map(({ name }) => name).join(", ")}`);
  Deno.exit(2);
}

let found = 0;
for (const target of chosen) {
  found += values.input === undefined ? await search(target) : await replay(target, values.input);
}
Deno.exit(found > 0 ? 1 : 0);

async function search(target: FuzzTarget): Promise<number> {
  const { executions, seconds, outcomes, slowestMs, finding } = await fuzz(
    target,
    Number(values.seed),
    { seconds: Number(values.seconds) },
  );
  const rate = Math.round(executions / seconds);
  console.log(
    `${target.name}: ${executions} executions, ${rate}/s, ${outcomes} outcomes, slowest ${
      Math.round(slowestMs)
    } ms${finding === null ? "" : ", FINDING"}`,
  );
  if (finding === null) return 0;
  report(target, finding);
  return 1;
}

async function replay(target: FuzzTarget, hex: string): Promise<number> {
  const input = Uint8Array.fromHex(hex);
  try {
    const { outcome, ms } = await runTimed(target, input);
    console.log(`${target.name}: ${outcome ?? "passed"} in ${ms.toFixed(1)} ms`);
    return 0;
  } catch (error) {
    report(target, { input, execution: 0, error });
    return 1;
  }
}

function report(target: FuzzTarget, { input, execution, error }: Finding): void {
  const why = error instanceof Error ? error.stack ?? error.message : String(error);
  console.error(`${target.name}: ${why}`);
  if (execution > 0) {
    console.error(`execution ${execution} of --target ${target.name} --seed ${values.seed}`);
  }
  console.error(`--target ${target.name} --input ${input.toHex()}`);
}
