import assert from "node:assert/strict";
import { hostFixture } from "../../tests/host_fixtures.ts";
import { GuardedStage } from "../../tests/support/guarded_speaker.ts";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { plainPipeline } from "../../tests/support/plain_pipeline.ts";
import { scriptedPrograms } from "../../tests/scripted_programs.ts";
import type { Io } from "../../lib/io/io.ts";
import { greTunnelCreate } from "./gre_tunnel_create.ts";
import { greTunnelDelete } from "./gre_tunnel_delete.ts";

/** The recorded host with two tunnel tools; `links` may change what `ip -d -s link` prints. */
function stage() {
  const clock = new ManualClock();
  const changed: string[] = [];
  const host = { links: hostFixture("tunnels/link.json"), way: "eth0" };
  const programs = scriptedPrograms(({ options }) => {
    const words = options.join(" ");
    if (words === "-j -d -s link show") return { stdout: host.links };
    if (words === "-j addr show") return { stdout: hostFixture("tunnels/addr.json") };
    const dst = /^-j route get (\S+)$/.exec(words)?.[1];
    if (dst === undefined) {
      changed.push(words);
      return {};
    }
    return { stdout: JSON.stringify([{ dst, dev: host.way, prefsrc: "192.0.2.1", flags: [] }]) };
  });
  const { config } = new GuardedStage();
  const rr1 = config.bgp.peers.slice(0, 1);
  const { pipeline, audited } = plainPipeline({
    tools: [greTunnelCreate, greTunnelDelete],
    clock,
    io: { clock, programs } as unknown as Io,
    config: {
      ...config,
      tunnels: { manage: true, allowed_names: ["gre-*"], allowed_remotes: ["198.51.100.0/24"] },
      bgp: { ...config.bgp, peers: rr1.map((peer) => ({ ...peer, address: "10.255.255.2" })) },
    },
  });
  const call = async (name: string, args: unknown) => {
    const outcome = await pipeline.call({ name, args, signal: new AbortController().signal });
    return outcome.ok ? outcome.structured : { code: outcome.error.code };
  };
  const planned = async (name: string, args: unknown) => {
    const plan = await call(name, args);
    const { plan_id, confirm_token } = plan;
    return { plan, apply: () => call(name, { plan_id, confirm_token }) };
  };
  return { host, changed, audited, call, planned };
}

const NEW = { name: "gre-new", local: "192.0.2.1", remote: "198.51.100.7" };

Deno.test("a tunnel is deleted by the very command that was planned, and the record has it", async () => {
  const { planned, changed, audited } = stage();
  const { plan, apply } = await planned("gre_tunnel_delete", { name: "gre-rr1" });
  assert.partialDeepStrictEqual(plan, {
    exact: [{ argv: ["ip", "link", "delete", "dev", "gre-rr1"] }],
    blast_radius: { bgp_peers_through_it: ["rr1"] },
    warnings: ["The session with rr1 goes down with it"],
  });
  assert.deepEqual(changed, []);
  assert.partialDeepStrictEqual(await apply(), { success: true, summary: "gre-rr1 is gone" });
  assert.deepEqual(changed, ["link delete dev gre-rr1"]);
  assert.partialDeepStrictEqual(audited.at(-1)?.evidence, {
    plan_id: plan.plan_id,
    state: "applied",
    argv: [["ip", "link", "delete", "dev", "gre-rr1"]],
  });
});

Deno.test("another tunnel that took the name since the plan is not deleted", async () => {
  const { host, planned, changed } = stage();
  const { apply } = await planned("gre_tunnel_delete", { name: "gre-rr1" });
  host.links = host.links.replaceAll("198.51.100.1", "198.51.100.9");
  assert.deepEqual(await apply(), { code: "policy.plan_changed" });
  assert.deepEqual(changed, []);
});

Deno.test("a tunnel whose way has changed since the plan is not created", async () => {
  const { host, planned, changed } = stage();
  const { apply } = await planned("gre_tunnel_create", NEW);
  host.way = "gre-rr1";
  assert.deepEqual(await apply(), { code: "policy.plan_changed" });
  assert.deepEqual(changed, []);
});

const ways: readonly (readonly [what: string, code: string, args: Record<string, unknown>])[] = [
  ["a name that ends the command", "input.arguments", { ...NEW, name: "gre-x;reboot" }],
  ["a name of 63 letters", "input.arguments", { ...NEW, name: `gre-${"x".repeat(59)}` }],
  ["a name that is an option", "input.arguments", { ...NEW, name: "-force" }],
  ["the interface of the host itself", "policy.tunnel_name", { ...NEW, name: "eth0" }],
  ["a far end outside of the list", "policy.tunnel_remote", { ...NEW, remote: "203.0.113.1" }],
  ["an IPv4-mapped far end", "policy.tunnel_remote", { ...NEW, remote: "::ffff:203.0.113.1" }],
  ["a far end by a name", "input.tunnel", { ...NEW, remote: "tunnel.example" }],
  ["the default route inside", "policy.tunnel_inner", { ...NEW, address: "192.0.0.1/0" }],
  ["the network of a peer", "policy.tunnel_inner", { ...NEW, address: "10.255.255.3/24" }],
];

for (const [what, code, args] of ways) {
  Deno.test(`${what} is refused as ${code}, and audited`, async () => {
    const { call, changed, audited } = stage();
    assert.deepEqual(await call("gre_tunnel_create", args), { code });
    assert.deepEqual(changed, []);
    assert.deepEqual(audited.map(({ event, outcome }) => [event, outcome]), [["outcome", code]]);
  });
}

Deno.test("whoever confirms is told which sessions would go through a new tunnel", async () => {
  const { host, planned } = stage();
  // Nothing is in 10.255.255.0/30 any more.
  const links: { ifname: string }[] = JSON.parse(host.links);
  host.links = JSON.stringify(links.filter(({ ifname }) => ifname !== "gre-rr1"));
  const { plan } = await planned("gre_tunnel_create", { ...NEW, address: "10.255.255.1/30" });
  assert.partialDeepStrictEqual(plan, {
    blast_radius: { bgp_peers_through_it: ["rr1"] },
    warnings: ["The session with rr1 would go through it"],
  });
});
