import assert from "node:assert/strict";
import fc from "fast-check";
import { DETAIL_SAMPLES } from "../../../tests/support/detail_samples.ts";
import {
  batchesOf,
  batchOf,
  fromHex,
  HELLO,
  ipv4,
  MAC,
  SAMPLES,
  tcp,
  udp,
} from "../../../tests/support/pcap_samples.ts";
import type { PacketBatch } from "../batch.ts";
import { DissectColumns } from "../dissect/columns.ts";
import { dissectBatch } from "../dissect/dissect.ts";
import { LINK_TYPES } from "../dissect/link_types.ts";
import type { DetailField } from "./layer_reader.ts";
import { decodePacket, type PacketDetail } from "./packet_detail.ts";

const CAPTURES = new URL("../../../tests/fixtures/captures/", import.meta.url);
const SCRATCH = new DissectColumns();
const ALL_SAMPLES = [...SAMPLES, ...DETAIL_SAMPLES];

interface Decoded {
  readonly detail: PacketDetail;
  readonly path: string;
}

/** All packets of a batch in full. */
function decodeAll(batch: PacketBatch): Decoded[] {
  const columns = new DissectColumns();
  dissectBatch(batch, columns);
  return Array.from({ length: batch.count }, (_, row) => ({
    detail: decodePacket(batch, columns, row, SCRATCH),
    path: columns.paths.nameOf(columns.path[row] ?? 0),
  }));
}

function decode(hex: string, linkType: number, extra: { wireLength?: number } = {}): Decoded {
  const [only] = decodeAll(batchOf([{ linkType, octets: fromHex(hex), ...extra }], 7, 0xa5));
  assert.ok(only);
  return only;
}

function sample(name: string): Decoded {
  const found = ALL_SAMPLES.find((one) => one.name === name);
  assert.ok(found, name);
  return decode(found.hex, found.linkType);
}

/** Fields of the named layer, as `name: value (meaning)`. */
function shown({ detail }: Decoded, layer: string): string[] {
  const found = detail.layers.find(({ name }) => name === layer);
  assert.ok(found, layer);
  return found.fields.map(text);
}

function text({ name, value, meaning }: DetailField): string {
  return `${name}: ${value}${meaning === undefined ? "" : ` (${meaning})`}`;
}

function pathOf({ detail }: Decoded): string {
  return detail.layers.filter(({ quoted }) => quoted !== true).map(({ name }) => name).join(":");
}

Deno.test("the layers of every sample are those of the dissector's path", () => {
  for (const one of ALL_SAMPLES) {
    const decoded = decode(one.hex, one.linkType);
    assert.equal(pathOf(decoded), one.path, one.name);
    assert.equal(decoded.path, one.path, one.name);
  }
});

Deno.test("the layers of every packet of the recorded captures are those of the dissector's path", async () => {
  let packets = 0;
  for await (const { name } of Deno.readDir(CAPTURES)) {
    if (!name.endsWith(".pcap")) continue;
    for (const batch of batchesOf(await Deno.readFile(new URL(name, CAPTURES)))) {
      for (const decoded of decodeAll(batch)) {
        assert.equal(pathOf(decoded), decoded.path, name);
        packets++;
      }
    }
  }
  assert.ok(packets > 100);
});

/** Layers and fields lie where they say; values are what JSON can carry. */
function assertSound({ detail }: Decoded, captured: number): void {
  for (const layer of detail.layers) {
    assert.ok(layer.offset >= 0 && layer.length >= 0);
    assert.ok(layer.offset + layer.length <= captured, layer.name);
    assert.ok(layer.fields.length <= 200);
    for (const { name, value } of layer.fields) {
      assert.ok(typeof value !== "number" || Number.isFinite(value), `${name}: ${value}`);
      assert.ok(typeof value !== "string" || value.length <= 1100, name);
    }
  }
  const { payload } = detail;
  if (payload !== null) {
    assert.ok(payload.offset + payload.length <= captured && payload.length > 0);
  }
}

Deno.test("random octets of any link type are decoded within their bounds", () => {
  const linkTypes = [...LINK_TYPES.map(({ code }) => code), 147, 65535];
  fc.assert(
    fc.property(
      fc.constantFrom(...linkTypes),
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(300),
      (linkType, octets, more) => {
        const packet = { linkType, octets, wireLength: octets.length + more };
        for (const decoded of decodeAll(batchOf([packet], 7, 0xa5))) {
          assertSound(decoded, octets.length);
          assert.equal(pathOf(decoded), decoded.path);
        }
      },
    ),
    { numRuns: 5_000 },
  );
});

Deno.test("samples with octets changed and cut anywhere are decoded within their bounds", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ALL_SAMPLES),
      fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 4 }),
      fc.nat(200),
      (one, changes, length) => {
        const octets = fromHex(one.hex);
        for (const [at, value] of changes) octets[at % octets.length] = value;
        const kept = octets.subarray(0, length);
        const packet = { linkType: one.linkType, octets: kept, wireLength: octets.length };
        for (const decoded of decodeAll(batchOf([packet], 7, 0xa5))) {
          assertSound(decoded, kept.length);
          assert.equal(pathOf(decoded), decoded.path);
        }
      },
    ),
    { numRuns: 10_000 },
  );
});

