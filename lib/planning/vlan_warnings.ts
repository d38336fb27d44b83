/**
 * What is legal in a VLAN map and still deserves a look.
 *
 * @module
 */
import { containsPrefix, type Prefix, renderPrefix } from "../ip/prefix.ts";
import { SPECIAL_USE, type SpecialKind } from "../ip/special_use.ts";
import type { VlanSubnet } from "./vlan_map.ts";

/** Ranges whose addresses no VLAN of hosts can have. */
const NOT_FOR_HOSTS: ReadonlySet<SpecialKind> = new Set(
  ["unspecified", "loopback", "multicast", "broadcast", "discard", "reserved"] as const,
);

/** Warnings about the subnets of a map, each with its VLAN. */
export function vlanWarnings(subnets: readonly VlanSubnet[]): string[] {
  const warnings: string[] = [];
  let last: string | null = null;
  for (const { vlanId, id, written } of subnets) {
    const about = vlanId === last ? [] : idWarnings(id);
    last = vlanId;
    if (written.note !== null) about.push(written.note);
    about.push(...prefixWarnings(written.prefix));
    warnings.push(...about.map((warning) => `VLAN "${vlanId}": ${warning}`));
  }
  return warnings;
}

function idWarnings(id: number): string[] {
  if (id === 1) return ["1 is the default VLAN of most switches"];
  // Cisco's VTP 1 and 2 know these as the fixed VLANs for FDDI and Token Ring.
  return id >= 1002 && id <= 1005 ? [`many switches reserve ${id}`] : [];
}

function prefixWarnings(prefix: Prefix): string[] {
  const { family, length } = prefix;
  const text = renderPrefix(prefix);
  const warnings = SPECIAL_USE
    .filter((range) => NOT_FOR_HOSTS.has(range.kind) && containsPrefix(range.prefix, prefix))
    .map(({ name, source }) => `${text} is not for hosts: ${name} (${source})`);
  if (length >= (family === 4 ? 31 : 127)) {
    warnings.push(`${text} has no room for a gateway and two hosts`);
  } else if (family === 6 && length !== 64) {
    warnings.push(`${text} is no /64, so hosts cannot configure themselves (RFC 4862 §5.5.3)`);
  }
  return warnings;
}
