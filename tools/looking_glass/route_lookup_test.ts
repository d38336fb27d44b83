import assert from "node:assert/strict";
import { recordedFrr } from "../../tests/support/recorded_frr.ts";
import { GlassStage, routeServer } from "../../tests/support/glass_stage.ts";
import { type RouteServerBehaviour, serveRoutes } from "../../tests/support/route_server.ts";

const HEAD = [
  "BGP routing table entry for 192.0.2.0/24, version 7",
  "Paths: (1 available, best #1, table default)",
  "  Not advertised to any peer",
];
const PATH = [
  "  64496 64500",
  "    198.51.100.1 from 198.51.100.1 (198.51.100.1)",
  "      Origin IGP, valid, external, best (First path received)",
  "      Last update: Sat Nov 21 10:00:00 2026",
];

/** Runs `test` with an FRR that gives these answers. */
async function withFrr(
  answers: RouteServerBehaviour["answers"],
  test: (stage: GlassStage, heard: readonly string[]) => Promise<void>,
): Promise<void> {
  await using router = await serveRoutes({ ...(answers === undefined ? {} : { answers }) });
  await using stage = new GlassStage([routeServer(router.port)]);
  await test(stage, router.heard);
}

Deno.test("an answer has everything that the router says, the best path in full", async () => {
  const command = "show ip bgp 10.0.0.0/24";
  await withFrr({ [command]: recordedFrr(command) }, async (stage) => {
    const { elapsed_ms, ...answer } = await stage.answer("route_lookup", {
      destination: "10.0.0.7/24",
    });
    assert.ok(elapsed_ms < 5_000);
    assert.deepEqual(answer, {
      success: true,
      summary:
        "Lab: 3 paths to 10.0.0.0/24, all from AS64499, by way of 3 neighbouring ASes; best: 65001 64496 64499 (Older Path); RPKI valid.",
      type: "route_lookup",
      destination: "10.0.0.0/24",
      note: "Looked up as 10.0.0.0/24.",
      prefix: "10.0.0.0/24",
      match: "exact",
      announced_paths: 3,
      path_count: 3,
      neighbor_count: 3,
      shared: { origin: "igp", rpki: "valid" },
      differing: [
        "communities",
        "extended_communities",
        "large_communities",
        "last_change",
        "metric",
        "neighbor",
        "neighbor_asn",
        "neighbor_router_id",
        "next_hop",
      ],
      origins: [{
        origin: "64499",
        count: 3,
        rpki: ["valid"],
        neighbors: [
          { asn: 65001, count: 1, paths: [{ as_path: "65001 64496 64499", best: true }] },
          { asn: 65002, count: 1, paths: [{ as_path: "65002 65010 64499" }] },
          { asn: 4200000001, count: 1, paths: [{ as_path: "4200000001 64496 64499" }] },
        ],
      }],
      left_out: null,
      community_meanings: {
        "65535:65281":
          "no-export: do not announce outside of the AS or its confederation (RFC 1997)",
        "rt:65001:77": "route target: who may import it (RFC 4360)",
        "rt:65535:77": "route target: who may import it (RFC 4360)",
      },
      parsed_routes: [{
        prefix: "10.0.0.0/24",
        as_path: "65001 64496 64499",
        next_hop: "192.0.2.11",
        origin: "igp",
        metric: 50,
        neighbor: "192.0.2.11",
        neighbor_asn: 65001,
        neighbor_router_id: "192.0.2.11",
        best_reason: "Older Path",
        rpki: "valid",
        last_change: "2026-11-21T01:53:39",
        flags: ["valid", "external", "multipath", "best"],
        communities: ["64499:200", "65001:100", "65535:65281"],
        extended_communities: ["rt:65001:77"],
        large_communities: ["65001:1:2", "4200000001:4294967295:0"],
        best: true,
      }],
      parse_status: "success",
      server: "Lab",
      host: "127.0.0.1",
      dialect: "frr",
      command,
      complete: true,
      incomplete_reason: null,
      problems: [],
      cached_age_ms: null,
      bytes_received: 1_183,
      page: { shown: 1, total: 1, next_cursor: null },
    });
  });
});

Deno.test("detail full lists every path; format text adds what the router printed", async () => {
  const command = "show ip bgp 10.0.0.0/24";
  await withFrr({ [command]: recordedFrr(command) }, async (stage) => {
    const answer = await stage.answer("route_lookup", {
      destination: "10.0.0.0/24",
      detail: "full",
      format: "text",
    });
    assert.deepEqual(
      answer.parsed_routes.map((route: Record<string, unknown>) => [route.as_path, route.metric]),
      [["65002 65010 64499", 10], ["4200000001 64496 64499", 50], ["65001 64496 64499", 50]],
    );
    assert.match(answer.raw_output, /^BGP routing table entry for 10\.0\.0\.0\/24, version /);
    assert.match(answer.raw_output, /\\n {2}65001 64496 64499\\n/);
  });
});

