/**
 * Packets with the optional parts of their protocols, written by hand after the documents that
 * define them. No checksum in them is right.
 *
 * @module
 */
import { ipv4, ipv6, MAC, type Sample, tcp, udp } from "./pcap_samples.ts";

const RAW = 101;
const ETHERNET = 1;

function hex(value: number, octets: number): string {
  return value.toString(16).padStart(octets * 2, "0");
}

function ascii(text: string): string {
  return Array.from(text, (letter) => hex(letter.charCodeAt(0), 1)).join("");
}

/** A DNS name of labels. */
function name(text: string): string {
  return text.split(".").map((label) => hex(label.length, 1) + ascii(label)).join("") + "00";
}

/** A record for the name at offset 12. */
function record(type: number, data: string): string {
  return `c00c${hex(type, 2)}00010000012c${hex(data.length / 2, 2)}${data}`;
}

/** TCP header of `flags` with options padded to four octets, from port 40000. */
function segment(port: number, flags: number, options: string, payload = ""): string {
  const words = 5 + options.length / 8;
  return `9c40${hex(port, 2)}0000000a00000014${hex(words, 1)[1]}0${hex(flags, 1)}ffff00000000` +
    options + payload;
}

const DNS_ANSWER = "abcd8580" + "0001" + "0006" + "0001" + "0001" + name("www.example") +
  "00010001" +
  record(5, "03616c6900") + record(1, "c0000201") +
  record(28, "20010db8" + "00".repeat(11) + "01") +
  record(15, "000a" + "046d61696cc00c") + record(16, "05" + ascii("v=one")) +
  record(2, "026e73c00c") +
  record(
    6,
    "026e73c00c" + "0561646d696ec00c" + "00000001" + "00000e10" + "00000258" + "00093a80" +
      "0000003c",
  ) +
  "00002904d000008000" + "0000";

const CLIENT_HELLO_BODY = "0303" + "11".repeat(32) + "00" + "0004" + "13011302" + "0100" +
  hex(55, 2) +
  "0000" + hex(16, 2) + hex(14, 2) + "00" + hex(11, 2) + ascii("example.net") +
  "0010" + hex(14, 2) + hex(12, 2) + "02" + ascii("h2") + "08" + ascii("http/1.1") +
  "002b" + hex(5, 2) + "04" + "0304" + "0303" +
  "000a" + hex(4, 2) + "0002001d";
const CLIENT_HELLO = "160301" + hex(CLIENT_HELLO_BODY.length / 2 + 4, 2) + "01" +
  hex(CLIENT_HELLO_BODY.length / 2, 3) + CLIENT_HELLO_BODY;

const SERVER_HELLO_BODY = "0303" + "22".repeat(32) + "20" + "33".repeat(32) + "1301" + "00" +
  hex(6, 2) + "002b" + hex(2, 2) + "0304";
const SERVER_HELLO = "160303" + hex(SERVER_HELLO_BODY.length / 2 + 4, 2) + "02" +
  hex(SERVER_HELLO_BODY.length / 2, 3) + SERVER_HELLO_BODY;

const DHCP_DISCOVER = "01010600" + "3903f326" + "0005" + "8000" + "00".repeat(16) + "020000000001" +
  "00".repeat(10) + "00".repeat(192) + "63825363" + "350101" + "3204c0a80064" + "0c04" +
  ascii("host") +
  "370401030f06" + "3304" + hex(3600, 4) + "3604c0a80001" + "ff";

const NTP_SERVER = "24" + "01" + "06" + "ec" + "00010000" + "00000800" + ascii("GPS") + "00" +
  "e90f2a0080000000" + "e90f2a1000000000" + "e90f2a1100000000" + "e90f2a1140000000";

const BGP_MARKER = "f".repeat(32);
const BGP_OPEN = BGP_MARKER + "001d" + "01" + "04" + "fde9" + "00b4" + "0a000001" + "00";
const BGP_CEASE = BGP_MARKER + "0015" + "03" + "06" + "02";

