/**
 * Recognizes filters written for scapy in Python, which are not run here, and says what they are as
 * display filters.
 *
 * @module
 */

/** Layers of scapy and the protocols that they are. */
const LAYERS: Readonly<Record<string, string>> = {
  ARP: "arp",
  DNS: "dns",
  DNSQR: "dns",
  DNSRR: "dns",
  Ether: "eth",
  ICMP: "icmp",
  IP: "ip",
  IPv6: "ipv6",
  TCP: "tcp",
  UDP: "udp",
};

/** Attributes of layers and the fields that they are. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  "ARP.op": "arp.opcode",
  "DNS.id": "dns.id",
  "DNS.opcode": "dns.flags.opcode",
  "DNS.qr": "dns.flags.response",
  "DNS.rcode": "dns.flags.rcode",
  "DNSQR.qname": "dns.qry.name",
  "DNSQR.qtype": "dns.qry.type",
  "Ether.dst": "eth.dst",
  "Ether.src": "eth.src",
  "Ether.type": "eth.type",
  "ICMP.code": "icmp.code",
  "ICMP.type": "icmp.type",
  "IP.dst": "ip.dst",
  "IP.id": "ip.id",
  "IP.len": "ip.len",
  "IP.proto": "ip.proto",
  "IP.src": "ip.src",
  "IP.ttl": "ip.ttl",
  "IPv6.dst": "ipv6.dst",
  "IPv6.hlim": "ipv6.hlim",
  "IPv6.src": "ipv6.src",
  "TCP.ack": "tcp.ack_raw",
  "TCP.chksum": "tcp.checksum",
  "TCP.dport": "tcp.dstport",
  "TCP.flags": "tcp.flags",
  "TCP.seq": "tcp.seq_raw",
  "TCP.sport": "tcp.srcport",
  "TCP.window": "tcp.window_size_value",
  "UDP.dport": "udp.dstport",
  "UDP.len": "udp.length",
  "UDP.sport": "udp.srcport",
};

const NAMES = Object.keys(LAYERS).join("|");
const SCAPY = new RegExp(
  `\\b(?:pkt|packet)\\b|\\bhaslayer\\b|\\bgetlayer\\b|\\b(?:${NAMES})\\.[a-z]`,
);
const IN_PACKET = new RegExp(`\\b(${NAMES})\\s+in\\s+(?:pkt|packet)\\b`, "g");
const HAS_LAYER = new RegExp(`\\b(?:pkt|packet)\\.haslayer\\(\\s*(${NAMES})\\s*\\)`, "g");
const ATTRIBUTE = new RegExp(
  `\\b(?:(?:pkt|packet)(?:\\[(${NAMES})\\]|\\.getlayer\\((${NAMES})\\))|(${NAMES}))\\.([a-z]+)\\b`,
  "g",
);
const BARE_LAYER = new RegExp(`(?<![.\\w])(${NAMES})(?![.\\w])`, "g");

/** Flags as scapy writes them. */
const FLAG_BITS: Readonly<Record<string, number>> = {
  F: 0x01,
  S: 0x02,
  R: 0x04,
  P: 0x08,
  A: 0x10,
  U: 0x20,
  E: 0x40,
  C: 0x80,
};

/** True if `text` looks like an expression for scapy. */
export function isScapyShaped(text: string): boolean {
  return SCAPY.test(text);
}

/** True if `text` names a layer as scapy does, as in `UDP and DNS`. */
export function namesScapyLayer(text: string): boolean {
  return text.search(BARE_LAYER) >= 0;
}

/**
 * What `text` says as a display filter, as far as its parts are known; what is left of Python in it
 * stays and will not parse.
 */
export function displayFilterOfScapy(text: string): string {
  return text
    .replace(IN_PACKET, (_, layer: string) => LAYERS[layer] ?? layer)
    .replace(HAS_LAYER, (_, layer: string) => LAYERS[layer] ?? layer)
    .replace(/\blen\(\s*(?:pkt|packet)\s*\)/g, "frame.len")
    .replace(ATTRIBUTE, (whole, a?: string, b?: string, c?: string, name?: string) => {
      return ATTRIBUTES[`${a ?? b ?? c}.${name}`] ?? whole;
    })
    .replace(BARE_LAYER, (_, layer: string) => LAYERS[layer] ?? layer)
    .replace(
      /\btcp\.flags\s*(==|!=|&)\s*["']([FSRPAUEC]{1,8})["']/g,
      (_, sign: string, letters: string) => {
        const bits = [...letters].reduce((sum, one) => sum | (FLAG_BITS[one] ?? 0), 0);
        return `tcp.flags ${sign} 0x${bits.toString(16)}`;
      },
    )
    .replace(
      /\b(ip(?:v6)?\.(?:src|dst)|eth\.(?:src|dst))\s*(==|!=)\s*["']([^"']*)["']/g,
      "$1 $2 $3",
    )
    .replace(/\b(dns\.qry\.name\s*(?:==|!=)\s*)b?'([^']*)'/g, '$1"$2"')
    .replace(/\b(dns\.qry\.name\s*(?:==|!=)\s*)b"/g, '$1"')
    .replace(/\bin\s*[[(]([^\])]*)[\])]/g, "in {$1}");
}
