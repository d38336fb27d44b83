import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import dnsPacket from "dns-packet";
import fc from "fast-check";
import { DecodeError, InputError } from "../errors/mod.ts";
import {
  answersQuery,
  decodeMessage,
  type DnsQuestion,
  encodeQuery,
  isTruncated,
} from "./message.ts";
import { decodeData, typeCode, typeName } from "./records.ts";
import { DnsReader, encodeName, quoteText, renderText, sameName } from "./wire.ts";

const WWW: DnsQuestion = { name: "www.example.com", type: "A", dnssec: false, edns: true };

/** A response as the package dns-packet, an implementation that is not ours, writes it. */
function response(answers: readonly unknown[], more: Record<string, unknown> = {}): Uint8Array {
  return dnsPacket.encode({
    type: "response",
    id: 4711,
    flags: dnsPacket.AUTHORITATIVE_ANSWER | dnsPacket.RECURSION_DESIRED,
    questions: [{ type: "A", name: "www.example.com" }],
    // The package publishes no types; it checks its own input.
    answers: answers as never,
    ...more,
  });
}

function valueOf(type: string, data: unknown): string | undefined {
  return decodeMessage(response([{ type, name: "x.example.com", ttl: 60, data }])).answers[0]
    ?.value;
}

/** Data of one record from its octets in hex. */
function dataOf(type: string, hex: string): ReturnType<typeof decodeData> {
  const code = typeCode(type) ?? 0;
  return decodeData(code, new DnsReader(Uint8Array.fromHex(hex.replaceAll(/\s/g, ""))));
}

Deno.test("a query is what another implementation reads: name, type, EDNS with DO and NSID", () => {
  const bytes = encodeQuery(0x1234, { ...WWW, type: "HTTPS", dnssec: true });
  const read = dnsPacket.decode(Buffer.from(bytes));
  assert.equal(read.id, 0x1234);
  assert.equal(read.type, "query");
  assert.equal(read.flag_rd, true);
  assert.equal(read.flag_ad, true);
  assert.equal(read.questions?.[0]?.name, "www.example.com");
  const opt = read.additionals?.[0];
  assert.ok(opt?.type === "OPT");
  assert.equal(opt.udpPayloadSize, 1232);
  assert.equal(opt.flag_do, true);
});

Deno.test("a query without EDNS has no additional record", () => {
  const read = dnsPacket.decode(Buffer.from(encodeQuery(1, { ...WWW, edns: false })));
  assert.equal(read.additionals?.length, 0);
});

Deno.test("names that cannot be on the wire are refused, the root is not", () => {
  assert.deepEqual([...encodeName(".")], [0]);
  assert.deepEqual([...encodeName("a.")], [1, 0x61, 0]);
  for (
    const name of [
      "",
      "a..b",
      `${"x".repeat(64)}.example`,
      "y.".repeat(128),
      "a b",
      "a\u0000b",
      "é.example",
    ]
  ) {
    assert.throws(() => encodeName(name), InputError, name);
  }
});

Deno.test("an unknown record type cannot be asked for", () => {
  assert.throws(() => encodeQuery(1, { ...WWW, type: "NONSENSE" }), {
    code: "input.record_type",
  });
});

Deno.test("records that another implementation wrote come out in presentation form", () => {
  assert.equal(valueOf("A", "192.0.2.1"), "192.0.2.1");
  assert.equal(valueOf("AAAA", "2001:db8:0:0:1::1"), "2001:db8::1:0:0:1");
  assert.equal(valueOf("CNAME", "other.example.net"), "other.example.net");
  assert.equal(valueOf("MX", { preference: 10, exchange: "mail.example.com" }), "mail.example.com");
  assert.equal(valueOf("TXT", ["v=spf1 ", "-all"]), "v=spf1 -all");
  assert.equal(
    valueOf("SOA", {
      mname: "ns.example.com",
      rname: "hostmaster.example.com",
      serial: 2026112101,
      refresh: 7200,
      retry: 900,
      expire: 1209600,
      minimum: 300,
    }),
    "ns.example.com hostmaster.example.com 2026112101 7200 900 1209600 300",
  );
  assert.equal(
    valueOf("SRV", { priority: 1, weight: 5, port: 5060, target: "sip.example.com" }),
    "1 5 5060 sip.example.com",
  );
  assert.equal(
    valueOf("CAA", { flags: 128, tag: "issue", value: "ca.example" }),
    '128 issue "ca.example"',
  );
  assert.equal(
    valueOf("NAPTR", {
      order: 100,
      preference: 10,
      flags: "u",
      services: "E2U+sip",
      regexp: "!^.*$!sip:info@example.com!",
      replacement: ".",
    }),
    '100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .',
  );
  assert.equal(
    valueOf("DS", {
      keyTag: 60485,
      algorithm: 13,
      digestType: 2,
      digest: Buffer.from("c0ff", "hex"),
    }),
    "60485 13 2 c0ff",
  );
  assert.equal(
    valueOf("TLSA", {
      usage: 3,
      selector: 1,
      matchingType: 1,
      certificate: Buffer.from("abcd", "hex"),
    }),
    "3 1 1 abcd",
  );
});

