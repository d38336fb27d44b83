/**
 * `ip_in_subnet`: whether an address lies in a prefix.
 *
 * @module
 */
import { z } from "zod";
import { renderAddress } from "../../lib/ip/address.ts";
import { renderPrefix } from "../../lib/ip/prefix.ts";
import { defineTool } from "../../lib/mcp/define_tool.ts";
import { type Place, placeIn, PLACES } from "../../lib/planning/membership.ts";
import { ipText, PLANNING_BUDGET_MS } from "../../lib/planning/tool_fields.ts";
import { readAddress, readPrefix, whyUnread } from "../../lib/planning/written_prefix.ts";

const SAID: Readonly<Record<Place, string>> = {
  VERSION_MISMATCH: "is of another IP version than",
  OUT_OF_RANGE: "is not in",
  IN_RANGE_USABLE: "is a usable address of",
  IN_RANGE_NETWORK_ADDRESS: "is the network address of",
  IN_RANGE_BROADCAST_ADDRESS: "is the broadcast address of",
};

/** Checks an address against a prefix. */
export const ipInSubnet = defineTool({
  name: "ip_in_subnet",
  title: "Check an address against a prefix",
  toolset: "planning",
  effect: "observe",
  reach: "local",
  description:
    "Whether an IPv4 or IPv6 address lies in a prefix, and whether a host can have it there or it is " +
    "the network or broadcast address. For many prefixes with names use find_vlan_for_ip.",
  input: () =>
    z.strictObject({
      ip: ipText().describe("Address"),
      cidr: ipText().describe("Prefix; host bits are dropped with a note"),
    }),
  output: () =>
    z.object({
      success: z.boolean().describe("Both could be read"),
      summary: z.string(),
      ip_input: z.string(),
      ip_normalized: z.string().nullable(),
      cidr_input: z.string(),
      cidr_normalized: z.string().nullable(),
      in_subnet: z.boolean(),
      is_usable_host: z.boolean(),
      reason_code: z.enum(["IP_INVALID", "CIDR_INVALID", ...PLACES]),
      special_ip: z.enum(["network", "broadcast"]).nullable(),
      notes: z.array(z.string()),
    }),
  needs: () => [],
  budget: { ms: PLANNING_BUDGET_MS },
  run: ({ ip, cidr }) => {
    const address = whyUnread(() => readAddress(ip));
    const written = whyUnread(() => readPrefix(cidr));
    const given = {
      ip_input: ip,
      ip_normalized: typeof address === "string" ? null : renderAddress(address),
      cidr_input: cidr,
      cidr_normalized: typeof written === "string" ? null : renderPrefix(written.prefix),
    };
    if (typeof address === "string" || typeof written === "string") {
      const [code, why] = typeof address === "string"
        ? ["IP_INVALID" as const, address]
        : ["CIDR_INVALID" as const, String(written)];
      return {
        success: false,
        summary: why,
        ...given,
        in_subnet: false,
        is_usable_host: false,
        reason_code: code,
        special_ip: null,
        notes: [],
      };
    }
    const place = placeIn(written.prefix, address);
    return {
      success: true,
      summary: `${given.ip_normalized} ${SAID[place]} ${given.cidr_normalized}`,
      ...given,
      in_subnet: place.startsWith("IN_RANGE"),
      is_usable_host: place === "IN_RANGE_USABLE",
      reason_code: place,
      special_ip: place === "IN_RANGE_NETWORK_ADDRESS"
        ? "network" as const
        : place === "IN_RANGE_BROADCAST_ADDRESS"
        ? "broadcast" as const
        : null,
      notes: written.note === null ? [] : [written.note],
    };
  },
});
