/**
 * `cidr_summarize`: the fewest prefixes for the same addresses.
 *
 * @module
 */
import { z } from "zod";
import { type Prefix, prefixSize, renderPrefix } from "../../lib/ip/prefix.ts";
import { defineTool } from "../../lib/mcp/define_tool.ts";
import { exactCount } from "../../lib/planning/exact_count.ts";
import { sayCount } from "../../lib/words/amount.ts";
import { summarize } from "../../lib/planning/summarize.ts";
import {
  cidrList,
  exactCountField,
  listFields,
  listOutput,
  PLANNING_BUDGET_MS,
  sayUnread,
} from "../../lib/planning/tool_fields.ts";
import { readPrefixes } from "../../lib/planning/written_prefix.ts";

/** Prefixes of each family that stand in its own field; the rest is paged. */
const MAX_INLINE = 50;

const familyOutput = () =>
  z.object({
    input_count: z.number(),
    summarized_count: z.number(),
    addresses: exactCountField(),
    summarized: z.array(z.string()).describe(`The first ${MAX_INLINE}; the others are in more`),
  });

/** Summarizes prefixes. */
export const cidrSummarize = defineTool({
  name: "cidr_summarize",
  title: "Summarize prefixes",
  toolset: "planning",
  effect: "observe",
  reach: "local",
  description:
    "The fewest prefixes that hold exactly the addresses of up to 10,000 IPv4 and IPv6 prefixes: " +
    "repeated and contained ones drop out, halves join; never an address more. For conflicts " +
    "between them use check_overlaps.",
  input: () => z.strictObject({ cidrs: cidrList().min(1).describe("Prefixes or addresses") }),
  output: () =>
    z.object({
      success: z.boolean().describe("All could be read"),
      summary: z.string(),
      ...listOutput(),
      ipv4: familyOutput(),
      ipv6: familyOutput(),
      more: z.array(z.string()).describe("Summarized prefixes beyond, IPv4 first"),
    }),
  needs: () => [],
  budget: { ms: PLANNING_BUDGET_MS },
  pages: "more",
  run: ({ cidrs }) => {
    const list = readPrefixes(cidrs);
    const given = list.read.map(({ prefix }) => prefix);
    const summarized = summarize(given);
    const ofFamily = (family: 4 | 6) => {
      const mine = (prefix: Prefix): boolean => prefix.family === family;
      const joined = summarized.filter(mine);
      return {
        report: {
          input_count: given.filter(mine).length,
          summarized_count: joined.length,
          addresses: exactCount(joined.reduce((sum, prefix) => sum + prefixSize(prefix), 0n)),
          summarized: joined.slice(0, MAX_INLINE).map(renderPrefix),
        },
        more: joined.slice(MAX_INLINE).map(renderPrefix),
      };
    };
    const [ipv4, ipv6] = [ofFamily(4), ofFamily(6)];
    return {
      success: list.unread.length === 0,
      summary: `${sayCount(given.length, "prefix", "prefixes")} became ${summarized.length}${
        sayUnread(list.unread.length)
      }`,
      ...listFields(list),
      ipv4: ipv4.report,
      ipv6: ipv6.report,
      more: [...ipv4.more, ...ipv6.more],
    };
  },
});
