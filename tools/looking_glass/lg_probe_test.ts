/**
 * `lg_ping` and `lg_traceroute`: probes that a route server sends.
 *
 * @module
 */
import assert from "node:assert/strict";
import { GlassStage, routeServer } from "../../tests/support/glass_stage.ts";
import { recordedOutput } from "../../tests/support/recorded_output.ts";
import { serveRoutes } from "../../tests/support/route_server.ts";
import { reply, startScriptedDnsServer } from "../../tests/scripted_dns_server.ts";

const OFFERS = { dialect: "iosxr", ping: true, traceroute: true } as const;

Deno.test("a ping is told with what was sent, came back, and how long it took", async () => {
  await using router = await serveRoutes({ answers: () => recordedOutput("iosxr/ping.txt") });
  await using stage = new GlassStage([
    routeServer(router.port, { name: "Quiet" }),
    routeServer(router.port, { name: "Pings", ...OFFERS }),
  ]);
  const { elapsed_ms: _, bytes_received: __, ...answer } = await stage.answer("lg_ping", {
    ip: "203.0.113.9",
  });
  assert.deepEqual(answer, {
    success: true,
    summary: "From Pings, 203.0.113.9 answered 4 of 5 pings, 2 ms on average.",
    type: "ping",
    ip: "203.0.113.9",
    reachable: true,
    stats: { sent: 5, received: 4, success_rate: 80, min_ms: 1, avg_ms: 2, max_ms: 4 },
    server: "Pings",
    host: "127.0.0.1",
    dialect: "iosxr",
    command: "ping 203.0.113.9 count 5",
    complete: true,
    incomplete_reason: null,
    problems: [],
    cached_age_ms: null,
  });
});

Deno.test("hops of a trace have every router that answered, times, marks and labels", async () => {
  await using router = await serveRoutes({ answers: () => recordedOutput("iosxr/traceroute.txt") });
  await using stage = new GlassStage([routeServer(router.port, OFFERS)]);
  const answer = await stage.answer("lg_traceroute", { ip: "203.0.113.9" });
  assert.equal(answer.summary, "From Lab, 203.0.113.9 was reached in 3 hops.");
  assert.deepEqual([answer.success, answer.reached, answer.total_hops], [true, true, 3]);
  assert.deepEqual(answer.hops, [
    {
      hop_number: 1,
      host: null,
      ip: "198.51.100.1",
      asn: null,
      times_ms: [4, 4, 6],
      rtt_avg_ms: 4.67,
      others: ["198.51.100.5"],
      mpls: ["MPLS: Label 24016 Exp 0"],
    },
    { hop_number: 2, host: null, ip: null, asn: null, times_ms: [], rtt_avg_ms: null },
    { hop_number: 3, host: null, ip: "203.0.113.9", asn: null, times_ms: [9, 10], rtt_avg_ms: 9.5 },
  ]);
});

Deno.test("the names and arguments of other tools are taken: ping_host, traceroute_host", async () => {
  await using router = await serveRoutes({
    answers: (line) => recordedOutput(`iosxr/${line.split(" ")[0]}.txt`),
  });
  await using stage = new GlassStage([routeServer(router.port, OFFERS)]);
  const asked = { ip: "203.0.113.9", server: "Lab", format: "json" };
  assert.equal((await stage.answer("ping_host", asked)).type, "ping");
  assert.equal((await stage.answer("traceroute_host", asked)).type, "traceroute");
});

Deno.test("a name is resolved here, and the address of a family that the router carries is probed", async () => {
  const dns = await startScriptedDnsServer((query) => [
    reply(query, {
      answers: query.type === "A"
        ? [{ type: "A", name: query.name, ttl: 60, data: "203.0.113.9" }]
        : [{ type: "AAAA", name: query.name, ttl: 60, data: "2001:db8::9" }],
    }),
  ]);
  await using router = await serveRoutes({ answers: () => recordedOutput("iosxr/traceroute.txt") });
  const entries = [routeServer(router.port, { ...OFFERS, families: ["ipv4"] })];
  await using stage = new GlassStage(entries, { resolvers: [dns.endpoint] });
  const answer = await stage.answer("lg_traceroute", { ip: "target.test" });
  assert.deepEqual([answer.ip, answer.target_hostname], ["203.0.113.9", "target.test"]);
  assert.deepEqual(router.heard.at(-1), "traceroute 203.0.113.9");
  const error = await stage.error("lg_ping", { ip: "2001:db8::9" });
  assert.deepEqual([error.code, error.message, error.hint], [
    "input.family",
    'Cannot probe 2001:db8::9 from "Lab": it carries ipv4 only',
    "Name a server that carries the family (families in list_servers).",
  ]);
  await dns.stop();
});

Deno.test("who does not offer probes is not asked for any, and who does is named", async () => {
  await using router = await serveRoutes();
  const quiet = routeServer(router.port, { name: "Quiet" });
  await using stage = new GlassStage([
    quiet,
    routeServer(router.port, { name: "Pings", ping: true }),
  ]);
  const errorOf = async (tool: string, server?: string) => {
    const { code, message, hint } = await stage.error(tool, { ip: "192.0.2.1", server });
    return [code, message, hint];
  };
  assert.deepEqual(await errorOf("lg_ping", "Quiet"), [
    "input.server",
    'Cannot ask "Quiet": it does not offer ping',
    'These do: "Pings".',
  ]);
  assert.deepEqual(await errorOf("lg_traceroute"), [
    "input.server",
    "Cannot choose a server: none that offers traceroute is enabled",
    "Set traceroute: true of one in looking_glass.servers if its operator allows it.",
  ]);
  assert.deepEqual(await errorOf("lg_ping", "Pings"), [
    "input.query",
    'Cannot ask "Pings" for ping: FRRouting and Quagga has no command for it',
    "Ask another server: list_servers says which software each runs and what it offers.",
  ]);
  assert.deepEqual(router.heard, []);
});

Deno.test("a target that policy denies is not probed from elsewhere either", async () => {
  await using router = await serveRoutes();
  await using stage = new GlassStage([routeServer(router.port, OFFERS)]);
  const { code } = await stage.error("lg_ping", { ip: "169.254.169.254" });
  assert.equal(code, "policy.block_cloud_metadata");
  assert.deepEqual(router.heard, []);
});

Deno.test("a ping without a result is not a success", async () => {
  await using router = await serveRoutes({
    answers: () =>
      "Type escape sequence to abort.\nSending 5, 100-byte ICMP Echos to 203.0.113.9\n",
  });
  await using stage = new GlassStage([routeServer(router.port, OFFERS)]);
  const answer = await stage.answer("lg_ping", { ip: "203.0.113.9" });
  assert.deepEqual(
    [answer.success, answer.reachable, answer.stats.success_rate, answer.summary],
    [false, null, null, "Lab did not say how its pings to 203.0.113.9 ended."],
  );
});
