/**
 * Threads: starting one that may do what this process may, or nothing at all, and the port to the
 * thread that started this one.
 *
 * @module
 */
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

/**
 * Starts a thread that runs `module`; `isolated` gives it no permission whatever.
 *
 * @throws {PermissionMissing} `permission.read` if it could not load its modules
 * @throws {PermissionMissing} `permission.unstable` if isolation is not certain to be had
 */
export function startWorker(
  module: URL,
  { isolated }: { readonly isolated: boolean },
  events: WorkerEvents,
): WorkerPort {
  assertModulesReadable("start a thread");
  if (isolated) assertWorkerOptions();
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
  // This module runs in a worker here, whose global scope Deno's default types do not know.
  const scope = globalThis as unknown as WorkerScope;
  scope.onmessage = ({ data }) => onMessage(data);
  return (message) => scope.postMessage(message);
}
