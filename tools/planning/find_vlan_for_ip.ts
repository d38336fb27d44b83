/**
 * `find_vlan_for_ip`: which VLAN an address belongs to.
 *
 * @module
 */
import { z } from "zod";
import { renderAddress } from "../../lib/ip/address.ts";
import { renderPrefix } from "../../lib/ip/prefix.ts";
import { defineTool } from "../../lib/mcp/define_tool.ts";
import {
  ipText,
  listed,
  PLANNING_BUDGET_MS,
  sayUnread,
  vlanMapInput,
} from "../../lib/planning/tool_fields.ts";
import { readVlanMap, subnetsWith } from "../../lib/planning/vlan_map.ts";
import { readAddress } from "../../lib/planning/written_prefix.ts";

/** Finds the VLAN of an address. */
export const findVlanForIp = defineTool({
  name: "find_vlan_for_ip",
  title: "Find the VLAN of an address",
  toolset: "planning",
  effect: "observe",
  reach: "local",
  description:
    "The VLANs of a map whose prefixes hold an IPv4 or IPv6 address, the smallest prefix first. To " +
    "check one VLAN and learn what to look at next use ip_in_vlan.",
  input: () =>
    z.strictObject({
      ip: ipText().describe("Address"),
      vlan_map: vlanMapInput(),
    }),
  output: () =>
    z.object({
      success: z.boolean().describe("The whole map could be read"),
      summary: z.string(),
      ip_input: z.string(),
      ip_normalized: z.string(),
      match_type: z.enum(["ONE_MATCH", "NO_MATCH", "MULTIPLE_MATCHES"]).describe("Counts VLANs"),
      matches: z.array(z.object({
        vlan_id: z.string(),
        name: z.string().nullable(),
        cidr: z.string(),
      })),
      errors: z.array(z.string()).describe("Of the map"),
    }),
  needs: () => [],
  budget: { ms: PLANNING_BUDGET_MS },
  pages: "matches",
  run: ({ ip, vlan_map }) => {
    const address = readAddress(ip);
    const { subnets, errors } = readVlanMap(vlan_map);
    const matches = subnetsWith(subnets, address);
    const vlans = [...new Set(matches.map(({ vlanId }) => vlanId))];
    const [nearest] = matches;
    const normalized = renderAddress(address);
    return {
      success: errors.length === 0,
      summary: `${normalized} ${
        nearest === undefined
          ? "is in no VLAN of the map"
          : `is in VLAN ${nearest.vlanId} (${renderPrefix(nearest.written.prefix)})`
      }${vlans.length > 1 ? ` and ${vlans.length - 1} more` : ""}${sayUnread(errors.length)}`,
      ip_input: ip,
      ip_normalized: normalized,
      match_type: vlans.length === 0
        ? "NO_MATCH" as const
        : vlans.length === 1
        ? "ONE_MATCH" as const
        : "MULTIPLE_MATCHES" as const,
      matches: matches.map(({ vlanId, name, written }) => ({
        vlan_id: vlanId,
        name,
        cidr: renderPrefix(written.prefix),
      })),
      errors: listed(errors),
    };
  },
});
