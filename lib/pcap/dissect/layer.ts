/**
 * The steps of dissection: each dissector returns the step that comes next, so that dissectors know
 * nothing of each other and no tunnel can recurse.
 *
 * @module
 */

/** What to dissect next at the position of the walk. */
export const Layer = {
  /** Nothing more to read. */
  done: 0,
  /** By {@link Walk.type}, an EtherType or IEEE 802.3 length. */
  etherType: 1,
  ipv4: 2,
  ipv6: 3,
  tcp: 4,
  udp: 5,
  ethernet: 6,
  /** IPv4 or IPv6 by the version field. */
  ip: 7,
  /** By {@link Walk.type}, an IP protocol number. */
  ipProtocol: 8,
  vlan: 9,
  mpls: 10,
  llc: 11,
  arp: 12,
  sll: 13,
  sll2: 14,
  null: 15,
  ppp: 16,
  pppWithDirection: 17,
  chdlc: 18,
  pppoe: 19,
  nflog: 20,
  radiotap: 21,
  wlan: 22,
  icmp: 23,
  icmpv6: 24,
  sctp: 25,
  udplite: 26,
  gre: 27,
  erspan1or2: 28,
  erspan3: 29,
  vxlan: 30,
  geneve: 31,
  gtpU: 32,
  ipInIp: 33,
  ipv6InIp: 34,
  mplsInIp: 35,
  etherIp: 36,
  ah: 37,
  pppoeDiscovery: 38,
  /** A protocol that is named and not read further; the registry row has its name. */
  leaf: 39,
  /** Octets of no known protocol. */
  data: 40,
  rawIp: 41,
  unknownLink: 42,
} as const;