Deno.test("MX keeps its preference, SRV its parts, a DNSKEY gets its key tag", () => {
  const [mx, srv] = decodeMessage(response([
    { type: "MX", name: "e.example", data: { preference: 20, exchange: "m.example" } },
    {
      type: "SRV",
      name: "_x._tcp.e.example",
      data: { priority: 0, weight: 0, port: 1, target: "." },
    },
  ])).answers;
  assert.equal(mx?.priority, 20);
  assert.deepEqual(srv?.fields, { priority: 0, weight: 0, port: 1, target: "." });
  // The key of RFC 8080 §6.1, first example: Ed25519, key tag 3613.
  const key = Buffer.from("l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=", "base64").toString("hex");
  const dnskey = dataOf("DNSKEY", `0101030f${key}`);
  assert.equal(dnskey.value, "257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=");
  assert.equal(dnskey.fields?.key_tag, 3613);
  assert.equal(dnskey.fields?.secure_entry_point, true);
});

Deno.test("SVCB and HTTPS parameters read as RFC 9460 writes them", () => {
  assert.equal(
    dataOf("HTTPS", "0000 03666f6f076578616d706c6503636f6d00").value,
    "0 foo.example.com",
  );
  assert.equal(dataOf("SVCB", "0010 03666f6f00 0003 0002 0035").value, "16 foo port=53");
  const https = dataOf(
    "HTTPS",
    "0001 00 0001 0006 026832 026833 0002 0000 0004 0008 c0000201 c0000202 " +
      "0006 0010 20010db8000000000000000000000001 029b 0005 68656c6c6f",
  );
  assert.equal(
    https.value,
    "1 . alpn=h2,h3 no-default-alpn ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1 key667=68656c6c6f",
  );
  assert.equal(https.priority, 1);
  assert.deepEqual(https.fields?.alpn, ["h2", "h3"]);
  assert.equal(
    dataOf("HTTPS", "0001 00 0000 0004 0001 0003 0003 0002 01bb").value,
    "1 . mandatory=alpn,port port=443",
  );
});

Deno.test("LOC, SSHFP, URI, NSEC and RRSIG are decoded", () => {
  assert.equal(
    dataOf("LOC", "00 12 16 13 8b43ef1c 7f244600 00989680").value,
    "52 30 1.500 N 4 0 0.000 W 0.00m 1m 10000m 10m",
  );
  assert.equal(dataOf("SSHFP", "0402 aabb").value, "4 2 aabb");
  assert.equal(dataOf("URI", "000a 0001 6674703a2f2f78").value, '10 1 "ftp://x"');
  assert.equal(dataOf("NSEC", "0161 00 0006 400000000003").value, "a A RRSIG NSEC");
  const rrsig = dataOf(
    "RRSIG",
    "0001 0d 02 00000e10 673ed180 67179a80 1234 0165 00 abcd",
  );
  assert.equal(rrsig.fields?.type_covered, "A");
  assert.equal(rrsig.fields?.expiration, "20241121062152");
  assert.equal(rrsig.fields?.signer, "e");
});

Deno.test("types without a row are shown as RFC 3597 hex, and named TYPEnnn", () => {
  assert.equal(typeName(65280), "TYPE65280");
  assert.deepEqual(decodeData(65280, new DnsReader(Uint8Array.of(1, 0xff))), {
    value: "\\# 2 01ff",
  });
  assert.deepEqual(decodeData(65280, new DnsReader(new Uint8Array(0))), { value: "\\# 0" });
});

