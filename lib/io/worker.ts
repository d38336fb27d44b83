/**
 * Threads: starting one that may do what this process may, or nothing at all, and the port to the
 * thread that started this one.
 *
 * @module
 */
import { PermissionMissing } from "../errors/mod.ts";
import { queryPermission } from "./permissions.ts";

/**
 * Whether a thread without permissions can be had is not to be found out from inside (Deno 2.9 ends
 * the process of who tries without the switch), so the launcher says it: with the switch it also
 * permits this variable, which nothing reads.
 */
export const WORKER_OPTIONS_MARK = "NETGLASS_UNSTABLE_WORKER_OPTIONS";

/** Name of the switch of Deno, without `--unstable-`. */
export const WORKER_OPTIONS = "worker-options";

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
 * The directories of the modules of netglass, which whoever starts a thread or loads a module must
 * be able to read. None where they are not files (compiled in, or from the network).
 */
export function moduleRoots(): readonly string[] {
  const lib = new URL("..", import.meta.url);
  if (lib.protocol !== "file:" || Deno.build.standalone) return [];
  return [lib, new URL("../tools/", lib)].map(({ pathname }) => {
    const path = decodeURIComponent(pathname).replace(/\/$/, "");
    return Deno.build.os === "windows" ? path.slice(1).replaceAll("/", "\\") : path;
  });
}

/** `host:port` that our modules come from, where they come from the network; else null. */
export function moduleHost(): string | null {
  const { protocol, hostname, port } = new URL(import.meta.url);
  if (protocol !== "https:" && protocol !== "http:") return null;
  return `${hostname}:${port === "" ? protocol === "https:" ? 443 : 80 : port}`;
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
  worker.onmessage = ({ data }) => events.onMessage(data);
  worker.onmessageerror = () => {
    worker.terminate();
    events.onDeath();
  };
  worker.onerror = (event) => {
    // Or it would end this process as well.
    event.preventDefault();
    worker.terminate();
    events.onDeath();
  };
  return {
    post: (message, handOver = []) => worker.postMessage(message, [...handOver]),
    end: () => worker.terminate(),
  };
}

/**
 * Loads a module of netglass that a start does not wait for: Deno reads what is named in the
 * `import` of a literal with the program itself, hundreds of files that most launches never use.
 * The caller names the module's type.
 *
 * @throws {PermissionMissing} `permission.read` if it could not load its modules
 */
export async function loadModule(module: URL): Promise<unknown> {
  assertModulesReadable("load a part of netglass");
  return await import(module.href);
}

function assertModulesReadable(what: string): void {
  const roots = moduleRoots();
  if (roots.every((path) => queryPermission({ name: "read", path }) === "granted")) return;
  const flag = `--allow-read=${roots.join(",")}`;
  throw new PermissionMissing("read", `Cannot ${what}: Deno was not given ${flag}`, { flag });
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
