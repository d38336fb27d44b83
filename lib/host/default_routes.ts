/**
 * The default routes of the main table of both families, without reading the rest of it.
 *
 * @module
 */
import { askIp, type HostDoors } from "./ip_program.ts";
import { defaultRoute, readRoutes, type RouteRow, routesOf } from "./routes.ts";

/** The default route that is taken first, by family; null: there is none. */
export interface DefaultRoutes {
  readonly ipv4: RouteRow | null;
  readonly ipv6: RouteRow | null;
}

/** Reads them. @throws {Unavailable} as `askIp`, `askText` */
export async function readDefaultRoutes(doors: HostDoors): Promise<DefaultRoutes> {
  if (doors.programs.platform !== "linux") {
    const [v4, v6] = await Promise.all([readRoutes(doors, "ipv4"), readRoutes(doors, "ipv6")]);
    return { ipv4: defaultRoute(v4.routes), ipv6: defaultRoute(v6.routes) };
  }
  const [v4, v6] = await Promise.all(
    (["-4", "-6"] as const).map((family) =>
      askIp(doors, [family, "-d", "route", "show", "exact", "default"])
    ),
  );
  return {
    ipv4: defaultRoute(routesOf(v4?.entries ?? [], "ipv4")),
    ipv6: defaultRoute(routesOf(v6?.entries ?? [], "ipv6")),
  };
}

/** The interface of a route, of its first next hop if it has several. */
export function interfaceOf(route: RouteRow | null): string | null {
  return route?.interface ?? route?.next_hops?.[0]?.interface ?? null;
}

/** The gateway of a route, of its first next hop if it has several. */
export function gatewayOf(route: RouteRow | null): string | null {
  return route?.gateway ?? route?.next_hops?.[0]?.gateway ?? null;
}
