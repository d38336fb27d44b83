/**
 * `cidr_info`: what follows from one prefix.
 *
 * @module
 */
import { z } from "zod";
import { renderAddress } from "../../lib/ip/address.ts";
import { renderPrefix } from "../../lib/ip/prefix.ts";
import { defineTool } from "../../lib/mcp/define_tool.ts";
import { exactCount } from "../../lib/planning/exact_count.ts";
import { sayCount } from "../../lib/words/amount.ts";
import { prefixInfo } from "../../lib/planning/prefix_info.ts";
import {
  exactCountField,
  ipText,
  listed,
  PLANNING_BUDGET_MS,
} from "../../lib/planning/tool_fields.ts";
import { readPrefix } from "../../lib/planning/written_prefix.ts";

/** Describes a prefix. */
export const cidrInfo = defineTool({
  name: "cidr_info",
  title: "Describe a prefix",
  toolset: "planning",
  effect: "observe",
  reach: "local",
  description:
    "Network, broadcast, masks, exact size and usable hosts of one IPv4 or IPv6 prefix, and the " +
    "special ranges that it touches. Host bits are dropped with a note. Arithmetic only.",
  input: () =>
    z.strictObject({
      cidr: ipText().describe(
        "Prefix, or a lone address for its /32 or /128; IPv4 also with a netmask or wildcard mask",
      ),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      cidr_input: z.string(),
      cidr_normalized: z.string(),
      ip_version: z.number(),
      prefix_length: z.number(),
      network_address: z.string(),
      broadcast_address: z.string().nullable().describe("null for IPv6, /31 and /32"),
      netmask: z.string(),
      wildcard_mask: z.string().nullable().describe("IPv4 only"),
      total_addresses: exactCountField(),
      usable_host_addresses: exactCountField(),
      first_usable: z.string(),
      last_usable: z.string(),
      notes: z.array(z.string()),
    }),
  needs: () => [],
  budget: { ms: PLANNING_BUDGET_MS },
  run: ({ cidr }) => {
    const { prefix, note } = readPrefix(cidr);
    const { network, broadcast, netmask, wildcardMask, size, hosts, notes } = prefixInfo(prefix);
    const normalized = renderPrefix(prefix);
    const [first, last] = [renderAddress(hosts.first), renderAddress(hosts.last)];
    return {
      success: true,
      summary: `${normalized} has ${sayCount(size, "address", "addresses")}, ${hosts.count} usable${
        first === last ? "" : ` from ${first} to ${last}`
      }`,
      cidr_input: cidr,
      cidr_normalized: normalized,
      ip_version: prefix.family,
      prefix_length: prefix.length,
      network_address: renderAddress(network),
      broadcast_address: broadcast === null ? null : renderAddress(broadcast),
      netmask: renderAddress(netmask),
      wildcard_mask: wildcardMask === null ? null : renderAddress(wildcardMask),
      total_addresses: exactCount(size),
      usable_host_addresses: exactCount(hosts.count),
      first_usable: first,
      last_usable: last,
      notes: listed([...(note === null ? [] : [note]), ...notes]),
    };
  },
});
