import assert from "node:assert/strict";
import fc from "fast-check";
import {
  bgpNotification,
  bgpOpen,
  clientHello,
  dhcpMessage,
  ntpPacket,
  quicInitial,
  serverHello,
  tlsRecords,
} from "../../../tests/support/app_messages.ts";
import { readBgp } from "./bgp.ts";
import { readDhcp } from "./dhcp.ts";
import { readHttpFirstLine, readHttpHead } from "./http.ts";
import { readNtp } from "./ntp.ts";
import { readQuicLongHeader } from "./quic.ts";
import { readSshBanner } from "./ssh.ts";
import { readHello, readServerName } from "./tls.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
}

Deno.test("a ClientHello tells name, protocols and the highest version, but no value for exercise", () => {
  assert.deepEqual(readHello(tlsRecords(clientHello("www.example.com"))), {
    type: "client_hello",
    sni: "www.example.com",
    alpn: ["h2", "http/1.1"],
    version: "TLS 1.3",
    whole: true,
  });
});

Deno.test("a hello may lie in several records", () => {
  const octets = tlsRecords(clientHello("www.example.com", 300), 100);
  assert.equal(readServerName(viewOf(octets), 0, octets.length), "www.example.com");
});

Deno.test("a ServerHello tells the version and cipher agreed, and in TLS 1.2 the protocol", () => {
  assert.deepEqual(readHello(tlsRecords(serverHello())), {
    type: "server_hello",
    version: "TLS 1.3",
    cipher: "TLS_AES_256_GCM_SHA384",
    alpn: null,
    whole: true,
  });
  assert.deepEqual(readHello(tlsRecords(serverHello("h2"))), {
    type: "server_hello",
    version: "TLS 1.2",
    cipher: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    alpn: "h2",
    whole: true,
  });
});

Deno.test("a hello that is cut anywhere gives its name or none, never a part of it", () => {
  const octets = tlsRecords(clientHello("www.example.com", 40), 90);
  const found = new Set<string | null>();
  for (let length = 0; length <= octets.length; length++) {
    found.add(readServerName(viewOf(octets), 0, length));
  }
  assert.deepEqual([...found], [null, "www.example.com"]);
});

Deno.test("a server name need not be UTF-8, and is capped", () => {
  const hello = clientHello("x".repeat(300));
  assert.equal(readServerName(viewOf(tlsRecords(hello)), 0, 9999)?.length, 255);
  const binary = clientHello("abc").map((octet) => octet === 0x62 ? 0xff : octet);
  assert.equal(readServerName(viewOf(tlsRecords(binary)), 0, 9999), "a\ufffdc");
});

Deno.test("an HTTP request tells method, target and host, and whether its head is all there", () => {
  const text = "GET /a?b=c HTTP/1.1\r\nAccept: */*\r\nhOsT:  www.example.com \r\n\r\nbody";
  assert.deepEqual(readHttpHead(ascii(text)), {
    type: "request",
    method: "GET",
    path: "/a?b=c",
    version: "HTTP/1.1",
    host: "www.example.com",
    whole: true,
  });
  assert.deepEqual(readHttpHead(ascii(text.slice(0, 24))), {
    type: "request",
    method: "GET",
    path: "/a?b=c",
    version: "HTTP/1.1",
    host: null,
    whole: false,
  });
  const long = ascii(`GET /${"a".repeat(600)}`);
  assert.deepEqual(readHttpFirstLine(viewOf(long), 0, long.length), {
    type: "request",
    method: "GET",
    path: `/${"a".repeat(254)}`,
    version: "",
    host: null,
    whole: false,
  });
});

Deno.test("an HTTP answer tells its status", () => {
  assert.deepEqual(readHttpHead(ascii("HTTP/1.1 404 Not Found\r\n\r\n")), {
    type: "response",
    version: "HTTP/1.1",
    status: 404,
    whole: true,
  });
  for (const text of ["HTTP/1.1 4x4\r\n", "GETTER /x HTTP/1.1\r\n", "GET /\r\n", "hello\r\n", ""]) {
    assert.equal(readHttpHead(ascii(text)), null, text);
  }
});

