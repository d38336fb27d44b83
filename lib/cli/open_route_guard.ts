/**
 * Opening the guard between the tools and the speaker: with the first call that asks for it.
 *
 * @module
 */
import type { BgpSpeaker } from "../bgp/bgp_service.ts";
import type { CreateRouteGuardParts } from "../bgp/guard/create_route_guard.ts";
import type { RouteGuard } from "../bgp/guard/route_guard.ts";
import { loadModule } from "../io/worker.ts";

/** Returns how to have the guard; there is one for the life of the server. */
export function openRouteGuard(
  bgp: () => Promise<BgpSpeaker>,
  parts: Omit<CreateRouteGuardParts, "speaker">,
): () => Promise<RouteGuard> {
  let opening: Promise<RouteGuard> | null = null;
  const open = async (): Promise<RouteGuard> => {
    const speaker = await bgp();
    // The module at that place has this type.
    const { createRouteGuard } = await loadModule(
      new URL("../bgp/guard/create_route_guard.ts", import.meta.url),
    ) as typeof import("../bgp/guard/create_route_guard.ts");
    return createRouteGuard({ ...parts, speaker });
  };
  return () => opening ??= open();
}
