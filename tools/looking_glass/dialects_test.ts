/**
 * Each tool with each dialect, as a client calls it: the command that the router hears, and the
 * sentence that the answer begins with.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { DialectName } from "../../lib/looking_glass/dialects/dialect.ts";
import { GlassStage, routeServer } from "../../tests/support/glass_stage.ts";
import { recordedFrr } from "../../tests/support/recorded_frr.ts";
import { recordedOutput } from "../../tests/support/recorded_output.ts";
import { serveRoutes } from "../../tests/support/route_server.ts";

/** Dialect, tool, arguments, command, recorded or documented output, summary. */
type Row = readonly [DialectName, string, Record<string, unknown>, string, string, string];

const ROWS: readonly Row[] = [
  [
    "frr",
    "route_lookup",
    { destination: "10.0.0.1" },
    "show ip bgp 10.0.0.1",
    recordedFrr("show ip bgp 10.0.0.1"),
    "Lab: 3 paths to 10.0.0.0/24, all from AS64499, by way of 3 neighbouring ASes; best: 65001 64496 64499 (Older Path); RPKI valid.",
  ],
  [
    "ios",
    "route_lookup",
    { destination: "203.0.113.0/24" },
    "show ip bgp 203.0.113.0/24",
    recordedOutput("ios/show_ip_bgp_203.0.113.0.txt"),
    "Lab: 5 paths to 203.0.113.0/24, from 2 origins: AS64502 (4) and its own AS (1), by way of 4 neighbouring ASes; 1 of them not usable; best: its own route; RPKI invalid (1), not_found (1) and valid (1).",
  ],
  [
    "iosxr",
    "route_lookup",
    { destination: "192.0.2.0/24" },
    "show bgp ipv4 unicast 192.0.2.0/24",
    recordedOutput("iosxr/detail.txt"),
    "Lab: 4 paths to 192.0.2.0/24, from 4 origins: AS64497 (1), AS64498 (1), AS64511 (1) and 1 more, by way of 4 neighbouring ASes; 1 of them not usable; best: 64496 4200000001 {64510,64511}; RPKI invalid (1), not_found (1) and valid (1).",
  ],
  [
    "nxos",
    "route_lookup",
    { destination: "192.0.2.0/24" },
    "show bgp ipv4 unicast 192.0.2.0/24",
    recordedOutput("nxos/detail.txt"),
    "Lab: 4 paths to 192.0.2.0/24, from 4 origins: AS64497 (1), AS64498 (1), AS64511 (1) and 1 more, by way of 4 neighbouring ASes; 1 of them not usable; best: 64496x2 4200000001 {64510,64511}; RPKI valid (1).",
  ],
  [
    "eos",
    "route_lookup",
    { destination: "192.0.2.0/24" },
    "show ip bgp 192.0.2.0/24 detail",
    recordedOutput("eos/detail.txt"),
    "Lab: 4 paths to 192.0.2.0/24, from 4 origins: AS64497 (1), AS64499 (1), its own AS (1) and 1 more, by way of 3 neighbouring ASes; best: 64496 4200000001 {64510,64511}.",
  ],
  [
    "junos",
    "route_lookup",
    { destination: "192.0.2.0/24" },
    "show route table inet.0 192.0.2.0/24 exact detail all",
    recordedOutput("junos/detail_three_paths.txt"),
    "Lab: 3 paths to 192.0.2.0/24, from 3 origins: AS64497 (1), AS64511 (1) and the set {64510,64511} (1), by way of 3 neighbouring ASes; 1 of them not usable; best: 64496x2 4200000001 {64510,64511}; RPKI invalid (1), not_found (1) and valid (1).",
  ],
  [
    "openbgpd",
    "route_lookup",
    { destination: "10.0.0.0/24" },
    "show ip bgp detail 10.0.0.0/24",
    recordedOutput("openbgpd/show_ip_bgp_detail_10.0.0.0_24.txt"),
    "Lab: 4 paths to 10.0.0.0/24, from 2 origins: AS64499 (3) and its own AS (1), by way of 2 neighbouring ASes; best: 65002 64499; RPKI invalid (1) and valid (3).",
  ],
  [
    "bird",
    "route_lookup",
    { destination: "10.0.0.0/24" },
    "show route 10.0.0.0/24 all",
    recordedOutput("bird2/show_route_10.0.0.0_24_all.txt"),
    "Lab: 4 paths to 10.0.0.0/24, from 2 origins: AS64499 (3) and its own AS (1), by way of 2 neighbouring ASes; best: 65002 64499.",
  ],
  [
    "ios",
    "bgp_summary",
    {},
    "show ip bgp summary",
    recordedOutput("ios/show_ip_bgp_summary.txt"),
    "Lab (AS64500) has 5 neighbours, 2 of them established.",
  ],
  [
    "iosxr",
    "bgp_summary",
    { family: "ipv6" },
    "show bgp ipv6 unicast summary",
    recordedOutput("iosxr/summary.txt"),
    "Lab (AS64500) has 4 neighbours, 2 of them established.",
  ],
  [
    "nxos",
    "bgp_summary",
    {},
    "show bgp ipv4 unicast summary",
    recordedOutput("nxos/summary.txt"),
    "Lab (AS64500) has 6 neighbours, 4 of them established.",
  ],
  [
    "eos",
    "bgp_summary",
    {},
    "show ip bgp summary",
    recordedOutput("eos/summary.txt"),
    "Lab (AS64500) has 4 neighbours, 2 of them established.",
  ],
  [
    "junos",
    "bgp_summary",
    {},
    "show bgp summary",
    recordedOutput("junos/summary.txt"),
    "Lab has 3 neighbours, 2 of them established.",
  ],
  [
    "openbgpd",
    "bgp_summary",
    {},
    "show neighbor",
    recordedOutput("openbgpd/show_neighbor.txt"),
    "Lab has 8 neighbours, 3 of them established.",
  ],
  [
    "bird",
    "bgp_summary",
    {},
    "show protocols all",
    recordedOutput("bird2/show_protocols_all.txt"),
    "Lab has 8 neighbours, 4 of them established.",
  ],
  [
    "ios",
    "route_search",
    { query: "longer:10.0.0.0/8" },
    "show ip bgp 10.0.0.0/8 longer-prefixes",
    recordedOutput("ios/show_ip_bgp_longer.txt"),
    "Lab: longer:10.0.0.0/8 matches 5 prefixes by 7 paths, from its own AS, AS64500, AS64501 and 2 more.",
  ],
  [
    "iosxr",
    "route_search",
    { query: "origin:64500" },
    "show bgp ipv4 unicast regexp _64500$",
    recordedOutput("iosxr/table.txt"),
    "Lab: origin:64500 matches 4 prefixes by 6 paths, from its own AS, AS64496, AS64497 and 2 more.",
  ],
  [
    "nxos",
    "route_search",
    { query: "via:64500" },
    "show bgp ipv4 unicast regexp _64500_",
    recordedOutput("nxos/table.txt"),
    "Lab: via:64500 matches 4 prefixes by 6 paths, from its own AS, AS64497, AS64498 and 2 more.",
  ],
  [
    "eos",
    "route_search",
    { query: "community:65535:666" },
    "show ip bgp community 65535:666",
    recordedOutput("eos/table.txt"),
    "Lab: community:65535:666 matches 3 prefixes by 5 paths, from AS64497, AS64498, AS64499 and 2 more.",
  ],
  [
    "junos",
    "route_search",
    { query: 'path:"^64496 .* 64500$"' },
    "show route protocol bgp table inet.0 aspath-regex 64496.*64500",
    recordedOutput("junos/table_ipv4.txt"),
    'Lab: path:"^64496 .* 64500$" matches 3 prefixes by 4 paths, from AS64497, AS64499, its own AS and 1 more.',
  ],
  [
    "openbgpd",
    "route_search",
    { query: "via:64496" },
    "show ip bgp inet as 64496",
    recordedOutput("openbgpd/show_ip_bgp_inet_as_64496.txt"),
    "Lab: via:64496 matches 6 prefixes by 6 paths, from AS64496, AS64499 and the set {64510,64511,4200000005}.",
  ],
  [
    "bird",
    "route_search",
    { query: "via:64496" },
    "show route where bgp_path ~ [= * 64496 * =] all stats",
    recordedOutput("bird2/show_route_where_bgp_path_64496_all_stats.txt"),
    "Lab: via:64496 matches 5 prefixes by 5 paths, from AS64496.",
  ],
  [
    "iosxr",
    "lg_ping",
    { ip: "203.0.113.9" },
    "ping 203.0.113.9 count 5",
    recordedOutput("iosxr/ping.txt"),
    "From Lab, 203.0.113.9 answered 4 of 5 pings, 2 ms on average.",
  ],
  [
    "nxos",
    "lg_ping",
    { ip: "203.0.113.9" },
    "ping 203.0.113.9 count 5",
    recordedOutput("nxos/ping.txt"),
    "From Lab, 203.0.113.9 answered 4 of 5 pings, 1.274 ms on average.",
  ],
  [
    "eos",
    "lg_ping",
    { ip: "203.0.113.9" },
    "ping 203.0.113.9",
    recordedOutput("eos/ping.txt"),
    "From Lab, 203.0.113.9 answered 2 of 5 pings, 1.251 ms on average.",
  ],
  [
    "junos",
    "lg_ping",
    { ip: "203.0.113.9" },
    "ping 203.0.113.9 count 5",
    recordedOutput("junos/ping.txt"),
    "From Lab, 203.0.113.9 answered 4 of 5 pings, 10.275 ms on average.",
  ],
  [
    "iosxr",
    "lg_traceroute",
    { ip: "203.0.113.9" },
    "traceroute 203.0.113.9",
    recordedOutput("iosxr/traceroute.txt"),
    "From Lab, 203.0.113.9 was reached in 3 hops.",
  ],
  [
    "nxos",
    "lg_traceroute",
    { ip: "203.0.113.9" },
    "traceroute 203.0.113.9",
    recordedOutput("nxos/traceroute.txt"),
    "From Lab, 203.0.113.9 was reached in 3 hops.",
  ],
  [
    "eos",
    "lg_traceroute",
    { ip: "203.0.113.9" },
    "traceroute 203.0.113.9",
    recordedOutput("eos/traceroute.txt"),
    "From Lab, 203.0.113.9 was reached in 3 hops.",
  ],
  [
    "junos",
    "lg_traceroute",
    { ip: "203.0.113.9" },
    "traceroute 203.0.113.9",
    recordedOutput("junos/traceroute.txt"),
    "From Lab, 203.0.113.9 was reached in 4 hops.",
  ],
];

