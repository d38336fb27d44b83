/**
 * Opening the guard between the tools and the speaker: with the first call that asks for it.
 *
 * @module
 */
import type { BgpSpeaker } from "../bgp/bgp_service.ts";
import type { CreateRouteGuardParts } from "../bgp/guard/create_route_guard.ts";
import type { OwnAddress } from "../bgp/guard/prefix_rules.ts";
import type { RouteGuard } from "../bgp/guard/route_guard.ts";
import type { Config } from "../config/config.ts";
import { loadModule } from "../io/worker.ts";
import { parseHostPort } from "../ip/service_place.ts";

/** What the guard is opened with. */
export interface OpenRouteGuardParts
  extends Omit<CreateRouteGuardParts, "config" | "speaker" | "protectedAddresses"> {
  readonly config: Config;
  readonly bgp: () => Promise<BgpSpeaker>;
  /** Both ends of the tunnels of this host. */
  readonly tunnelEndpoints: () => Promise<readonly OwnAddress[]>;
}

/** Returns how to have the guard; there is one for the life of the server. */
export function openRouteGuard(
  { bgp, tunnelEndpoints, ...parts }: OpenRouteGuardParts,
): () => Promise<RouteGuard> {
  let opening: Promise<RouteGuard> | null = null;
  const open = async (): Promise<RouteGuard> => {
    const speaker = await bgp();
    // The module at that place has this type.
    const { createRouteGuard } = await loadModule(
      new URL("../bgp/guard/create_route_guard.ts", import.meta.url),
    ) as typeof import("../bgp/guard/create_route_guard.ts");
    return createRouteGuard({
      ...parts,
      speaker,
      protectedAddresses: async () => [
        ...servedAt(parts.config.http.listen),
        ...await tunnelEndpoints(),
      ],
    });
  };
  return () => opening ??= open();
}

/** Where MCP is served over HTTP: a route over it could cut off whoever would take it back. */
function servedAt(listen: string | null): readonly OwnAddress[] {
  const host = listen === null ? undefined : parseHostPort(listen)?.host;
  return host === undefined
    ? []
    : [{ address: host, what: "where this server is asked over HTTP" }];
}
