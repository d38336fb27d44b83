/**
 * Runs `host_once.ts` inside a namespace, with the flags that the tools need and no others.
 *
 * @module
 */
import type { HostOrder } from "./host_once.ts";
import type { Topology } from "./topology.ts";

/** What one run printed. */
export interface HostReply {
  readonly answer?: Readonly<Record<string, unknown>>;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly detail: Readonly<Record<string, unknown>>;
  };
  /** The tool alone, without the start of the process. */
  readonly took_ms?: number;
}

const SCRIPT = new URL("host_once.ts", import.meta.url).pathname;

/** Calls a tool as a process of the namespace `label`. */
export async function hostProcess(
  network: Topology,
  label: string,
  order: HostOrder,
): Promise<HostReply> {
  const programs = order.connections === true ? "ip,ss" : "ip";
  const { stdout } = await network.exec(label, Deno.execPath(), [
    ...["run", "--no-prompt", "--frozen", `--allow-run=${programs}`],
    ...["--allow-read=/etc/resolv.conf", SCRIPT, JSON.stringify(order)],
  ]);
  // The script printed a HostReply.
  return JSON.parse(stdout) as HostReply;
}
