/**
 * The name of an address, from the configured name servers: decoration, so every failure is "none".
 *
 * @module
 */
import { parseEndpoint } from "../config/endpoint.ts";
import { parseAddress } from "../ip/address.ts";
import { reverseName } from "../ip/reverse_name.ts";

/** Longest name in presentation form without the final dot (RFC 1035 §2.3.4, in octets). */
const MAX_NAME = 253;

/**
 * First PTR name of a canonical address, without the final dot; null if there is none, no name
 * server answers, or none may be asked.
 */
export async function reverseHost(
  address: string,
  signal: AbortSignal,
  resolvers: readonly string[],
): Promise<string | null> {
  const name = `${reverseName(parseAddress(address))}.`;
  for (const resolver of resolvers) {
    const endpoint = parseEndpoint(resolver);
    if (endpoint === null || signal.aborted) continue;
    const nameServer = { ipAddr: endpoint.address, port: endpoint.port ?? 53 };
    try {
      const [first] = await Deno.resolveDns(name, "PTR", { nameServer, signal });
      const host = first?.replace(/\.$/, "") ?? "";
      return host === "" || host.length > MAX_NAME ? null : host;
    } catch (error) {
      // NotFound stands for NXDOMAIN and for an empty answer: the next server would say the same.
      if (error instanceof Deno.errors.NotFound) return null;
    }
  }
  return null;
}
