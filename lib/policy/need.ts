/**
 * What a tool needs of the runtime, in words of the trade; `permissions.ts` turns it into flags.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import type { Program } from "../io/io.ts";
import type { HostTable } from "./host_programs.ts";

/** One Deno permission that a tool needs. */
export type Need =
  | { readonly kind: "run"; readonly program: Program }
  /** TCP to whatever `security.allowed_targets` lists (or anything, with `security.network: open`). */
  | { readonly kind: "net_targets" }
  /** The configured name servers. Every tool that takes a host name needs it. */
  | { readonly kind: "net_resolvers" }
  /** UDP from an ephemeral local port. */
  | { readonly kind: "net_udp" }
  | { readonly kind: "net"; readonly host: string; readonly port: number }
  /** The enabled servers of `looking_glass.servers`, and the variables that hold their passwords. */
  | { readonly kind: "route_servers" }
  /** The services of `looking_glass.http_sources`. */
  | { readonly kind: "http_sources" }
  /** The RDAP servers of `intel.rdap.hosts`. */
  | { readonly kind: "rdap" }
  /** The source of validated ROA payloads: one of `intel.rpki`. */
  | { readonly kind: "rpki" }
  /** The services of `intel.public_ip.services`. */
  | { readonly kind: "public_ip" }
  /** Questions about captures: their directories, and what the isolation of the parser takes. */
  | { readonly kind: "captures" }
  /** The speaker: `bgp.peers` and `bgp.listen`, and the modules of its thread; with `bgp.enabled` only. */
  | { readonly kind: "bgp" }
  /** A table of this host, by the programs of its platform. */
  | { readonly kind: "host_table"; readonly table: Exclude<HostTable, "sockets" | "resolver"> }
  /** The sockets of this host, with `host.connections` only. */
  | { readonly kind: "sockets" }
  /** How this host looks names up: the files of `lib/io/system_resolvers.ts`, or a program. */
  | { readonly kind: "resolver_config" }
  | { readonly kind: "read"; readonly path: string }
  | { readonly kind: "write"; readonly path: string }
  | { readonly kind: "sys"; readonly name: string };

/** The tool starts this program. */
export function run(program: Program): Need {
  return { kind: "run", program };
}

/** The tool reads a table of this host. */
export function hostTable(table: Exclude<HostTable, "sockets" | "resolver">): Need {
  return { kind: "host_table", table };
}

/** The tool resolves host names. */
export const resolvers: Need = { kind: "net_resolvers" };

/** The tool connects to targets by TCP. */
export const targets: Need = { kind: "net_targets" };

/** The tool sends UDP. */
export const udp: Need = { kind: "net_udp" };

/** The tool asks route servers. */
export const routeServers: Need = { kind: "route_servers" };

/** The tool asks the HTTP sources. */
export const httpSources: Need = { kind: "http_sources" };

/** The tool asks RDAP servers. */
export const rdapHosts: Need = { kind: "rdap" };

/** The tool reads validated ROA payloads. */
export const rpkiSource: Need = { kind: "rpki" };

/** The tool asks what our public address is. */
export const publicIpServices: Need = { kind: "public_ip" };

/** The tool asks questions about captures. */
export const captures: Need = { kind: "captures" };

/** The tool asks or orders the speaker. */
export const bgp: Need = { kind: "bgp" };

/** The tool lists the sockets of this host where the configuration lets it. */
export const sockets: Need = { kind: "sockets" };

/** The tool reads how this host looks names up. */
export const resolverConfig: Need = { kind: "resolver_config" };

/** The part of a tool that the permission generator sees. */
export interface NeedyTool {
  readonly name: string;
  readonly needs: (config: Config) => readonly Need[];
}
