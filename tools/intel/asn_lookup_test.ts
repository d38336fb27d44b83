import assert from "node:assert/strict";
import { RemoteFailure } from "../../lib/errors/mod.ts";
import { loopbackContext } from "../../tests/loopback_context.ts";
import { reply, type Script, startScriptedDnsServer } from "../../tests/scripted_dns_server.ts";
import { asnLookup } from "./asn_lookup.ts";

const ORIGIN = "139.6.0.193.origin.asn.cymru.com";
const ZONE: Readonly<Record<string, readonly string[]>> = {
  [ORIGIN]: [
    "3333 | 193.0.0.0/21 | NL | ripencc | 1993-09-01",
    "64500 | 193.0.0.0/16 | NL | ripencc | 1993-09-01",
  ],
  "AS3333.asn.cymru.com": ["3333 | NL | ripencc | 1994-01-05 | RIPE-NCC-AS, NL"],
  "AS64500.asn.cymru.com": ["64500 | DE | ripencc | 2001-02-03 | OTHER-AS, DE"],
};

function zoneOf(records: Readonly<Record<string, readonly string[]>>): Script {
  return (query) => {
    const texts = records[query.name];
    if (texts === undefined) return [reply(query, { rcode: 3 })];
    return [reply(query, {
      answers: texts.map((data) => ({ name: query.name, type: "TXT", ttl: 60, data })),
    })];
  };
}

async function look(ip: string, script: Script = zoneOf(ZONE)) {
  const server = await startScriptedDnsServer(script);
  try {
    const cx = loopbackContext({ resolvers: [server.endpoint] });
    const answer = await asnLookup.run(asnLookup.input.parse({ ip }), cx);
    return {
      answer: asnLookup.output.parse(answer) as Record<string, unknown>,
      names: server.queries.map(({ name }) => name),
    };
  } finally {
    await server.stop();
  }
}

Deno.test("an address is answered from both zones, with the peer's fields", async () => {
  const { answer, names } = await look("193.0.6.139");
  assert.deepEqual(answer, {
    success: true,
    summary:
      "193.0.6.139 is in 193.0.0.0/21, originated by AS3333 (RIPE-NCC-AS, NL); ripencc since 1993-09-01.",
    ip: "193.0.6.139",
    asn: "3333",
    prefix: "193.0.0.0/21",
    country: "NL",
    registry: "ripencc",
    allocated: "1993-09-01",
    as_name: "RIPE-NCC-AS, NL",
    moas: false,
    origins: [{
      asn: 3333,
      as_name: "RIPE-NCC-AS, NL",
      country: "NL",
      registry: "ripencc",
      allocated: "1994-01-05",
    }],
    less_specific: [{ prefix: "193.0.0.0/16", origins: [64500] }],
    sources: ["origin.asn.cymru.com", "asn.cymru.com"],
  });
  assert.deepEqual(names, [ORIGIN, "AS3333.asn.cymru.com"]);
});

Deno.test("several origins, in one record or in several, are all named", async () => {
  for (
    const records of [
      ["64500 3333 | 193.0.0.0/21 | NL | ripencc | "],
      ["64500 | 193.0.0.0/21 | NL | ripencc | ", "3333 | 193.0.0.0/21 | NL | ripencc | "],
    ]
  ) {
    const { answer } = await look("193.0.6.139", zoneOf({ ...ZONE, [ORIGIN]: records }));
    assert.equal(answer.moas, true);
    assert.equal(answer.asn, "3333");
    assert.equal(
      answer.summary,
      "193.0.6.139 is in 193.0.0.0/21, originated by AS3333 (RIPE-NCC-AS, NL) and AS64500 (OTHER-AS, DE), several at once (MOAS); ripencc.",
    );
  }
});

Deno.test("an IPv6 address is asked of the zone for IPv6", async () => {
  const name =
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.e.2.0.c.7.6.0.1.0.0.2.origin6.asn.cymru.com";
  const { answer, names } = await look(
    "2001:67c:2e8::1",
    zoneOf({ ...ZONE, [name]: ["3333 | 2001:67c:2e8::/48 | NL | ripencc | 2009-05-05"] }),
  );
  assert.deepEqual(names, [name, "AS3333.asn.cymru.com"]);
  assert.equal(answer.prefix, "2001:67c:2e8::/48");
  assert.deepEqual(answer.sources, ["origin6.asn.cymru.com", "asn.cymru.com"]);
});

Deno.test("an AS number is asked of its own zone alone, however it is written", async () => {
  for (const text of ["3333", "AS3333", "as 3333", "AS0.3333"]) {
    const { answer, names } = await look(text);
    assert.equal(answer.summary, "AS3333 is RIPE-NCC-AS, NL (NL, ripencc, 1994-01-05).", text);
    assert.deepEqual([answer.ip, answer.asn, answer.prefix], [null, "3333", null]);
    assert.deepEqual(names, ["AS3333.asn.cymru.com"]);
  }
});

Deno.test("what nobody announces and what nobody holds is said, not failed", async () => {
  const nothing = zoneOf({});
  assert.equal(
    (await look("193.0.6.139", nothing)).answer.summary,
    "Nobody is seen to originate 193.0.6.139.",
  );
  const { answer } = await look("AS64511", nothing);
  assert.deepEqual([answer.success, answer.as_name, answer.origins], [true, null, []]);
});

Deno.test("an origin without a record keeps its number, and the problem is told", async () => {
  const failing: Script = (query) =>
    query.name.startsWith("AS") ? [reply(query, { rcode: 2 })] : zoneOf(ZONE)(query);
  const { answer } = await look("193.0.6.139", failing);
  assert.deepEqual([answer.asn, answer.as_name], ["3333", null]);
  assert.match(String(answer.problems), /"AS3333\.asn\.cymru\.com"/);
});

Deno.test("hostile records are left out and said to be", async () => {
  const { answer } = await look(
    "193.0.6.139",
    zoneOf({
      ...ZONE,
      [ORIGIN]: [
        "3333 | 10.0.0.0/8 | NL | ripencc | 1993-09-01",
        "| | | |",
        "-1 | 193.0.0.0/21 | x | y | z",
        "3333 | 193.0.0.0/21 | Netherlands | <script> | yesterday",
      ],
    }),
  );
  assert.equal(answer.prefix, "193.0.0.0/21");
  assert.deepEqual([answer.country, answer.registry, answer.allocated], [null, null, null]);
  assert.equal((answer.problems as string[]).length, 3);
});

Deno.test("a dead name server is remote.dns, not an empty answer", async () => {
  await assert.rejects(
    look("193.0.6.139", (query) => [reply(query, { rcode: 2 })]),
    (error) => error instanceof RemoteFailure && error.code.startsWith("remote.dns"),
  );
});

Deno.test("what is no public address and no AS number sends nothing", async () => {
  for (
    const [text, code] of [
      ["10.0.0.1", "input.special_use"],
      ["fe80::1", "input.special_use"],
      ["example.com", "input.ip"],
      ["193.0.6.0/24", "input.ip"],
      ["AS4294967296", "input.asn"],
      ["127.1", "input.ip"],
    ] as const
  ) {
    let asked = 0;
    await assert.rejects(
      look(text, () => {
        asked++;
        return [];
      }),
      { code },
      text,
    );
    assert.equal(asked, 0, text);
  }
});
