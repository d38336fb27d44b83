import assert from "node:assert/strict";
import { GlassStage, routeServer } from "../../tests/support/glass_stage.ts";
import { serveRoutes } from "../../tests/support/route_server.ts";

/** What FRR prints of one path to a prefix, and the table of what lies inside of 192.0.2.0/24. */
function answers(asPath: string, inside: readonly (readonly [string, string])[] = []) {
  const rows = [["192.0.2.0/24", asPath] as const, ...inside].map(([prefix, path]) =>
    `*> ${prefix.padEnd(17)}198.51.100.1        ${"0".padStart(20)} ${path} i`
  );
  return {
    "show ip bgp 192.0.2.0/24": [
      "BGP routing table entry for 192.0.2.0/24, version 7",
      "Paths: (1 available, best #1, table default)",
      "  Not advertised to any peer",
      `  ${asPath}`,
      "    198.51.100.1 from 198.51.100.1 (198.51.100.1)",
      "      Origin IGP, valid, external, best (First path received)",
      "      Last update: Sat Nov 21 10:00:00 2026",
      "",
    ].join("\n"),
    "show ip bgp 192.0.2.0/24 longer-prefixes": [
      "BGP table version is 7, local router ID is 198.51.100.9, vrf id 0",
      "Default local pref 100, local AS 64999",
      "Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,",
      "               i internal, r RIB-failure, S Stale, R Removed",
      "Origin codes:  i - IGP, e - EGP, ? - incomplete",
      "",
      "   Network          Next Hop            Metric LocPrf Weight Path",
      ...rows,
      "",
      `Displayed  ${rows.length} routes and ${rows.length} total paths`,
      "",
    ].join("\n"),
  };
}

const MEANT = {
  prefix: "192.0.2.0/24",
  expected_origins: [64500],
  expected_upstreams: ["AS64496"],
  max_length: 24,
};

Deno.test("an announcement that is everywhere as it was meant is said to be", async () => {
  await using one = await serveRoutes({ answers: answers("64497 64496 64500") });
  await using two = await serveRoutes({ answers: answers("64498 64496 64500") });
  await using stage = new GlassStage([
    routeServer(one.port, { name: "One" }),
    routeServer(two.port, { name: "Two" }),
  ]);
  const answer = await stage.answer("check_announcement", MEANT);
  assert.deepEqual(
    [answer.success, answer.verdict, answer.vantage_count, answer.unseen_origins],
    [true, "as_expected", 2, []],
  );
  assert.equal(
    answer.summary,
    "192.0.2.0/24 by AS64500: as expected at 2 of 2 vantage points.",
  );
  assert.deepEqual(one.heard, [
    "terminal length 0",
    "show ip bgp 192.0.2.0/24",
    "show ip bgp 192.0.2.0/24 longer-prefixes",
  ]);
});

Deno.test("a hijack of a part, a strange upstream and a missing route are told, gravest first", async () => {
  await using hijacked = await serveRoutes({
    answers: answers("64497 64496 64500", [["192.0.2.128/25", "64497 64666"]]),
  });
  await using leaked = await serveRoutes({ answers: answers("64498 64511 64500") });
  await using blind = await serveRoutes({ answers: () => "% Network not in table\n" });
  await using stage = new GlassStage([
    routeServer(hijacked.port, { name: "Hijacked" }),
    routeServer(leaked.port, { name: "Leaked" }),
    routeServer(blind.port, { name: "Blind" }),
  ]);
  const answer = await stage.answer("check_announcement", MEANT);
  assert.equal(answer.verdict, "wrong_origin");
  assert.equal(
    answer.summary,
    "192.0.2.0/24 by AS64500: wrong origin (AS64666) at Hijacked; not seen at Blind; unexpected upstream (AS64511) at Leaked; too specific a route (192.0.2.128/25) at Hijacked.",
  );
  assert.deepEqual(
    answer.vantages.map(({ vantage, verdict, also }: Record<string, unknown>) => [
      vantage,
      verdict,
      also,
    ]),
    [
      ["Hijacked", "wrong_origin", ["too_specific"]],
      ["Blind", "not_seen", []],
      ["Leaked", "unexpected_upstream", []],
    ],
  );
});

Deno.test("a verdict does not rest on servers that failed", async () => {
  await using stage = new GlassStage([routeServer(1, { name: "Closed" })]);
  const answer = await stage.answer("check_announcement", MEANT);
  assert.deepEqual([answer.success, answer.verdict], [false, "unknown"]);
  assert.equal(
    answer.vantages[0].error,
    'Cannot connect to "127.0.0.1:1": the host refused the connection',
  );
  assert.equal(
    answer.limits[0],
    "1 answer failed or came in part: what is missing there may exist.",
  );
});

Deno.test("the inside of a prefix that holds too much of the table is not asked for", async () => {
  await using router = await serveRoutes({ answers: () => "% Network not in table\n" });
  await using stage = new GlassStage([routeServer(router.port)]);
  await stage.answer("check_announcement", { prefix: "0.0.0.0/0", expected_origins: ["1"] });
  assert.deepEqual(router.heard, ["terminal length 0", "show ip bgp 0.0.0.0/0"]);
});

Deno.test("expectations that make no sense are refused with what would", async () => {
  await using stage = new GlassStage([routeServer(1)]);
  const errorOf = async (args: Record<string, unknown>) => {
    const { code, message, hint } = await stage.error("check_announcement", { ...MEANT, ...args });
    return [code, message, hint];
  };
  assert.deepEqual(await errorOf({ prefix: "192.0.2.1" }), [
    "input.prefix",
    'Cannot check "192.0.2.1": it is an address, not a prefix',
    "Give the prefix that is announced, for example 192.0.2.0/24.",
  ]);
  assert.deepEqual(await errorOf({ max_length: 16 }), [
    "input.max_length",
    "Cannot check with max_length 16",
    "Give a length from 24, that of the prefix, to 32.",
  ]);
  assert.deepEqual(await errorOf({ allowed_more_specifics: ["198.51.100.0/25"] }), [
    "input.allowed_more_specifics",
    'Cannot allow "198.51.100.0/25": it does not lie inside of the prefix',
    "Give prefixes that are longer than the announced one and inside of it.",
  ]);
  const [code] = await errorOf({ expected_origins: ["AS-SET"] });
  assert.equal(code, "input.expected_origins");
});