Deno.test("a default route is not taken for a route, nor silence for an answer", async () => {
  await withFrr({
    "show ip bgp 8.8.8.8": recordedFrr("show ip bgp 8.8.8.8"),
    "show ip bgp 8.8.8.0/24": recordedFrr("show ip bgp 8.8.8.0/24"),
    "show ip bgp 9.9.9.9": "",
  }, async (stage) => {
    const byDefault = await stage.answer("route_lookup", { destination: "8.8.8.8" });
    assert.deepEqual([byDefault.match, byDefault.prefix], ["default", "0.0.0.0/0"]);
    assert.match(byDefault.summary, /^Lab: only its default route leads to 8\.8\.8\.8: 3 paths /);
    const none = await stage.answer("route_lookup", { destination: "8.8.8.0/24" });
    assert.deepEqual(
      [none.success, none.summary, none.match, none.prefix, none.parse_status, none.parsed_routes],
      [true, "Lab has no route to 8.8.8.0/24.", "none", null, "no_routes_found", []],
    );
    const silent = await stage.answer("route_lookup", { destination: "9.9.9.9" });
    assert.deepEqual(
      [silent.success, silent.complete, silent.incomplete_reason, silent.parse_status],
      [false, false, "unreadable", "partial"],
    );
    assert.equal(
      silent.summary,
      "Lab showed no route to 9.9.9.9. The answer is not whole: there may be more.",
    );
  });
});

Deno.test("an answer that is cut is never a success", async () => {
  await using router = await serveRoutes({
    answers: async (_command, peer) => {
      await peer.send([...HEAD, ...PATH.slice(0, 2)].join("\r\n"));
      peer.close();
      return undefined;
    },
  });
  await using stage = new GlassStage([routeServer(router.port)]);
  const answer = await stage.answer("route_lookup", { destination: "192.0.2.0/24" });
  assert.deepEqual(
    [answer.success, answer.complete, answer.incomplete_reason, answer.parse_status],
    [false, false, "closed", "partial"],
  );
  assert.match(answer.summary, / The answer is not whole: there may be more\.$/);
});

Deno.test("the same question within a minute costs nothing and says how old the answer is", async () => {
  const command = "show ip bgp 10.0.0.0/24";
  await withFrr({ [command]: recordedFrr(command) }, async (stage, heard) => {
    await stage.answer("route_lookup", { destination: "10.0.0.0/24" });
    const again = await stage.answer("route_lookup", { destination: "10.0.0.0/24" });
    assert.ok(again.cached_age_ms >= 0 && again.cached_age_ms < 5_000);
    assert.deepEqual(heard, ["terminal length 0", command]);
  });
});

Deno.test("a server is named by part of its name in any case, or is the first one", async () => {
  const answers = () => [...HEAD, ...PATH, ""].join("\n");
  await using one = await serveRoutes({ answers });
  await using two = await serveRoutes({ answers });
  await using stage = new GlassStage([
    routeServer(one.port, { name: "RouteViews São Paulo", tags: ["ixp"] }),
    routeServer(two.port, { name: "RouteViews Sydney", tags: ["ixp"] }),
    routeServer(1, { name: "RouteViews Linx", enabled: false }),
  ]);
  const serverOf = async (server?: string) =>
    (await stage.answer("route_lookup", { destination: "192.0.2.1", server })).server;
  assert.equal(await serverOf(), "RouteViews São Paulo");
  assert.equal(await serverOf("sao paulo"), "RouteViews São Paulo");
  assert.equal(await serverOf("SYDNEY"), "RouteViews Sydney");
  const errorOf = async (server: string) => {
    const { code, message, hint } = await stage.error("route_lookup", {
      destination: "192.0.2.1",
      server,
    });
    return [code, message, hint];
  };
  assert.deepEqual(await errorOf("linx"), [
    "input.server",
    'Cannot ask "RouteViews Linx": it is not enabled',
    'Add looking_glass.servers: [{name: "RouteViews Linx", enabled: true}] to the configuration, or ask one of "RouteViews São Paulo", "RouteViews Sydney".',
  ]);
  assert.deepEqual(await errorOf("routeviews"), [
    "input.server",
    'Cannot choose a server: "routeviews" fits several',
    'Name one of "RouteViews São Paulo", "RouteViews Sydney".',
  ]);
  assert.deepEqual(await errorOf("RouteViews Sidney"), [
    "input.server",
    'Cannot find a server called "RouteViews Sidney"',
    'Did you mean "RouteViews Sydney"? list_servers has all of them.',
  ]);
});

