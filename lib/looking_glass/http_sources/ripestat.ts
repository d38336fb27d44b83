/**
 * The looking glass of RIPEstat: what the collectors (RRCs) of the RIPE NCC's RIS see of a prefix
 * (stat.ripe.net/docs/data-api/api-endpoints/looking-glass).
 *
 * @module
 */
import { EntryReader } from "../../io/json_entries.ts";
import type { JsonValue } from "../../io/json_value.ts";
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
  readName,
  readPrefix,
  readTime,
  viewsOf,
} from "./archive_path.ts";
import { CommunityReader } from "./community_reader.ts";
import type { RouteSource, SourceClock, SourceViews } from "./http_source.ts";

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
export function ripestat(api: SourceApi, clock: SourceClock): RouteSource {
  return {
    name: "ripestat",
    attribution: "RIPEstat and RIS, RIPE NCC (stat.ripe.net)",
    async lookUp(target: RouteTarget, signal: AbortSignal): Promise<SourceViews> {
      const reader = new EntryReader(clock, signal);
      const resource = "prefix" in target
        ? renderPrefix(target.prefix)
        : await prefixOfAddress(renderAddress(target.address), api, reader, signal);
      if (resource === null) return await viewsOf("ripestat", target, Promise.resolve([]), reader);
      const { data, warnings } = await askRipestat(api, "looking-glass", { resource }, signal);
      warnings.forEach((warning) => reader.note(warning));
      const communities = new CommunityReader();
      const nowMs = clock.now();
      const found = reader.read(data.field("rrcs"), (rrc) => {
        const collector = readName(rrc.field("rrc"));
        const location = rrc.field("location").words();
        return reader.read(
          rrc.field("peers"),
          (peer) => ({ collector, location, ...readPeer(peer, communities, nowMs) }),
        );
      });
      return await viewsOf("ripestat", target, found, reader);
    },
  };
}

/** The prefix in the table that holds an address, or null if there is none. */
async function prefixOfAddress(
  address: string,
  api: SourceApi,
  reader: EntryReader,
  signal: AbortSignal,
): Promise<string | null> {
  const { data, warnings } = await askRipestat(api, "network-info", { resource: address }, signal);
  warnings.forEach((warning) => reader.note(warning));
  const prefix = data.field("prefix");
  return prefix.isAbsent || prefix.value === "" ? null : renderPrefix(readPrefix(prefix));
}

/** `{as_path, community, largeCommunity, extendedCommunity, last_updated, prefix, peer, origin, next_hop, latest_time}`. */
function readPeer(
  peer: JsonValue,
  communities: CommunityReader,
  nowMs: number,
): Pick<ArchivePath, "seen" | "path"> {
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
      ...communities.read(
        peer.field("community"),
        peer.field("largeCommunity"),
        peer.field("extendedCommunity"),
      ),
      lastChange,
      ageSec: ageOf(lastChange, nowMs),
    },
  };
}
