import assert from "node:assert/strict";
import fc from "fast-check";
import {
  captureOf,
  dnsFindings,
  fragmentsOf,
  message,
  tcpPacket,
  type TimedPacket,
  udpPacket,
} from "../../../tests/support/dns_capture.ts";
import type { DnsFindings } from "./findings.ts";

const CLIENT = "192.0.2.10";
const OTHER_CLIENT = "192.0.2.11";
const SERVER = "198.51.100.1";
const SECOND_SERVER = "198.51.100.2";
const NXDOMAIN = 3;
const SERVFAIL = 2;
const TC = 0x0200;

function query(
  ms: number,
  id: number,
  name: string,
  { client = CLIENT, server = SERVER, port = 40_000, type = "A" } = {},
): TimedPacket {
  const data = message("query", id, name, {}, type);
  return udpPacket(ms, `${client}:${port}`, `${server}:53`, data);
}

function answer(
  ms: number,
  id: number,
  name: string,
  { client = CLIENT, server = SERVER, port = 40_000, type = "A", flags = 0 } = {},
): TimedPacket {
  const data = message("response", id, name, { flags }, type);
  return udpPacket(ms, `${server}:53`, `${client}:${port}`, data);
}

/** Any packet long after everything else, so that nothing is open at the end. */
const LATER = udpPacket(60_000, `${CLIENT}:9`, `${SERVER}:9`, new Uint8Array(1));

function found(...packets: readonly TimedPacket[]): Promise<DnsFindings> {
  return dnsFindings(captureOf([...packets].sort((a, b) => a.ms - b.ms)));
}

Deno.test("an answer in time is counted, and nothing else is", async () => {
  const dns = await found(query(0, 1, "www.example.com"), answer(20, 1, "www.example.com"), LATER);
  assert.equal(dns.packets, 2);
  assert.equal(dns.queries, 1);
  assert.equal(dns.responses, 1);
  assert.deepEqual(dns.domains, { count: 1, exact: true });
  assert.deepEqual(dns.topDomains, [{ name: "www.example.com", count: 1 }]);
  assert.deepEqual([dns.slow, dns.failed, dns.unanswered], [[], [], []]);
  assert.equal(dns.timeLostNs, 0);
  const [server] = dns.servers;
  assert.equal(server?.server, SERVER);
  assert.equal(server?.latency?.maxNs, 20e6);
  assert.deepEqual(server?.rcodes, { NOERROR: 1 });
});

Deno.test("the same id of two clients is not mixed up", async () => {
  const dns = await found(
    query(0, 7, "a.com"),
    query(10, 7, "b.com", { client: OTHER_CLIENT }),
    answer(20, 7, "a.com", { flags: NXDOMAIN }),
    answer(510, 7, "b.com", { client: OTHER_CLIENT }),
    LATER,
  );
  assert.deepEqual(
    dns.failed.map(({ domain, error, client }) => ({ domain, error, client })),
    [{ domain: "a.com", error: "NXDOMAIN", client: CLIENT }],
  );
  assert.deepEqual(dns.slow, [{
    domain: "b.com",
    type: "A",
    client: OTHER_CLIENT,
    server: SERVER,
    waitedNs: 500e6,
    queries: 1,
    queryFrame: 2,
    answerFrame: 4,
  }]);
});

Deno.test("two questions with one id on the same ports are told apart by name and type", async () => {
  const dns = await found(
    query(0, 7, "a.com"),
    query(1, 7, "a.com", { type: "AAAA" }),
    query(2, 7, "b.com"),
    answer(10, 7, "b.com"),
    answer(11, 7, "a.com", { type: "AAAA" }),
    answer(12, 7, "A.com"),
    LATER,
  );
  assert.equal(dns.unmatchedAnswers, 0);
  assert.equal(dns.unansweredCount, 0);
  assert.equal(dns.servers[0]?.latency?.maxNs, 12e6);
});

Deno.test("a question asked again is a retry, and the client waited from the first one on", async () => {
  const dns = await found(
    query(0, 1, "a.com"),
    query(1000, 1, "a.com"),
    query(2000, 2, "a.com", { server: SECOND_SERVER, port: 40_001 }),
    answer(2010, 2, "a.com", { server: SECOND_SERVER, port: 40_001 }),
    answer(2500, 1, "a.com"),
    LATER,
  );
  assert.deepEqual(dns.retries, { count: 2, toOtherServer: 1 });
  assert.equal(dns.lateAnswers, 1);
  assert.equal(dns.slow[0]?.waitedNs, 2010e6);
  assert.equal(dns.slow[0]?.queries, 3);
  assert.equal(dns.timeLostNs, 1910e6);
  const first = dns.servers.find(({ server }) => server === SERVER);
  assert.equal(first?.retries, 1);
  assert.equal(first?.latency?.maxNs, 2500e6);
});

