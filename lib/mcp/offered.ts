/**
 * When tools are offered that not every configuration offers: named here, so that a launch can ask
 * without loading the tools.
 *
 * @module
 */
import type { Config } from "../config/config.ts";

/** Routes may be announced: the tools that do, and those that take back. */
export function mayOriginate({ bgp }: Config): boolean {
  return bgp.enabled && bgp.originate.enabled;
}

/** Tunnels of this host may be created and deleted. */
export function mayManageTunnels({ tunnels }: Config): boolean {
  return tunnels.manage;
}
