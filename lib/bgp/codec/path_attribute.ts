/**
 * The path attributes of IANA's registry (state of 2025-06), one row per code point.
 *
 * @module
 */

/** Bits of the Attribute Flags (RFC 4271 §4.3). */
export const ATTRIBUTE_FLAG = {
  optional: 0x80,
  transitive: 0x40,
  partial: 0x20,
  extendedLength: 0x10,
} as const;

/** Types that the code names. */
export const ATTRIBUTE = {
  origin: 1,
  asPath: 2,
  nextHop: 3,
  multiExitDisc: 4,
  localPref: 5,
  atomicAggregate: 6,
  aggregator: 7,
  communities: 8,
  originatorId: 9,
  clusterList: 10,
  mpReachNlri: 14,
  mpUnreachNlri: 15,
  extendedCommunities: 16,
  as4Path: 17,
  as4Aggregator: 18,
  largeCommunities: 32,
  onlyToCustomer: 35,
} as const;

/**
 * Optional transitive attributes that are read and passed on: a Partial bit that one came with goes
 * along (RFC 4271 §5). The place of each in this list is that of its bit in `UpdateParts.partial`.
 */
const PARTIAL_TYPES: readonly number[] = [
  ATTRIBUTE.aggregator,
  ATTRIBUTE.communities,
  ATTRIBUTE.extendedCommunities,
  ATTRIBUTE.largeCommunities,
  ATTRIBUTE.onlyToCustomer,
];

/** The bit of a type in `UpdateParts.partial`; 0: it has none. */
export function partialBit(type: number): number {
  return PARTIAL_TYPES.includes(type) ? 1 << PARTIAL_TYPES.indexOf(type) : 0;
}

/** The types whose bits are set. */
export function partialTypes(bits: number): number[] {
  return bits === 0 ? [] : PARTIAL_TYPES.filter((type) => (bits & partialBit(type)) !== 0);
}

/** One row. */
export interface PathAttributeKind {
  readonly type: number;
  /** As the registry writes it. */
  readonly name: string;
  /** The Optional and Transitive bits that it has, or null: its value is not looked at here. */
  readonly flags: number | null;
  readonly source: string;
}

const WELL_KNOWN = ATTRIBUTE_FLAG.transitive;
const OPTIONAL = ATTRIBUTE_FLAG.optional;
const OPTIONAL_TRANSITIVE = ATTRIBUTE_FLAG.optional | ATTRIBUTE_FLAG.transitive;

