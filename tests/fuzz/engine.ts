/**
 * Runs a target on inputs: one at a time, timed, watched for changes to the input, and on mutated
 * seeds until a limit or a finding.
 *
 * @module
 */
import { mutate } from "./mutate.ts";
import { Random } from "./random.ts";
import type { FuzzTarget, Outcome } from "./target.ts";

/** Longer than this is a hang, milliseconds. */
const HANG_MS = 1_000;
/** A promise that is still open after this long stays open, milliseconds. */
const STUCK_MS = 10_000;
const MAX_BYTES = 4_096;
/** Inputs with an outcome of their own that are kept to be mutated further. */
const MAX_KEPT = 512;

/** An input that violates a property. */
export interface Finding {
  readonly input: Uint8Array;
  /** Which execution it was, from 1. */
  readonly execution: number;
  readonly error: unknown;
}

/** When to stop. */
export interface Limits {
  readonly executions?: number;
  readonly seconds?: number;
  /** Called with each input before it is run. */
  readonly onInput?: (input: Uint8Array, execution: number) => void;
}

/** What a run came to. */
export interface FuzzResult {
  readonly executions: number;
  readonly seconds: number;
  /** Different outcomes seen. */
  readonly outcomes: number;
  readonly slowestMs: number;
  readonly finding: Finding | null;
}

/** Runs the target once. Answers its outcome; throws what it found. */
export async function runOnce(target: FuzzTarget, input: Uint8Array): Promise<Outcome> {
  const given = input.slice();
  const running = target.run(given);
  const outcome = running instanceof Promise ? await settled(running) : running;
  if (given.some((octet, index) => octet !== input[index])) {
    throw new Error("The parser changed its input");
  }
  return outcome;
}

/** @throws {Error} if the promise is still open after {@link STUCK_MS} */
async function settled<T>(running: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stuck = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("The parser never came to an end")), STUCK_MS);
  });
  try {
    return await Promise.race([running, stuck]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs the target once and throws if it takes more than a second; answers outcome and time. */
export async function runTimed(
  target: FuzzTarget,
  input: Uint8Array,
): Promise<{ outcome: Outcome; ms: number }> {
  for (let attempt = 0;; attempt++) {
    const start = performance.now();
    const outcome = await runOnce(target, input);
    const ms = performance.now() - start;
    // A busy machine can hold up one run, hardly the same one again and again.
    if (ms <= HANG_MS) return { outcome, ms };
    if (attempt === 2) throw new Error(`The parser took ${Math.round(ms)} ms`);
  }
}

/** Mutates the seeds of `target`; the same seed gives the same inputs. Ends at the first finding. */
export async function fuzz(target: FuzzTarget, seed: number, limits: Limits): Promise<FuzzResult> {
  const { executions: most = Infinity, seconds: longest = Infinity } = limits;
  const random = new Random(seed);
  const pool: Uint8Array[] = [...target.seeds];
  const seen = new Set<string>();
  const startMs = performance.now();
  let executions = 0;
  let slowestMs = 0;
  const result = (finding: Finding | null): FuzzResult => ({
    executions,
    seconds: (performance.now() - startMs) / 1000,
    outcomes: seen.size,
    slowestMs,
    finding,
  });
  while (executions < most && performance.now() - startMs < longest * 1000) {
    const input = target.seeds[executions] ??
      mutate(
        pool[random.below(pool.length)] ?? new Uint8Array(0),
        pool,
        target.words ?? [],
        target.maxBytes ?? MAX_BYTES,
        random,
      );
    executions++;
    limits.onInput?.(input, executions);
    try {
      const { outcome, ms } = await runTimed(target, input);
      slowestMs = Math.max(slowestMs, ms);
      if (typeof outcome === "string" && !seen.has(outcome)) {
        seen.add(outcome);
        if (pool.length < target.seeds.length + MAX_KEPT) pool.push(input);
      }
    } catch (error) {
      return result({ input, execution: executions, error });
    }
  }
  return result(null);
}
