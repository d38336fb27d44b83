/**
 * Whether an address lies in a prefix, and as what.
 *
 * @module
 */
import type { IpAddress } from "../ip/address.ts";
import { contains, lastAddress, type Prefix } from "../ip/prefix.ts";
import { hostRange } from "./host_range.ts";

/** The outcomes of {@link placeIn}. */
export const PLACES = [
  "VERSION_MISMATCH",
  "OUT_OF_RANGE",
  "IN_RANGE_USABLE",
  "IN_RANGE_NETWORK_ADDRESS",
  "IN_RANGE_BROADCAST_ADDRESS",
] as const;

/** Where an address is, seen from a prefix. */
export type Place = typeof PLACES[number];

/** Says where an address is, seen from a prefix. */
export function placeIn(prefix: Prefix, address: IpAddress): Place {
  if (prefix.family !== address.family) return "VERSION_MISMATCH";
  if (!contains(prefix, address)) return "OUT_OF_RANGE";
  if (hostRange(prefix).hasBroadcast) {
    if (address.value === prefix.value) return "IN_RANGE_NETWORK_ADDRESS";
    if (address.value === lastAddress(prefix).value) return "IN_RANGE_BROADCAST_ADDRESS";
  }
  return "IN_RANGE_USABLE";
}
