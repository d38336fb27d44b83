import assert from "node:assert/strict";
import dnsPacket from "dns-packet";
import { PermissionMissing, RemoteFailure } from "../../lib/errors/mod.ts";
import { loopbackContext, type LoopbackOptions } from "../../tests/loopback_context.ts";
import {
  reply,
  type Script,
  type ScriptedDnsServer,
  startScriptedDnsServer,
} from "../../tests/scripted_dns_server.ts";
import { dnsLookup } from "./dns_lookup.ts";

const A_RECORD = { type: "A", name: "www.example.com", ttl: 300, data: "192.0.2.7" };
const answersA: Script = (query) => [reply(query, { answers: [A_RECORD] })];

/** Runs the tool against one scripted server; the answer is what the schema lets through. */
async function look(
  script: Script,
  args: Record<string, unknown> = {},
  options: LoopbackOptions = {},
): Promise<{ answer: Record<string, unknown>; server: ScriptedDnsServer }> {
  const server = await startScriptedDnsServer(script);
  try {
    const input = dnsLookup.input.parse({ query: "www.example.com", ...args });
    const cx = loopbackContext({ resolvers: [server.endpoint], ...options });
    const answer = dnsLookup.output.parse(await dnsLookup.run(input, cx));
    return { answer, server };
  } finally {
    await server.stop();
  }
}

