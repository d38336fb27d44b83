/**
 * The words of pcap-filter expressions, and what they stand for.
 *
 * @module
 */

/** Protocols that stand alone as a condition, with the display filter that they mean. */
export const PROTOCOLS: ReadonlyMap<string, string> = new Map(Object.entries({
  arp: "arp",
  icmp: "icmp",
  icmp6: "icmpv6",
  igmp: "igmp",
  ip: "ip",
  ip6: "ipv6",
  mpls: "mpls",
  pim: "pim",
  pppoed: "pppoed",
  pppoes: "pppoes",
  sctp: "sctp",
  tcp: "tcp",
  udp: "udp",
  vlan: "vlan",
  vrrp: "vrrp",
}));
/** Protocols with ports. */
export const PORTED = ["tcp", "udp", "sctp"];
/** Headers whose octets can be named, with the field that they are a slice of. */
export const SLICED: ReadonlyMap<string, string> = new Map(Object.entries({
  arp: "arp",
  ether: "eth",
  icmp: "icmp",
  icmp6: "icmpv6",
  ip: "ip",
  ip6: "ipv6",
  sctp: "sctp",
  tcp: "tcp",
  udp: "udp",
}));
/** Names of offsets and of bits (pcap-filter's own). */
export const OFFSETS: ReadonlyMap<string, string> = new Map(Object.entries({
  tcpflags: "13",
  icmptype: "0",
  icmpcode: "1",
  icmp6type: "0",
  icmp6code: "1",
}));
export const CONSTANTS: ReadonlyMap<string, number> = new Map(Object.entries({
  "tcp-fin": 0x01,
  "tcp-syn": 0x02,
  "tcp-rst": 0x04,
  "tcp-push": 0x08,
  "tcp-ack": 0x10,
  "tcp-urg": 0x20,
  "tcp-ece": 0x40,
  "tcp-cwr": 0x80,
  "icmp-echoreply": 0,
  "icmp-unreach": 3,
  "icmp-redirect": 5,
  "icmp-echo": 8,
  "icmp-timxceed": 11,
  "icmp6-echo": 128,
  "icmp6-echoreply": 129,
}));
/** Names after `proto` (IANA protocol-numbers). */
export const PROTOCOL_NUMBERS: ReadonlyMap<string, number> = new Map(Object.entries({
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  icmp6: 58,
  sctp: 132,
}));
/** Services that people name in such filters (IANA service-names-port-numbers). */
export const SERVICES: ReadonlyMap<string, number> = new Map(Object.entries({
  bgp: 179,
  bootpc: 68,
  bootps: 67,
  domain: 53,
  ftp: 21,
  http: 80,
  https: 443,
  imap: 143,
  ntp: 123,
  pop3: 110,
  rdp: 3389,
  smtp: 25,
  snmp: 161,
  ssh: 22,
  syslog: 514,
  telnet: 23,
}));
export const RELATIONS: ReadonlyMap<string, string> = new Map(Object.entries({
  "=": "==",
  "==": "==",
  "!=": "!=",
  "<": "<",
  ">": ">",
  "<=": "<=",
  ">=": ">=",
}));
