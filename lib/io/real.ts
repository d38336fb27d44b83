/**
 * The doors, on Deno.
 *
 * @module
 */
import { systemClock } from "./clock.ts";
import { exchangeUdp } from "./datagram.ts";
import { dial } from "./dial.ts";
import type { Io, Programs } from "./io.ts";
import { netState } from "./net_permission.ts";
import { createPrograms } from "./program.ts";
import { resolveHost } from "./resolve.ts";
import { reverseHost } from "./reverse.ts";

/** What the doors need to know. */
export interface IoOptions {
  /** Name servers with `system` expanded, `a.b.c.d:port` or `[v6]:port`, preferred first. */
  readonly resolvers: readonly string[];
  /** Patience with one name server, milliseconds. */
  readonly dnsTimeoutMs: number;
  /** Default: the platform that this runs on. */
  readonly platform?: Programs["platform"];
}

/** Opens the doors; touches nothing until one is used. */
export function createIo(options: IoOptions): Io {
  const { resolvers, dnsTimeoutMs } = options;
  return {
    clock: systemClock,
    programs: createPrograms(options.platform ?? thisPlatform()),
    net: {
      resolvers,
      dial,
      exchangeUdp,
      // Imported on first use: node:tls is slow to load.
      tlsHandshake: async (connection, request) =>
        await (await import("./tls.ts")).tlsHandshake(connection, request),
      resolveHost: (name, signal) =>
        resolveHost(name, signal, { resolvers, timeoutMs: dnsTimeoutMs }),
      reverseHost: (address, signal) => reverseHost(address, signal, resolvers),
      mayConnect: async (host, port) => await netState(host, port) === "granted",
    },
  };
}

/** Dialect of the programs here; systems that are neither macOS nor Windows are read as Linux. */
function thisPlatform(): Programs["platform"] {
  const { os } = Deno.build;
  return os === "darwin" || os === "windows" ? os : "linux";
}