Deno.test("a QUIC long header tells version and connection ids", () => {
  assert.deepEqual(readQuicLongHeader(quicInitial([1, 2, 3, 4], [0xab])), {
    version: "QUICv1",
    destinationId: "01020304",
    sourceId: "ab",
  });
  assert.equal(readQuicLongHeader(Uint8Array.from([0x40, 1, 2, 3])), null);
});

Deno.test("a DHCP message tells type and host name", () => {
  assert.deepEqual(readDhcp(dhcpMessage(1, 3, "printer")), {
    isFromClient: true,
    message: "REQUEST",
    hostName: "printer",
  });
  assert.deepEqual(readDhcp(dhcpMessage(2, 6, null)), {
    isFromClient: false,
    message: "NAK",
    hostName: null,
  });
  assert.equal(readDhcp(dhcpMessage(1, 3, "x").subarray(0, 200)), null);
});

Deno.test("an NTP packet tells side and stratum", () => {
  assert.deepEqual(readNtp(ntpPacket(3, 0)), { version: "NTPv4", isFromClient: true, stratum: 0 });
  assert.deepEqual(readNtp(ntpPacket(4, 2)), { version: "NTPv4", isFromClient: false, stratum: 2 });
  assert.equal(readNtp(ntpPacket(6, 0)), null);
});

Deno.test("BGP messages tell the four-octet AS number and the reason of an end", () => {
  assert.deepEqual(readBgp(bgpOpen(4_200_000_001)), {
    asNumber: 4_200_000_001,
    lastMessage: "OPEN",
  });
  assert.deepEqual(readBgp(Uint8Array.from([...bgpOpen(65_000), ...bgpNotification(6, 2)])), {
    asNumber: 65_000,
    lastMessage: "NOTIFICATION 6/2",
  });
  assert.equal(readBgp(new Uint8Array(40)), null);
});

Deno.test("an SSH banner is its first line", () => {
  assert.equal(readSshBanner(ascii("SSH-2.0-OpenSSH_9.6\r\n\0\0")), "SSH-2.0-OpenSSH_9.6");
  assert.equal(readSshBanner(ascii("HTTP")), null);
});

Deno.test("any octets give a reading of any kind, and never an exception", () => {
  const start = fc.constantFrom(
    ...[tlsRecords(clientHello("a.example")), tlsRecords(serverHello("h2"))].map((one) => [...one]),
    [...bgpOpen(1)],
    [...dhcpMessage(1, 1, "x")],
    [...quicInitial([1], [2])].slice(0, 30),
    [...ascii("GET / HTTP/1.1\r\nHost: a\r\n\r\n")],
    [],
  );
  const mutated = fc.record({
    start,
    at: fc.nat(300),
    octets: fc.uint8Array({ maxLength: 12 }),
    cut: fc.nat(300),
  }).map(({ start, at, octets, cut }) => {
    const bytes = Uint8Array.from([...start, ...octets]);
    bytes.set(octets, Math.min(at, bytes.length - octets.length));
    return bytes.subarray(0, Math.max(0, bytes.length - cut % 8));
  });
  fc.assert(fc.property(mutated, (octets) => {
    const hello = readHello(octets);
    if (hello?.type === "client_hello") assert.ok((hello.sni ?? "").length <= 255);
    const http = readHttpHead(octets);
    if (http?.type === "request") assert.ok(http.path.length <= 255);
    assert.ok((readQuicLongHeader(octets)?.destinationId ?? "").length <= 40);
    assert.ok((readDhcp(octets)?.hostName ?? "").length <= 255);
    assert.ok((readNtp(octets)?.stratum ?? 0) <= 255);
    assert.ok((readBgp(octets)?.asNumber ?? 0) <= 0xffffffff);
    assert.ok((readSshBanner(octets) ?? "").length <= 255);
  }));
});
