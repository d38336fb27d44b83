/**
 * How large a subnet must be for its hosts, its gateway and its growth, and which address is what.
 *
 * @module
 */
import { addressBits, type IpAddress } from "../ip/address.ts";
import type { Prefix } from "../ip/prefix.ts";
import { addressAt, hostRange } from "./host_range.ts";

/** Addresses of every subnet that are not for hosts. */
export interface AddressRules {
  /** Which end of the host addresses the gateway takes. */
  readonly gateway: "first" | "last" | "none";
  /** Addresses next to it that are kept for other devices, for example two routers of a VRRP group. */
  readonly reserve: number;
}

/** Hosts now and later. */
export interface HostNeed {
  readonly hosts: number;
  /** Percent of `hosts`, rounded up to whole hosts. */
  readonly growthPercent: number;
  readonly growthHosts: number;
}

/** Hosts, growth included. */
export function grownHosts({ hosts, growthPercent, growthHosts }: HostNeed): bigint {
  const percent = BigInt(hosts) * BigInt(growthPercent);
  return BigInt(hosts) + (percent + 99n) / 100n + BigInt(growthHosts);
}

/**
 * The length of the smallest subnet for this need, negative if no address space is large enough.
 *
 * An IPv6 subnet is a /64 (RFC 4291 §2.5.4) unless the parent is smaller than that; then, and in
 * IPv4, the addresses count: besides the hosts those of `rules`, and the network and broadcast
 * address (IPv4) or the Subnet-Router anycast address (IPv6). Without a gateway one host takes a
 * single address, and two share a point-to-point prefix (RFC 3021, RFC 6164).
 */
export function subnetLength(parent: Prefix, need: HostNeed, rules: AddressRules): number {
  const hosts = grownHosts(need);
  const bits = addressBits(parent.family);
  const held = BigInt(heldAddresses(rules));
  if (parent.family === 6 && parent.length <= 64) return 64;
  if (held === 0n && hosts <= 2n) return hosts === 1n ? bits : bits - 1;
  const addresses = hosts + held + (parent.family === 4 ? 2n : 1n);
  return bits - (addresses - 1n).toString(2).length;
}

/** Addresses that the rules keep from the hosts. */
function heldAddresses({ gateway, reserve }: AddressRules): number {
  return (gateway === "none" ? 0 : 1) + reserve;
}

/** Who has which address in a subnet. */
export interface AddressPlan {
  /** Null if there is none, by the rules or for want of room. */
  readonly gateway: IpAddress | null;
  /** The first and the last address for hosts; null if none is left. */
  readonly hosts: { readonly first: IpAddress; readonly last: IpAddress } | null;
  readonly hostCount: bigint;
}

/** Hands out the addresses of a subnet. */
export function addressPlan(subnet: Prefix, rules: AddressRules): AddressPlan {
  const { family } = subnet;
  const usable = hostRange(subnet);
  // The Subnet-Router anycast address is no host's; a /127 does without it (RFC 6164 §6).
  const first = usable.first.value + (family === 6 && subnet.length < 127 ? 1n : 0n);
  const last = usable.last.value;
  const held = BigInt(heldAddresses(rules));
  const room = last - first + 1n;
  const hostCount = room > held ? room - held : 0n;
  const hasGateway = rules.gateway !== "none" && room > 1n;
  const lowest = rules.gateway === "last" ? first : first + held;
  return {
    gateway: hasGateway ? addressAt(family, rules.gateway === "first" ? first : last) : null,
    hosts: hostCount === 0n ? null : {
      first: addressAt(family, lowest),
      last: addressAt(family, lowest + hostCount - 1n),
    },
    hostCount,
  };
}
