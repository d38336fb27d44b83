/**
 * The tunnel of a router that is a daemon on Linux, as commands of a shell.
 *
 * @module
 */
import { type PeerDesign, sessionFamily } from "./peer_design.ts";

/** Commands that make the tunnel and that take it away; none without a tunnel. */
export function linuxTunnel(
  design: PeerDesign,
): { readonly shell: readonly string[]; readonly shellRollback: readonly string[] } {
  const { tunnel, theirAddress } = design;
  if (tunnel === null) return { shell: [], shellRollback: [] };
  const kind = tunnel.source.includes(":") ? "ip6gre" : "gre";
  const key = tunnel.key === null ? "" : ` key ${tunnel.key}`;
  const family = sessionFamily(design) === 6 ? "ip -6" : "ip";
  return {
    shell: [
      `ip link add dev ${tunnel.name} type ${kind}${key} local ${tunnel.source} remote ${tunnel.destination} ttl 64`,
      `${family} addr add ${theirAddress}/${tunnel.length} dev ${tunnel.name}`,
      `ip link set dev ${tunnel.name} mtu ${tunnel.mtu} up`,
    ],
    shellRollback: [`ip link delete dev ${tunnel.name}`],
  };
}
