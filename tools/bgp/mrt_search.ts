/**
 * `mrt_search`: routes of an MRT file, by the questions of `bgp_get_rib`.
 *
 * @module
 */
import { z } from "zod";
import { askMrt } from "../../lib/bgp/mrt/ask_mrt.ts";
import type { MrtAnswers } from "../../lib/bgp/mrt/mrt_question.ts";
import type { RouteCriteria } from "../../lib/bgp/mrt/route_criteria.ts";
import {
  MRT_BUDGET_MS,
  mrtFilePath,
  readFactsOutput,
  sayReadFacts,
} from "../../lib/bgp/mrt/tool_fields.ts";
import { orInputError } from "../../lib/bgp/or_input_error.ts";
import {
  asnInput,
  attributeInput,
  matchInput,
  type NamedPrefix,
  prefixInput,
  readAsn,
  readAttributes,
  readPrefix,
  rows,
} from "../../lib/bgp/rib_query/route_input.ts";
import { parseAddress } from "../../lib/ip/address.ts";
import { captures, defineTool } from "../../lib/mcp/define_tool.ts";
import { sayCount } from "../../lib/words/amount.ts";

function input() {
  return z.strictObject({
    file_path: mrtFilePath(),
    prefix: prefixInput().optional().describe(
      "Prefix or address, for example 192.0.2.0/24 or 2001:db8::1; default: all",
    ),
    match: matchInput().optional().describe(
      "With prefix. longest: the longest that holds it and has a matching route; covered: it and " +
        "all inside; covering: it and all around. Default: exact, of an address longest",
    ),
    ...attributeInput(),
    peer: z.string().min(1).max(64).optional().describe(
      "Only this peer of the collector: its address",
    ),
    peer_as: asnInput().optional().describe("Only peers of this AS"),
    family: z.enum(["ipv4-unicast", "ipv6-unicast"]).optional().describe("Default: both"),
    kind: z.enum(["rib", "announce", "withdraw"]).optional().describe(
      "rib: entries of a table; announce and withdraw: out of UPDATE messages",
    ),
    since: z.iso.datetime({ offset: true }).max(40).optional().describe(
      'Only records from then on, RFC 3339, for example "2026-01-31T08:00:00Z"',
    ),
    until: z.iso.datetime({ offset: true }).max(40).optional().describe("Only records up to then"),
    count_only: z.boolean().default(false).describe("Count, show no routes"),
    limit: z.int().min(1).max(1_000).default(100).describe("Most routes"),
    skip: z.int().min(0).max(4_294_967_295).default(0).describe("Matches left out at the start"),
    format: z.enum(["routes", "bgpdump"]).default("routes").describe(
      "bgpdump: each with its line of bgpdump -m, in bgpdump_line, instead of attributes",
    ),
  });
}

type Input = z.output<ReturnType<typeof input>>;

/** Finds routes in an MRT file. */
export const mrtSearch = defineTool({
  name: "mrt_search",
  title: "Search an MRT file",
  toolset: "bgp",
  effect: "observe",
  reach: "local",
  description:
    "Routes in an MRT file of a route collector, tables (RIB) and UPDATE messages alike, by prefix, " +
    "origin, AS anywhere in the path, AS path pattern, community, peer, kind and time; all that is " +
    "given must hold. Counts every match and shows limit of them from skip on, in the order of the " +
    "file. A route in force is in a RIB file; what happened to it in UPDATE files. For what the " +
    "speaker's own peers send now use bgp_get_rib; mrt_summary tells what a file holds. Reads the " +
    "whole file: about half a second for each million routes.",
  input,
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      file_path: z.string(),
      count: z.number().describe("All that match, shown or not"),
      ...readFactsOutput(),
      routes: rows().describe(
        "network, kind, time, peer, peer_as, and but for withdrawals next_hop, as_path, local_pref, " +
          "med, origin, communities and what else a route has",
      ),
    }),
  needs: () => [captures],
  budget: { ms: MRT_BUDGET_MS },
  pages: "routes",
  run: async (given, cx) => {
    const { file_path, skip, count_only, format } = given;
    const limit = count_only ? 0 : given.limit;
    const search = { criteria: criteriaOf(given), skip, limit, format };
    const answer = await askMrt(cx, file_path, { kind: "search", search });
    return { success: true, summary: saySearch(answer, skip), file_path, ...answer };
  },
});

function criteriaOf(given: Input): RouteCriteria {
  const { prefix, match, family, peer, peer_as } = given;
  return {
    prefix: prefix === undefined ? null : prefixCriterion(readPrefix(prefix), match),
    family: family === undefined ? null : family === "ipv4-unicast" ? 4 : 6,
    ...readAttributes(given),
    peerAddress: peer === undefined ? null : orInputError("peer", () => parseAddress(peer)),
    peerAsn: peer_as === undefined ? null : readAsn("peer_as", peer_as),
    kind: given.kind ?? null,
    fromSec: secondsOf(given.since),
    toSec: secondsOf(given.until),
  };
}

function prefixCriterion(
  { prefix, isAddress }: NamedPrefix,
  match: Input["match"],
): RouteCriteria["prefix"] {
  return { value: prefix, match: match ?? (isAddress ? "longest" : "exact") };
}

function secondsOf(time: string | undefined): number | null {
  return time === undefined ? null : Math.floor(Date.parse(time) / 1_000);
}

/** What a person would say of it. */
export function saySearch(answer: MrtAnswers["search"], skip: number): string {
  const { count, routes } = answer;
  const shown = routes.length;
  const rest = sayReadFacts(answer);
  if (count === 0) return `No route matches.${rest}`;
  const found = `${sayCount(count, "route")} ${count === 1 ? "matches" : "match"}`;
  const part = shown === count
    ? ""
    : shown === 0
    ? ", none shown"
    : `, ${skip + 1} to ${skip + shown} shown`;
  return `${found}${part}.${rest}`;
}