export const DETAIL_SAMPLES: readonly Sample[] = [
  {
    name: "SYN with options",
    linkType: RAW,
    hex: ipv4(
      6,
      segment(443, 0x02, "020405b4" + "0402" + "080a" + "0000000100000000" + "01" + "030307"),
    ),
    path: "raw:ip:tcp",
  },
  {
    name: "ACK with SACK blocks",
    linkType: RAW,
    hex: ipv4(
      6,
      segment(
        9999,
        0x10,
        "0101080a" + "0000000500000004" + "01010512" + "000000640000006e" + "0000007800000082",
      ),
    ),
    path: "raw:ip:tcp",
  },
  {
    name: "MD5, user timeout, multipath and fast open",
    linkType: RAW,
    hex: ipv4(6, segment(9999, 0x10, "1312" + "22".repeat(16) + "1c04800a" + "220400aa" + "0101")),
    path: "raw:ip:tcp",
  },
  {
    name: "TCP option of length 0",
    linkType: RAW,
    hex: ipv4(6, segment(9999, 0x10, "02000000")),
    path: "raw:ip:tcp",
  },
  {
    name: "DNS answer",
    linkType: RAW,
    hex: ipv4(17, udp(53, 5000, DNS_ANSWER)),
    path: "raw:ip:udp:dns",
  },
  {
    name: "DNS over TCP",
    linkType: RAW,
    hex: ipv4(6, segment(53, 0x18, "", hex(DNS_ANSWER.length / 2, 2) + DNS_ANSWER)),
    path: "raw:ip:tcp:dns",
  },
  {
    name: "DNS compression loop",
    linkType: RAW,
    hex: ipv4(17, udp(53, 5000, "abcd85800001000000000000" + "c00c" + "00010001")),
    path: "raw:ip:udp:dns",
  },
  {
    name: "TLS client hello",
    linkType: RAW,
    hex: ipv4(6, segment(443, 0x18, "", CLIENT_HELLO)),
    path: "raw:ip:tcp:tls",
  },
  {
    name: "TLS server hello",
    linkType: RAW,
    hex: ipv4(6, segment(443, 0x18, "", SERVER_HELLO)),
    path: "raw:ip:tcp:tls",
  },
  {
    name: "TLS alert",
    linkType: RAW,
    hex: ipv4(6, segment(443, 0x18, "", "15030300020228")),
    path: "raw:ip:tcp:tls",
  },
  {
    name: "HTTP request with headers",
    linkType: RAW,
    hex: ipv4(
      6,
      segment(
        80,
        0x18,
        "",
        ascii("GET /a?b=1 HTTP/1.1\r\nHost: example.net\r\nUser-Agent: x\r\nX-Own: 1\r\n\r\n"),
      ),
    ),
    path: "raw:ip:tcp:http",
  },
  {
    name: "HTTP response",
    linkType: RAW,
    hex: ipv4(
      6,
      segment(
        80,
        0x18,
        "",
        ascii("HTTP/1.1 404 Not Found\r\nServer: s\r\nContent-Length: 0\r\n\r\n"),
      ),
    ),
    path: "raw:ip:tcp:http",
  },
  {
    name: "DHCP discover",
    linkType: RAW,
    hex: ipv4(17, udp(68, 67, DHCP_DISCOVER)),
    path: "raw:ip:udp:dhcp",
  },
  {
    name: "NTP server",
    linkType: RAW,
    hex: ipv4(17, udp(123, 123, NTP_SERVER)),
    path: "raw:ip:udp:ntp",
  },
  {
    name: "BGP OPEN",
    linkType: RAW,
    hex: ipv4(6, segment(179, 0x18, "", BGP_OPEN)),
    path: "raw:ip:tcp:bgp",
  },
  {
    name: "BGP NOTIFICATION",
    linkType: RAW,
    hex: ipv4(6, segment(179, 0x18, "", BGP_CEASE)),
    path: "raw:ip:tcp:bgp",
  },
  {
    name: "ICMP fragmentation needed",
    linkType: RAW,
    hex: ipv4(1, "0304" + "0000" + "0000" + "0578" + ipv4(6, tcp("")).slice(0, 56)),
    path: "raw:ip:icmp",
  },
  {
    name: "ICMP echo",
    linkType: RAW,
    hex: ipv4(1, "0800" + "0000" + "1234" + "0007" + "aabb"),
    path: "raw:ip:icmp",
  },
  {
    name: "ICMP redirect",
    linkType: RAW,
    hex: ipv4(1, "0501" + "0000" + "0a000001" + ipv4(17, udp(1, 2, ""))),
    path: "raw:ip:icmp",
  },
  {
    name: "neighbour solicitation",
    linkType: ETHERNET,
    hex: MAC + "86dd" +
      ipv6(
        58,
        "87000000" + "00000000" + "20010db8" + "00".repeat(11) + "02" + "0101" + "020000000001",
      ),
    path: "eth:ipv6:icmpv6",
  },
  {
    name: "neighbour advertisement",
    linkType: ETHERNET,
    hex: MAC + "86dd" +
      ipv6(
        58,
        "88000000" + "60000000" + "20010db8" + "00".repeat(11) + "02" + "0201" + "020000000002",
      ),
    path: "eth:ipv6:icmpv6",
  },
  {
    name: "router advertisement",
    linkType: ETHERNET,
    hex: MAC + "86dd" +
      ipv6(
        58,
        "86000000" + "40c00708" + "00000001" + "00000002" + "0501" + "0000" + "000005dc" +
          "0304" + "40c0" + "00278d00" + "00093a80" + "00000000" + "20010db8" + "00".repeat(12) +
          "1903" + "0000" + "00000e10" + "20010db8" + "00".repeat(10) + "0053",
      ),
    path: "eth:ipv6:icmpv6",
  },
  {
    name: "packet too big",
    linkType: RAW,
    hex: ipv6(58, "02000000" + "00000500" + ipv6(6, tcp(""))),
    path: "raw:ipv6:icmpv6",
  },
  {
    name: "SCTP INIT",
    linkType: RAW,
    hex: ipv4(
      132,
      "0bb80fa0" + "00000000" + "00000000" + "01000014" + "0000abcd" + "00010000" + "000a" +
        "000b" + "00000001",
    ),
    path: "raw:ip:sctp",
  },
  {
    name: "SCTP SACK",
    linkType: RAW,
    hex: ipv4(
      132,
      "0bb80fa0" + "00000001" + "00000000" + "03000010" + "00000064" + "00010000" + "0000" + "0000",
    ),
    path: "raw:ip:sctp",
  },
  {
    name: "IPv4 record route, router alert and timestamp",
    linkType: RAW,
    hex: "4900" + hex(36 + 8, 2) + "1234" + "4000" + "40" + "11" + "0000" + "0a010203" +
      "0a040506" +
      "94040000" + "070708" + "0a000001" + "01" + "4404" + "0501" + udp(1, 2, ""),
    path: "raw:ip:udp",
  },
  {
    name: "IPv6 options, routing and fragment headers",
    linkType: RAW,
    hex: ipv6(
      0,
      "2b00" + "05020000" + "0100" + "2c02" + "04" + "00" + "00000000" + "20010db8" +
        "00".repeat(11) + "09" +
        "1100" + "0001" + "0000cafe" + udp(7, 8, "0011223344556677"),
    ),
    path: "raw:ipv6:udp",
  },
  {
    name: "ECN and DSCP",
    linkType: RAW,
    hex: "45bb" + ipv4(6, tcp("")).slice(4),
    path: "raw:ip:tcp",
  },
  {
    name: "IGMP report",
    linkType: RAW,
    hex: ipv4(2, "16000000e0000101"),
    path: "raw:ip:igmp",
  },
  {
    name: "ESP",
    linkType: RAW,
    hex: ipv4(50, "00000abc" + "00000007" + "00".repeat(32)),
    path: "raw:ip:esp",
  },
  {
    name: "GRE with key and sequence",
    linkType: RAW,
    hex: ipv4(47, "3000" + "0800" + "0000002a" + "00000003" + ipv4(17, udp(1, 2, ""))),
    path: "raw:ip:gre:ip:udp",
  },
];