Deno.test("a found record comes with TTL, flags, rcode, server and time", async () => {
  const { answer, server } = await look(answersA);
  assert.equal(answer.success, true);
  assert.equal(answer.found, true);
  assert.equal(answer.status, "found");
  assert.equal(answer.rcode, "NOERROR");
  assert.deepEqual(answer.flags, ["ra"]);
  assert.equal(answer.transport, "udp");
  assert.equal(answer.answered_by, server.endpoint);
  assert.equal(answer.nameserver, null);
  assert.equal(answer.query, "www.example.com");
  assert.deepEqual(answer.records, [
    { name: "www.example.com", record_type: "A", value: "192.0.2.7", ttl: 300 },
  ]);
  assert.ok(typeof answer.response_time_ms === "number" && answer.response_time_ms > 0);
  assert.match(
    String(answer.summary),
    /^www\.example\.com has 1 A record: 192\.0\.2\.7 \(TTL 300 s/,
  );
});

Deno.test("an address is looked up in reverse, and query stays as written", async () => {
  const { answer, server } = await look(
    (query) => [
      reply(query, { answers: [{ type: "PTR", name: query.name, data: "host.example.com" }] }),
    ],
    { query: "2001:DB8::1" },
  );
  assert.equal(answer.query, "2001:DB8::1");
  assert.equal(
    answer.query_name,
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
  );
  assert.equal(answer.query_type, "reverse");
  assert.equal(answer.record_type, "PTR");
  assert.equal(server.queries[0]?.type, "PTR");
  const v4 = await look(answersA, { query: "192.0.2.1" });
  assert.equal(v4.answer.query_name, "1.2.0.192.in-addr.arpa");
});

Deno.test("NXDOMAIN and NODATA are trustworthy answers that found nothing", async () => {
  const soa = {
    type: "SOA",
    name: "example.com",
    ttl: 900,
    data: { mname: "n", rname: "h", serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 60 },
  };
  const nxdomain = await look((query) => [reply(query, { rcode: 3, authorities: [soa] })]);
  assert.equal(nxdomain.answer.success, true);
  assert.equal(nxdomain.answer.found, false);
  assert.equal(nxdomain.answer.status, "nxdomain");
  assert.equal(nxdomain.answer.negative_ttl_sec, 60);
  assert.equal(nxdomain.answer.authority_count, 1);
  const nodata = await look((query) => [reply(query, { authorities: [soa] })]);
  assert.equal(nodata.answer.status, "nodata");
  assert.equal(nodata.answer.success, true);
});

Deno.test("a referral is told from no data", async () => {
  const { answer } = await look((query) => [
    reply(query, {
      authorities: [{ type: "NS", name: "example.com", data: "ns1.example.net" }],
    }),
  ]);
  assert.equal(answer.status, "referral");
  assert.deepEqual(answer.referral_to, ["ns1.example.net"]);
});

Deno.test("SERVFAIL, REFUSED and silence are three different failures", async () => {
  const servfail = await look((query) => [reply(query, { rcode: 2 })]);
  assert.equal(servfail.answer.status, "servfail");
  assert.equal(servfail.answer.success, false);
  const refused = await look((query) => [reply(query, { rcode: 5 })]);
  assert.equal(refused.answer.status, "refused");
  const silence = await look(() => [], {}, { dnsTimeoutMs: 60 });
  assert.equal(silence.answer.status, "timeout");
  assert.equal(silence.answer.error_code, "remote.dns_timeout");
  assert.equal(silence.answer.queries_sent, 2);
  assert.equal(silence.answer.response_time_ms, null);
});

Deno.test("a second try follows a lost datagram", async () => {
  const { answer } = await look(
    (query) => query.number === 1 ? [] : answersA(query),
    {},
    { dnsTimeoutMs: 80 },
  );
  assert.equal(answer.status, "found");
  assert.equal(answer.queries_sent, 2);
});

Deno.test("datagrams with a wrong id or question are ignored and counted", async () => {
  const { answer } = await look((query) => [
    reply(query, { id: query.id ^ 1, answers: [{ ...A_RECORD, data: "203.0.113.66" }] }),
    reply(query, { name: "evil.example", answers: [{ ...A_RECORD, data: "203.0.113.67" }] }),
    Uint8Array.of(1, 2, 3),
    reply(query, { answers: [A_RECORD] }),
  ]);
  assert.equal(answer.ignored_datagrams, 3);
  assert.deepEqual((answer.records as { value: string }[]).map((record) => record.value), [
    "192.0.2.7",
  ]);
});

Deno.test("a server that only lies gets a timeout, not a record", async () => {
  const { answer } = await look(
    (query) => [reply(query, { id: query.id ^ 1, answers: [A_RECORD] })],
    {},
    { dnsTimeoutMs: 60 },
  );
  assert.equal(answer.status, "timeout");
  assert.equal(answer.ignored_datagrams, 2);
  assert.deepEqual(answer.records, []);
});

Deno.test("an answer that does not decode is malformed", async () => {
  const { answer } = await look((query) => [reply(query, { answers: [A_RECORD] }).slice(0, -2)]);
  assert.equal(answer.status, "malformed");
  assert.equal(answer.success, false);
  assert.equal(answer.error_code, "decode.dns_truncated");
});

Deno.test("a truncated answer is fetched by TCP, and says why", async () => {
  const { answer, server } = await look((query) =>
    query.transport === "udp"
      ? [reply(query, { flags: dnsPacket.TRUNCATED_RESPONSE })]
      : answersA(query)
  );
  assert.equal(answer.status, "found");
  assert.equal(answer.transport, "tcp");
  assert.equal(answer.truncated, false);
  assert.equal(answer.transport_reason, "the answer by UDP was truncated");
  assert.deepEqual(server.queries.map((query) => query.transport), ["udp", "tcp"]);
});

Deno.test("with transport udp a truncated answer stays partial and is not a success", async () => {
  const { answer, server } = await look(
    (query) => [reply(query, { flags: dnsPacket.TRUNCATED_RESPONSE, answers: [A_RECORD] })],
    { transport: "udp" },
  );
  assert.equal(answer.truncated, true);
  assert.equal(answer.found, true);
  assert.equal(answer.success, false);
  assert.equal(server.queries.length, 1);
});

Deno.test("with transport tcp nothing goes by UDP", async () => {
  const { answer, server } = await look(answersA, { transport: "tcp" });
  assert.equal(answer.status, "found");
  assert.deepEqual(server.queries.map((query) => query.transport), ["tcp"]);
});

Deno.test("where UDP is not permitted TCP is used, and says so", async () => {
  const { answer } = await look(answersA, {}, {
    net: {
      exchangeUdp: () =>
        Promise.reject(new PermissionMissing("net", "no UDP", { flag: "--allow-net=0.0.0.0:0" })),
    },
  });
  assert.equal(answer.transport, "tcp");
  assert.equal(answer.transport_reason, "UDP is not permitted");
  assert.equal(answer.queries_sent, 1);
});

Deno.test("where nothing is permitted the flag is named", async () => {
  const refuse = () =>
    Promise.reject(new PermissionMissing("net", "no net", { flag: "--allow-net=127.0.0.1:53" }));
  await assert.rejects(
    look(answersA, {}, { net: { exchangeUdp: refuse, dial: refuse } }),
    { code: "permission.net" },
  );
});

Deno.test("a mismatched answer by TCP is malformed", async () => {
  const { answer } = await look((query) => [reply(query, { id: query.id ^ 1 })], {
    transport: "tcp",
  });
  assert.equal(answer.status, "malformed");
  assert.equal(answer.error_code, "remote.dns_mismatch");
});

Deno.test("a server that does not know EDNS is asked again without it", async () => {
  const { answer, server } = await look((query) =>
    query.hasEdns ? [reply(query, { rcode: 1 })] : answersA(query)
  );
  assert.equal(answer.status, "found");
  assert.deepEqual(server.queries.map((query) => query.hasEdns), [true, false]);
});

Deno.test("the next configured server is asked where the first gives no usable answer", async () => {
  const broken = await startScriptedDnsServer((query) => [reply(query, { rcode: 2 })]);
  const good = await startScriptedDnsServer(answersA);
  try {
    const cx = loopbackContext({ resolvers: [broken.endpoint, good.endpoint] });
    const answer = await dnsLookup.run(dnsLookup.input.parse({ query: "www.example.com" }), cx);
    assert.equal(answer.status, "found");
    assert.equal(answer.answered_by, good.endpoint);
    assert.deepEqual(
      (answer.servers as { status: string }[]).map((server) => server.status),
      ["servfail", "found"],
    );
  } finally {
    await broken.stop();
    await good.stop();
  }
});

Deno.test("several servers are compared, and what differs is grouped", async () => {
  const old = await startScriptedDnsServer((query) => [
    reply(query, { answers: [{ ...A_RECORD, ttl: 7, data: "192.0.2.1" }] }),
  ]);
  const [one, two] = await Promise.all([
    startScriptedDnsServer(answersA),
    startScriptedDnsServer((query) => [reply(query, { answers: [{ ...A_RECORD, ttl: 9 }] })]),
  ]);
  try {
    const cx = loopbackContext({ denied: ["127.9.9.9"] });
    const input = dnsLookup.input.parse({
      query: "www.example.com",
      nameservers: [old.endpoint, one.endpoint, two.endpoint],
    });
    const answer = dnsLookup.output.parse(await dnsLookup.run(input, cx));
    assert.equal(answer.success, true);
    assert.deepEqual(answer.differences, [{
      what: "records",
      groups: [
        { value: "A 192.0.2.1", servers: [old.endpoint] },
        { value: "A 192.0.2.7", servers: [one.endpoint, two.endpoint] },
      ],
    }]);
    assert.match(String(answer.summary), /servers differ in records/);

    const agree = await dnsLookup.run(
      { ...input, nameservers: [one.endpoint, two.endpoint] },
      cx,
    );
    assert.deepEqual(agree.differences, []);
    assert.match(String(agree.summary), /all 2 servers agree/);

    const partly = await dnsLookup.run(
      { ...input, nameserver: one.endpoint, nameservers: ["127.9.9.9"] },
      cx,
    );
    assert.equal(partly.success, false);
    assert.equal(
      (partly.servers as { error_code?: string }[])[1]?.error_code,
      "policy.blocked_targets",
    );
  } finally {
    await Promise.all([old.stop(), one.stop(), two.stop()]);
  }
});

Deno.test("a name server that nothing listens on is unreachable by TCP", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const answer = await dnsLookup.run(
    dnsLookup.input.parse({
      query: "www.example.com",
      nameserver: `127.0.0.1:${port}`,
      transport: "tcp",
    }),
    loopbackContext(),
  );
  assert.equal(answer.status, "unreachable");
  assert.equal(answer.error_code, "remote.connect");
});