Deno.test("flags, counts, TTL, NSID, extended errors and the extended rcode are read", () => {
  const bytes = response([{
    type: "A",
    name: "www.example.com",
    ttl: 0xffffffff,
    data: "192.0.2.1",
  }], {
    authorities: [{ type: "NS", name: "example.com", ttl: 5, data: "ns.example.com" }],
    additionals: [
      { type: "A", name: "ns.example.com", ttl: 5, data: "192.0.2.53" },
      {
        type: "OPT",
        name: ".",
        udpPayloadSize: 4096,
        extendedRcode: 1,
        options: [
          { code: 3, data: Buffer.from("ams1") },
          { code: 15, data: Buffer.from([0, 22, 0x6e, 0x6f]) },
        ],
      },
    ],
  });
  const message = decodeMessage(bytes);
  assert.equal(message.rcode, "BADVERS");
  assert.equal(message.flags.aa, true);
  assert.equal(message.flags.ra, false);
  assert.equal(message.answers[0]?.ttlSec, 0);
  assert.equal(message.authorities.length, 1);
  assert.equal(message.additionals.length, 1);
  assert.equal(message.ednsUdpBytes, 4096);
  assert.equal(message.nsid, "ams1");
  assert.deepEqual(message.extendedErrors, [
    { code: 22, name: "No Reachable Authority", text: "no" },
  ]);
});

Deno.test("labels keep what is not text: dots, spaces and octets above 127 are escaped", () => {
  const reader = new DnsReader(Uint8Array.of(4, 0x61, 0x2e, 0x20, 0xff, 1, 0x62, 0));
  assert.equal(reader.name("name"), "a\\.\\032\\255.b");
  assert.equal(renderText(Uint8Array.of(0x61, 0xff, 0x5c)), "a\\255\\092");
  assert.equal(quoteText(new TextEncoder().encode('a"b')), '"a\\"b"');
});

Deno.test("names compare without case and without the final dot", () => {
  assert.ok(sameName("WWW.Example.com.", "www.example.com"));
  assert.ok(sameName(".", "."));
  assert.ok(!sameName("www.example.com", "ww.example.com"));
});

Deno.test("compression loops and forward pointers are refused with their offset", () => {
  for (const octets of [[0xc0, 0x00], [1, 0x61, 0xc0, 0x00], [0xc0, 0x02, 0xc0, 0x00]]) {
    assert.throws(() => new DnsReader(Uint8Array.from(octets)).name("name"), {
      code: "decode.dns_pointer",
    });
  }
});

Deno.test("a name that is put together past 255 octets is refused", () => {
  // Each run of labels ends in a pointer to the run before.
  const label = [63, ...new Array(63).fill(0x61)];
  const bytes = Uint8Array.from([...label, ...label, ...label, ...label, 0]);
  assert.throws(() => new DnsReader(bytes).name("name"), { code: "decode.dns_name" });
});

Deno.test("what is too short or too long says which field limited it", () => {
  const short = response([{ type: "A", name: "www.example.com", data: "192.0.2.1" }]).slice(0, -1);
  assert.throws(() => decodeMessage(short), (error: unknown) => {
    assert.ok(error instanceof DecodeError);
    assert.equal(error.code, "decode.dns_truncated");
    assert.equal(error.detail.needed, 4);
    assert.equal(error.detail.had, 3);
    assert.equal(error.detail.limited_by, "message length");
    return true;
  });
  assert.throws(() => dataOf("A", "c000020101"), { code: "decode.dns_trailing" });
  assert.throws(() => dataOf("TXT", "0561"), { code: "decode.dns_truncated" });
  assert.throws(() => dataOf("HTTPS", "0001 00 0003 0001 01"), { code: "decode.dns_truncated" });
});

Deno.test("a datagram answers only the query with its id, name, type and class", () => {
  const bytes = response([]);
  assert.ok(answersQuery(bytes, 4711, WWW));
  assert.ok(answersQuery(bytes, 4711, { ...WWW, name: "WWW.EXAMPLE.COM" }));
  assert.ok(!answersQuery(bytes, 4712, WWW));
  assert.ok(!answersQuery(bytes, 4711, { ...WWW, name: "www.example.net" }));
  assert.ok(!answersQuery(bytes, 4711, { ...WWW, type: "AAAA" }));
  assert.ok(!answersQuery(encodeQuery(4711, WWW), 4711, WWW), "a query is no answer");
  assert.ok(!answersQuery(new Uint8Array(3), 4711, WWW));
});

Deno.test("an answer without a question counts only with an error code", () => {
  assert.ok(answersQuery(Uint8Array.fromHex("126780010000000000000000"), 0x1267, WWW));
  assert.ok(!answersQuery(Uint8Array.fromHex("126780000000000000000000"), 0x1267, WWW));
});

