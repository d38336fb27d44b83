/**
 * The looking glass of RIPEstat: what the collectors (RRCs) of the RIPE NCC's RIS see of a prefix
 * (stat.ripe.net/docs/data-api/api-endpoints/looking-glass).
 *
 * @module
 */
import type { Clock } from "../../io/io.ts";
import { type JsonValue, readable } from "../../io/json_value.ts";
import { askRipestat } from "../../io/ripestat.ts";
import type { SourceApi } from "../../io/source_api.ts";
import { renderAddress } from "../../ip/address.ts";
import { renderPrefix } from "../../ip/prefix.ts";
import type { RoutePath } from "../../route/route.ts";
import { NO_PATH } from "../answer.ts";
import type { RouteTarget } from "../dialects/route_match.ts";
import {
  ageOf,
  type ArchivePath,
  readAddress,
  readAsPath,
  readCommunities,
  readName,
  readPrefix,
  readTime,
  viewsOf,
} from "./archive_path.ts";
import type { RouteSource, SourceViews } from "./http_source.ts";

/** ORIGIN values (RFC 4271 §5.1.1) as the service writes them. */
const ORIGINS: Readonly<Record<string, RoutePath["origin"]>> = {
  igp: "igp",
  egp: "egp",
  incomplete: "incomplete",
};

/**
 * The source. It answers for prefixes that are in the table as they are asked for, so a covering
 * route does not show; for an address, its prefix is asked for first.
 */
export function ripestat(api: SourceApi, clock: Pick<Clock, "now">): RouteSource {
  return {
    name: "ripestat",
    attribution: "RIPEstat and RIS, RIPE NCC (stat.ripe.net)",
    async lookUp(target: RouteTarget, signal: AbortSignal): Promise<SourceViews> {
      const problems: string[] = [];
      const resource = "prefix" in target
        ? renderPrefix(target.prefix)
        : await prefixOfAddress(renderAddress(target.address), api, problems, signal);
      if (resource === null) return { views: [], complete: problems.length === 0, problems };
      const { data, warnings } = await askRipestat(api, "looking-glass", { resource }, signal);
      problems.push(...warnings);
      const found = readable(data.field("rrcs").items(), problems, (rrc) => {
        const collector = readName(rrc.field("rrc"));
        const location = rrc.field("location").words();
        return readable(
          rrc.field("peers").items(),
          problems,
          (peer) => ({ collector, location, ...readPeer(peer, clock.now()) }),
        );
      });
      return viewsOf("ripestat", target, found.flat(), problems);
    },
  };
}

/** The prefix in the table that holds an address, or null if there is none. */
async function prefixOfAddress(
  address: string,
  api: SourceApi,
  problems: string[],
  signal: AbortSignal,
): Promise<string | null> {
  const { data, warnings } = await askRipestat(api, "network-info", { resource: address }, signal);
  problems.push(...warnings);
  const prefix = data.field("prefix");
  return prefix.isAbsent || prefix.value === "" ? null : renderPrefix(readPrefix(prefix));
}

/** `{as_path, community, largeCommunity, extendedCommunity, last_updated, prefix, peer, origin, next_hop, latest_time}`. */
function readPeer(peer: JsonValue, nowMs: number): Pick<ArchivePath, "seen" | "path"> {
  const asPath = readAsPath(peer.field("as_path"));
  const lastChange = readTime(peer.field("last_updated"));
  const [nearest] = asPath;
  return {
    seen: readTime(peer.field("latest_time")),
    path: {
      prefix: readPrefix(peer.field("prefix")),
      ...NO_PATH,
      asPath,
      origin: ORIGINS[peer.field("origin").words()?.toLowerCase() ?? ""] ?? null,
      nextHop: readAddress(peer.field("next_hop")),
      peer: {
        address: readAddress(peer.field("peer")),
        asn: nearest?.kind === "sequence" ? nearest.asns[0] ?? null : null,
        routerId: null,
        name: null,
      },
      ...readCommunities(
        peer.field("community"),
        peer.field("largeCommunity"),
        peer.field("extendedCommunity"),
      ),
      lastChange,
      ageSec: ageOf(lastChange, nowMs),
    },
  };
}
