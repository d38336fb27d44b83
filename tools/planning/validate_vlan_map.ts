/**
 * `validate_vlan_map`: what is wrong with a map of VLANs.
 *
 * @module
 */
import { z } from "zod";
import { renderPrefix } from "../../lib/ip/prefix.ts";
import { defineTool } from "../../lib/mcp/define_tool.ts";
import { sayCount } from "../../lib/words/amount.ts";
import { findOverlaps } from "../../lib/planning/overlaps.ts";
import { listed, PLANNING_BUDGET_MS, vlanMapInput } from "../../lib/planning/tool_fields.ts";
import { readVlanMap } from "../../lib/planning/vlan_map.ts";
import { vlanWarnings } from "../../lib/planning/vlan_warnings.ts";

/** Pairs that one call lists, page by page. */
const MAX_PAIRS = 5_000;

/** Validates a VLAN map. */
export const validateVlanMap = defineTool({
  name: "validate_vlan_map",
  title: "Validate a VLAN map",
  toolset: "planning",
  effect: "observe",
  reach: "local",
  description:
    "Checks VLAN ids (1 to 4094, none twice, 010 is 10) and their IPv4 and IPv6 prefixes: what " +
    "cannot be read, every overlap, and what deserves a look, such as host bits, ranges that are " +
    "not for hosts, no room for a gateway. Overlaps are right where VLANs lie in different VRFs.",
  input: () => z.strictObject({ vlan_map: vlanMapInput() }),
  output: () =>
    z.object({
      success: z.boolean().describe("All could be read"),
      summary: z.string(),
      valid: z.boolean().describe("No errors and no overlaps"),
      vlan_count: z.number(),
      error_count: z.number(),
      errors: z.array(z.string()).describe("The first 20, as warnings"),
      warning_count: z.number(),
      warnings: z.array(z.string()),
      overlap_count: z.number(),
      complete: z.boolean().describe("All overlaps are listed"),
      overlaps: z.array(z.object({
        vlan_a: z.string(),
        cidr_a: z.string(),
        vlan_b: z.string(),
        cidr_b: z.string(),
        relationship: z.enum(["equal", "contains", "contained_by"]).describe("What a is to b"),
      })),
    }),
  needs: () => [],
  budget: { ms: PLANNING_BUDGET_MS },
  pages: "overlaps",
  run: ({ vlan_map }) => {
    const { subnets, errors } = readVlanMap(vlan_map);
    const warnings = vlanWarnings(subnets);
    const found = findOverlaps(subnets.map(({ written }) => written.prefix), MAX_PAIRS);
    const overlaps = found.pairs.flatMap(({ a, b, relationship }) => {
      const [first, second] = [subnets[a], subnets[b]];
      return first === undefined || second === undefined ? [] : {
        vlan_a: first.vlanId,
        cidr_a: renderPrefix(first.written.prefix),
        vlan_b: second.vlanId,
        cidr_b: renderPrefix(second.written.prefix),
        relationship,
      };
    });
    const vlanCount = Object.keys(vlan_map).length;
    return {
      success: errors.length === 0,
      summary: `${sayCount(vlanCount, "VLAN")}: ${sayCount(errors.length, "error")}, ${
        sayCount(found.count, "overlap")
      }, ${sayCount(warnings.length, "warning")}`,
      valid: errors.length === 0 && found.count === 0,
      vlan_count: vlanCount,
      error_count: errors.length,
      errors: listed(errors),
      warning_count: warnings.length,
      warnings: listed(warnings),
      overlap_count: found.count,
      complete: overlaps.length === found.count,
      overlaps,
    };
  },
});
