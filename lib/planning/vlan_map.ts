/**
 * Which VLAN has which prefixes: a map as people write it, read and searched.
 *
 * @module
 */
import type { IpAddress } from "../ip/address.ts";
import { contains } from "../ip/prefix.ts";
import { parseVlanId } from "./vlan_id.ts";
import { orNull, readPrefix, whyUnread, type WrittenPrefix } from "./written_prefix.ts";

/** The prefixes of a VLAN, with its name where it has one. */
export type VlanEntry =
  | string
  | readonly string[]
  | { readonly cidr: string | readonly string[]; readonly name?: string | undefined };

/** One prefix of one VLAN. */
export interface VlanSubnet {
  /** As the key of the map has it. */
  readonly vlanId: string;
  readonly id: number;
  readonly name: string | null;
  readonly written: WrittenPrefix;
}

/** A map that was read. */
export interface VlanMap {
  /** In the order of the map; of repeated ids the first counts. */
  readonly subnets: readonly VlanSubnet[];
  /** What could not be read, one sentence each. */
  readonly errors: readonly string[];
}

/** Reads a map; what cannot be read is told and left out. */
export function readVlanMap(map: Readonly<Record<string, VlanEntry>>): VlanMap {
  const subnets: VlanSubnet[] = [];
  const errors: string[] = [];
  const keys = new Map<number, string>();
  for (const [key, entry] of Object.entries(map)) {
    const read = whyUnread(() => ({ id: parseVlanId(key) }));
    if (typeof read === "string") {
      errors.push(read);
      continue;
    }
    const { id } = read;
    const other = keys.get(id);
    if (other !== undefined) {
      errors.push(`VLAN "${key}" is VLAN "${other}" again: the first one counts`);
      continue;
    }
    keys.set(id, key);
    const { cidr, name = null } = typeof entry === "object" && "cidr" in entry
      ? entry
      : { cidr: entry };
    for (const text of typeof cidr === "string" ? [cidr] : cidr) {
      const written = whyUnread(() => readPrefix(text));
      if (typeof written === "string") errors.push(`VLAN "${key}": ${written}`);
      else subnets.push({ vlanId: key, id, name, written });
    }
  }
  return { subnets, errors };
}

/** The subnets that hold an address, the smallest first. */
export function subnetsWith(subnets: readonly VlanSubnet[], address: IpAddress): VlanSubnet[] {
  return subnets.filter(({ written }) => contains(written.prefix, address))
    .sort((a, b) => b.written.prefix.length - a.written.prefix.length);
}

/** The subnets of one VLAN; none for an id that is no VLAN id or not in the map. */
export function subnetsOf(subnets: readonly VlanSubnet[], vlanId: string | number): VlanSubnet[] {
  const id = orNull(() => parseVlanId(vlanId));
  return subnets.filter((subnet) => subnet.id === id);
}
