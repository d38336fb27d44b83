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
import { InputError } from "../../lib/errors/mod.ts";
import { parseAddress } from "../../lib/ip/address.ts";
import { parseAsNumber } from "../../lib/ip/as_number.ts";
import { parsePrefix, prefixOf } from "../../lib/ip/prefix.ts";
import { captures, defineTool } from "../../lib/mcp/define_tool.ts";
import { parseAsPathPattern } from "../../lib/route/as_path_pattern.ts";
import { parseCommunity } from "../../lib/route/community.ts";
import { sayCount } from "../../lib/words/amount.ts";

const maybe = z.number().nullable();
const text = z.string().nullable();
const SHORT = 64;

function input() {
  const short = () => z.string().min(1).max(SHORT).nullable().default(null);
  return z.strictObject({
    file_path: mrtFilePath(),
    prefix: short().describe('Prefix or address: "192.0.2.0/24", "2001:db8::1"'),
    match: z.enum(["exact", "longest", "covered", "covering"]).default("exact").describe(
      "With prefix. longest: the longest prefix that holds it and has a matching route; covered: it " +
        "and all inside; covering: it and all around. An address asks for longest instead of exact",
    ),
    family: z.enum(["ipv4-unicast", "ipv6-unicast"]).nullable().default(null).describe(
      "Only routes of this family",
    ),
    origin_as: short().describe('AS that originates the route: "64500"'),
    via_as: short().describe("AS anywhere in the path"),
    as_path: z.string().min(1).max(300).nullable().default(null).describe(
      'Pattern over AS paths: "^3356 .* 15169$", "_64500_"; "." one AS, ".*" any number, ' +
        '"3356+" with prepends, "[3356 174]" one of several',
    ),
    community: short().describe('"64500:1", "64500:1:2", "rt:64500:1" or "no-export"'),
    peer: short().describe("Address or AS number of the collector's peer"),
    kind: z.enum(["rib", "announce", "withdraw"]).nullable().default(null).describe(
      "rib: entries of a table; announce and withdraw: out of UPDATE messages",
    ),
    from_time: z.iso.datetime().nullable().default(null).describe(
      "Only records from then on, ISO 8601 in UTC",
    ),
    to_time: z.iso.datetime().nullable().default(null).describe("Only records up to then"),
    limit: z.int().min(0).max(1_000).default(100).describe("Most routes; 0: only count"),
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
      matched: z.number().describe("All that match, shown or not"),
      ...readFactsOutput(),
      routes: z.array(z.object({
        network: z.string(),
        kind: z.enum(["rib", "announce", "withdraw"]),
        time: z.string(),
        originated_time: text,
        peer: z.string(),
        peer_as: z.number(),
        path_id: maybe,
        is_local: z.boolean().describe("Sent by the collector to the peer"),
        attributes: z.object({
          next_hop: text,
          as_path: z.string(),
          origin: text,
          local_pref: maybe,
          med: maybe,
          communities: z.array(z.string()),
          large_communities: z.array(z.string()),
          extended_communities: z.array(z.string()),
          atomic_aggregate: z.boolean(),
          aggregator: text,
          originator_id: text,
          cluster_list: z.array(z.string()),
          otc: maybe,
          other_attributes: z.array(z.number()).describe("Types that are not decoded"),
        }).nullable().describe("Null in a withdrawal, and beside a line"),
        bgpdump_line: text,
      })),
    }),
  needs: () => [captures],
  budget: { ms: MRT_BUDGET_MS },
  pages: "routes",
  run: async (given, cx) => {
    const { file_path, skip, limit, format } = given;
    const search = { criteria: criteriaOf(given), skip, limit, format };
    const answer = await askMrt(cx, file_path, { kind: "search", search });
    return { success: true, summary: saySearch(answer, skip), file_path, ...answer };
  },
});

function criteriaOf(given: Input): RouteCriteria {
  const { prefix, match, family, origin_as, via_as, as_path, community, peer } = given;
  const isAddress = peer !== null && /[.:]/.test(peer) && !/^\d+\.\d+$/.test(peer);
  return {
    prefix: prefix === null ? null : prefixCriterion(prefix, match),
    family: family === null ? null : family === "ipv4-unicast" ? 4 : 6,
    originAsn: origin_as === null ? null : parseAsNumber(origin_as),
    viaAsn: via_as === null ? null : parseAsNumber(via_as),
    asPath: as_path === null ? null : parseAsPathPattern(as_path),
    community: community === null ? null : parseCommunity(community),
    peerAddress: isAddress ? parseAddress(peer) : null,
    peerAsn: peer === null || isAddress ? null : parseAsNumber(peer),
    kind: given.kind,
    fromSec: secondsOf(given.from_time),
    toSec: secondsOf(given.to_time),
  };
}

function prefixCriterion(text: string, match: Input["match"]): RouteCriteria["prefix"] {
  if (!text.includes("/")) {
    const address = parseAddress(text);
    const value = prefixOf(address, address.family === 4 ? 32 : 128);
    return { value, match: match === "exact" ? "longest" : match };
  }
  const { prefix, hostBitsSet } = parsePrefix(text);
  if (hostBitsSet) {
    throw new InputError("prefix", `Cannot search for "${text}": bits behind the length are set`, {
      hint: "Write the network address, for example 192.0.2.0/24, or an address without a length.",
    });
  }
  return { value: prefix, match };
}

function secondsOf(time: string | null): number | null {
  return time === null ? null : Math.floor(Date.parse(time) / 1_000);
}

/** What a person would say of it. */
export function saySearch(answer: MrtAnswers["search"], skip: number): string {
  const { matched, routes } = answer;
  const shown = routes.length;
  const rest = sayReadFacts(answer);
  if (matched === 0) return `No route matches.${rest}`;
  const count = `${sayCount(matched, "route")} ${matched === 1 ? "matches" : "match"}`;
  const part = shown === matched
    ? ""
    : shown === 0
    ? ", none shown"
    : `, ${skip + 1} to ${skip + shown} shown`;
  return `${count}${part}.${rest}`;
}
