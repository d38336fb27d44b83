import assert from "node:assert/strict";
import { defaultConfig } from "../../lib/config/load.ts";
import { recordedFrr } from "../../tests/support/recorded_frr.ts";
import { GlassStage, routeServer } from "../../tests/support/glass_stage.ts";
import { serveRoutes } from "../../tests/support/route_server.ts";

Deno.test("a server is told with what it offers, how far its dialect is verified, and its health", async () => {
  const command = "show ip bgp summary";
  await using router = await serveRoutes({ answers: { [command]: recordedFrr(command) } });
  await using stage = new GlassStage([
    routeServer(router.port, {
      location: "Oregon",
      asn: 6447,
      tags: ["north-america", "multihop"],
      families: ["ipv4"],
      verified: "2026-11-20",
      daily_connections: 100,
      daily_bytes: 500_000,
    }),
    routeServer(1, { name: "Closed", dialect: "junos" }),
  ]);
  await stage.answer("bgp_summary", { server: "Lab" });
  await stage.error("bgp_summary", { server: "Closed" });
  const answer = await stage.answer("list_servers");
  assert.equal(
    answer.summary,
    "2 route servers; 2 of 2 configured are enabled; 1 failed when last asked.",
  );
  const [lab, closed] = answer.servers;
  const { last_rtt_ms, quota, ...rest } = lab;
  assert.ok(last_rtt_ms >= 0 && last_rtt_ms < 5_000);
  assert.equal(quota.connections_left, 99 - (quota.connections_used - 1));
  assert.equal(quota.bytes_left, 500_000 - quota.bytes_used);
  assert.deepEqual(rest, {
    name: "Lab",
    host: "127.0.0.1",
    port: router.port,
    connection_method: "telnet",
    enabled: true,
    dialect: "frr",
    dialect_verified: "real system: FRR 8.4.4",
    location: "Oregon",
    asn: 6447,
    tags: ["north-america", "multihop"],
    families: ["ipv4"],
    supports_ping: false,
    supports_traceroute: false,
    last_checked: "2026-11-20",
    health: "ok",
  });
  assert.deepEqual([closed.health, closed.last_error, closed.last_rtt_ms], [
    "failing",
    "remote.connect",
    null,
  ]);
  assert.match(closed.dialect_verified, /^documentation only: /);
});

Deno.test("the shipped servers are found by name, place and tag; disabled ones on request", async () => {
  await using stage = new GlassStage(defaultConfig().looking_glass.servers);
  const names = async (args: Record<string, unknown>) =>
    (await stage.answer("list_servers", args)).servers.map(({ name }: { name: string }) => name);
  const all = await stage.answer("list_servers", { include_disabled: true });
  assert.equal(all.enabled_count, 6);
  assert.equal(all.page.total, all.enabled_count + all.disabled_count);
  assert.match(
    all.summary,
    new RegExp(
      `^${all.page.total} route servers; 6 of ${all.page.total} configured are enabled\\.$`,
    ),
  );
  const enabled = await names({});
  assert.equal(enabled.length, 6);
  assert.deepEqual(await names({ search: "no such place" }), []);
  const europe = await names({ search: "EUROPE" });
  assert.ok(europe.length > 0 && europe.length < 6);
  assert.deepEqual(await names({ search: "sao paulo" }), ["IX.br São Paulo"]);
  assert.ok((await names({ search: "sydney", include_disabled: true })).length > 0);
  assert.ok(JSON.stringify(all).length <= 8_000);
  assert.match(all.how_to_enable, /looking_glass\.servers: \[\{name: "…", enabled: true\}\]/);
});
