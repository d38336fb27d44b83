/**
 * The sessions that run through a tunnel.
 *
 * @module
 */
import type { Config } from "../../config/config.ts";
import { parseAddress } from "../../ip/address.ts";
import { contains, type Prefix } from "../../ip/prefix.ts";

/** Names of the configured peers that are in one of its inner networks. */
export function peersWithin(
  networks: readonly Prefix[],
  { bgp }: Pick<Config, "bgp">,
): readonly string[] {
  return bgp.peers.filter(({ address }) =>
    networks.some((network) => contains(network, parseAddress(address)))
  ).map(({ name }) => name);
}