/** Ascending by type. */
export const PATH_ATTRIBUTES: readonly PathAttributeKind[] = [
  { type: 1, name: "ORIGIN", flags: WELL_KNOWN, source: "RFC 4271 §5.1.1" },
  { type: 2, name: "AS_PATH", flags: WELL_KNOWN, source: "RFC 4271 §5.1.2" },
  { type: 3, name: "NEXT_HOP", flags: WELL_KNOWN, source: "RFC 4271 §5.1.3" },
  { type: 4, name: "MULTI_EXIT_DISC", flags: OPTIONAL, source: "RFC 4271 §5.1.4" },
  { type: 5, name: "LOCAL_PREF", flags: WELL_KNOWN, source: "RFC 4271 §5.1.5" },
  { type: 6, name: "ATOMIC_AGGREGATE", flags: WELL_KNOWN, source: "RFC 4271 §5.1.6" },
  { type: 7, name: "AGGREGATOR", flags: OPTIONAL_TRANSITIVE, source: "RFC 4271 §5.1.7" },
  { type: 8, name: "COMMUNITIES", flags: OPTIONAL_TRANSITIVE, source: "RFC 1997" },
  { type: 9, name: "ORIGINATOR_ID", flags: OPTIONAL, source: "RFC 4456 §8" },
  { type: 10, name: "CLUSTER_LIST", flags: OPTIONAL, source: "RFC 4456 §8" },
  { type: 11, name: "DPA (deprecated)", flags: null, source: "RFC 6938" },
  { type: 12, name: "ADVERTISER (deprecated)", flags: null, source: "RFC 6938" },
  { type: 13, name: "RCID_PATH / CLUSTER_ID (deprecated)", flags: null, source: "RFC 6938" },
  { type: 14, name: "MP_REACH_NLRI", flags: OPTIONAL, source: "RFC 4760 §3" },
  { type: 15, name: "MP_UNREACH_NLRI", flags: OPTIONAL, source: "RFC 4760 §4" },
  { type: 16, name: "EXTENDED COMMUNITIES", flags: OPTIONAL_TRANSITIVE, source: "RFC 4360" },
  { type: 17, name: "AS4_PATH", flags: OPTIONAL_TRANSITIVE, source: "RFC 6793 §3" },
  { type: 18, name: "AS4_AGGREGATOR", flags: OPTIONAL_TRANSITIVE, source: "RFC 6793 §3" },
  {
    type: 19,
    name: "SAFI Specific Attribute (deprecated)",
    flags: null,
    source: "draft-wijnands-mt-discovery-00",
  },
  { type: 20, name: "Connector Attribute (deprecated)", flags: null, source: "RFC 6037" },
  {
    type: 21,
    name: "AS_PATHLIMIT (deprecated)",
    flags: null,
    source: "draft-ietf-idr-as-pathlimit",
  },
  { type: 22, name: "PMSI_TUNNEL", flags: null, source: "RFC 6514" },
  { type: 23, name: "Tunnel Encapsulation", flags: null, source: "RFC 9012" },
  { type: 24, name: "Traffic Engineering", flags: null, source: "RFC 5543" },
  { type: 25, name: "IPv6 Address Specific Extended Community", flags: null, source: "RFC 5701" },
  { type: 26, name: "AIGP", flags: null, source: "RFC 7311" },
  { type: 27, name: "PE Distinguisher Labels", flags: null, source: "RFC 6514" },
  {
    type: 28,
    name: "BGP Entropy Label Capability (deprecated)",
    flags: null,
    source: "RFC 7447",
  },
  { type: 29, name: "BGP-LS", flags: null, source: "RFC 9552" },
  { type: 30, name: "deprecated (30)", flags: null, source: "RFC 8093" },
  { type: 31, name: "deprecated (31)", flags: null, source: "RFC 8093" },
  { type: 32, name: "LARGE_COMMUNITY", flags: OPTIONAL_TRANSITIVE, source: "RFC 8092" },
  { type: 33, name: "BGPsec_Path", flags: null, source: "RFC 8205" },
  {
    type: 34,
    name: "BGP Community Container",
    flags: null,
    source: "draft-ietf-idr-wide-bgp-communities",
  },
  { type: 35, name: "Only to Customer (OTC)", flags: OPTIONAL_TRANSITIVE, source: "RFC 9234 §5" },
  {
    type: 36,
    name: "BGP Domain Path (D-PATH)",
    flags: null,
    source: "draft-ietf-bess-evpn-ipvpn-interworking",
  },
  { type: 37, name: "SFP attribute", flags: null, source: "RFC 9015" },
  { type: 38, name: "BFD Discriminator", flags: null, source: "RFC 9026" },
  {
    type: 39,
    name: "BGP Next Hop Dependent Characteristics",
    flags: null,
    source: "draft-ietf-idr-entropy-label",
  },
  { type: 40, name: "BGP Prefix-SID", flags: null, source: "RFC 8669" },
  { type: 128, name: "ATTR_SET", flags: null, source: "RFC 6368" },
  { type: 129, name: "deprecated (129)", flags: null, source: "RFC 8093" },
  { type: 241, name: "deprecated (241)", flags: null, source: "RFC 8093" },
  { type: 242, name: "deprecated (242)", flags: null, source: "RFC 8093" },
  { type: 243, name: "deprecated (243)", flags: null, source: "RFC 8093" },
  { type: 255, name: "Reserved for development", flags: null, source: "RFC 2042" },
];

const NAMES: ReadonlyMap<number, string> = new Map(
  PATH_ATTRIBUTES.map(({ type, name }) => [type, name]),
);

/** Its name, or `attribute 99`. */
export function attributeName(type: number): string {
  return NAMES.get(type) ?? `attribute ${type}`;
}
