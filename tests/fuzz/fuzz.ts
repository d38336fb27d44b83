/**
 * Feeds mutated inputs to every parser of foreign bytes or text, until a property breaks.
 *
 *   deno run -A tests/fuzz/fuzz.ts [--target NAME] [--seconds N] [--seed N] [--input HEX]
 *
 * Prints executions per second. A finding is written to stderr as hex, with the switches that bring
 * it again; the exit code is then 1.
 */
import { parseArgs } from "node:util";
import { LastInput } from "./last_input.ts";
import { targets } from "./targets.ts";
import type { Order, Report } from "./worker.ts";

/** An execution that is not over after this long never will be, milliseconds. */
const STUCK_MS = 15_000;

const { values } = parseArgs({
  options: {
    target: { type: "string" },
    seconds: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    input: { type: "string" },
  },
});

const names = targets.map(({ name }) => name).filter((name) => (values.target ?? name) === name);
if (names.length === 0) {
  console.error(`No such target. Known: ${targets.map(({ name }) => name).join(", ")}`);
  Deno.exit(2);
}

let found = 0;
for (const name of names) {
  const report = await run(name);
  const { executions, seconds, outcomes, slowestMs, finding } = report;
  console.log(
    `${name}: ${executions} executions, ${Math.round(executions / seconds)}/s, ` +
      `${outcomes} outcomes, slowest ${Math.round(slowestMs)} ms${
        finding === null ? "" : ", FINDING"
      }`,
  );
  if (finding === null) continue;
  found++;
  console.error(`${name}: ${finding.why}`);
  if (values.input === undefined) {
    console.error(`execution ${finding.execution} of --target ${name} --seed ${values.seed}`);
  }
  console.error(`--target ${name} --input ${finding.input.toHex()}`);
}
Deno.exit(found > 0 ? 1 : 0);

/** Runs the target in a thread, which is ended if one of its executions never is. */
function run(target: string): Promise<Report> {
  const last = new LastInput();
  const order: Order = {
    target,
    seed: Number(values.seed),
    seconds: Number(values.seconds),
    input: values.input === undefined ? null : Uint8Array.fromHex(values.input),
    memory: last.memory,
  };
  const worker = new Worker(new URL("worker.ts", import.meta.url), { type: "module" });
  const startMs = performance.now();
  return new Promise((resolve) => {
    let seen = { execution: 0, atMs: startMs };
    const watch = setInterval(() => {
      const { execution } = last;
      const nowMs = performance.now();
      if (execution !== seen.execution || execution === 0) seen = { execution, atMs: nowMs };
      if (nowMs - seen.atMs > STUCK_MS) end({ execution, why: "The parser never came to an end" });
    }, 1_000);
    const end = (failure: { execution: number; why: string }): void => {
      clearInterval(watch);
      worker.terminate();
      resolve({
        executions: failure.execution,
        seconds: (performance.now() - startMs) / 1000,
        outcomes: 0,
        slowestMs: STUCK_MS,
        finding: { input: last.get(), ...failure },
      });
    };
    worker.onmessage = ({ data }: MessageEvent<Report>): void => {
      clearInterval(watch);
      resolve(data);
    };
    // An error that no await caught: thrown in a timer or by a promise that nobody holds.
    worker.onerror = (event): void => {
      event.preventDefault();
      end({ execution: last.execution, why: event.message });
    };
    worker.postMessage(order);
  });
}
