/**
 * The archives that the configuration lets us ask.
 *
 * @module
 */
import type { Config } from "../../config/config.ts";
import type { Net } from "../../io/io.ts";
import { type BaseUrls, SourceApi } from "../../io/source_api.ts";
import type { RouteSource, SourceClock } from "./http_source.ts";
import { ripestat } from "./ripestat.ts";
import { routeviewsApi } from "./routeviews_api.ts";

/** The sources with routes among `looking_glass.http_sources`, in the order of the configuration. */
export function createRouteSources(
  config: Pick<Config, "looking_glass">,
  net: Pick<Net, "getHttp">,
  clock: SourceClock,
  baseUrls?: BaseUrls,
): readonly RouteSource[] {
  return config.looking_glass.http_sources.flatMap((name) => {
    const api = new SourceApi(name, net, baseUrls);
    switch (name) {
      case "routeviews-api":
        return [routeviewsApi(api, clock)];
      case "ripestat":
        return [ripestat(api, clock)];
      case "bgpkit":
        return [];
    }
  });
}