Deno.test("an LLC header cut in its second control octet is short", () => {
  const stp = ALL_SAMPLES.find(({ name }) => name === "802.3 with LLC, spanning tree");
  assert.ok(stp);
  const octets = fromHex(stp.hex).subarray(0, 17);
  octets[16] = 0x00; // an information frame, whose control field is two octets
  const [decoded] = decodeAll(batchOf([{ linkType: 1, octets, wireLength: 60 }], 7, 0xa5));
  assert.ok(decoded);
  assertSound(decoded, octets.length);
  assert.equal(decoded.path, "eth:llc:_ws.short");
});

Deno.test("no field shows an octet from outside of the packet", () => {
  for (const one of ALL_SAMPLES) {
    const octets = fromHex(one.hex);
    for (let length = 0; length <= octets.length; length++) {
      const packet = {
        linkType: one.linkType,
        octets: octets.subarray(0, length),
        wireLength: octets.length,
      };
      const [zeros] = decodeAll(batchOf([packet], 7, 0));
      const columns = new DissectColumns();
      // Another packet behind it, so that reads past the end would see other octets.
      const batch = batchOf(
        [packet, { linkType: 1, octets: new Uint8Array(64).fill(0xff) }],
        7,
        0xff,
      );
      dissectBatch(batch, columns);
      assert.deepEqual(decodePacket(batch, columns, 0, SCRATCH), zeros?.detail, one.name);
    }
  }
});

Deno.test("a SYN shows its flags in words and every option", () => {
  assert.deepEqual(shown(sample("SYN with options"), "tcp").slice(5), [
    "tcp.hdr_len: 40",
    "tcp.flags: 0x0002 (SYN)",
    "tcp.flags.fin: false",
    "tcp.flags.syn: true",
    "tcp.flags.reset: false",
    "tcp.flags.push: false",
    "tcp.flags.ack: false",
    "tcp.flags.urg: false",
    "tcp.flags.ece: false",
    "tcp.flags.cwr: false",
    "tcp.flags.ae: false",
    "tcp.window_size_value: 65535",
    "tcp.checksum: 0x0000",
    "tcp.checksum.status: Bad (calculated 0x8ed8)",
    "tcp.urgent_pointer: 0",
    "tcp.option_kind: 2 (maximum segment size)",
    "tcp.option_len: 4",
    "tcp.options.mss_val: 1460",
    "tcp.option_kind: 4 (SACK permitted)",
    "tcp.option_len: 2",
    "tcp.option_kind: 8 (timestamps)",
    "tcp.option_len: 10",
    "tcp.options.timestamp.tsval: 1",
    "tcp.options.timestamp.tsecr: 0",
    "tcp.option_kind: 1 (no operation)",
    "tcp.option_kind: 3 (window scale)",
    "tcp.option_len: 3",
    "tcp.options.wscale.shift: 7 (multiply windows by 128)",
  ]);
});

Deno.test("an ICMP error is told in words, and the packet that it quotes decoded and marked", () => {
  const { detail } = sample("ICMP quoting a packet");
  assert.deepEqual(
    detail.layers.map((
      { name, offset, length, quoted },
    ) => [name, offset, length, quoted === true]),
    [
      ["raw", 0, 0, false],
      ["ip", 0, 20, false],
      ["icmp", 20, 8, false],
      ["ip", 28, 20, true],
      ["udp", 48, 8, true],
    ],
  );
  assert.deepEqual(shown(sample("ICMP quoting a packet"), "icmp").slice(0, 2), [
    "icmp.type: 3 (destination unreachable)",
    "icmp.code: 3 (port unreachable)",
  ]);
});

Deno.test("a DNS answer shows records of every section", () => {
  const fields = shown(sample("DNS answer"), "dns");
  for (
    const wanted of [
      "dns.flags.rcode: 0 (NOERROR)",
      "dns.qry.name: www.example",
      "dns.resp.type: 5 (CNAME)",
      "dns.a: 192.0.2.1",
      "dns.aaaa: 2001:db8::1",
      "dns.mx.preference: 10",
      "dns.soa.mname: ns.www.example",
      "dns.rr.udp_payload_size: 1232",
      "dns.resp.z.do: true",
    ]
  ) assert.ok(fields.includes(wanted), `${wanted} in ${fields.join(", ")}`);
});

Deno.test("a name that points in circles is noted with its place", () => {
  const { detail } = sample("DNS compression loop");
  assert.deepEqual(detail.layers.at(-1)?.notes, [
    'octet 42: "question name" has a compression pointer that leads forward',
  ]);
});

Deno.test("a ClientHello shows the server name and the protocols offered", () => {
  const fields = shown(sample("TLS client hello"), "tls");
  assert.ok(fields.includes("tls.record.content_type: 22 (handshake)"));
  assert.ok(fields.includes("tls.handshake.type: 1 (client hello)"));
  assert.ok(fields.includes("tls.handshake.extensions_server_name: example.net"));
  assert.deepEqual(fields.slice(-2), [
    "tls.handshake.extensions_alpn_str: h2",
    "tls.handshake.extensions_alpn_str: http/1.1",
  ]);
});

