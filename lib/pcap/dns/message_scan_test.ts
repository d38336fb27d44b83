import assert from "node:assert/strict";
import fc from "fast-check";
import { message } from "../../../tests/support/dns_capture.ts";
import { readDnsMessage } from "./dns_message.ts";
import { MessageScan } from "./message_scan.ts";
import { foldName, NAME_WORDS_MAX, NameTable } from "./name_table.ts";

const opt = {
  additionals: [{ type: "OPT", name: ".", udpPayloadSize: 1232, extendedRcode: 1, options: [] }],
};
const answers = [
  { type: "CNAME", name: "www.example.com", data: "host.example.com" },
  { type: "A", name: "host.example.com", data: "192.0.2.1" },
];

const SOUND: readonly Uint8Array[] = [
  message("query", 1, "www.example.com"),
  message("query", 2, ".", {}, "NS"),
  message("response", 3, "www.Example.com", { answers, ...opt }, "AAAA"),
  // The answer's name is a pointer to that of the question.
  Uint8Array.from([
    ...[0, 4, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0],
    ...[1, 97, 0, 0, 1, 0, 1],
    ...[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1],
  ]),
];

/** What a quick reading says, in the words of the careful one; null if it leaves the message. */
function scanned(octets: Uint8Array) {
  const scan = new MessageScan();
  if (!scan.scan(octets, 0, octets.length)) return null;
  const { nameStart, nameEnd, id, isResponse, isTruncated, rcode, type, ednsBytes } = scan;
  const words = new Int32Array(NAME_WORDS_MAX);
  foldName(octets, nameStart, nameEnd, words, 0);
  const name = new NameTable(9, 999).of(words, 0, nameEnd - nameStart).text;
  return {
    ...{ id, isResponse, isTruncated, rcode, name, type, class: scan.class },
    ednsBytes: ednsBytes < 0 ? null : ednsBytes,
  };
}

/** The same of the careful reading; null if the message is not sound or asks nothing. */
function carefully(octets: Uint8Array) {
  const reading = readDnsMessage(octets, false);
  if (reading.kind !== "message" || reading.facts.question === null) return null;
  const { id, isResponse, isTruncated, rcode, question, ednsBytes } = reading.facts;
  const name = question.name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return {
    ...{ id, isResponse, isTruncated, rcode, name, type: question.type, class: question.class },
    ednsBytes,
  };
}

Deno.test("sound messages are read quickly, and as carefully", () => {
  for (const octets of SOUND) {
    assert.notEqual(scanned(octets), null);
    assert.deepEqual(scanned(octets), carefully(octets));
  }
  assert.deepEqual(scanned(SOUND[2] ?? new Uint8Array()), {
    id: 3,
    isResponse: true,
    isTruncated: false,
    rcode: 16,
    name: "www.example.com",
    type: 28,
    class: 1,
    ednsBytes: 1232,
  });
});

Deno.test("what the quick reading says of any octets is what the careful one says", () => {
  const mutated = fc.record({
    of: fc.constantFrom(...SOUND),
    changes: fc.array(fc.tuple(fc.nat(80), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
    cut: fc.nat(6),
  }).map(({ of, changes, cut }) => {
    const octets = of.slice(0, of.length - (cut > 3 ? cut : 0));
    for (const [at, octet] of changes) if (at < octets.length) octets[at] = octet;
    return octets;
  });
  fc.assert(
    fc.property(mutated, (octets) => {
      const quick = scanned(octets);
      if (quick !== null) assert.deepEqual(quick, carefully(octets));
    }),
    { numRuns: 2000 },
  );
});