Deno.test("each way not to reach a server is told apart, with what to do", async () => {
  await using router = await serveRoutes({ password: "right" });
  const login = { username: null, password: "wrong", password_env: null };
  await using stage = new GlassStage([
    routeServer(1, { name: "Closed" }),
    routeServer(23, { name: "Nowhere", host: "rs.invalid" }),
    routeServer(router.port, { name: "Locked", login }),
    routeServer(router.port, { name: "Mute", login: { ...login, password: "right" } }),
    routeServer(router.port, { name: "Spent", daily_connections: 0 }),
    routeServer(23, { name: "Metadata", host: "169.254.169.254" }),
  ]);
  const errorOf = async (server: string) => {
    const { code, message, hint } = await stage.error("route_lookup", {
      destination: "192.0.2.1",
      server,
    });
    return [code, message, hint];
  };
  assert.deepEqual(await errorOf("Closed"), [
    "remote.connect",
    'Cannot connect to "127.0.0.1:1": the host refused the connection',
    'Ask another server (list_servers), or put "Closed" of looking_glass.servers right.',
  ]);
  const [code, message, hint] = await errorOf("Nowhere");
  assert.match(code ?? "", /^remote\.dns_/);
  assert.match(message ?? "", /^Cannot resolve "rs\.invalid": /);
  assert.equal(
    hint,
    'Ask another server (list_servers), or put "Nowhere" of looking_glass.servers right.',
  );
  assert.deepEqual(await errorOf("Locked"), [
    "remote.login",
    'Cannot log in to "127.0.0.1": it does not take the username or password',
    "Correct login of this server in looking_glass.servers; nothing is sent a second time.",
  ]);
  assert.deepEqual(await errorOf("Mute"), [
    "remote.router_refused",
    '"Mute" refused "show ip bgp 192.0.2.1"',
    "This router does not know the command: ask another server (list_servers).",
  ]);
  const [spent, ...why] = await errorOf("Spent");
  assert.equal(spent, "policy.quota");
  assert.match(why.join("\n"), /daily_connections/);
  const [metadata] = await errorOf("Metadata");
  assert.equal(metadata, "policy.block_cloud_metadata");
});

Deno.test("sixty paths take no more than 6,300 characters", async () => {
  const paths = Array.from({ length: 60 }, (_, index) => [
    `  ${37_100 + index} 3356 ${1_299 + index} 15169`,
    `    198.51.100.${index} from 198.51.100.${index} (198.51.100.${index})`,
    `      Origin IGP, metric ${index}, valid, external${
      index === 7 ? ", best (AS Path)" : ""
    }, rpki validation-state: valid`,
    `      Community: ${37_100 + index}:1 15169:1000 no-export`,
    "      Last update: Sat Nov 21 10:00:00 2026",
  ]);
  const output = [
    "BGP routing table entry for 8.8.8.0/24, version 7",
    "Paths: (60 available, best #8, table default)",
    "  Not advertised to any peer",
    ...paths.flat(),
    "",
  ].join("\n");
  await withFrr({ "show ip bgp 8.8.8.8": output }, async (stage) => {
    const answer = await stage.answer("route_lookup", { destination: "8.8.8.8" });
    assert.deepEqual([answer.success, answer.path_count, answer.left_out], [true, 60, null]);
    const { length } = JSON.stringify(answer);
    assert.ok(length <= 6_300, `${length}`);
    const full = await stage.answer("route_lookup", { destination: "8.8.8.8", detail: "full" });
    assert.ok(full.page.shown < 60 && full.page.total === 60);
    assert.ok(JSON.stringify(full).length <= 8_000);
    const next = await stage.answer("route_lookup", {
      destination: "8.8.8.8",
      detail: "full",
      cursor: full.page.next_cursor,
    });
    assert.notDeepEqual(next.parsed_routes[0], full.parsed_routes[0]);
  });
});

Deno.test("a path that is only remembered is not told as if the route were there", async () => {
  const answer = [
    HEAD[0],
    "Paths: (1 available, no best path)",
    HEAD[2],
    PATH[0] + ", (history entry)",
    PATH[1],
    "      Origin IGP, external",
    PATH[3],
  ].join("\n") + "\n";
  await withFrr({ "show ip bgp 192.0.2.0/24": answer }, async (stage) => {
    const { summary } = await stage.answer("route_lookup", { destination: "192.0.2.0/24" });
    assert.equal(
      summary,
      "Lab: 1 path to 192.0.2.0/24, from AS64500, by way of 1 neighbouring AS; none of them usable.",
    );
  });
});
