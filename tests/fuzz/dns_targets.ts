/**
 * DNS: messages, the primitives beneath them, and a whole exchange with a server that answers at will.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import dnsPacket from "dns-packet";
import { DecodeError, InputError, RemoteFailure } from "../../lib/errors/mod.ts";
import type { Connection } from "../../lib/io/io.ts";
import { parseAddress } from "../../lib/ip/address.ts";
import { askServer, type DnsAnswer, statusOf } from "../../lib/io/dns_exchange.ts";
import { differencesOf } from "../../lib/probe/dns_lookup.ts";
import {
  answersQuery,
  decodeMessage,
  type DnsMessage,
  encodeQuery,
} from "../../lib/dns_wire/message.ts";
import { answerReport, answerSchema, QUERY_TYPES, sentenceOf } from "../../lib/probe/dns_report.ts";
import { DnsReader, encodeName, renderText, sameName } from "../../lib/dns_wire/wire.ts";
import {
  asText,
  attempt,
  choose,
  type FuzzTarget,
  must,
  mustBeJson,
  mustBePrintable,
  type Outcome,
} from "./target.ts";

const NAME = "www.example.com";
const ID = 0x1267;
const SERVER = { address: "127.0.0.1", port: 53, label: "127.0.0.1:53" };

/** A response as dns-packet, an implementation that is not ours, writes it. */
function response(answers: readonly Record<string, unknown>[], more = {}): Uint8Array {
  return Uint8Array.from(dnsPacket.encode({
    type: "response",
    id: ID,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ type: "A", name: NAME }],
    // The package publishes no types for its records; it checks its own input.
    answers: answers.map((answer) => ({ name: NAME, ttl: 60, ...answer })) as never,
    ...more,
  }));
}

/** A response with one record of raw data, for types that dns-packet does not write. */
function raw(type: number, data: string): Uint8Array {
  return response([{
    type: `UNKNOWN_${type}`,
    data: Buffer.from(data.replaceAll(" ", ""), "hex"),
  }]);
}

const MESSAGES: readonly Uint8Array[] = [
  response([{ type: "A", data: "192.0.2.1" }, { type: "A", data: "192.0.2.2" }]),
  response([{ type: "CNAME", data: "a.example.com" }, {
    type: "AAAA",
    name: "a.example.com",
    data: "2001:db8::1",
  }]),
  response([{ type: "MX", data: { preference: 10, exchange: "mail.example.com" } }]),
  response([{ type: "TXT", data: ["v=spf1 -all", "zwei: ü"] }]),
  response([{ type: "SRV", data: { priority: 1, weight: 2, port: 3, target: "s.example.com" } }]),
  response([{
    type: "NAPTR",
    data: {
      order: 1,
      preference: 2,
      flags: "u",
      services: "E2U+sip",
      regexp: "!^.*$!sip:a@b!",
      replacement: ".",
    },
  }]),
  response([{ type: "CAA", data: { flags: 128, tag: "issue", value: "ca.example" } }]),
  response([{ type: "NSEC", data: { nextDomain: "b.example.com", rrtypes: ["A", "MX", "CAA"] } }]),
  response([{
    type: "DNSKEY",
    data: { flags: 257, algorithm: 13, key: Buffer.from("00112233", "hex") },
  }]),
  response([{
    type: "RRSIG",
    data: {
      typeCovered: "A",
      algorithm: 13,
      labels: 2,
      originalTTL: 60,
      expiration: 1,
      inception: 1,
      keyTag: 1,
      signersName: "example.com",
      signature: Buffer.from("aabb", "hex"),
    },
  }]),
  response([], {
    flags: 3,
    authorities: [{
      type: "SOA",
      name: "example.com",
      ttl: 60,
      data: {
        mname: "ns.example.com",
        rname: "root.example.com",
        serial: 1,
        refresh: 2,
        retry: 3,
        expire: 4,
        minimum: 5,
      },
    }],
    additionals: [{
      type: "OPT",
      name: ".",
      udpPayloadSize: 1232,
      options: [{ code: 3, data: Buffer.from("ns1") }, {
        code: 15,
        data: Buffer.from("\0\x16busy"),
      }],
    }],
  }),
  response([], { authorities: [{ type: "NS", name: "example.com", ttl: 9, data: "ns.example" }] }),
  response([{ type: "A", data: "192.0.2.1" }], { flags: dnsPacket.TRUNCATED_RESPONSE }),
  raw(29, "00 12 16 13 89 17 2d d0 70 be 15 f0 00 98 8d 20"),
  raw(43, "0001 0d 02 aabbccdd"),
  raw(44, "04 02 aabb"),
  raw(52, "03 01 01 aabb"),
  raw(65, "0001 00 0000 0002 0001 0001 0003 02 6832 0004 0004 c0000201 0003 0002 01bb"),
  raw(256, "0001 0002 68747470733a2f2f612e6578616d706c65"),
  raw(13, "03 415243 02 4f53"),
];
const WORDS = ["c00c", "c000", "00", "3f", "0029", "00ff", "ffffffff", "076578616d706c65"].map((
  hex,
) => Uint8Array.fromHex(hex));