Deno.test("of a truncated answer the whole records are kept", () => {
  const whole = response([{ type: "A", name: "www.example.com", ttl: 1, data: "192.0.2.1" }]);
  whole[2] = (whole[2] ?? 0) | 2;
  // Claims five records and holds one.
  whole[7] = 5;
  assert.ok(isTruncated(whole));
  assert.equal(decodeMessage(whole).answers.length, 1);
});

Deno.test("a truncated answer that ends inside a record keeps the records before it", () => {
  const whole = response([
    { type: "A", name: "www.example.com", ttl: 1, data: "192.0.2.1" },
    { type: "A", name: "www.example.com", ttl: 1, data: "192.0.2.2" },
  ]);
  const cut = whole.slice(0, -2);
  assert.throws(() => decodeMessage(cut), { code: "decode.dns_truncated" });
  cut[2] = (cut[2] ?? 0) | 2;
  assert.deepEqual(decodeMessage(cut).answers.map(({ value }) => value), ["192.0.2.1"]);
});

Deno.test("a name follows 127 compression pointers and no more", () => {
  // The root at offset 0, then pointers, each to the one before it.
  const chain = Uint8Array.from(
    Array.from({ length: 130 }, (_, i) => i === 0 ? [0, 0] : [0xc0, 2 * (i - 1)]).flat(),
  );
  assert.equal(new DnsReader(chain, 2 * 127).name("name"), ".");
  assert.throws(() => new DnsReader(chain, 2 * 128).name("name"), { code: "decode.dns_pointer" });
});

Deno.test("a backslash is no part of a name to ask for, as its answer could not be told", () => {
  assert.throws(() => encodeName("a\\b.example"), { code: "input.name" });
});

Deno.test("text keeps a byte-order mark", () => {
  assert.equal(renderText(Uint8Array.fromHex("efbbbf61")), "\ufeffa");
});

Deno.test("20,000 random and mutated messages give a message or a DecodeError, nothing else", () => {
  const seeds = [
    response([
      { type: "TXT", name: "www.example.com", data: ["a", "b"] },
      {
        type: "MX",
        name: "www.example.com",
        data: { preference: 1, exchange: "m.www.example.com" },
      },
      {
        type: "RRSIG",
        name: "x",
        data: {
          typeCovered: "A",
          algorithm: 13,
          labels: 2,
          originalTTL: 60,
          expiration: 1,
          inception: 1,
          keyTag: 1,
          signersName: "x",
          signature: Buffer.from("aa", "hex"),
        },
      },
    ]),
    response([{ type: "A", name: "www.example.com", data: "192.0.2.1" }]),
  ];
  const decode = (bytes: Uint8Array): void => {
    try {
      answersQuery(bytes, 4711, WWW);
      decodeMessage(bytes);
    } catch (error) {
      assert.ok(error instanceof DecodeError, String(error));
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), decode), { numRuns: 10_000 });
  const mutation = fc.tuple(
    fc.constantFrom(...seeds),
    fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 8 }),
    fc.nat(400),
  );
  fc.assert(
    fc.property(mutation, ([seed, changes, length]) => {
      const bytes = Uint8Array.from(seed);
      for (const [at, octet] of changes) bytes[at % bytes.length] = octet;
      decode(length < 200 ? bytes.subarray(0, length) : bytes);
    }),
    { numRuns: 10_000 },
  );
});

Deno.test("every type decodes random data to a value or a DecodeError", () => {
  for (let code = 1; code <= 260; code++) {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          assert.equal(typeof decodeData(code, new DnsReader(bytes)).value, "string");
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error));
        }
      }),
      { numRuns: 20 },
    );
  }
});

/** Where a reader stands after `read`, or the code of what it threw. */
function endOf(bytes: Uint8Array, read: (reader: DnsReader) => void): number | string {
  const reader = new DnsReader(bytes, Math.min(4, bytes.length));
  try {
    read(reader);
    return reader.offset;
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
}

Deno.test("a name is stepped over exactly as it is read", () => {
  const octet = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 2, 3, 0xc0, 64));
  fc.assert(fc.property(fc.array(octet, { maxLength: 40 }), (octets) => {
    const bytes = Uint8Array.from(octets);
    assert.equal(
      endOf(bytes, (reader) => reader.skipName("name")),
      endOf(bytes, (reader) => void reader.name("name")),
    );
  }));
});
