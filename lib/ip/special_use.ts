/**
 * The IANA special-purpose address registries as a table, and looking an address up in it.
 *
 * @module
 */
import type { IpAddress } from "./address.ts";
import { contains, parsePrefix, type Prefix } from "./prefix.ts";

/** What a special range is for. */
export type SpecialKind =
  | "unspecified"
  | "loopback"
  | "private"
  | "shared"
  | "link_local"
  | "multicast"
  | "broadcast"
  | "documentation"
  | "benchmarking"
  | "protocol"
  | "translation"
  | "translation_local"
  | "discard"
  | "reserved";

/** One row of the registries. */
export interface SpecialUse {
  readonly prefix: Prefix;
  readonly kind: SpecialKind;
  /** Name in the registry. */
  readonly name: string;
  /** Document that defines it, with the section where the registry gives one. */
  readonly source: string;
  /** "Globally Reachable" of the registry; null where it says N/A. */
  readonly globallyReachable: boolean | null;
}

type Row = readonly [
  prefix: string,
  kind: SpecialKind,
  name: string,
  source: string,
  globallyReachable: boolean | null,
];

// IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), plus multicast and what the
// IPv6 address space registry withdrew, which those two leave out.
const ROWS: readonly Row[] = [
  ["0.0.0.0/8", "unspecified", "This network", "RFC 791 §3.2", false],
  ["10.0.0.0/8", "private", "Private-Use", "RFC 1918 §3", false],
  ["100.64.0.0/10", "shared", "Shared Address Space", "RFC 6598", false],
  ["127.0.0.0/8", "loopback", "Loopback", "RFC 1122 §3.2.1.3", false],
  ["169.254.0.0/16", "link_local", "Link Local", "RFC 3927 §2.1", false],
  ["172.16.0.0/12", "private", "Private-Use", "RFC 1918 §3", false],
  ["192.0.0.0/24", "protocol", "IETF Protocol Assignments", "RFC 6890 §2.1", false],
  ["192.0.0.0/29", "protocol", "IPv4 Service Continuity Prefix", "RFC 7335", false],
  ["192.0.0.8/32", "protocol", "IPv4 dummy address", "RFC 7600", false],
  ["192.0.0.9/32", "protocol", "Port Control Protocol Anycast", "RFC 7723", true],
  ["192.0.0.10/32", "protocol", "TURN Anycast", "RFC 8155", true],
  ["192.0.0.170/32", "protocol", "NAT64/DNS64 Discovery", "RFC 7050 §2.2", false],
  ["192.0.0.171/32", "protocol", "NAT64/DNS64 Discovery", "RFC 7050 §2.2", false],
  ["192.0.2.0/24", "documentation", "Documentation (TEST-NET-1)", "RFC 5737 §3", false],
  ["192.31.196.0/24", "protocol", "AS112-v4", "RFC 7535", true],
  ["192.52.193.0/24", "protocol", "AMT", "RFC 7450", true],
  ["192.88.99.0/24", "reserved", "Deprecated (6to4 Relay Anycast)", "RFC 7526", null],
  ["192.168.0.0/16", "private", "Private-Use", "RFC 1918 §3", false],
  ["192.175.48.0/24", "protocol", "Direct Delegation AS112 Service", "RFC 7534", true],
  ["198.18.0.0/15", "benchmarking", "Benchmarking", "RFC 2544 App. C.2.2", false],
  ["198.51.100.0/24", "documentation", "Documentation (TEST-NET-2)", "RFC 5737 §3", false],
  ["203.0.113.0/24", "documentation", "Documentation (TEST-NET-3)", "RFC 5737 §3", false],
  ["224.0.0.0/4", "multicast", "Multicast", "RFC 5771 §2", null],
  ["240.0.0.0/4", "reserved", "Reserved", "RFC 1112 §4", false],
  ["255.255.255.255/32", "broadcast", "Limited Broadcast", "RFC 919 §7", false],
  ["::/128", "unspecified", "Unspecified Address", "RFC 4291 §2.5.2", false],
  ["::1/128", "loopback", "Loopback Address", "RFC 4291 §2.5.3", false],
  ["::/96", "reserved", "IPv4-compatible Address (deprecated)", "RFC 4291 §2.5.5.1", null],
  ["::ffff:0:0/96", "translation", "IPv4-mapped Address", "RFC 4291 §2.5.5.2", false],
  ["::ffff:0:0:0/96", "translation", "IPv4-translated Address", "RFC 2765", null],
  ["64:ff9b::/96", "translation", "IPv4-IPv6 Translation", "RFC 6052 §2.1", true],
  ["64:ff9b:1::/48", "translation_local", "IPv4-IPv6 Translation", "RFC 8215", false],
  ["100::/64", "discard", "Discard-Only Address Block", "RFC 6666", false],
  ["100:0:0:1::/64", "reserved", "Dummy IPv6 Prefix", "RFC 9780", false],
  ["2001::/23", "protocol", "IETF Protocol Assignments", "RFC 2928", false],
  ["2001::/32", "translation", "TEREDO", "RFC 4380 §2.6", null],
  ["2001:1::1/128", "protocol", "Port Control Protocol Anycast", "RFC 7723", true],
  ["2001:1::2/128", "protocol", "TURN Anycast", "RFC 8155", true],
  [
    "2001:1::3/128",
    "protocol",
    "DNS-SD Service Registration Protocol Anycast",
    "RFC 9665",
    true,
  ],
  ["2001:2::/48", "benchmarking", "Benchmarking", "RFC 5180", false],
  ["2001:3::/32", "protocol", "AMT", "RFC 7450", true],
  ["2001:4:112::/48", "protocol", "AS112-v6", "RFC 7535", true],
  ["2001:10::/28", "reserved", "Deprecated (previously ORCHID)", "RFC 4843", null],
  ["2001:20::/28", "protocol", "ORCHIDv2", "RFC 7343", true],
  ["2001:30::/28", "protocol", "Drone Remote ID Protocol Entity Tags", "RFC 9374", true],
  ["2001:db8::/32", "documentation", "Documentation", "RFC 3849", false],
  ["2002::/16", "translation", "6to4", "RFC 3056 §2", null],
  ["2620:4f:8000::/48", "protocol", "Direct Delegation AS112 Service", "RFC 7534", true],
  ["3fff::/20", "documentation", "Documentation", "RFC 9637", false],
  ["5f00::/16", "protocol", "Segment Routing (SRv6) SIDs", "RFC 9602", false],
  ["fc00::/7", "private", "Unique-Local", "RFC 4193 §3.1", false],
  ["fe80::/10", "link_local", "Link-Local Unicast", "RFC 4291 §2.5.6", false],
  ["fec0::/10", "private", "Site-Local Unicast (deprecated)", "RFC 3879 §4", false],
  ["ff00::/8", "multicast", "Multicast", "RFC 4291 §2.7", null],
];

/** All special ranges, in the order of the registries; a longer one may lie inside a shorter one. */
export const SPECIAL_USE: readonly SpecialUse[] = ROWS.map((
  [prefix, kind, name, source, globallyReachable],
) => ({ prefix: parsePrefix(prefix).prefix, kind, name, source, globallyReachable }));

/** The most specific special range that holds the address, or null for ordinary unicast. */
export function specialUse(address: IpAddress): SpecialUse | null {
  return SPECIAL_USE.filter((row) => contains(row.prefix, address)).reduce<SpecialUse | null>(
    (best, row) => best === null || row.prefix.length > best.prefix.length ? row : best,
    null,
  );
}