Deno.test("an answer that comes twice is a duplicate, within a millisecond a copy of the capture", async () => {
  const dns = await found(
    query(0, 1, "a.com"),
    query(0.2, 1, "a.com"),
    answer(10, 1, "a.com"),
    answer(10.3, 1, "a.com"),
    answer(30, 1, "a.com"),
    LATER,
  );
  assert.equal(dns.copies, 2);
  assert.equal(dns.duplicateAnswers, 1);
  assert.equal(dns.retries.count, 0);
});

Deno.test("an answer without a query is unmatched, and its error is still told", async () => {
  const dns = await found(answer(0, 1, "a.com", { flags: SERVFAIL }), LATER);
  assert.equal(dns.unmatchedAnswers, 1);
  assert.equal(dns.failed[0]?.error, "SERVFAIL");
});

Deno.test("what nobody answers is told, with what the client spent on it", async () => {
  const dns = await found(
    query(0, 1, "a.com"),
    query(5000, 1, "a.com"),
    LATER,
  );
  assert.deepEqual(dns.unanswered, [{
    domain: "a.com",
    type: "A",
    client: CLIENT,
    servers: [SERVER],
    count: 1,
    queries: 2,
    askedForNs: 5e9,
    frames: [1],
  }]);
  assert.equal(dns.timeLostNs, 5e9);
  assert.equal(dns.servers[0]?.unanswered, 1);
  assert.deepEqual(dns.servers[0]?.silence, { sinceNs: 0, queries: 2, firstFrame: 1 });
});

Deno.test("an id that is used again after half a minute is another question", async () => {
  const dns = await found(
    query(0, 1, "a.com"),
    query(31_000, 1, "a.com"),
    answer(31_010, 1, "a.com"),
    LATER,
  );
  assert.equal(dns.unansweredCount, 1);
  assert.equal(dns.retries.count, 0);
  assert.equal(dns.servers[0]?.latency?.maxNs, 10e6);
});

Deno.test("a query just before the end of the capture is open, not unanswered", async () => {
  const dns = await found(query(0, 1, "a.com"));
  assert.equal(dns.openAtEnd, 1);
  assert.equal(dns.unansweredCount, 0);
  assert.equal(dns.servers[0]?.silence, null);
});

Deno.test("a server that stops answering is told, since when", async () => {
  const packets = [query(0, 1, "a.com"), answer(10, 1, "a.com")];
  for (let index = 0; index < 5; index++) {
    packets.push(query(1000 * (index + 1), 10 + index, `x${index}.com`));
  }
  const dns = await found(...packets, LATER);
  assert.deepEqual(dns.servers[0]?.silence, { sinceNs: 1e9, queries: 5, firstFrame: 3 });
  assert.equal(dns.servers[0]?.lastAnswerFrame, 2);
});

Deno.test("search-list storms are told apart from names that merely begin alike", async () => {
  const suffixes = [".svc.cluster.local", ".cluster.local", ""];
  const storm = suffixes.flatMap((suffix, index) => [
    query(index * 10, index, `api.example.com${suffix}`),
    answer(index * 10 + 1, index, `api.example.com${suffix}`, {
      flags: suffix === "" ? 0 : NXDOMAIN,
    }),
  ]);
  const unrelated = ["www.example.org", "www.example.net"].flatMap((name, index) => [
    query(100 + index, 50 + index, name),
    answer(100.5 + index, 50 + index, name, { flags: NXDOMAIN }),
  ]);
  const dns = await found(...storm, ...unrelated, LATER);
  assert.deepEqual([dns.searchStorms.count, dns.searchStorms.wasted], [1, 2]);
  assert.deepEqual(dns.searchStorms.worst, [{
    name: "api.example.com",
    client: CLIENT,
    suffixes: ["svc.cluster.local", "cluster.local"],
    bursts: 1,
    wasted: 2,
    frames: [2, 4],
  }]);
});

