/**
 * Fields of link layers and of what stands between them and IP.
 *
 * @module
 */
import { Protocol } from "../../dissect/protocol.ts";
import { type Field, numberField, rangeField, type RangeReader } from "../field.ts";
import { octets, u16, u32, u8 } from "../header_view.ts";

const ETH = [Protocol.eth];
const VLAN = [Protocol.vlan];
const ARP = [Protocol.arp];
/** EtherTypes begin here; below are lengths (IEEE 802.3 3.2.6). */
const ETHER_TYPE_MIN = 0x0600;

const macDst = octets(0, 6);
const macSrc = octets(6, 6);

/** An address of an ARP message for Ethernet and IPv4 (RFC 826); other kinds have none. */
function arpAddress(at: number, length: number): RangeReader {
  const read = octets(at, length);
  return (h) => h.has(8) && h.view.getUint16(h.pos + 4) === 0x0604 && read(h);
}

/** The rows. */
export const LINK_FIELDS: readonly Field[] = [
  rangeField("eth.dst", "mac", ETH, [macDst]),
  rangeField("eth.src", "mac", ETH, [macSrc]),
  rangeField("eth.addr", "mac", ETH, [macDst, macSrc]),
  numberField("eth.type", ETH, [(h) => {
    const type = u16(12)(h);
    return type >= ETHER_TYPE_MIN ? type : NaN;
  }]),
  numberField("vlan.id", VLAN, [u16(0, 0, 0xfff)]),
  numberField("vlan.priority", VLAN, [u16(0, 13, 7)]),
  numberField("vlan.etype", VLAN, [u16(2)]),
  numberField("ieee8021ad.id", [Protocol.ieee8021ad], [u16(0, 0, 0xfff)]),
  numberField("mpls.label", [Protocol.mpls], [u32(0, 12)]),
  numberField("mpls.ttl", [Protocol.mpls], [u8(3)]),
  numberField("pppoe.session_id", [Protocol.pppoes], [u16(2)]),
  numberField("arp.opcode", ARP, [u16(6)]),
  rangeField("arp.src.hw_mac", "mac", ARP, [arpAddress(8, 6)]),
  rangeField("arp.src.proto_ipv4", "ipv4", ARP, [arpAddress(14, 4)]),
  rangeField("arp.dst.hw_mac", "mac", ARP, [arpAddress(18, 6)]),
  rangeField("arp.dst.proto_ipv4", "ipv4", ARP, [arpAddress(24, 4)]),
];
