/**
 * The API of Route Views: what all of its collectors see of a prefix, in one answer
 * (api.routeviews.org/docs, "/prefix/"). `/guest/` is where it redirects those without a key to.
 *
 * @module
 */
import { EntryReader } from "../../io/json_entries.ts";
import type { JsonValue } from "../../io/json_value.ts";
import type { SourceApi } from "../../io/source_api.ts";
import { addressBits } from "../../ip/address.ts";
import { parseAsNumber } from "../../ip/as_number.ts";
import { type Prefix, prefixOf, renderPrefix } from "../../ip/prefix.ts";
import { readOriginValidation } from "../../route/origin_validation.ts";
import type { OriginValidation } from "../../route/route.ts";
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

/** What the paths of one prefix and origin share. */
interface RowFacts {
  readonly communities: CommunityReader;
  readonly nowMs: number;
  readonly prefix: Prefix;
  readonly rpki: OriginValidation | null;
}

/**
 * The source. An address is asked for as its host prefix: the API answers with the route or its
 * parents, of which each collector's longest counts.
 */
export function routeviewsApi(api: SourceApi, clock: SourceClock): RouteSource {
  return {
    name: "routeviews-api",
    attribution: "Route Views, University of Oregon (routeviews.org), CC BY 4.0",
    async lookUp(target: RouteTarget, signal: AbortSignal): Promise<SourceViews> {
      const asked = "prefix" in target
        ? target.prefix
        : prefixOf(target.address, addressBits(target.address.family));
      const path = `/guest/prefix/${encodeURIComponent(renderPrefix(asked))}`;
      const document = await api.get(path, {}, signal);
      const reader = new EntryReader(clock, signal);
      const communities = new CommunityReader();
      const nowMs = clock.now();
      const found = reader.read(document, (row) => {
        const facts: RowFacts = {
          communities,
          nowMs,
          prefix: readPrefix(row.field("prefix")),
          rpki: readOriginValidation(row.field("rpki_state").words() ?? ""),
        };
        return reader.read(
          row.field("reporting_peers"),
          (peer) => readPeer(peer, facts),
        );
      });
      return await viewsOf("routeviews-api", target, found, reader);
    },
  };
}

/** `{peer_asn, peer_addr, collector, as_path, communities, timestamp}`, numbers also as texts. */
function readPeer(peer: JsonValue, { prefix, rpki, communities, nowMs }: RowFacts): ArchivePath {
  const lastChange = readTime(peer.field("timestamp"));
  return {
    collector: readName(peer.field("collector")),
    location: null,
    seen: null,
    path: {
      prefix,
      ...NO_PATH,
      asPath: readAsPath(peer.field("as_path")),
      peer: {
        address: readAddress(peer.field("peer_addr")),
        asn: peer.field("peer_asn").parsed("an AS number", parseAsNumber),
        routerId: null,
        name: null,
      },
      ...communities.read(peer.field("communities")),
      rpki,
      lastChange,
      ageSec: ageOf(lastChange, nowMs),
    },
  };
}