for (const [dialect, tool, args, command, output, summary] of ROWS) {
  Deno.test(`${tool} with ${dialect}: ${command}`, async () => {
    await using router = await serveRoutes({
      answers: (line) => line === command ? output : undefined,
    });
    const entry = routeServer(router.port, { dialect, ping: true, traceroute: true });
    await using stage = new GlassStage([entry]);
    const answer = await stage.answer(tool, args);
    assert.equal(answer.summary, summary);
    assert.deepEqual(
      [answer.success, answer.complete, answer.incomplete_reason, answer.problems],
      [true, true, null, []],
    );
    assert.deepEqual([answer.command, answer.dialect], [command, dialect]);
  });
}

Deno.test("a dialect that is not configured is recognised, and remembered", async () => {
  const command = "show bgp ipv4 unicast 192.0.2.0/24";
  await using router = await serveRoutes({
    prompt: "RP/0/RSP0/CPU0:lab-xr#",
    answers: {
      "show version": "Cisco IOS XR Software, Version 7.5.2\n",
      [command]: recordedOutput("iosxr/detail.txt"),
    },
  });
  await using stage = new GlassStage([routeServer(router.port, { dialect: null })]);
  assert.equal((await stage.answer("list_servers")).servers[0].dialect, null);
  const answer = await stage.answer("route_lookup", { destination: "192.0.2.0/24" });
  assert.deepEqual([answer.success, answer.dialect, answer.path_count], [true, "iosxr", 4]);
  assert.equal((await stage.answer("list_servers")).servers[0].dialect, "iosxr");
});

Deno.test("JSON of one's own FRR says the same as its text", async () => {
  const text = "show ip bgp 10.0.0.0/24";
  await using router = await serveRoutes({
    answers: {
      [text]: recordedFrr("show ip bgp 10.0.0.0/24"),
      [`${text} json`]: recordedFrr("show ip bgp 10.0.0.0/24 json"),
    },
  });
  await using stage = new GlassStage([
    routeServer(router.port, { name: "Text" }),
    routeServer(router.port, { name: "JSON", format: "json" }),
  ]);
  const [asText, asJson] = await Promise.all(
    ["Text", "JSON"].map((server) =>
      stage.answer("route_lookup", { destination: "10.0.0.0/24", server, detail: "full" })
    ),
  );
  assert.deepEqual([asText?.command, asJson?.command], [text, `${text} json`]);
  assert.deepEqual(asJson?.origins, asText?.origins);
  assert.deepEqual(asJson?.community_meanings, asText?.community_meanings);
  assert.deepEqual(
    asJson?.parsed_routes.map((route: { as_path: string }) => route.as_path),
    asText?.parsed_routes.map((route: { as_path: string }) => route.as_path),
  );
});