Deno.test("an AAAA that never comes beside an A is skew", async () => {
  const dns = await found(
    query(0, 1, "a.com"),
    query(0, 2, "a.com", { type: "AAAA" }),
    answer(5, 1, "a.com"),
    query(100, 3, "b.com"),
    query(100, 4, "b.com", { type: "AAAA" }),
    answer(105, 3, "b.com"),
    answer(305, 4, "b.com", { type: "AAAA" }),
    LATER,
  );
  assert.deepEqual(dns.pairSkew, {
    pairs: 2,
    skewed: 2,
    worst: [
      { domain: "a.com", client: CLIENT, late: "AAAA", laterNs: null, frames: [1, 2] },
      { domain: "b.com", client: CLIENT, late: "AAAA", laterNs: 200e6, frames: [4, 5] },
    ],
  });
});

Deno.test("EDNS sizes are those of queries; codes above 15 come from OPT", async () => {
  const opt = (size: number, extendedRcode = 0) => ({
    additionals: [{ type: "OPT", name: ".", udpPayloadSize: size, extendedRcode, options: [] }],
  });
  const dns = await found(
    udpPacket(0, `${CLIENT}:40000`, `${SERVER}:53`, message("query", 1, "a.com", opt(1232))),
    udpPacket(5, `${SERVER}:53`, `${CLIENT}:40000`, message("response", 1, "a.com", opt(512, 1))),
    LATER,
  );
  assert.deepEqual(dns.edns, { queries: 1, sizes: [{ bytes: 1232, count: 1 }] });
  assert.equal(dns.failed[0]?.error, "BADVERS");
});

/** A connection from port 50000 that asks `data` and gets `reply`, in the pieces given. */
function connection(
  ms: number,
  data: readonly (readonly [offset: number, octets: Uint8Array])[],
  reply: readonly (readonly [offset: number, octets: Uint8Array])[],
): TimedPacket[] {
  const [client, server] = [`${CLIENT}:50000`, `${SERVER}:53`];
  const SYN = 2, ACK = 16, FIN = 1;
  return [
    tcpPacket(ms, client, server, 0xfffffff0, SYN),
    tcpPacket(ms, server, client, 5000, SYN | ACK),
    ...data.map(([at, octets]) => tcpPacket(ms + 1, client, server, 0xfffffff1 + at, ACK, octets)),
    ...reply.map(([at, octets]) => tcpPacket(ms + 2, server, client, 5001 + at, ACK, octets)),
    tcpPacket(ms + 3, client, server, 0xfffffff1 + 200_000, FIN | ACK),
  ];
}

/** Messages as TCP carries them. */
function framed(...messages: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(
    messages.flatMap((one) => [one.length >> 8, one.length & 255, ...one]),
  );
}

Deno.test("a truncated answer leads to TCP, where two messages share a segment", async () => {
  const dns = await found(
    query(0, 1, "big.example"),
    answer(10, 1, "big.example", { flags: TC }),
    ...connection(
      20,
      [[0, framed(message("query", 2, "big.example"), message("query", 3, "b.com"))]],
      [[0, framed(message("response", 3, "b.com"), message("response", 2, "big.example"))]],
    ),
    LATER,
  );
  assert.deepEqual(dns.truncated, { count: 1, retriedByTcp: 1, frames: [2] });
  assert.deepEqual(dns.tcp, { connections: 1, messages: 4, gaps: 0, givenUp: 0 });
  assert.equal(dns.retries.count, 0);
  assert.equal(dns.unansweredCount, 0);
  assert.equal(dns.packets, 4);
});

Deno.test("every split and order of segments gives the same messages", async () => {
  const asked = framed(message("query", 2, "a.example"), message("query", 3, "b.example"));
  const told = framed(message("response", 3, "b.example"), message("response", 2, "a.example"));
  const shape = fc.record({
    cuts: fc.array(fc.nat(asked.length - 1), { maxLength: 5 }),
    order: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
  });
  const pieces = (octets: Uint8Array, cuts: readonly number[], order: readonly number[]) => {
    const edges = [...new Set([0, ...cuts, octets.length])].sort((a, b) => a - b);
    return edges.slice(1).map((end, index) => {
      const from = edges[index] ?? 0;
      return { piece: [from, octets.subarray(from, end)] as const, key: order[index % 8] ?? 0 };
    }).sort((a, b) => a.key - b.key).map(({ piece }) => piece);
  };
  await fc.assert(fc.asyncProperty(shape, shape, async (client, server) => {
    const dns = await found(
      ...connection(
        0,
        pieces(asked, client.cuts, client.order),
        pieces(told, server.cuts, server.order),
      ),
      LATER,
    );
    assert.deepEqual([dns.queries, dns.responses, dns.unmatchedAnswers], [2, 2, 0]);
    assert.equal(dns.unansweredCount, 0);
    assert.equal(dns.malformed.count, 0);
  }));
});

