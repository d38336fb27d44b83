/** The grammar of pcap-filter expressions, by the display filter that each one means. */
import assert from "node:assert/strict";
import { InputError } from "../../errors/mod.ts";
import { parseCaptureFilter } from "./parse_capture.ts";
import { renderExpression } from "./render.ts";

function read(text: string): string {
  return renderExpression(parseCaptureFilter(text));
}

function refusal(text: string): string {
  try {
    parseCaptureFilter(text);
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return `${error.detail["column"]}: ${error.message.split("\n")[0]?.replace(/^.*?: /, "")}`;
  }
  throw new Error(`"${text}" was read`);
}

Deno.test("every primitive has its meaning as a display filter", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["tcp", "tcp"],
    ["ip6", "ipv6"],
    ["icmp6", "icmpv6"],
    [
      "host 192.0.2.1",
      "ip.src == 192.0.2.1 or ip.dst == 192.0.2.1 or arp.src.proto_ipv4 == 192.0.2.1 or arp.dst.proto_ipv4 == 192.0.2.1",
    ],
    ["host 2001:db8::1", "ipv6.src == 2001:db8::1 or ipv6.dst == 2001:db8::1"],
    ["ip host 192.0.2.1", "ip.src == 192.0.2.1 or ip.dst == 192.0.2.1"],
    ["ip src 192.0.2.1", "ip.src == 192.0.2.1"],
    [
      "src and dst host 192.0.2.1 and tcp",
      "(ip.src == 192.0.2.1 and ip.dst == 192.0.2.1 or arp.src.proto_ipv4 == 192.0.2.1 and arp.dst.proto_ipv4 == 192.0.2.1) and tcp",
    ],
    ["dst net 10.0.0.0/8", "ip.dst == 10.0.0.0/8 or arp.dst.proto_ipv4 == 10.0.0.0/8"],
    ["ip net 10.0.0.0 mask 255.255.0.0", "ip.src == 10.0.0.0/16 or ip.dst == 10.0.0.0/16"],
    ["port 443", "tcp.port == 443 or udp.port == 443 or sctp.port == 443"],
    ["tcp port https", "tcp.port == 443"],
    ["tcp src port 80", "tcp.srcport == 80"],
    ["udp dst portrange 8000-8010", "udp.dstport in {8000 .. 8010}"],
    ["src or dst port 53", "tcp.port == 53 or udp.port == 53 or sctp.port == 53"],
    ["tcp port 80 or 443", "tcp.port == 80 or tcp.port == 443"],
    ["not tcp port 80 and 443", "not tcp.port == 80 and tcp.port == 443"],
    ["ip proto 6", "ip.proto == 6"],
    ["proto 17", "ip.proto == 17 or ipv6.nxt == 17"],
    ["ether proto 0x0806", "eth.type == 2054"],
    [
      "ether host 02:00:00:00:00:01",
      "eth.src == 02:00:00:00:00:01 or eth.dst == 02:00:00:00:00:01",
    ],
    ["ether broadcast", "eth.dst == ff:ff:ff:ff:ff:ff"],
    ["multicast", "eth.dst[0:1] & 0x1"],
    ["vlan", "vlan"],
    ["vlan 100 && tcp", "vlan.id == 100 and tcp"],
    ["mpls 16", "mpls.label == 16"],
    ["less 128", "frame.len <= 128"],
    ["greater 128", "frame.len >= 128"],
    ["len > 1000", "frame.len > 1000"],
    ["tcp[tcpflags] & (tcp-syn|tcp-ack) != 0", "tcp[13:1] & 0x12 != 0"],
    ["tcp[tcpflags] & tcp-rst = 0", "tcp[13:1] & 0x4 == 0"],
    ["icmp[icmptype] == icmp-unreach", "icmp[0:1] == 0x3"],
    ["ip[6:2] & 0x1fff != 0", "ip[6:2] & 0x1fff != 0"],
    ["udp[8:4] = 0x12345678", "udp[8:4] == 0x12345678"],
    ["ether[12:2] == 0x0800", "eth[12:2] == 0x800"],
  ];
  for (const [text, canonical] of cases) assert.equal(read(text), canonical, text);
});

Deno.test("and and or bind equally, from the left", () => {
  assert.equal(read("tcp or udp and arp"), "(tcp or udp) and arp");
  assert.equal(read("tcp and udp or arp"), "tcp and udp or arp");
  assert.equal(read("tcp or (udp and arp)"), "tcp or udp and arp");
  assert.equal(read("not tcp or udp"), "not tcp or udp");
});

Deno.test("errors point at the column", () => {
  assert.equal(refusal("host example.com"), "6: expected an address (names are not looked up)");
  assert.equal(
    refusal("tcp port 70000"),
    "10: expected a port such as 443, or a range such as 8000-8080",
  );
  assert.equal(refusal("icmp port 1"), '11: "icmp" has no ports');
  assert.equal(refusal("net 10"), "5: expected a prefix written out, such as 10.0.0.0/8");
  assert.equal(refusal("net 10.1.1.1/8"), "5: the prefix has bits set behind its length");
  assert.equal(refusal("net 10.0.0.0 mask 255.0.255.0"), "19: the mask has gaps");
  assert.equal(refusal("gateway 192.0.2.1"), '1: "gateway" cannot be told from a capture');
  assert.equal(refusal("tcp[13]"), '8: expected a comparison such as != 0, found ""');
  assert.equal(refusal("(tcp"), '1: the "(" is never closed');
  assert.equal(refusal("ip6 host 192.0.2.1"), '10: "ip6" has no such address');
  assert.equal(refusal("http.host"), '1: expected a condition, found "http.host"');
});
