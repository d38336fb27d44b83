/**
 * Addresses that no route of ours may cover although no BGP session stands on them: ends of tunnels,
 * and where this server is asked over HTTP.
 *
 * @module
 */
import type { OwnAddress } from "../bgp/guard/prefix_rules.ts";
import type { Programs } from "../io/io.ts";
import { loadModule } from "../io/worker.ts";
import { parseHostPort } from "../ip/service_place.ts";

/** Longest wait for `ip`, milliseconds. */
const READ_WITHIN_MS = 5_000;

/**
 * Reads them.
 *
 * @throws {Unavailable} @throws {PermissionMissing} where there may be tunnels and `ip` does not say
 */
export async function protectedAddresses(
  programs: Programs,
  httpListen: string | null,
): Promise<readonly OwnAddress[]> {
  return [...servedAt(httpListen), ...await tunnelEnds(programs)];
}

/** A route over it could cut off whoever would take it back. */
function servedAt(listen: string | null): readonly OwnAddress[] {
  const host = listen === null ? undefined : parseHostPort(listen)?.host;
  return host === undefined
    ? []
    : [{ address: host, what: "where this server is asked over HTTP" }];
}

async function tunnelEnds(programs: Programs): Promise<readonly OwnAddress[]> {
  // Without `ip` there is nobody to ask; elsewhere than on Linux it has no JSON.
  if (programs.platform !== "linux" || await programs.state("ip") === "absent") return [];
  // The module at that place has this type.
  const { readTunnels } = await loadModule(
    new URL("../host/tunnels/tunnel.ts", import.meta.url),
  ) as typeof import("../host/tunnels/tunnel.ts");
  const { tunnels } = await readTunnels({ programs, signal: AbortSignal.timeout(READ_WITHIN_MS) });
  return tunnels.flatMap(({ name, local, remote }) => [
    ...local === null ? [] : [{ address: local, what: `our end of the tunnel ${name}` }],
    ...remote === null ? [] : [{ address: remote, what: `the far end of the tunnel ${name}` }],
  ]);
}
