/**
 * One probe with the real doors, printed as JSON: what the path tests start inside a namespace.
 * The one argument is `{tool, address, cancelAfterMs?, …}`.
 *
 * @module
 */
import { createIo } from "../../lib/io/real.ts";
import { mtrAddress } from "../../lib/probe/mtr.ts";
import { pingAddress } from "../../lib/probe/ping.ts";
import { traceAddress } from "../../lib/probe/traceroute.ts";
import type { TraceMethod } from "../../lib/probe/traceroute_report.ts";

/** What is asked of one run. */
export interface ProbeOrder {
  readonly tool: "ping" | "traceroute" | "mtr";
  readonly address: string;
  readonly count?: number;
  readonly queries?: number;
  readonly method?: TraceMethod;
  readonly timeoutSec?: number;
  readonly cancelAfterMs?: number;
}

async function probe(order: ProbeOrder): Promise<unknown> {
  const { programs, clock } = createIo({ resolvers: [], dnsTimeoutMs: 100 });
  const stop = new AbortController();
  if (order.cancelAfterMs !== undefined) setTimeout(() => stop.abort(), order.cancelAfterMs);
  const base = {
    label: order.address,
    address: order.address,
    signal: stop.signal,
    timeoutSec: order.timeoutSec ?? 1,
  };
  switch (order.tool) {
    case "ping":
      return await pingAddress(programs, { ...base, count: order.count ?? 4, intervalSec: 0.2 });
    case "traceroute":
      return await traceAddress({ programs, clock }, {
        ...base,
        maxHops: 8,
        queries: order.queries ?? 3,
        method: order.method ?? "udp",
        port: 443,
      });
    case "mtr":
      return await mtrAddress(
        { programs, clock },
        { ...base, count: order.count ?? 10, maxHops: 8 },
      );
  }
}

if (import.meta.main) {
  // The path tests wrote the argument from a ProbeOrder.
  const order = JSON.parse(Deno.args[0] ?? "{}") as ProbeOrder;
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(await probe(order))));
}
