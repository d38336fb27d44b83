/**
 * How a tool asks about an MRT file: in a thread of its own, or in this one in slices where the
 * configuration wants no threads.
 *
 * @module
 */
import type { Config } from "../../config/config.ts";
import { Unavailable } from "../../errors/mod.ts";
import { errorFromWire } from "../../errors/error_wire.ts";
import { realPathSync } from "../../io/files.ts";
import { loadModule } from "../../io/own_modules.ts";
import { startWorker } from "../../io/worker.ts";
import type { MrtAnswers, MrtQuestion } from "./mrt_question.ts";
import type { MrtOrder, MrtReport } from "./mrt_worker.ts";

/** What of a tool's context asking takes. */
export interface MrtContext {
  readonly config: Config;
  /** Its end ends the reading. */
  readonly signal: AbortSignal;
  progress(done: number, total?: number): void;
}

/** Threads at once; more questions are refused. */
const THREADS = 2;
let threads = 0;

/**
 * Asks, and returns the answer.
 * @throws what `answerMrt` throws, and the signal's reason
 * @throws {Unavailable} `env.mrt_busy`, `env.mrt_worker`
 */
export async function askMrt<K extends MrtQuestion["kind"]>(
  cx: MrtContext,
  path: string,
  question: MrtQuestion & { readonly kind: K },
): Promise<MrtAnswers[K]> {
  const { allowed_paths, isolation } = cx.config.pcap;
  const roots = allowed_paths.map(realPathSync).filter((root) => root !== null);
  if (threads >= THREADS) throw busy();
  threads++;
  try {
    const order = { file: { path, roots }, question };
    const answer = isolation === "inline" ? await askHere(cx, order) : await askThread(cx, order);
    // The kind of the question says which answer it is.
    return answer as MrtAnswers[K];
  } finally {
    threads--;
  }
}

async function askHere(cx: MrtContext, { file, question }: MrtOrder): Promise<unknown> {
  const module = new URL("./mrt_question.ts", import.meta.url);
  // The type of the module at that place.
  const { answerMrt } = await loadModule(module) as typeof import("./mrt_question.ts");
  return await answerMrt(file, question, {
    signal: cx.signal,
    onProgress: (readBytes) => cx.progress(readBytes),
  });
}

async function askThread(cx: MrtContext, order: MrtOrder): Promise<unknown> {
  cx.signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const take = (report: MrtReport): void => {
    if (report.kind === "progress") cx.progress(report.readBytes);
    else if (report.kind === "failed") reject(errorFromWire(report.error));
    else resolve(report.answer);
  };
  const port = startWorker(new URL("./mrt_worker.ts", import.meta.url), { isolated: false }, {
    onMessage: (data) => take(data as MrtReport),
    onDeath: () => reject(died()),
  });
  const cancel = (): void => reject(cx.signal.reason);
  cx.signal.addEventListener("abort", cancel, { once: true });
  try {
    port.post(order);
    return await promise;
  } finally {
    cx.signal.removeEventListener("abort", cancel);
    port.end();
  }
}

function busy(): Unavailable {
  return new Unavailable("mrt_busy", `Cannot answer: ${THREADS} MRT files are being read already`, {
    hint: "Ask again when one of them is done.",
    retryable: true,
  });
}

function died(): Unavailable {
  return new Unavailable(
    "mrt_worker",
    "Cannot answer: the thread that reads the file has died; stderr has the reason",
    { hint: "Ask again, with limits that narrow the question.", retryable: true },
  );
}
