/**
 * Opening the guard between the tools and the speaker: with the first call that asks for it.
 *
 * @module
 */
import type { BgpSpeaker } from "../bgp/bgp_service.ts";
import type { CreateRouteGuardParts } from "../bgp/guard/create_route_guard.ts";
import type { RouteGuard } from "../bgp/guard/route_guard.ts";
import { loadModule } from "../io/own_modules.ts";

/**
 * Returns how to have the guard; there is one for the life of the server, whose pace and leases
 * outlive a speaker that has died: it stands in front of the one that there is now.
 */
export function openRouteGuard(
  bgp: () => Promise<BgpSpeaker>,
  parts: Omit<CreateRouteGuardParts, "speaker">,
): () => Promise<RouteGuard> {
  let guard: RouteGuard | null = null;
  return async () => {
    if (guard === null) {
      // The module at that place has this type.
      const { createRouteGuard } = await loadModule(
        new URL("../bgp/guard/create_route_guard.ts", import.meta.url),
      ) as typeof import("../bgp/guard/create_route_guard.ts");
      const speaker = await bgp();
      guard ??= createRouteGuard({ ...parts, speaker });
    }
    guard.follow(await bgp());
    return guard;
  };
}