/** What must hold of every decoded message. */
function checkMessage(message: DnsMessage, bytes: Uint8Array): void {
  // A name of 255 octets behind two octets of pointer, each as \DDD: the most that can come of them.
  mustBeJson(message, 4_096 + bytes.length * 640);
  for (const record of [...message.answers, ...message.authorities, ...message.additionals]) {
    must(/^[\x21-\x7e]+$/.test(record.name), `the name ${JSON.stringify(record.name)}`);
    must(record.ttlSec >= 0 && record.ttlSec <= 0x7fffffff, `the TTL ${record.ttlSec}`);
    if (record.type === "A") must(parseAddress(record.value).family === 4, "an A record");
    if (record.type === "AAAA") must(parseAddress(record.value).family === 6, "an AAAA record");
  }
}

/** Names behind names behind names: as many pointers as a message by TCP has room for. */
function pointerChain(): Uint8Array {
  const bytes = new Uint8Array(65_535);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, ID);
  view.setUint16(2, 0x8180);
  // One record of type NULL up to where a pointer can still lead, full of pointers.
  const start = 23;
  const end = 16_384;
  view.setUint16(13, 10);
  view.setUint16(21, end - start);
  for (let at = start; at + 2 <= end; at += 2) view.setUint16(at, 0xc000 | Math.max(12, at - 2));
  const last = 0xc000 | (end - 3);
  let at = end;
  let count = 1;
  for (; at + 14 <= bytes.length; at += 14, count++) {
    view.setUint16(at, last);
    view.setUint16(at + 2, 2);
    view.setUint16(at + 10, 2);
    view.setUint16(at + 12, last);
  }
  view.setUint16(6, count);
  return bytes.slice(0, at);
}

/** A message that decodes decodes with TC set as well, cut anywhere behind its questions. */
function checkCuts(bytes: Uint8Array): void {
  const reader = new DnsReader(bytes);
  reader.bytes(4, "id and flags");
  const questions = reader.u16("question count");
  reader.bytes(6, "counts");
  for (let i = 0; i < questions; i++) {
    reader.name("question name");
    reader.u32("question type and class");
  }
  const start = reader.offset;
  for (const end of [start, (start + bytes.length) >> 1, bytes.length - 1, bytes.length]) {
    const cut = bytes.slice(0, Math.max(start, end));
    cut[2] = (cut[2] ?? 0) | 2;
    must(decodeMessage(cut).flags.tc, "TC is lost");
  }
}

function runMessage(bytes: Uint8Array): Outcome {
  const question = { name: NAME, type: "A", dnssec: false, edns: true };
  const matches = answersQuery(bytes, ID, question);
  const decoded = attempt([DecodeError], () => decodeMessage(bytes));
  // The same octets elsewhere in a buffer mean the same.
  const shifted = new Uint8Array(bytes.length + 7);
  shifted.set(bytes, 3);
  const again = attempt(
    [DecodeError],
    () => decodeMessage(shifted.subarray(3, 3 + bytes.length)),
  );
  must(JSON.stringify(decoded) === JSON.stringify(again), "the place in the buffer matters");
  if ("error" in decoded) return `${decoded.error.message.replaceAll(/\d+/g, "N")} ${matches}`;
  const message = decoded.value;
  checkMessage(message, bytes);
  if (bytes.length <= 2_048) checkCuts(bytes);
  const types = new Set(message.answers.map(({ type }) => type).filter((type) => !/\d/.test(type)));
  return `${message.rcode} ${statusOf(message, question)} ${[...types].sort()} ${matches}`;
}

function runName(bytes: Uint8Array): Outcome {
  // Octets to text to octets.
  const read = attempt([DecodeError], () => new DnsReader(bytes).name("name"));
  if ("value" in read) {
    must(/^[\x21-\x7e]+$/.test(read.value) && read.value.length <= 1016, "the name is not plain");
    must(sameName(read.value, read.value.toUpperCase()), "case counts");
  }
  const text = renderText(bytes);
  const valid = !asText(bytes).includes("\ufffd");
  if (valid) {
    must(new TextEncoder().encode(text).toHex() === bytes.toHex(), "text has changed its octets");
  }
  // Text to octets to text.
  const name = asText(bytes);
  const encoded = attempt([InputError], () => encodeName(name));
  if ("error" in encoded) {
    must(encoded.error.message.length <= 300, "the message is long");
    return "value" in read ? "read" : "neither";
  }
  must(encoded.value.length <= 255, "the name is too long for the wire");
  const back = new DnsReader(encoded.value).name("name");
  must(sameName(back, name), `"${name}" came back as "${back}"`);
  return "encoded";
}

