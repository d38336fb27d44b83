/**
 * `subnet_split`: a prefix cut into equal subnets.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../../lib/errors/mod.ts";
import { addressBits } from "../../lib/ip/address.ts";
import { renderPrefix } from "../../lib/ip/prefix.ts";
import { defineTool } from "../../lib/mcp/define_tool.ts";
import { exactCount } from "../../lib/planning/exact_count.ts";
import { sayCount } from "../../lib/words/amount.ts";
import { split } from "../../lib/planning/split.ts";
import { exactCountField, ipText, PLANNING_BUDGET_MS } from "../../lib/planning/tool_fields.ts";
import { readPrefix } from "../../lib/planning/written_prefix.ts";

/** Subnets that one call makes, page by page. */
const MAX_LISTED = 4_096;

/** Splits a prefix. */
export const subnetSplit = defineTool({
  name: "subnet_split",
  title: "Split a prefix",
  toolset: "planning",
  effect: "observe",
  reach: "local",
  description:
    "Cuts an IPv4 or IPv6 prefix into equal subnets, by length or by number. Give exactly one of " +
    `new_prefix and count. Any split is answered at once with its exact count; ${MAX_LISTED} subnets ` +
    "are listed from start_index on. For subnets of different sizes use plan_subnets.",
  input: () =>
    z.strictObject({
      cidr: ipText().describe("Prefix to split"),
      new_prefix: z.int().min(0).max(128).optional().describe("Length of the subnets"),
      count: z.int().min(1).max(Number.MAX_SAFE_INTEGER - 1).optional().describe(
        "How many subnets: a power of two",
      ),
      start_index: z.union([
        z.int().min(0).max(Number.MAX_SAFE_INTEGER - 1),
        z.string().regex(/^[0-9]{1,39}$/),
      ]).default(0).describe("First subnet to list, from 0; a decimal string above 2^53-1"),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      parent_cidr: z.string(),
      child_prefix: z.number(),
      count: exactCountField(),
      addresses_per_subnet: exactCountField(),
      complete: z.boolean().describe("From start_index on, no subnet is left out"),
      next_index: exactCountField().nullable().describe("The next start_index; null at the end"),
      subnets: z.array(z.string()),
      notes: z.array(z.string()),
    }),
  needs: () => [],
  budget: { ms: PLANNING_BUDGET_MS },
  pages: "subnets",
  run: ({ cidr, new_prefix, count, start_index }) => {
    const { prefix: parent, note } = readPrefix(cidr);
    const parts = split(parent, splitInto(new_prefix, count));
    const start = BigInt(start_index);
    if (start >= parts.count) {
      throw new InputError(
        "start_index",
        `Cannot list from subnet ${start} on: the split has ${sayCount(parts.count, "subnet")}`,
        { hint: `Give a start_index below ${parts.count}.` },
      );
    }
    const subnets = parts.list(start, MAX_LISTED).map(renderPrefix);
    const next = start + BigInt(subnets.length);
    const complete = next === parts.count;
    return {
      success: true,
      summary: `${renderPrefix(parent)} has ${sayCount(parts.count, "subnet")} of /${parts.length}${
        complete ? "" : `; listed are ${subnets.length} from index ${start} on`
      }`,
      parent_cidr: renderPrefix(parent),
      child_prefix: parts.length,
      count: exactCount(parts.count),
      addresses_per_subnet: exactCount(1n << BigInt(addressBits(parent.family) - parts.length)),
      complete,
      next_index: complete ? null : exactCount(next),
      subnets,
      notes: note === null ? [] : [note],
    };
  },
});

function splitInto(length: number | undefined, count: number | undefined) {
  if (length !== undefined && count === undefined) return { length };
  if (length === undefined && count !== undefined) return { count };
  throw new InputError(
    "arguments",
    "Cannot split: exactly one of new_prefix and count is wanted",
    { hint: 'Give one of them, for example {"cidr": "10.0.0.0/22", "new_prefix": 24}.' },
  );
}