Deno.test("every cut of a TCP stream in two gives the same messages", async () => {
  const asked = framed(message("query", 2, "a.example"), message("query", 3, "b.example"));
  for (let cut = 1; cut < asked.length; cut++) {
    const dns = await found(
      ...connection(0, [[cut, asked.subarray(cut)], [0, asked.subarray(0, cut)]], []),
      LATER,
    );
    assert.equal(dns.queries, 2, `cut at ${cut}`);
  }
});

Deno.test("a gap in a connection loses what is in it, not what begins a segment after it", async () => {
  const first = framed(message("query", 2, "a.example"));
  const second = framed(message("query", 3, "b.example"));
  const third = framed(message("query", 4, "c.example"));
  const dns = await found(
    ...connection(0, [[0, first], [first.length + second.length, third]], []),
    LATER,
  );
  assert.equal(dns.queries, 2);
  assert.equal(dns.tcp.gaps, 1);
});

Deno.test("a connection whose start is not in the capture is read from its first likely message", async () => {
  const data = framed(message("query", 2, "a.example"));
  const dns = await found(
    tcpPacket(0, `${CLIENT}:50000`, `${SERVER}:53`, 9, 16, Uint8Array.from([1, 2, 3, 4])),
    tcpPacket(1, `${CLIENT}:50000`, `${SERVER}:53`, 13, 16, data),
    LATER,
  );
  assert.equal(dns.queries, 1);
});

Deno.test("an answer in fragments is put together, also when they come in reverse", async () => {
  const txt = [{ type: "TXT", name: "a.com", data: ["x".repeat(200)] }];
  const big = udpPacket(
    10,
    `${SERVER}:53`,
    `${CLIENT}:40000`,
    message("response", 1, "a.com", { answers: txt }, "TXT"),
  );
  const [head, tail] = fragmentsOf(big, 64);
  const dns = await found(query(0, 1, "a.com", { type: "TXT" }), tail, head, LATER);
  assert.equal(dns.reassembled, 1);
  assert.equal(dns.servers[0]?.latency?.maxNs, 10e6);
  assert.equal(dns.packets, 2);
  const inOrder = await found(query(0, 1, "a.com", { type: "TXT" }), head, tail, LATER);
  assert.equal(inOrder.servers[0]?.latency?.maxNs, 10e6);
});

Deno.test("mDNS and LLMNR are counted apart", async () => {
  const mdns = "224.0.0.251:5353";
  const dns = await found(
    udpPacket(0, `${CLIENT}:5353`, mdns, message("query", 0, "printer.local")),
    udpPacket(5, `${OTHER_CLIENT}:5353`, mdns, message("response", 0, "printer.local")),
    udpPacket(6, `${CLIENT}:50123`, "224.0.0.252:5355", message("query", 9, "nas")),
    LATER,
  );
  assert.equal(dns.packets, 0);
  assert.equal(dns.queries, 0);
  assert.deepEqual(dns.mdns, {
    packets: 2,
    queries: 1,
    responses: 1,
    hosts: 2,
    topNames: [{ name: "printer.local", count: 1 }],
  });
  assert.equal(dns.llmnr.queries, 1);
});

Deno.test("many messages with long names are all counted, in their order", async () => {
  const names = Array.from({ length: 600 }, (_, index) => `${"x".repeat(60)}.`.repeat(3) + index);
  const asked = names.flatMap((name, index) => [
    query(index, index, name),
    answer(index + 0.5, index, name, { flags: index === 599 ? NXDOMAIN : 0 }),
  ]);
  const dns = await found(...asked, LATER);
  assert.deepEqual([dns.queries, dns.responses, dns.unmatchedAnswers], [600, 600, 0]);
  assert.deepEqual(dns.domains, { count: 600, exact: true });
  assert.deepEqual(dns.failed[0]?.frames, [1200]);
  assert.deepEqual(dns.topDomains.map(({ name }) => name), names.slice(0, 100));
});

