/**
 * The hosts of the services over HTTPS that `looking_glass.http_sources` can name.
 *
 * @module
 */
import type { HttpSourceName } from "./config.ts";

/** The host of each source; all answer on port 443. */
export const httpSourceHosts: Readonly<Record<HttpSourceName, string>> = {
  // api.routeviews.org/docs
  "routeviews-api": "api.routeviews.org",
  // stat.ripe.net/docs
  ripestat: "stat.ripe.net",
  // api.bgpkit.com/docs
  bgpkit: "api.bgpkit.com",
};
