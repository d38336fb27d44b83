/**
 * Every field of the filter language by name, and the nearest ones to a name that is none.
 *
 * @module
 */
import { Protocol, protocolName } from "../dissect/protocol.ts";
import { type Field, rangeField } from "./field.ts";
import { APPLICATION_FIELDS } from "./fields/application.ts";
import { FRAME_FIELDS } from "./fields/frame.ts";
import { INTERNET_FIELDS } from "./fields/internet.ts";
import { LINK_FIELDS } from "./fields/link.ts";
import { TRANSPORT_FIELDS } from "./fields/transport.ts";

/** Other names that are accepted: older ones of Wireshark's, and those that people type. */
const ALIASES: ReadonlyMap<string, string> = new Map(Object.entries({
  bootp: "dhcp",
  "frame.pkt_len": "frame.len",
  "http.request.full_uri": "http.request.uri",
  icmp6: "icmpv6",
  ip6: "ipv6",
  "ip.host": "ip.addr",
  "ipv6.host": "ipv6.addr",
  ssl: "tls",
  "ssl.handshake.extensions_server_name": "tls.handshake.extensions_server_name",
  "tcp.flags.ecn": "tcp.flags.ece",
  "tcp.flags.rst": "tcp.flags.reset",
  "tcp.flags.psh": "tcp.flags.push",
  "tcp.options.timestamps.tsval": "tcp.options.timestamp.tsval",
  "tcp.options.timestamps.tsecr": "tcp.options.timestamp.tsecr",
}));

/** Every protocol is a field too: there or not, and its octets from its header on. */
function protocolFields(): Field[] {
  return Object.values(Protocol).map((id) =>
    rangeField(protocolName(id), "protocol", [id], [(h) => h.take(h.pos, h.end)])
  );
}

const FIELDS: ReadonlyMap<string, Field> = new Map(
  [
    ...protocolFields(),
    ...FRAME_FIELDS,
    ...LINK_FIELDS,
    ...INTERNET_FIELDS,
    ...TRANSPORT_FIELDS,
    ...APPLICATION_FIELDS,
  ].map((field) => [field.name, field]),
);

/** Every field, in order of the table. */
export function allFields(): readonly Field[] {
  return [...FIELDS.values()];
}

/** The field of a name or alias, or undefined. */
export function fieldNamed(name: string): Field | undefined {
  return FIELDS.get(name) ?? FIELDS.get(ALIASES.get(name) ?? "");
}

/** The field that is usually meant when a protocol is compared with something. */
const USUAL: ReadonlyMap<string, string> = new Map(Object.entries({
  arp: "arp.src.proto_ipv4",
  dns: "dns.qry.name",
  eth: "eth.addr",
  frame: "frame.number",
  http: "http.host",
  icmp: "icmp.type",
  icmpv6: "icmpv6.type",
  ip: "ip.addr",
  ipv6: "ipv6.addr",
  sctp: "sctp.port",
  tcp: "tcp.port",
  tls: "tls.handshake.extensions_server_name",
  udp: "udp.port",
  vlan: "vlan.id",
  vxlan: "vxlan.vni",
}));

/** The field to compare in place of a protocol, or undefined. */
export function usualField(protocol: string): string | undefined {
  return USUAL.get(protocol);
}

/** Fields that `text` may have meant, at most `count`, nearest first. */
export function nearestFields(text: string, count = 3): string[] {
  const wanted = text.toLowerCase().slice(0, 60);
  const last = wanted.slice(wanted.lastIndexOf(".") + 1);
  const ranked = [...FIELDS.keys()].map((name) => {
    const tail = name.slice(name.lastIndexOf(".") + 1);
    const isKin = name.startsWith(`${wanted}.`) || (last.length > 2 && tail === last);
    return { name, distance: editDistance(wanted, name) - (isKin ? 100 : 0) };
  });
  ranked.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return ranked.filter((one) => one.distance <= Math.max(2, wanted.length / 3)).slice(0, count)
    .map((one) => one.name);
}

/** Changes of single characters, and swaps of neighbours, that lead from `a` to `b`. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + change,
        isSwap ? (before[j - 2] ?? 0) + 1 : Infinity,
      ));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