/** Pieces of a stream of two-octet lengths, as far as they go. */
function pieces(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at + 2 <= bytes.length && found.length < 8;) {
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    found.push(bytes.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return found;
}

function framed(...messages: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(
    messages.flatMap((message) => [message.length >> 8, message.length & 255, ...message]),
  );
}

/** With the id of the query, so that what answers is not only dropped for its id. */
function withId(message: Uint8Array, query: Uint8Array): Uint8Array {
  const copy = message.slice();
  copy.set(query.subarray(0, Math.min(2, copy.length)));
  return copy;
}

function timeout(): RemoteFailure {
  return new RemoteFailure("udp", "Cannot get an answer", { detail: { failure: "timeout" } });
}

/** One question to a server that sends `pieces` as datagrams, and the same octets as its stream. */
async function runExchange(input: Uint8Array): Promise<Outcome> {
  const [choice, bytes] = choose(input);
  const transport = (["auto", "udp", "tcp"] as const)[choice % 3] ?? "auto";
  const type = QUERY_TYPES[(choice >> 2) % QUERY_TYPES.length] ?? "A";
  const waiting = pieces(bytes);
  let query: Uint8Array = new Uint8Array(0);
  const connection = (): Connection => {
    let stream = bytes;
    let asked = false;
    return {
      remoteAddress: SERVER.address,
      remotePort: SERVER.port,
      localAddress: SERVER.address,
      write: (octets) => {
        if (!asked) stream = framed(...pieces(bytes).map((one) => withId(one, octets.subarray(2))));
        asked = true;
        return Promise.resolve(octets.length);
      },
      read: (into) => {
        if (stream.length === 0) return Promise.resolve(null);
        const part = stream.subarray(0, Math.min(into.length, 100));
        into.set(part);
        stream = stream.subarray(part.length);
        return Promise.resolve(part.length);
      },
      close: () => {},
    };
  };
  const question = { name: NAME, type, dnssec: (choice & 1) === 0, edns: (choice & 2) === 0 };
  const answer = await askServer(SERVER, question, {
    net: {
      exchangeUdp: ({ payload, accept }) => {
        query = payload;
        const datagrams = waiting.splice(0).map((one) => withId(one, query));
        const found = datagrams.find((datagram) => accept(datagram));
        return found === undefined ? Promise.reject(timeout()) : Promise.resolve(found);
      },
      dial: () => Promise.resolve(connection()),
    },
    clock: { monotonicMs: () => 0 },
    transport,
    timeoutMs: 10_000,
    signal: new AbortController().signal,
  });
  checkAnswer(answer, type, bytes);
  return `${answer.status} ${answer.transport} ${answer.error?.code}`;
}

function checkAnswer(answer: DnsAnswer, type: string, bytes: Uint8Array): void {
  if (answer.message !== null) checkMessage(answer.message, bytes);
  const report = answerSchema().safeParse(answerReport(answer));
  must(report.success, `the report does not fit its schema: ${report.error}`);
  mustBePrintable(sentenceOf(NAME, type, answer), 600, "the sentence");
  must(differencesOf([answer, answer]).length === 0, "an answer differs from itself");
}

/** Everything that reads DNS. */
export const dnsTargets: readonly FuzzTarget[] = [
  {
    name: "dns_message",
    seeds: [
      ...MESSAGES,
      pointerChain(),
      encodeQuery(ID, { name: NAME, type: "A", dnssec: true, edns: true }),
    ],
    words: WORDS,
    maxBytes: 65_535,
    run: runMessage,
  },
  {
    name: "dns_name",
    seeds: [
      encodeName(NAME),
      encodeName("."),
      new TextEncoder().encode("_dmarc.example.com."),
      new TextEncoder().encode("ü"),
    ],
    words: WORDS,
    run: runName,
  },
  {
    name: "dns_exchange",
    seeds: MESSAGES.flatMap((message, index) => [
      Uint8Array.of(index * 4, ...framed(message)),
      Uint8Array.of(1 + index * 4, ...framed(MESSAGES[0] ?? message, message)),
      Uint8Array.of(2, ...framed(message)),
    ]),
    words: WORDS,
    run: runExchange,
  },
];
