/**
 * `bgp_get_rib`: the routes that our peers sent, by prefix and attributes.
 *
 * @module
 */
import { z } from "zod";
import type { BgpSpeaker, PeerStatus } from "../../lib/bgp/bgp_service.ts";
import { familyNamed } from "../../lib/bgp/family.ts";
import { findPeer, peerInput } from "../../lib/bgp/find_peer.ts";
import { findRoutes, type RouteSource } from "../../lib/bgp/rib_query/find_routes.ts";
import { PeerNames } from "../../lib/bgp/rib_query/peer_names.ts";
import { parseCursor, renderCursor } from "../../lib/bgp/rib_query/route_cursor.ts";
import {
  attributeInput,
  matchInput,
  type NamedPrefix,
  prefixInput,
  readAttributes,
  readPrefix,
  rows,
} from "../../lib/bgp/rib_query/route_input.ts";
import type {
  FoundRoutes,
  PrefixMatch,
  RoutePage,
  RouteQuestion,
} from "../../lib/bgp/rib_query/route_question.ts";
import { type RouteRow, routeRow } from "../../lib/bgp/rib_query/route_row.ts";
import { bgp, defineTool } from "../../lib/mcp/define_tool.ts";
import { sayCount } from "../../lib/words/amount.ts";
import { sayList } from "../../lib/words/list.ts";

/** Room for what stands beside the routes, characters of JSON. */
const FRAME_CHARS = 1_200;

function input() {
  return z.strictObject({
    prefix: prefixInput().optional().describe(
      "Prefix or address, for example 192.0.2.0/24 or 2001:db8::1; default: all",
    ),
    match: matchInput().optional().describe(
      "With prefix. covered: it and all inside; covering: it and all around. Default: exact, and " +
        "the longest around it if it is not in the table",
    ),
    ...attributeInput(),
    peer: peerInput().optional().describe("Only this peer: its name or address"),
    family: z.enum(["ipv4-unicast", "ipv6-unicast"]).optional().describe("Default: both"),
    rpki: z.enum(["valid", "invalid", "not_found", "unverified"]).optional().describe(
      "Origin validation state",
    ),
    best_only: z.boolean().default(false).describe("Only best paths"),
    count_only: z.boolean().default(false).describe("Count, show no routes"),
    limit: z.int().min(1).max(500).default(50).describe("Most routes in the answer"),
    cursor: z.string().max(100).optional().describe(
      "page.next_cursor of the last answer, with the same other arguments",
    ),
  });
}

type Input = z.output<ReturnType<typeof input>>;

/** Finds routes. */
export const bgpGetRib = defineTool({
  name: "bgp_get_rib",
  title: "Find routes in our BGP tables",
  toolset: "bgp",
  effect: "observe",
  reach: "local",
  description:
    "Routes that our own BGP peers sent (Adj-RIB-In, the best marked), by prefix, origin, transit AS, " +
    "AS path pattern, community, peer, family and RPKI state; everything given must hold. Counts all " +
    "that matches and shows limit of it; ask for the rest with the cursor, which holds while the " +
    "table changes. Milliseconds, also in a full table. Why a path is best or not: bgp_explain. What " +
    "routers elsewhere see: route_lookup.",
  input,
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      match: matchInput().nullable().describe(
        "How prefix was matched in the end",
      ),
      prefix_count: z.number().describe("Prefixes that match, on all pages"),
      count: z.number().describe("Paths that match, on all pages"),
      counts_are_exact: z.boolean().describe("false: the table changed while they were counted"),
      routes: rows().describe(
        "network, next_hop, as_path, local_pref (in force), med, origin, communities, peer, peer_as, " +
          "best, rpki, age_sec, and what else a path has; the best path of a prefix first",
      ),
      page: z.object({
        shown: z.number(),
        total: z.number(),
        next_cursor: z.string().nullable().describe("null: this is the last page"),
      }),
    }),
  needs: () => [bgp],
  budget: { ms: 20_000 },
  run: async (given, cx) => {
    const after = given.cursor === undefined ? null : parseCursor(given.cursor);
    const named = given.prefix === undefined ? null : readPrefix(given.prefix);
    const speaker = await cx.bgp();
    const { rib } = speaker;
    const source = {
      rib,
      localAs: speaker.settings.localAs,
      clock: cx.io.clock,
      signal: cx.signal,
    };
    const peers = speaker.peers();
    const names = new PeerNames(peers);
    const nowMs = cx.io.clock.now();
    const page: RoutePage<RouteRow> = {
      after,
      limit: given.count_only ? 0 : given.limit,
      maxChars: cx.config.limits.answer_chars - FRAME_CHARS,
      render: (prefix, path) =>
        routeRow(prefix, path, rib.attributes(path.attributes), names, nowMs),
    };
    const question = questionOf(given, named, speaker);
    const { match, found } = await find(source, question, given.match === undefined, page);
    const { prefixCount, pathCount, routes, next } = found;
    return {
      success: true,
      summary: `${say(given, named, match, found)}${pathCount === 0 ? sayMissing(peers) : ""}`,
      match,
      prefix_count: prefixCount,
      count: pathCount,
      counts_are_exact: found.isSteady,
      routes,
      page: {
        shown: routes.length,
        total: pathCount,
        next_cursor: next === null ? null : renderCursor(next),
      },
    };
  },
});

