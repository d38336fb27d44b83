import assert from "node:assert/strict";
import fc from "fast-check";
import { createIo } from "../io/real.ts";
import { parseAddress } from "../ip/address.ts";
import { renderPrefix } from "../ip/prefix.ts";
import { NetglassError } from "../errors/mod.ts";
import { reply, type Script, startScriptedDnsServer } from "../../tests/scripted_dns_server.ts";
import {
  askCymruAs,
  askCymruOrigins,
  type CymruAccess,
  readAsRecord,
  readOriginRecord,
} from "./cymru.ts";

async function withZone<T>(
  script: Script,
  use: (access: CymruAccess, signal: AbortSignal) => Promise<T>,
): Promise<{ result: T; names: readonly string[] }> {
  const server = await startScriptedDnsServer(script);
  try {
    const { net, clock } = createIo({ resolvers: [server.endpoint], dnsTimeoutMs: 500 });
    const result = await use(
      { net, clock, dnsTimeoutMs: 500, zone: "cymru.com" },
      AbortSignal.timeout(20_000),
    );
    return { result, names: server.queries.map(({ name, type }) => `${type} ${name}`) };
  } finally {
    await server.stop();
  }
}

/** Answers every question with these TXT records. */
const texts = (...values: readonly (string | readonly string[])[]): Script => (query) => [
  reply(query, {
    answers: values.map((data) => ({ name: query.name, type: "TXT", ttl: 60, data })),
  }),
];

Deno.test("a record of the origin zone is read field by field", () => {
  const record = readOriginRecord("23028 | 216.90.108.0/24 | US | arin | 1998-09-25");
  assert.ok(record !== null);
  assert.equal(renderPrefix(record.prefix), "216.90.108.0/24");
  assert.deepEqual({ ...record, prefix: null }, {
    prefix: null,
    origins: [23028],
    country: "US",
    registry: "arin",
    allocated: "1998-09-25",
  });
});

Deno.test("several origins stand in one field, and empty fields are not known", () => {
  const record = readOriginRecord("64511 64500 64500 | 2001:db8::/32 |  |  | ");
  assert.deepEqual(record?.origins, [64500, 64511]);
  assert.deepEqual([record?.country, record?.registry, record?.allocated], [null, null, null]);
});

Deno.test("a record of an AS keeps bars in its name", () => {
  assert.deepEqual(readAsRecord("23028 | US | arin | 2002-01-04 | TEAM-CYMRU | Inc, US"), {
    asn: 23028,
    country: "US",
    registry: "arin",
    allocated: "2002-01-04",
    name: "TEAM-CYMRU | Inc, US",
  });
  assert.equal(readAsRecord("4200000001 | | | | ")?.name, null);
});

Deno.test("what is no record is none", () => {
  for (
    const text of [
      "",
      "NA | NA | | | ",
      "1 | 192.0.2.0/33 | US",
      "-1 | 192.0.2.0/24",
      "1,2 | 192.0.2.0/24",
    ]
  ) {
    assert.equal(readOriginRecord(text), null, text);
  }
  assert.equal(readAsRecord("AS-SET | US"), null);
});

Deno.test("any text gives a record or null", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    readOriginRecord(text);
    readAsRecord(text);
  }));
  fc.assert(fc.property(fc.array(fc.string(), { maxLength: 8 }), (fields) => {
    readOriginRecord(fields.join(" | "));
    readAsRecord(fields.join("|"));
  }));
});

Deno.test("an address is asked for under its own zone, the longest prefix first", async () => {
  const { result, names } = await withZone(
    texts(
      "64500 | 193.0.0.0/16 | NL | ripencc | 1993-09-01",
      "3333 64500 | 193.0.0.0/21 | NL | ripencc | 1993-09-01",
    ),
    (access, signal) => askCymruOrigins(parseAddress("193.0.6.139"), access, signal),
  );
  assert.deepEqual(names, ["TXT 139.6.0.193.origin.asn.cymru.com"]);
  assert.deepEqual(
    result.records.map(({ prefix, origins }) => `${renderPrefix(prefix)} ${origins}`),
    ["193.0.0.0/21 3333,64500", "193.0.0.0/16 64500"],
  );
  assert.deepEqual(result.problems, []);
});

Deno.test("an IPv6 address is asked for by its nibbles", async () => {
  const { names } = await withZone(
    texts("3333 | 2001:67c:2e8::/48 | NL | ripencc | 2010-06-08"),
    (access, signal) => askCymruOrigins(parseAddress("2001:67c:2e8:22::c100:68b"), access, signal),
  );
  assert.deepEqual(names, [
    "TXT b.8.6.0.0.0.1.c.0.0.0.0.0.0.0.0.2.2.0.0.8.e.2.0.c.7.6.0.1.0.0.2.origin6.asn.cymru.com",
  ]);
});

Deno.test("a text in several strings is one record", async () => {
  const { result } = await withZone(
    texts(["3333 | NL | ripencc | 1994-", "01-05 | RIPE-NCC-AS, NL"]),
    (access, signal) => askCymruAs(3333, access, signal),
  );
  assert.equal(result.records[0]?.allocated, "1994-01-05");
});

Deno.test("no such name is an empty answer", async () => {
  const { result, names } = await withZone(
    (query) => [reply(query, { rcode: 3 })],
    (access, signal) => askCymruAs(64500, access, signal),
  );
  assert.deepEqual(result, { records: [], problems: [] });
  assert.deepEqual(names, ["TXT AS64500.asn.cymru.com"]);
});

Deno.test("records of something else are problems", async () => {
  const { result } = await withZone(
    texts("hello", "64500 | 198.51.100.0/24 | | | ", "3333 | 193.0.0.0/21 | NL | ripencc | "),
    (access, signal) => askCymruOrigins(parseAddress("193.0.6.139"), access, signal),
  );
  assert.equal(result.records.length, 1);
  assert.deepEqual(result.problems, [
    "not understood: hello",
    "not understood: 64500 | 198.51.100.0/24 | | |",
  ]);
});

Deno.test("a name server that fails or is silent is a failure of its own", async () => {
  const codeOf = async (script: Script): Promise<string> => {
    const { result } = await withZone(script, async (access, signal) => {
      try {
        await askCymruAs(3333, access, signal);
      } catch (error) {
        if (error instanceof NetglassError) return error.code;
        throw error;
      }
      return "answered";
    });
    return result;
  };
  assert.equal(await codeOf((query) => [reply(query, { rcode: 2 })]), "remote.dns_failure");
  assert.equal(await codeOf(() => []), "remote.dns_timeout");
});

Deno.test("without a name server the error says how to name one", async () => {
  const { net, clock } = createIo({ resolvers: [], dnsTimeoutMs: 500 });
  await assert.rejects(
    askCymruAs(
      3333,
      { net, clock, dnsTimeoutMs: 500, zone: "cymru.com" },
      AbortSignal.timeout(20_000),
    ),
    (error) => error instanceof NetglassError && error.code === "env.no_resolver",
  );
});
