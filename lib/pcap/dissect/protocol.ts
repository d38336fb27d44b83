/**
 * The protocols that a path can name, one row per protocol. Names are those of tshark's
 * `io,phs` and `frame.protocols`, so that the two trees can be laid side by side.
 *
 * @module
 */

/** Small integers of the protocols; a path is a chain of them. At most 127. */
export const Protocol = {
  frame: 0,
  eth: 1,
  vlan: 2,
  ieee8021ad: 3,
  mpls: 4,
  pwethcw: 5,
  pwethnocw: 6,
  pwach: 7,
  llc: 8,
  stp: 9,
  sll: 10,
  null: 11,
  raw: 12,
  ppp: 13,
  pppoes: 14,
  pppoed: 15,
  nflog: 16,
  radiotap: 17,
  wlan: 18,
  chdlc: 19,
  arp: 20,
  ip: 21,
  ipv6: 22,
  ipv6Hopopts: 23,
  ipv6Routing: 24,
  ipv6Fraghdr: 25,
  ipv6Dstopts: 26,
  ah: 27,
  esp: 28,
  tcp: 29,
  udp: 30,
  udplite: 31,
  icmp: 32,
  icmpv6: 33,
  igmp: 34,
  sctp: 35,
  gre: 36,
  erspan: 37,
  vxlan: 38,
  geneve: 39,
  gtp: 40,
  ospf: 41,
  pim: 42,
  vrrp: 43,
  eigrp: 44,
  dccp: 45,
  l2tp: 46,
  mipv6: 47,
  lldp: 48,
  eapol: 49,
  macsec: 50,
  slow: 51,
  ptp: 52,
  cfm: 53,
  loop: 54,
  fcoe: 55,
  nsh: 56,
  lcp: 57,
  ipcp: 58,
  ipv6cp: 59,
  pap: 60,
  chap: 61,
  data: 62,
  malformed: 63,
  short: 64,
  unknownLink: 65,
  dns: 66,
  mdns: 67,
  llmnr: 68,
  tls: 69,
  quic: 70,
  http: 71,
  dhcp: 72,
  dhcpv6: 73,
  ntp: 74,
  bgp: 75,
  ssh: 76,
  ftp: 77,
  smtp: 78,
  telnet: 79,
  rdp: 80,
  snmp: 81,
  syslog: 82,
  ftpData: 83,
  ssdp: 84,
  nbns: 85,
  osi: 86,
  ipx: 87,
  wlanMgt: 88,
  etherip: 89,
} as const;

/** Names that are not spelled as the key. */
const SPELLED: Readonly<Record<string, string>> = {
  ipv6Hopopts: "ipv6.hopopts",
  ipv6Routing: "ipv6.routing",
  ipv6Fraghdr: "ipv6.fraghdr",
  ipv6Dstopts: "ipv6.dstopts",
  malformed: "_ws.malformed",
  short: "_ws.short",
  unknownLink: "unknown",
  ftpData: "ftp-data",
  wlanMgt: "wlan.mgt",
};

/** Number of protocol ids a path node keeps room for, a power of two. */
export const PROTOCOL_SLOTS = 128;

const NAME_OF: readonly string[] = namesById();

function namesById(): string[] {
  const names = new Array<string>(PROTOCOL_SLOTS).fill("");
  for (const [key, id] of Object.entries(Protocol)) names[id] = SPELLED[key] ?? key;
  return names;
}

/** Name of a protocol as tshark prints it; an empty string for an id that no protocol has. */
export function protocolName(id: number): string {
  return NAME_OF[id] ?? "";
}
