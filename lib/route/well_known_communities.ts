/**
 * Standard communities that mean the same everywhere: the registry of well-known communities of
 * IANA (state of 2024-12-13), one row a code point.
 *
 * @module
 */

/** One row. */
export interface WellKnownCommunity {
  /** The 32 bits. */
  readonly value: number;
  /** Canonical name, lower case with hyphens, and others in use. */
  readonly names: readonly [string, ...string[]];
  /** What it asks for, a clause. */
  readonly meaning: string;
  readonly source: string;
}

/** Where only a vendor gives a meaning, `source` says so. */
export const WELL_KNOWN_COMMUNITIES: readonly WellKnownCommunity[] = [
  {
    value: 0x0000_0000,
    names: ["internet"],
    meaning: "announce to everybody; the registry reserves this value",
    source: "name given by Cisco and FRR",
  },
  {
    value: 0xffff_0000,
    names: ["graceful-shutdown", "gshut"],
    meaning: "the session goes down soon: use another path",
    source: "RFC 8326",
  },
  {
    value: 0xffff_0001,
    names: ["accept-own"],
    meaning: "accept a route of your own that a route reflector sends back",
    source: "RFC 7611",
  },
  {
    value: 0xffff_0002,
    names: ["route-filter-translated-v4"],
    meaning: "a translated filter of IPv4 VPN routes",
    source: "draft-l3vpn-legacy-rtc-00",
  },
  {
    value: 0xffff_0003,
    names: ["route-filter-v4"],
    meaning: "a filter of IPv4 VPN routes",
    source: "draft-l3vpn-legacy-rtc-00",
  },
  {
    value: 0xffff_0004,
    names: ["route-filter-translated-v6"],
    meaning: "a translated filter of IPv6 VPN routes",
    source: "draft-l3vpn-legacy-rtc-00",
  },
  {
    value: 0xffff_0005,
    names: ["route-filter-v6"],
    meaning: "a filter of IPv6 VPN routes",
    source: "draft-l3vpn-legacy-rtc-00",
  },
  {
    value: 0xffff_0006,
    names: ["llgr-stale"],
    meaning: "a stale route kept over a long restart: use it last",
    source: "RFC 9494",
  },
  {
    value: 0xffff_0007,
    names: ["no-llgr"],
    meaning: "do not keep this route over a long restart",
    source: "RFC 9494",
  },
  {
    value: 0xffff_0008,
    names: ["accept-own-nexthop"],
    meaning: "accept a route whose next hop is your own",
    source: "draft-agrewal-idr-accept-own-nexthop-00",
  },
  {
    value: 0xffff_0009,
    names: ["standby-pe"],
    meaning: "announced by a standby multicast VPN router",
    source: "RFC 9026",
  },
  {
    value: 0xffff_029a,
    names: ["blackhole"],
    meaning: "discard traffic to this prefix",
    source: "RFC 7999",
  },
  {
    value: 0xffff_ff01,
    names: ["no-export"],
    meaning: "do not announce outside of the AS or its confederation",
    source: "RFC 1997",
  },
  {
    value: 0xffff_ff02,
    names: ["no-advertise"],
    meaning: "do not announce to anybody",
    source: "RFC 1997",
  },
  {
    value: 0xffff_ff03,
    names: ["no-export-subconfed", "local-as"],
    meaning: "do not announce to any external neighbour, also within a confederation",
    source: "RFC 1997",
  },
  {
    value: 0xffff_ff04,
    names: ["no-peer", "nopeer"],
    meaning: "do not announce to bilateral peers",
    source: "RFC 3765",
  },
];
