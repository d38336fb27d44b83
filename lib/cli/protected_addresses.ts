/**
 * Addresses that no route of ours may cover although no BGP session stands on them: ends of tunnels,
 * and where this server is asked over HTTP.
 *
 * @module
 */
import type { OwnAddress } from "../bgp/guard/prefix_rules.ts";
import { Unavailable } from "../errors/mod.ts";
import type { Tunnels } from "../host/tunnels/tunnel.ts";
import type { Programs } from "../io/io.ts";
import { loadModule } from "../io/own_modules.ts";
import { parseAddressOrNull } from "../ip/address.ts";
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
  const host = httpListen === null ? null : parseHostPort(httpListen)?.host ?? null;
  // Whoever would take a route back may come by any address of this host then.
  const isEverywhere = host !== null && parseAddressOrNull(host)?.value === 0n;
  const read = await readHost(programs);
  if (read === null && isEverywhere) throw unknownPlace();
  const served = isEverywhere
    ? (read?.interfaces ?? []).flatMap(({ addresses }) => addresses.map((one) => one.address))
    : host === null
    ? []
    : [host];
  return [
    ...served.map((address) => ({ address, what: "where this server is asked over HTTP" })),
    ...(read?.tunnels ?? []).flatMap(({ name, local, remote }) => [
      ...local === null ? [] : [{ address: local, what: `our end of the tunnel ${name}` }],
      ...remote === null ? [] : [{ address: remote, what: `the far end of the tunnel ${name}` }],
    ]),
  ];
}

/** Interfaces and tunnels; null where there is nobody to ask: elsewhere than on Linux `ip` has no JSON. */
async function readHost(programs: Programs): Promise<Tunnels | null> {
  if (programs.platform !== "linux" || await programs.state("ip") === "absent") return null;
  // The module at that place has this type.
  const { readTunnels } = await loadModule(
    new URL("../host/tunnels/tunnel.ts", import.meta.url),
  ) as typeof import("../host/tunnels/tunnel.ts");
  return await readTunnels({ programs, signal: AbortSignal.timeout(READ_WITHIN_MS) });
}

function unknownPlace(): Unavailable {
  return new Unavailable(
    "own_addresses",
    "Cannot announce anything: this server is asked at every address of a host that cannot be asked for them",
    { hint: "Let http.listen name one address." },
  );
}
