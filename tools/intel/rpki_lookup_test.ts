import assert from "node:assert/strict";
import { parsePrefix } from "../../lib/ip/prefix.ts";
import { VrpTable } from "../../lib/route/vrp_table.ts";
import { loopbackContext } from "../../tests/loopback_context.ts";
import { rpkiLookup } from "./rpki_lookup.ts";

const PAYLOADS = [
  ["192.0.0.0/16", 24, 64496],
  ["192.0.2.0/24", 24, 64497],
  ["198.51.100.0/24", 24, 0],
  ["2001:db8::/32", 48, 64496],
] as const;

async function look(args: Record<string, unknown>, problems: readonly string[] = []) {
  const table = new VrpTable();
  for (const [text, maxLength, asn] of PAYLOADS) {
    table.add({ prefix: parsePrefix(text).prefix, maxLength, asn });
  }
  const snapshot = {
    table,
    kind: "rtr",
    name: "rtr.example:323",
    madeAtSec: 1_750_000_000,
    rtr: { version: 1, session: 7, serial: 4 },
    problems,
  } as const;
  const cx = {
    ...loopbackContext(),
    roaPayloads: () => Promise.resolve({ read: () => Promise.resolve(snapshot) }),
  };
  return rpkiLookup.output.parse(
    await rpkiLookup.run(rpkiLookup.input.parse(args), cx),
  ) as Record<string, unknown>;
}

Deno.test("a route is valid, and what it is judged by is shown", async () => {
  assert.deepEqual(await look({ prefix: "192.0.2.0/24", asn: "AS64496" }), {
    success: true,
    summary: "192.0.2.0/24 from AS64496 is valid.",
    prefix: "192.0.2.0/24",
    asn: 64496,
    state: "valid",
    reason: null,
    vrps: [
      { prefix: "192.0.2.0/24", max_length: 24, asn: 64497, matches: false },
      { prefix: "192.0.0.0/16", max_length: 24, asn: 64496, matches: true },
    ],
    fix: null,
    source: {
      kind: "rtr",
      name: "rtr.example:323",
      vrps_total: 4,
      made_at: "2025-06-15T15:06:40.000Z",
      rtr: { version: 1, session: 7, serial: 4 },
    },
  });
});

Deno.test("why a route is not valid is said, with the ROA that would make it so", async () => {
  const cases = [
    ["192.0.2.0/25", "64496"],
    ["192.0.2.0/24", "64500"],
    ["198.51.100.0/24", "64500"],
    ["203.0.113.0/24", "64500"],
  ] as const;
  const seen = [];
  for (const [prefix, asn] of cases) {
    const { summary, reason, fix } = await look({ prefix, asn });
    const { note, ...roa } = fix as Record<string, unknown>;
    assert.deepEqual(roa, {
      prefix,
      max_length: Number(prefix.split("/")[1]),
      asn: Number(asn),
    });
    assert.match(String(note), /^To be issued by the holder of the prefix/);
    seen.push(`${reason}: ${summary}`);
  }
  assert.deepEqual(seen, [
    "length: 192.0.2.0/25 from AS64496 is invalid: the ROAs of AS64496 allow lengths up to /24.",
    "asn: 192.0.2.0/24 from AS64500 is invalid: the ROAs are for AS64497, AS64496.",
    "asn: 198.51.100.0/24 from AS64500 is invalid: a ROA for AS 0 says that nobody may originate it.",
    "none: 203.0.113.0/24 from AS64500 is not_found: no ROA covers the prefix.",
  ]);
});

Deno.test("without an AS the payloads are shown and nothing is judged", async () => {
  const answer = await look({ prefix: "192.0.2.7" });
  assert.deepEqual([answer.prefix, answer.state, answer.fix], ["192.0.2.7/32", null, null]);
  assert.deepEqual((answer.vrps as { matches: unknown }[]).map(({ matches }) => matches), [
    null,
    null,
  ]);
  assert.equal(
    answer.summary,
    "ROAs cover 192.0.2.7/32 and none lets anybody originate it: a route of it is invalid.",
  );
  assert.equal(
    (await look({ prefix: "2001:db8:1::/48" })).summary,
    "2001:db8:1::/48 is valid from AS64496 and invalid from any other AS.",
  );
  assert.equal(
    (await look({ prefix: "203.0.113.0/24" })).summary,
    "No ROA covers 203.0.113.0/24: a route of it is not_found.",
  );
});

Deno.test("what is missing from the data is passed on", async () => {
  assert.deepEqual((await look({ prefix: "192.0.2.0/24" }, ["old"])).problems, ["old"]);
});

Deno.test("what is no prefix or no AS is refused with the form that is wanted", async () => {
  for (
    const [args, code] of [
      [{ prefix: "192.0.2.1/24" }, "input.prefix"],
      [{ prefix: "192.0.2.0/33" }, "input.prefix"],
      [{ prefix: "example.com" }, "input.prefix"],
      [{ prefix: "192.0.2.0/24", asn: "x" }, "input.asn"],
    ] as const
  ) await assert.rejects(look(args), { code });
});
