/**
 * The doors, on Deno.
 *
 * @module
 */
import { systemClock } from "./clock.ts";
import { dial } from "./dial.ts";
import type { HttpDoor } from "./http_door.ts";
import type { Io, Programs } from "./io.ts";
import { netState } from "./net_permission.ts";
import { createPrograms } from "./program.ts";

/** What the doors need to know. */
export interface IoOptions {
  /** Name servers with `system` expanded, `a.b.c.d:port` or `[v6]:port`, preferred first. */
  readonly resolvers: readonly string[];
  /** As `Net.resolversFlag`. */
  readonly resolversFlag?: string;
  /** Patience with one name server, milliseconds. */
  readonly dnsTimeoutMs: number;
  /** How HTTP requests name their maker, `netglass/1.2.3`. Default `netglass`. */
  readonly userAgent?: string;
  /** Default: the platform that this runs on. */
  readonly platform?: Programs["platform"];
}

/** Opens the doors; touches nothing until one is used. */
export function createIo(options: IoOptions): Io {
  const { resolvers, resolversFlag, dnsTimeoutMs, userAgent = "netglass" } = options;
  const lacking = resolversFlag === undefined ? {} : { resolversFlag };
  let http: HttpDoor | null = null;
  return {
    clock: systemClock,
    programs: createPrograms(options.platform ?? thisPlatform()),
    net: {
      resolvers,
      ...lacking,
      dial,
      // What follows is loaded on first use, so that a start does not wait for it.
      exchangeUdp: async (request) => await (await import("./datagram.ts")).exchangeUdp(request),
      tlsHandshake: async (connection, request) =>
        await (await import("./tls.ts")).tlsHandshake(connection, request),
      resolveHost: async (name, signal) => {
        const { resolveHost } = await import("./resolve.ts");
        return await resolveHost(name, signal, { resolvers, timeoutMs: dnsTimeoutMs, ...lacking });
      },
      reverseHost: async (address, signal) =>
        await (await import("./reverse.ts")).reverseHost(address, signal, resolvers),
      getHttp: async (request) => {
        const { HttpDoor } = await import("./http_door.ts");
        http ??= new HttpDoor({ userAgent, clock: systemClock });
        return await http.get(request);
      },
      mayConnect: async (host, port) => await netState(host, port) === "granted",
    },
  };
}

/** Dialect of the programs here; systems that are neither macOS nor Windows are read as Linux. */
function thisPlatform(): Programs["platform"] {
  const { os } = Deno.build;
  return os === "darwin" || os === "windows" ? os : "linux";
}
