/**
 * `check_overlaps`: which prefixes of a list conflict.
 *
 * @module
 */
import { z } from "zod";
import { renderPrefix } from "../../lib/ip/prefix.ts";
import { defineTool } from "../../lib/mcp/define_tool.ts";
import { sayCount } from "../../lib/words/amount.ts";
import { findOverlaps } from "../../lib/planning/overlaps.ts";
import {
  cidrList,
  listFields,
  listOutput,
  PLANNING_BUDGET_MS,
  sayUnread,
} from "../../lib/planning/tool_fields.ts";
import { readPrefixes } from "../../lib/planning/written_prefix.ts";

/** Pairs that one call lists, page by page. */
const MAX_PAIRS = 5_000;

/** Finds overlaps. */
export const checkOverlaps = defineTool({
  name: "check_overlaps",
  title: "Find overlapping prefixes",
  toolset: "planning",
  effect: "observe",
  reach: "local",
  description:
    "Every pair among up to 10,000 IPv4 and IPv6 prefixes that has addresses in common: equal, or " +
    `one contains the other. All pairs are counted, the first ${MAX_PAIRS} in the order of addresses ` +
    "listed. For VLANs with ids and names use validate_vlan_map.",
  input: () => z.strictObject({ cidrs: cidrList().min(1).describe("Prefixes or addresses") }),
  output: () =>
    z.object({
      success: z.boolean().describe("All could be read"),
      summary: z.string(),
      ...listOutput(),
      overlap_count: z.number(),
      equal_count: z.number().describe("Pairs of equal prefixes among them"),
      complete: z.boolean().describe("All pairs are listed"),
      overlaps: z.array(z.object({
        a: z.string().describe("As given, the earlier one"),
        b: z.string(),
        relationship: z.enum(["equal", "contains", "contained_by"]).describe("What a is to b"),
        overlap_cidr: z.string(),
      })),
    }),
  needs: () => [],
  budget: { ms: PLANNING_BUDGET_MS },
  pages: "overlaps",
  run: ({ cidrs }) => {
    const list = readPrefixes(cidrs);
    const { read, unread } = list;
    const { pairs, count, equalCount } = findOverlaps(read.map(({ prefix }) => prefix), MAX_PAIRS);
    const overlaps = pairs.flatMap(({ a, b, relationship }) => {
      const [first, second] = [read[a], read[b]];
      if (first === undefined || second === undefined) return [];
      const inner = relationship === "contains" ? second : first;
      return {
        a: first.text,
        b: second.text,
        relationship,
        overlap_cidr: renderPrefix(inner.prefix),
      };
    });
    const complete = overlaps.length === count;
    return {
      success: unread.length === 0,
      summary: `${
        count === 0
          ? `None of ${sayCount(read.length, "prefix", "prefixes")} overlap`
          : `${sayCount(count, "pair")} of ${
            sayCount(read.length, "prefix", "prefixes")
          } overlap, ${equalCount} of them equal`
      }${complete ? "" : `; the first ${overlaps.length} are listed`}${sayUnread(unread.length)}`,
      ...listFields(list),
      overlap_count: count,
      equal_count: equalCount,
      complete,
      overlaps,
    };
  },
});
