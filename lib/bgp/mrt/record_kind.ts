/**
 * The kinds of MRT records (RFC 6396, RFC 6397, RFC 8050), those that are passed over included.
 *
 * @module
 */

/** Types of records (RFC 6396 §4, IANA "MRT Types"). */
export const MRT_TYPE = {
  tableDump: 12,
  tableDumpV2: 13,
  bgp4mp: 16,
  bgp4mpEt: 17,
} as const;

/** Subtypes of TABLE_DUMP: the address family, and what some writers made of it for long AS numbers. */
export const TABLE_DUMP = { ipv4: 1, ipv6: 2, ipv4As4: 3, ipv6As4: 4 } as const;

/** Subtypes of TABLE_DUMP_V2. */
export const TABLE_DUMP_V2 = {
  peerIndexTable: 1,
  ribIpv4Unicast: 2,
  ribIpv4Multicast: 3,
  ribIpv6Unicast: 4,
  ribIpv6Multicast: 5,
  ribGeneric: 6,
  geoPeerTable: 7,
  ribIpv4UnicastAddPath: 8,
  ribIpv4MulticastAddPath: 9,
  ribIpv6UnicastAddPath: 10,
  ribIpv6MulticastAddPath: 11,
  ribGenericAddPath: 12,
} as const;

/** Subtypes of BGP4MP and BGP4MP_ET. */
export const BGP4MP = {
  stateChange: 0,
  message: 1,
  messageAs4: 4,
  stateChangeAs4: 5,
  messageLocal: 6,
  messageAs4Local: 7,
  messageAddPath: 8,
  messageAs4AddPath: 9,
  messageLocalAddPath: 10,
  messageAs4LocalAddPath: 11,
} as const;

/** One kind. */
export interface RecordKind {
  readonly type: number;
  readonly subtype: number;
  /** As the RFC or the registry writes it. */
  readonly name: string;
  readonly source: string;
  /** False: counted and passed over. */
  readonly isRead: boolean;
}

function kind(type: number, subtype: number, name: string, source: string, isRead = true) {
  return { type, subtype, name, source, isRead };
}

/** BGP4MP and BGP4MP_ET have the same subtypes. */
function messageKinds(type: 16 | 17, prefix: string): RecordKind[] {
  const from = type === 16 ? "RFC 6396 §4.4" : "RFC 6396 §3";
  const addPath = "RFC 8050 §3";
  return [
    kind(type, 0, `${prefix}_STATE_CHANGE`, from),
    kind(type, 1, `${prefix}_MESSAGE`, from),
    kind(type, 4, `${prefix}_MESSAGE_AS4`, from),
    kind(type, 5, `${prefix}_STATE_CHANGE_AS4`, from),
    kind(type, 6, `${prefix}_MESSAGE_LOCAL`, from),
    kind(type, 7, `${prefix}_MESSAGE_AS4_LOCAL`, from),
    kind(type, 8, `${prefix}_MESSAGE_ADDPATH`, addPath),
    kind(type, 9, `${prefix}_MESSAGE_AS4_ADDPATH`, addPath),
    kind(type, 10, `${prefix}_MESSAGE_LOCAL_ADDPATH`, addPath),
    kind(type, 11, `${prefix}_MESSAGE_AS4_LOCAL_ADDPATH`, addPath),
  ];
}

/** Kinds that are known by name. */
export const RECORD_KINDS: readonly RecordKind[] = [
  kind(11, 0, "OSPFv2", "RFC 6396 §4.1", false),
  kind(12, 1, "TABLE_DUMP AFI_IPv4", "RFC 6396 §4.2"),
  kind(12, 2, "TABLE_DUMP AFI_IPv6", "RFC 6396 §4.2"),
  kind(12, 3, "TABLE_DUMP AFI_IPv4, AS numbers of four octets", "not in an RFC"),
  kind(12, 4, "TABLE_DUMP AFI_IPv6, AS numbers of four octets", "not in an RFC"),
  kind(13, 1, "PEER_INDEX_TABLE", "RFC 6396 §4.3.1"),
  kind(13, 2, "RIB_IPV4_UNICAST", "RFC 6396 §4.3.2"),
  kind(13, 3, "RIB_IPV4_MULTICAST", "RFC 6396 §4.3.2", false),
  kind(13, 4, "RIB_IPV6_UNICAST", "RFC 6396 §4.3.2"),
  kind(13, 5, "RIB_IPV6_MULTICAST", "RFC 6396 §4.3.2", false),
  kind(13, 6, "RIB_GENERIC", "RFC 6396 §4.3.3"),
  kind(13, 7, "GEO_PEER_TABLE", "RFC 6397 §2"),
  kind(13, 8, "RIB_IPV4_UNICAST_ADDPATH", "RFC 8050 §4.1"),
  kind(13, 9, "RIB_IPV4_MULTICAST_ADDPATH", "RFC 8050 §4.1", false),
  kind(13, 10, "RIB_IPV6_UNICAST_ADDPATH", "RFC 8050 §4.1"),
  kind(13, 11, "RIB_IPV6_MULTICAST_ADDPATH", "RFC 8050 §4.1", false),
  kind(13, 12, "RIB_GENERIC_ADDPATH", "RFC 8050 §4.2"),
  ...messageKinds(16, "BGP4MP"),
  ...messageKinds(17, "BGP4MP_ET"),
  kind(32, 0, "ISIS", "RFC 6396 §4.6", false),
  kind(33, 0, "ISIS_ET", "RFC 6396 §4.6", false),
  kind(48, 0, "OSPFv3", "RFC 6396 §4.7", false),
  kind(49, 0, "OSPFv3_ET", "RFC 6396 §4.7", false),
];

const BY_NUMBERS: ReadonlyMap<number, RecordKind> = new Map(
  RECORD_KINDS.map((row) => [row.type << 16 | row.subtype, row]),
);

/** The name of a kind, or its numbers: `type 99 subtype 3`. */
export function recordName(type: number, subtype: number): string {
  return BY_NUMBERS.get(type << 16 | subtype)?.name ?? `type ${type} subtype ${subtype}`;
}

/** True if {@link recordName} made this name of a kind that is known. */
export function isKnownRecord(name: string): boolean {
  return RECORD_KINDS.some((row) => row.name === name);
}

/** Its microseconds stand behind the header and count in the length (RFC 6396 §3). */
export function hasMicroseconds(type: number): boolean {
  return type === MRT_TYPE.bgp4mpEt || type === 33 || type === 49;
}
