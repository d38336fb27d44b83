/**
 * Checking many ports of one address, a bounded number at a time, and writing port sets briefly.
 *
 * @module
 */
import { PermissionMissing, RemoteFailure } from "../errors/mod.ts";
import type { Clock, Net } from "../io/io.ts";
import { connectOnce, Deadlines, type Evidence, type PortState } from "./tcp_connect.ts";

/** One port. */
export interface PortResult {
  readonly port: number;
  readonly state: PortState;
  readonly evidence: Evidence;
  readonly elapsedMs: number;
  readonly address: string;
  /** Set with `not_permitted`. */
  readonly error?: PermissionMissing | RemoteFailure;
}

/** What to check, and how hard. */
export interface ScanRequest {
  readonly name: string | null;
  /** Judged addresses in order of preference; the next is tried where one has no route. */
  readonly addresses: readonly string[];
  /** Ports, in the order of the results. */
  readonly ports: readonly number[];
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number) => void;
}

/**
 * Connects to every port and closes at once. The address is the first that has a route: one that
 * answers `network_unreachable` is left for the next. What a port does is its own result.
 */
export async function scanPorts(
  doors: { readonly net: Pick<Net, "dial">; readonly clock: Pick<Clock, "monotonicMs"> },
  request: ScanRequest,
): Promise<readonly PortResult[]> {
  const { ports, addresses, signal } = request;
  const results = new Array<PortResult>(ports.length);
  const deadlines = new Deadlines(doors.clock, request.timeoutMs);
  const stop = (): void => deadlines.stop();
  signal.addEventListener("abort", stop, { once: true });
  let preferred = 0;
  let next = 0;
  let done = 0;
  const check = async (port: number): Promise<PortResult> => {
    for (let index = preferred;; index++) {
      const address = addresses[index] ?? "";
      const wait = deadlines.start();
      try {
        const { state, evidence, elapsedMs, connection } = await connectOnce(
          doors,
          { name: request.name, address, port, judged: addresses },
          wait.signal,
          signal,
        );
        connection?.close();
        if (evidence === "network_unreachable" && index + 1 < addresses.length) {
          preferred = Math.max(preferred, index + 1);
          continue;
        }
        return { port, state, evidence, elapsedMs, address };
      } catch (error) {
        if (!(error instanceof PermissionMissing || error instanceof RemoteFailure)) throw error;
        const evidence = error instanceof PermissionMissing ? "not_permitted" : "local_error";
        return { port, state: "unknown", evidence, elapsedMs: 0, address, error };
      } finally {
        wait.done();
      }
    }
  };
  const worker = async (): Promise<void> => {
    while (next < ports.length) {
      const index = next++;
      const port = ports[index] ?? 0;
      results[index] = signal.aborted
        ? { port, state: "unknown", evidence: "stopped", elapsedMs: 0, address: addresses[0] ?? "" }
        : await check(port);
      request.onProgress?.(++done);
    }
  };
  try {
    await Promise.all(
      Array.from({ length: Math.min(request.concurrency, ports.length) }, worker),
    );
  } finally {
    // If one worker threw, the others must not go on.
    next = ports.length;
    signal.removeEventListener("abort", stop);
    deadlines.stop();
  }
  return results;
}

/** Ports in ascending order with runs joined: `1-21,80,443`; empty for none. */
export function renderPorts(ports: readonly number[]): string {
  const sorted = [...new Set(ports)].sort((a, b) => a - b);
  const runs: string[] = [];
  for (let i = 0; i < sorted.length;) {
    let end = i;
    while (sorted[end + 1] === (sorted[end] ?? 0) + 1) end++;
    runs.push(end === i ? `${sorted[i]}` : `${sorted[i]}-${sorted[end]}`);
    i = end + 1;
  }
  return runs.join(",");
}