Deno.test("a ServerHello shows the suite and the version that were chosen", () => {
  const decoded = sample("TLS server hello");
  const fields = shown(decoded, "tls");
  assert.ok(fields.includes("tls.handshake.type: 2 (server hello)"));
  assert.equal(fields.at(-1), "tls.handshake.ciphersuite: 0x1301 (TLS_AES_128_GCM_SHA256)");
  assert.deepEqual(decoded.detail.layers.at(-1)?.notes, ["octet 45: chooses TLS 1.3"]);
});

Deno.test("a QUIC Initial shows version, type, connection ids and lengths", () => {
  assert.deepEqual(shown(sample("UDP, QUIC Initial"), "quic"), [
    "quic.header_form: 1 (long header)",
    "quic.fixed_bit: true",
    "quic.version: 0x00000001 (version 1)",
    "quic.long.packet_type: 0 (Initial)",
    "quic.dcil: 8",
    "quic.dcid: 0102030405060708",
    "quic.scil: 0",
    "quic.token_length: 0",
    "quic.length: 16 (octets, packet number included)",
  ]);
});

Deno.test("HTTP shows the first line, known headers by field and others as a line", () => {
  assert.deepEqual(shown(sample("HTTP request with headers"), "http"), [
    "http.request.method: GET",
    "http.request.uri: /a?b=1",
    "http.request.version: HTTP/1.1",
    "http.host: example.net",
    "http.user_agent: x",
    "http.request.line: X-Own: 1",
  ]);
});

/** The verdict on the checksum of a layer. */
function verdict(decoded: Decoded, layer: string): string | undefined {
  return shown(decoded, layer).find((line) => line.includes(".checksum.status"));
}

Deno.test("a right checksum is good, also of an odd number of octets", () => {
  // UDP 1 to 2 of five octets, summed by hand: pseudo-header, ports, length, "hello".
  const right = udp(1, 2, HELLO).replace(/^(.{12})0000/, "$1a0f1");
  const decoded = decode(ipv4(17, right), 101);
  assert.equal(verdict(decoded, "udp"), "udp.checksum.status: Good");
});

Deno.test("a wrong checksum is bad, and the right one told", () => {
  const wrong = udp(1, 2, HELLO).replace(/^(.{12})0000/, "$11111");
  assert.equal(
    verdict(decode(ipv4(17, wrong), 101), "udp"),
    "udp.checksum.status: Bad (calculated 0xa0f1)",
  );
});

Deno.test("the sum of the pseudo-header alone is taken for offload", () => {
  const partial = tcp(HELLO).replace(/^(.{32})0000/, "$11b2d");
  assert.equal(
    verdict(decode(ipv4(6, partial), 101), "tcp"),
    "tcp.checksum.status: Bad (likely offload: only the pseudo-header is summed, the rest is left to the network card)",
  );
});

Deno.test("what the capture cut, a fragment and a quotation are not judged", () => {
  const hex = ipv4(17, udp(1, 2, HELLO).replace(/^(.{12})0000/, "$1a0f1"));
  const cut = decode(hex.slice(0, -2), 101, { wireLength: hex.length / 2 });
  assert.equal(verdict(cut, "udp"), "udp.checksum.status: Unverified (partial capture)");
  const first = ipv4(17, udp(1, 2, HELLO).replace(/^(.{12})0000/, "$1a0f1"), 0x2000);
  assert.equal(
    verdict(decode(first, 101), "udp"),
    "udp.checksum.status: Unverified (the datagram is in several packets)",
  );
});

Deno.test("a header that was cut is named with its place and what limited it", () => {
  const hex = MAC + "0800" + ipv4(6, tcp(HELLO));
  const cut = decode(hex.slice(0, 2 * 44), 1, { wireLength: hex.length / 2 });
  assert.equal(pathOf(cut), "eth:ip:tcp:_ws.short");
  assert.deepEqual(cut.detail.fault, {
    layer: "tcp",
    offset: 34,
    what: "cut by the capture length",
  });
  assert.deepEqual(shown(cut, "tcp"), [
    "tcp.srcport: 12345",
    "tcp.dstport: 9999",
    "tcp.seq_raw: 1",
  ]);
  const { detail } = sample("UDP length 60000");
  assert.deepEqual(detail.fault, {
    layer: "udp",
    offset: 20,
    what: "length field is larger than what encloses it",
  });
});

Deno.test("the payload is what the transport carries, or the octets that no protocol claims", () => {
  assert.deepEqual(sample("Ethernet, IPv4, TCP").detail.payload, { offset: 54, length: 5 });
  assert.equal(sample("Ethernet padding").detail.payload, null);
  assert.equal(sample("Ethernet, ARP").detail.payload, null);
  assert.deepEqual(sample("802.11 protected data").detail.payload, { offset: 24, length: 32 });
});
