import assert from "node:assert/strict";
import { recordedFrr } from "../../tests/support/recorded_frr.ts";
import { GlassStage, routeServer } from "../../tests/support/glass_stage.ts";
import { type RouteServerBehaviour, serveRoutes } from "../../tests/support/route_server.ts";

/** What FRR prints of this many prefixes. */
function table(count: number): string {
  return [
    "BGP table version is 7, local router ID is 198.51.100.9, vrf id 0",
    "Default local pref 100, local AS 64999",
    "",
    "   Network          Next Hop            Metric LocPrf Weight Path",
    ...Array.from(
      { length: count },
      (_, at) =>
        `*> ${`10.${at >> 8}.${at & 255}.0/24`.padEnd(17)}198.51.100.1        ${
          "0".padStart(20)
        } 64496 64500 i`,
    ),
    "",
    `Displayed  ${count} routes and ${count} total paths`,
    "",
  ].join("\n");
}

async function withFrr(
  answers: NonNullable<RouteServerBehaviour["answers"]>,
  test: (stage: GlassStage, heard: readonly string[]) => Promise<void>,
): Promise<void> {
  await using router = await serveRoutes({ answers });
  await using stage = new GlassStage([routeServer(router.port)]);
  await test(stage, router.heard);
}

Deno.test("each kind of query is asked in the router's words", async () => {
  await withFrr(() => "", async (stage, heard) => {
    for (
      const query of [
        "origin:AS15169",
        "via:3356",
        'path:"^3356 .* 15169$"',
        "community:blackhole",
        "community:64500:1:2",
        "longer:192.0.2.0/24",
        "neighbor:192.0.2.11",
      ]
    ) await stage.call("route_search", { query });
    await stage.call("route_search", { query: "origin:15169", family: "ipv6" });
    assert.deepEqual(heard, [
      "terminal length 0",
      "show ip bgp regexp _15169$",
      "show ip bgp regexp _3356_",
      "show ip bgp regexp ^3356_([0-9]+_)*15169$",
      "show ip bgp community 65535:666",
      "show ip bgp large-community 64500:1:2",
      "show ip bgp 192.0.2.0/24 longer-prefixes",
      "show ip bgp neighbors 192.0.2.11 routes",
      "show bgp ipv6 unicast regexp _15169$",
    ]);
  });
});

Deno.test("rows are summed up by prefix, origin and path", async () => {
  const command = "show ip bgp 10.0.0.0/16 longer-prefixes";
  await withFrr({ [command]: recordedFrr(command) }, async (stage) => {
    const answer = await stage.answer("route_search", { query: "longer:10.0.0.0/16" });
    assert.equal(
      answer.summary,
      "Lab: longer:10.0.0.0/16 matches 4 prefixes by 8 paths, from AS64496, AS64499, the set {64501,64502} and 1 more.",
    );
    assert.deepEqual(answer.prefixes.slice(0, 2), [
      { prefix: "10.0.0.0/16", path_count: 2, origins: ["64496"] },
      { prefix: "10.0.0.0/24", path_count: 3, origins: ["64499"] },
    ]);
    assert.deepEqual([answer.success, answer.routes], [true, []]);
  });
});

Deno.test("nothing that matches is an answer", async () => {
  await withFrr({ "show ip bgp regexp _15169$": "" }, async (stage) => {
    const answer = await stage.answer("route_search", { query: "origin:15169" });
    assert.deepEqual(
      [answer.success, answer.summary, answer.path_count],
      [true, "Lab: Nothing matches origin:15169.", 0],
    );
  });
});

Deno.test("detail full comes in pages", async () => {
  await withFrr({ "show ip bgp 10.0.0.0/8 longer-prefixes": table(400) }, async (stage) => {
    const asked = { query: "longer:10.0.0.0/8", detail: "full" };
    const first = await stage.answer("route_search", asked);
    assert.deepEqual([first.success, first.page.total], [true, 400]);
    assert.ok(first.page.shown < 400 && JSON.stringify(first).length <= 8_000);
    const cursor = first.page.next_cursor;
    const next = await stage.answer("route_search", { ...asked, cursor });
    assert.equal(next.routes[0].prefix, `10.0.${first.page.shown}.0/24`);
  });
});

Deno.test("what exceeds max_bytes is cut, and said to be", async () => {
  await withFrr({ "show ip bgp 10.0.0.0/8 longer-prefixes": table(4_000) }, async (stage) => {
    const answer = await stage.answer("route_search", {
      query: "longer:10.0.0.0/8",
      max_bytes: 20_000,
    });
    assert.deepEqual(
      [answer.success, answer.complete, answer.incomplete_reason],
      [false, false, "size"],
    );
    assert.ok(answer.path_count > 200 && answer.path_count < 300);
    assert.match(answer.summary, /; the answer is not whole, so there may be more\.$/);
  });
});

Deno.test("queries that are too wide, or none at all, are refused with what to write", async () => {
  await withFrr({}, async (stage, heard) => {
    const errorOf = async (query: string) => {
      const { code, hint } = await stage.error("route_search", { query });
      return [code, hint];
    };
    for (
      const query of ["longer:0.0.0.0/0", "path:.*", "origin:AS-SET", "show run", "(((", "15169"]
    ) {
      const [code, hint] = await errorOf(query);
      assert.equal(code, "input.query", query);
      assert.notEqual(hint, "", query);
    }
    assert.deepEqual(heard, []);
  });
});