Deno.test("more clients than are tallied still get their answers", async () => {
  const clients = Array.from(
    { length: 17_000 },
    (_, index) => `10.0.${index >> 8}.${index & 255}`,
  );
  const dns = await found(
    ...clients.map((client, index) => query(index / 100, 7, "a.com", { client })),
    ...clients.map((client, index) => answer(500 + index / 100, 7, "a.com", { client })),
    LATER,
  );
  assert.equal(dns.queries, 17_000);
  assert.equal(dns.notKept.queries, 1024);
  assert.equal(dns.unmatchedAnswers, 1024);
  assert.ok(dns.notKept.clients > 17_000 - 8192);
});

/** A datagram of the octets to port 53. */
function raw(octets: readonly number[] | Uint8Array): TimedPacket {
  return udpPacket(0, `${CLIENT}:40000`, `${SERVER}:53`, Uint8Array.from(octets));
}

const HEADER = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];

Deno.test("names may have any octets, shown as numbers", async () => {
  const name = [4, 0xff, 0x0d, 0x1b, 0x3c, 3, 0xc3, 0xbc, 0x2e, 0];
  const dns = await found(raw([...HEADER, ...name, 0, 1, 0, 1]), LATER);
  assert.deepEqual(dns.topDomains, [{ name: "\\255\\013\\027<.\\195\\188\\.", count: 1 }]);
  assert.equal(dns.malformed.count, 0);
});

const NASTY: readonly (readonly [what: string, octets: readonly number[], fault: string])[] = [
  ["a pointer to itself", [...HEADER, 0xc0, 12, 0, 1, 0, 1], "pointer"],
  ["pointers in a circle", [...HEADER, 0xc0, 14, 0xc0, 12, 0, 1, 0, 1], "pointer"],
  ["a pointer forward", [...HEADER, 0xc0, 40, 0, 1, 0, 1, ...Array(30).fill(0)], "pointer"],
  ["a label over 63 octets", [...HEADER, 64, ...Array(64).fill(97), 0, 0, 1, 0, 1], "label"],
  [
    "a name over 255 octets",
    [...HEADER, ...Array(5).fill([63, ...Array(63).fill(97)]).flat(), 0, 0, 1, 0, 1],
    "name",
  ],
  ["counts of 65535", [0, 1, 1, 0, ...Array(8).fill(255), 0, 0, 1, 0, 1], "header"],
  ["65535 answers that are not there", [
    ...[0, 1, 0x81, 0, 0, 1, 255, 255, 0, 0, 0, 0],
    ...[1, 97, 0, 0, 1, 0, 1],
  ], "truncated"],
  ["five octets", [0, 1, 1, 0, 0], "header"],
  ["octets after the message", [...HEADER, 1, 97, 0, 0, 1, 0, 1, 9, 9, 9], "trailing"],
];

for (const [what, octets, fault] of NASTY) {
  Deno.test(`${what}: counted as malformed, with the frame`, async () => {
    const dns = await found(raw(octets), LATER);
    assert.deepEqual(dns.malformed, { count: 1, faults: { [fault]: 1 }, frames: [1] });
  });
}

Deno.test("a message that the snap length cut is matched as far as it goes, and not malformed", async () => {
  const [asked, told] = [query(0, 1, "a.com"), answer(10, 1, "a.com")];
  const dns = await found(
    { ...asked, captured: asked.octets.length - 1 },
    { ...told, captured: 30 },
    { ...told, ms: 20, captured: told.octets.length - 4 },
    LATER,
  );
  assert.equal(dns.malformed.count, 0);
  assert.equal(dns.cut, 3);
});

Deno.test("any octets on port 53 are some finding, and never an exception", async () => {
  const start = fc.constantFrom([], HEADER, [0, 1, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 1]);
  const octets = fc.tuple(start, fc.uint8Array({ maxLength: 60 }))
    .map(([head, tail]) => Uint8Array.from([...head, ...tail]));
  await fc.assert(fc.asyncProperty(fc.array(octets, { maxLength: 8 }), async (all) => {
    const dns = await found(
      ...all.map(raw),
      ...all.map((one) => tcpPacket(1, `${CLIENT}:50000`, `${SERVER}:53`, 77, 16, one)),
      LATER,
    );
    assert.ok(dns.packets <= 2 * all.length);
  }));
});
