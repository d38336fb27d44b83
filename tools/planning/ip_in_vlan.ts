/**
 * `ip_in_vlan`: whether an address belongs to one VLAN.
 *
 * @module
 */
import { z } from "zod";
import { type IpAddress, renderAddress } from "../../lib/ip/address.ts";
import { renderPrefix } from "../../lib/ip/prefix.ts";
import { defineTool } from "../../lib/mcp/define_tool.ts";
import { placeIn } from "../../lib/planning/membership.ts";
import {
  ipText,
  listed,
  PLANNING_BUDGET_MS,
  vlanIdInput,
  vlanMapInput,
} from "../../lib/planning/tool_fields.ts";
import {
  readVlanMap,
  subnetsOf,
  subnetsWith,
  type VlanSubnet,
} from "../../lib/planning/vlan_map.ts";
import { readAddress, whyUnread } from "../../lib/planning/written_prefix.ts";

const REASONS = [
  "IP_INVALID",
  "VLAN_NOT_FOUND",
  "VERSION_MISMATCH",
  "IN_VLAN",
  "NOT_IN_VLAN",
] as const;

/** Checks an address against a VLAN. */
export const ipInVlan = defineTool({
  name: "ip_in_vlan",
  title: "Check an address against a VLAN",
  toolset: "planning",
  effect: "observe",
  reach: "local",
  description:
    "Whether an IPv4 or IPv6 address belongs to one VLAN of a map, with a reason; if not, the VLAN " +
    "that it does belong to where only one can be, and what to check next. To search all VLANs use " +
    "find_vlan_for_ip.",
  input: () =>
    z.strictObject({
      ip: ipText().describe("Address"),
      vlan_id: vlanIdInput().describe("Key of vlan_map"),
      vlan_map: vlanMapInput(),
    }),
  output: () =>
    z.object({
      success: z.boolean().describe("Address, VLAN and map could be read"),
      summary: z.string(),
      ip_input: z.string(),
      ip_normalized: z.string().nullable(),
      vlan_id: z.string(),
      vlan_name: z.string().nullable(),
      vlan_cidr: z.string().nullable().describe(
        "That of its prefixes which holds the address, or the first",
      ),
      in_vlan: z.boolean(),
      reason_code: z.enum(REASONS),
      best_guess_vlan: z.string().nullable(),
      next_checks: z.array(z.string()),
      errors: z.array(z.string()).describe("Of the map"),
    }),
  needs: () => [],
  budget: { ms: PLANNING_BUDGET_MS },
  run: ({ ip, vlan_id, vlan_map }) => {
    const { subnets, errors } = readVlanMap(vlan_map);
    const mine = subnetsOf(subnets, vlan_id);
    const address = whyUnread(() => readAddress(ip));
    const verdict = judge(address, mine);
    const others = typeof address === "string" || verdict.code === "IN_VLAN"
      ? []
      : [...new Set(subnetsWith(subnets, address).map(({ vlanId }) => vlanId))];
    const shown = typeof address === "string" ? ip : renderAddress(address);
    const vlan = `VLAN ${vlan_id}`;
    const { code, subnet } = verdict;
    return {
      success: code !== "IP_INVALID" && code !== "VLAN_NOT_FOUND" && errors.length === 0,
      summary: typeof address === "string" ? address : {
        IP_INVALID: `${shown} is no address`,
        VLAN_NOT_FOUND: `${vlan} is not in the map, or none of its prefixes could be read`,
        VERSION_MISMATCH: `${vlan} has no IPv${address.family} prefix, so ${shown} is not in it`,
        IN_VLAN: `${shown} is in ${vlan}`,
        NOT_IN_VLAN: `${shown} is not in ${vlan}`,
      }[code],
      ip_input: ip,
      ip_normalized: typeof address === "string" ? null : shown,
      vlan_id: subnet?.vlanId ?? String(vlan_id),
      vlan_name: subnet?.name ?? null,
      vlan_cidr: subnet === null ? null : renderPrefix(subnet.written.prefix),
      in_vlan: code === "IN_VLAN",
      reason_code: code,
      best_guess_vlan: others.length === 1 ? others[0] ?? null : null,
      next_checks: nextChecks(address, verdict, others),
      errors: listed(errors),
    };
  },
});

interface Verdict {
  readonly code: typeof REASONS[number];
  /** The subnet of the VLAN that decided. */
  readonly subnet: VlanSubnet | null;
}

function judge(address: IpAddress | string, mine: readonly VlanSubnet[]): Verdict {
  const [first] = mine;
  if (typeof address === "string") return { code: "IP_INVALID", subnet: first ?? null };
  if (first === undefined) return { code: "VLAN_NOT_FOUND", subnet: null };
  const [inside] = subnetsWith(mine, address);
  if (inside !== undefined) return { code: "IN_VLAN", subnet: inside };
  const alike = mine.find(({ written }) => written.prefix.family === address.family);
  return alike === undefined
    ? { code: "VERSION_MISMATCH", subnet: first }
    : { code: "NOT_IN_VLAN", subnet: alike };
}

function nextChecks(
  address: IpAddress | string,
  { code, subnet }: Verdict,
  others: readonly string[],
): string[] {
  if (typeof address === "string") return ["Correct the address"];
  if (code === "IN_VLAN" && subnet !== null) {
    const place = placeIn(subnet.written.prefix, address);
    return place === "IN_RANGE_USABLE" ? [] : [
      `No host can have it: it is the ${
        place === "IN_RANGE_NETWORK_ADDRESS" ? "network" : "broadcast"
      } address of ${renderPrefix(subnet.written.prefix)}`,
    ];
  }
  const checks = code === "VLAN_NOT_FOUND"
    ? ["Check the VLAN id, and the map with validate_vlan_map"]
    : code === "VERSION_MISMATCH"
    ? [`Add the VLAN's IPv${address.family} prefix to the map`]
    : [];
  if (others.length === 1) {
    checks.push(
      `Check whether the port of the host is in VLAN ${others[0]}, where the address belongs`,
    );
  } else if (others.length > 1) {
    checks.push(`The prefixes of ${others.length} VLANs hold it: run validate_vlan_map`);
  } else if (code === "NOT_IN_VLAN") {
    checks.push(
      "No VLAN of the map holds it: check the host's address, its DHCP scope and the map",
    );
  }
  return checks;
}