/** Of an empty answer, whose routes cannot be in it. */
function sayMissing(peers: readonly PeerStatus[]): string {
  const down = peers.filter(({ settings, state }) => settings.enabled && state !== "Established")
    .map(({ settings }) => settings.name);
  return down.length === 0 ? "" : ` No session with ${sayList(down)}.`;
}

function questionOf(given: Input, named: NamedPrefix | null, speaker: BgpSpeaker): RouteQuestion {
  const { peer, family, rpki } = given;
  return {
    prefix: named === null ? null : { value: named.prefix, match: given.match ?? "exact" },
    family: family === undefined ? null : familyNamed(family)?.index ?? null,
    attributes: readAttributes(given),
    peer: peer === undefined ? null : findPeer(speaker, peer).settings.index,
    rpki: rpki ?? null,
    bestOnly: given.best_only,
  };
}

/** Where no match was asked for, a prefix that is not in the table leads to the longest around it. */
async function find(
  source: RouteSource,
  question: RouteQuestion,
  mayFallBack: boolean,
  page: RoutePage<RouteRow>,
): Promise<{ readonly match: PrefixMatch | null; readonly found: FoundRoutes<RouteRow> }> {
  const { prefix } = question;
  if (prefix === null) {
    return { match: null, found: await findRoutes(source, question, page) };
  }
  const { rib } = source;
  const isAbsent = mayFallBack && rib.read(() => rib.find(prefix.value)) < 0;
  const match = isAbsent ? "longest" : prefix.match;
  const asked = { ...question, prefix: { ...prefix, match } };
  return { match, found: await findRoutes(source, asked, page) };
}

function say(
  given: Input,
  named: NamedPrefix | null,
  match: PrefixMatch | null,
  { prefixCount, pathCount, routes, next, isSteady }: FoundRoutes<RouteRow>,
): string {
  const terms = Object.entries({
    origin_asn: given.origin_asn,
    via_asn: given.via_asn,
    as_path: given.as_path,
    community: given.community,
    peer: given.peer,
    family: given.family,
    rpki: given.rpki,
    best_only: given.best_only || undefined,
  }).flatMap(([name, value]) => value === undefined ? [] : [`${name} ${value}`]);
  const asked = named === null
    ? ""
    : match === "covered"
    ? ` for ${named.text} and what is inside of it`
    : match === "covering"
    ? ` for ${named.text} and what is around it`
    : ` for ${named.text}`;
  const wanted = terms.length === 0 ? "" : ` with ${terms.join(", ")}`;
  if (pathCount === 0) {
    if (named === null) return wanted === "" ? "The tables are empty." : `No path${wanted}.`;
    return `No path${asked}${wanted}. bgp_explain tells what is near it and why nothing matches.`;
  }
  const isFallback = match === "longest" && named !== null && !named.isAddress &&
    given.match !== "longest";
  const counted = `${sayCount(pathCount, "path")} to ${
    sayCount(prefixCount, "prefix", "prefixes")
  }`;
  const shown = given.count_only || (next === null && routes.length === pathCount)
    ? ""
    : ` ${routes.length} of ${pathCount} shown${next === null ? "" : "; the cursor has the next"}.`;
  const steady = isSteady ? "" : " The table changed meanwhile, so the counts may be off by a few.";
  const network = routes[0]?.network ?? "";
  const found = isFallback || (match === "longest" && network !== "")
    ? `${named?.text ?? ""}${isFallback ? " is not in the table; it" : ""} falls into ${network}: `
    : "";
  const of = (found === "" ? asked : "") + wanted;
  return `${found}${counted}${of}.${shown}${steady}`;
}
