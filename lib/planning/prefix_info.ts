/**
 * Everything that follows from one prefix.
 *
 * @module
 */
import { addressBits, type IpAddress } from "../ip/address.ts";
import {
  containsPrefix,
  firstAddress,
  lastAddress,
  type Prefix,
  prefixSize,
  renderPrefix,
  unmapPrefix,
} from "../ip/prefix.ts";
import { SPECIAL_USE } from "../ip/special_use.ts";
import { addressAt, type HostRange, hostRange } from "./host_range.ts";

/** A shorter prefix contains a good part of all special ranges, which says nothing. */
const MIN_NOTED_LENGTH = 7;

/** What {@link prefixInfo} knows. */
export interface PrefixInfo {
  readonly network: IpAddress;
  /** Null where there is none: IPv6, and IPv4 /31 and /32. */
  readonly broadcast: IpAddress | null;
  readonly netmask: IpAddress;
  /** The bits of the host part, as access lists write them; IPv4 only. */
  readonly wildcardMask: IpAddress | null;
  readonly size: bigint;
  readonly hosts: HostRange;
  readonly notes: readonly string[];
}

/** Describes a prefix. */
export function prefixInfo(prefix: Prefix): PrefixInfo {
  const { family } = prefix;
  const size = prefixSize(prefix);
  const hosts = hostRange(prefix);
  const allOnes = (1n << BigInt(addressBits(family))) - 1n;
  return {
    network: firstAddress(prefix),
    broadcast: hosts.hasBroadcast ? lastAddress(prefix) : null,
    netmask: addressAt(family, allOnes - (size - 1n)),
    wildcardMask: family === 4 ? addressAt(4, size - 1n) : null,
    size,
    hosts,
    notes: notesOn(prefix),
  };
}

function notesOn(prefix: Prefix): string[] {
  const notes: string[] = [];
  if (prefix.family === 4 && prefix.length === 31) {
    notes.push("A /31 is for a point-to-point link: both addresses are usable (RFC 3021)");
  }
  if (prefix.family === 6 && prefix.length === 127) {
    notes.push("A /127 is for a point-to-point link: both addresses are usable (RFC 6164)");
  } else if (prefix.family === 6 && prefix.length < 127) {
    notes.push("The first address is the Subnet-Router anycast address (RFC 4291 §2.6.1)");
  }
  const unmapped = unmapPrefix(prefix);
  if (unmapped !== prefix) notes.push(`IPv4-mapped form of ${renderPrefix(unmapped)}`);
  for (const { prefix: range, name, source } of SPECIAL_USE) {
    const place = containsPrefix(range, prefix)
      ? "Lies in"
      : containsPrefix(prefix, range) && prefix.length >= MIN_NOTED_LENGTH
      ? "Contains"
      : null;
    if (place !== null) notes.push(`${place} ${renderPrefix(range)}: ${name} (${source})`);
  }
  return notes;
}
