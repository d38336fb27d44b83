/**
 * Paths and views of the looking glass for tests, made of what a test wants to say.
 *
 * @module
 */
import type { RemoteFailure } from "../../lib/errors/mod.ts";
import { parsePrefix } from "../../lib/ip/prefix.ts";
import { NO_PATH } from "../../lib/looking_glass/answer.ts";
import type { VantageView } from "../../lib/looking_glass/vantage.ts";
import { parseAsPath } from "../../lib/route/as_path.ts";
import type { RoutePath } from "../../lib/route/route.ts";

/** A path to 192.0.2.0/24, or to another prefix. */
export function samplePath(
  asPath: string,
  told: Partial<RoutePath> = {},
  prefix = "192.0.2.0/24",
): RoutePath {
  const parsed = parseAsPath(asPath);
  if (parsed === null) throw new TypeError(`"${asPath}" is no AS path`);
  return { ...NO_PATH, prefix: parsePrefix(prefix).prefix, asPath: parsed, ...told };
}

/** What a route server shows: exactly what was asked for, or nothing. */
export function sampleView(
  vantage: string,
  paths: readonly RoutePath[],
  told: Partial<VantageView> = {},
): VantageView {
  return {
    vantage,
    source: "telnet",
    location: null,
    match: paths.length === 0 ? "none" : "exact",
    paths,
    complete: true,
    asOf: null,
    error: null,
    ...told,
  };
}

/** What is known of a route server that failed. */
export function failedView(vantage: string, error: RemoteFailure): VantageView {
  return sampleView(vantage, [], { match: null, complete: false, error });
}
