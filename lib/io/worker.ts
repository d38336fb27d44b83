/**
 * Threads: starting one that may do what this process may, or nothing at all, and the port to the
 * thread that started this one.
 *
 * @module
 */
import { parentPort, type Transferable, Worker as NodeWorker } from "node:worker_threads";
import { PermissionMissing } from "../errors/mod.ts";
import { assertModulesReadable } from "./own_modules.ts";
import { queryPermission } from "./permissions.ts";
import { WORKER_OPTIONS, WORKER_OPTIONS_MARK } from "./worker_options.ts";

/** What the thread that starts another one is told of it. */
export interface WorkerEvents {
  onMessage(data: unknown): void;
  /** It died of an error that nothing caught, which stderr has; nothing more will come. */
  onDeath(): void;
}

/** A thread that was started. */
export interface WorkerPort {
  /** `handOver` are ports that the message names; they belong to the thread from then on. */
  post(message: unknown, handOver?: readonly MessagePort[]): void;
  /** Ends it at once, whatever it is doing. */
  end(): void;
}

/** How a thread is started. */
export interface WorkerOptions {
  /** It gets no permission whatever. */
  readonly isolated: boolean;
  /** Keeps its young generation small, where that can be had: not isolated, and run from files. */
  readonly boundsGarbage?: boolean;
}

/**
 * Starts a thread that runs `module`.
 *
 * @throws {PermissionMissing} `permission.read` if it could not load its modules
 * @throws {PermissionMissing} `permission.unstable` if isolation is not certain to be had
 */
export function startWorker(
  module: URL,
  { isolated, boundsGarbage = false }: WorkerOptions,
  events: WorkerEvents,
): WorkerPort {
  assertModulesReadable("start a thread");
  if (isolated) assertWorkerOptions();
  // Node's kind of thread runs what is in a file only, and knows nothing of permissions.
  const canBound = !isolated && module.protocol === "file:" && !Deno.build.standalone;
  return boundsGarbage && canBound
    ? startNodeWorker(module, events)
    : startWebWorker(module, isolated, events);
}

/**
 * Room for new objects in a bounded thread, MiB. Unbounded, it grows to some 50 with what is thrown
 * away at once; measured, collecting it more often takes no longer.
 */
const YOUNG_MIB = 2;

function startNodeWorker(module: URL, events: WorkerEvents): WorkerPort {
  const worker = new NodeWorker(module, {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
  });
  const die = (): void => {
    worker.terminate();
    events.onDeath();
  };
  worker.on("message", (data: unknown) => events.onMessage(data));
  worker.on("messageerror", die);
  worker.on("error", die);
  return {
    // The same ports, of which Node's types know more.
    post: (message, handOver = []) =>
      worker.postMessage(message, handOver as unknown as readonly Transferable[]),
    end: () => void worker.terminate(),
  };
}

function startWebWorker(module: URL, isolated: boolean, events: WorkerEvents): WorkerPort {
  const worker = new Worker(module, {
    type: "module",
    ...(isolated ? { deno: { permissions: "none" } } : {}),
  });
  const die = (): void => {
    worker.terminate();
    events.onDeath();
  };
  worker.onmessage = ({ data }) => events.onMessage(data);
  worker.onmessageerror = die;
  worker.onerror = (event) => {
    // Or it would end this process as well.
    event.preventDefault();
    die();
  };
  return {
    post: (message, handOver = []) => worker.postMessage(message, [...handOver]),
    end: () => worker.terminate(),
  };
}

/** Under a bare `--allow-env` the mark proves nothing. */
function assertWorkerOptions(): void {
  const isMarked = queryPermission({ name: "env", variable: WORKER_OPTIONS_MARK }) === "granted";
  if (isMarked && queryPermission({ name: "env" }) !== "granted") return;
  const flag = `--unstable-${WORKER_OPTIONS}`;
  throw new PermissionMissing(
    "unstable",
    `Cannot start a thread without permissions: the launch does not say that Deno was given ${flag}`,
    {
      flag,
      hint: "Start the server with all that netglass permissions prints, or set " +
        "pcap.isolation: worker.",
    },
  );
}

/** The part of a worker's global scope that is used. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
}

/** In a thread that was started: listens to the one that started it, and returns how to answer. */
export function serveParent(onMessage: (data: unknown) => void): (message: unknown) => void {
  if (parentPort !== null) {
    const port = parentPort;
    port.on("message", onMessage);
    return (message) => port.postMessage(message);
  }
  // This module runs in a web worker here, whose global scope Deno's default types do not know.
  const scope = globalThis as unknown as WorkerScope;
  scope.onmessage = ({ data }) => onMessage(data);
  return (message) => scope.postMessage(message);
}