Deno.test("a bug of ours is not dressed up as the server's failure", async () => {
  await assert.rejects(
    look(answersA, {}, { net: { exchangeUdp: () => Promise.reject(new TypeError("ours")) } }),
    TypeError,
  );
  const lost = new RemoteFailure("udp", "x", { detail: { failure: "host_unreachable" } });
  const { answer } = await look(answersA, {}, {
    net: { exchangeUdp: () => Promise.reject(lost) },
  });
  assert.equal(answer.status, "unreachable");
});

Deno.test("the guards name the query, and each name server without its port", () => {
  const input = dnsLookup.input.parse({
    query: "www.example.com",
    nameserver: "[2001:db8::53]:5353",
    nameservers: ["ns1.example.net", "192.0.2.53:54"],
  });
  assert.deepEqual(dnsLookup.guards(input), [
    { kind: "query", text: "www.example.com" },
    { kind: "host", text: "ns1.example.net", perItem: true },
    { kind: "host", text: "192.0.2.53", perItem: true },
    { kind: "host", text: "2001:db8::53" },
  ]);
});

Deno.test("senseless arguments do not pass the schema", () => {
  for (
    const bad of [
      { query: "" },
      { query: "x".repeat(10_000) },
      { query: "a", record_type: "AXFR" },
      { query: "a", nameserver: "192.0.2.1:0" },
      { query: "a", nameserver: "192.0.2.1:65536" },
      { query: "a", nameservers: [] },
      { query: "a", nameservers: Array(9).fill("192.0.2.1") },
      { query: "a", surprise: 1 },
    ]
  ) {
    assert.equal(dnsLookup.input.safeParse(bad).success, false, JSON.stringify(bad).slice(0, 60));
  }
});

Deno.test("many records are paged at the top and counted for each of several servers", async () => {
  const many: Script = (query) => [reply(query, {
    answers: Array.from({ length: 20 }, (_, index) => ({ ...A_RECORD, data: `192.0.2.${index}` })),
  })];
  const other = await startScriptedDnsServer(many);
  try {
    const server = await startScriptedDnsServer(many);
    try {
      const { answer } = await look(many, { nameservers: [server.endpoint, other.endpoint] });
      assert.equal(dnsLookup.pages, "records");
      assert.equal((answer.records as unknown[]).length, 20);
      const servers = answer.servers as { records: unknown[]; records_total: number }[];
      assert.deepEqual(
        servers.map(({ records, records_total }) => [records.length, records_total]),
        [[16, 20], [16, 20]],
      );
    } finally {
      await server.stop();
    }
  } finally {
    await other.stop();
  }
});
