/**
 * Threads that make much garbage, and are kept from piling it up: Node's kind of thread bounds the
 * room for new objects. It runs what is in a file only, knows nothing of permissions, and takes some
 * MiB itself.
 *
 * @module
 */
import { parentPort, type Transferable, Worker as NodeWorker } from "node:worker_threads";
import { assertModulesReadable } from "./own_modules.ts";
import { serveParent, startWorker, type WorkerEvents, type WorkerPort } from "./worker.ts";

/**
 * Room for new objects in such a thread, MiB. Unbounded, it grows to some 50 with what is thrown
 * away at once; measured, collecting it more often takes no longer.
 */
const YOUNG_MIB = 2;

function startNodeWorker(module: URL, events: WorkerEvents): WorkerPort {
  assertModulesReadable("start a thread");
  const worker = new NodeWorker(module, {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
  });
  let isOver = false;
  const die = (): void => {
    if (isOver) return;
    isOver = true;
    worker.terminate();
    events.onDeath();
  };
  worker.on("message", (data: unknown) => events.onMessage(data));
  worker.on("messageerror", die);
  worker.on("error", die);
  worker.on("exit", die);
  return {
    // The same ports, of which Node's types know more.
    post: (message, handOver = []) =>
      worker.postMessage(message, handOver as unknown as readonly Transferable[]),
    end: () => {
      isOver = true;
      worker.terminate();
    },
  };
}

/** As {@link startWorker}, its garbage bounded where that can be had. */
export function startTidyWorker(
  module: URL,
  { isolated }: { readonly isolated: boolean },
  events: WorkerEvents,
): WorkerPort {
  const canBound = !isolated && module.protocol === "file:" && !Deno.build.standalone;
  return canBound ? startNodeWorker(module, events) : startWorker(module, { isolated }, events);
}

/** As {@link serveParent}, in a thread that {@link startTidyWorker} started. */
export function serveTidyParent(onMessage: (data: unknown) => void): (message: unknown) => void {
  if (parentPort === null) return serveParent(onMessage);
  const port = parentPort;
  port.on("message", onMessage);
  return (message) => port.postMessage(message);
}
