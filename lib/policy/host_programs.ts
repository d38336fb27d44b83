/**
 * The programs that show the tables of a host, on each platform.
 *
 * @module
 */
import type { Platform } from "../config/env.ts";
import type { Program } from "../io/io.ts";

/** A table of this host. */
export type HostTable = "interfaces" | "routes" | "neighbors" | "sockets" | "resolver";

/** What is run for each; an empty list: the runtime or a file tells. */
export const HOST_PROGRAMS: Readonly<
  Record<HostTable, Readonly<Record<Platform, readonly Program[]>>>
> = {
  interfaces: { linux: ["ip"], darwin: ["ifconfig", "netstat"], windows: ["netstat"] },
  routes: { linux: ["ip"], darwin: ["netstat"], windows: ["netstat"] },
  neighbors: { linux: ["ip"], darwin: ["arp", "ndp"], windows: ["arp"] },
  sockets: { linux: ["ss"], darwin: ["netstat"], windows: ["netstat"] },
  resolver: { linux: [], darwin: ["scutil"], windows: [] },
};
