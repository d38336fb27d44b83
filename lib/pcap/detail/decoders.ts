/**
 * Who reads the fields of which protocol, one row each. Protocols without a row are named, and their
 * octets shown.
 *
 * @module
 */
import { Protocol } from "../dissect/protocol.ts";
import { bgpFields } from "./app/bgp.ts";
import { dhcpFields } from "./app/dhcp.ts";
import { dnsFields, llmnrFields } from "./app/dns.ts";
import { httpFields } from "./app/http.ts";
import { ntpFields } from "./app/ntp.ts";
import { quicFields } from "./app/quic.ts";
import { tlsFields } from "./app/tls.ts";
import type { LayerDecoder } from "./layer_reader.ts";
import {
  ciscoHdlcFields,
  cookedFields,
  loopbackFields,
  nflogFields,
  pppFields,
  pppoeFields,
} from "./link/cooked.ts";
import {
  controlWordFields,
  ethernetFields,
  llcFields,
  mplsFields,
  serviceVlanFields,
  vlanFields,
} from "./link/ethernet.ts";
import { radiotapFields, wlanFields } from "./link/wireless.ts";
import { arpFields } from "./net/arp.ts";
import { ipv4Fields } from "./net/ipv4.ts";
import { ipv6Fields } from "./net/ipv6.ts";
import { ahFields, espFields } from "./net/security.ts";
import { icmpFields, igmpFields } from "./transport/icmp.ts";
import { icmpv6Fields } from "./transport/icmpv6.ts";
import { sctpFields } from "./transport/sctp.ts";
import { tcpFields } from "./transport/tcp.ts";
import { udpFields, udpLiteFields } from "./transport/udp.ts";
import { erspanFields, etherIpFields, greFields } from "./tunnel/gre.ts";
import { geneveFields, gtpFields, vxlanFields } from "./tunnel/overlay.ts";

const ROWS: readonly (readonly [number, LayerDecoder])[] = [
  [Protocol.eth, ethernetFields],
  [Protocol.vlan, vlanFields],
  [Protocol.ieee8021ad, serviceVlanFields],
  [Protocol.mpls, mplsFields],
  [Protocol.pwethcw, controlWordFields],
  [Protocol.llc, llcFields],
  [Protocol.sll, cookedFields],
  [Protocol.null, loopbackFields],
  [Protocol.ppp, pppFields],
  [Protocol.pppoes, pppoeFields],
  [Protocol.pppoed, pppoeFields],
  [Protocol.chdlc, ciscoHdlcFields],
  [Protocol.nflog, nflogFields],
  [Protocol.radiotap, radiotapFields],
  [Protocol.wlan, wlanFields],
  [Protocol.arp, arpFields],
  [Protocol.ip, ipv4Fields],
  [Protocol.ipv6, ipv6Fields],
  [Protocol.ah, ahFields],
  [Protocol.esp, espFields],
  [Protocol.tcp, tcpFields],
  [Protocol.udp, udpFields],
  [Protocol.udplite, udpLiteFields],
  [Protocol.icmp, icmpFields],
  [Protocol.igmp, igmpFields],
  [Protocol.icmpv6, icmpv6Fields],
  [Protocol.sctp, sctpFields],
  [Protocol.gre, greFields],
  [Protocol.erspan, erspanFields],
  [Protocol.etherip, etherIpFields],
  [Protocol.vxlan, vxlanFields],
  [Protocol.geneve, geneveFields],
  [Protocol.gtp, gtpFields],
  [Protocol.dns, dnsFields],
  [Protocol.mdns, dnsFields],
  [Protocol.llmnr, llmnrFields],
  [Protocol.tls, tlsFields],
  [Protocol.http, httpFields],
  [Protocol.quic, quicFields],
  [Protocol.dhcp, dhcpFields],
  [Protocol.ntp, ntpFields],
  [Protocol.bgp, bgpFields],
];

const DECODER_OF: ReadonlyMap<number, LayerDecoder> = new Map(ROWS);

/** The decoder of a protocol (an id of `Protocol`), or undefined. */
export function decoderOf(protocol: number): LayerDecoder | undefined {
  return DECODER_OF.get(protocol);
}
