import { deepStrictEqual, doesNotMatch, match, rejects, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { configOf } from "../../tests/support/config_of.ts";
import { InputError } from "../../lib/errors/mod.ts";
import type { ToolContext } from "../../lib/mcp/define_tool.ts";
import { bgpPeerConfig } from "./bgp_peer_config.ts";

const config = await configOf(`
bgp:
  local_as: 65099
  router_id: 10.255.255.1
  peers: [{ name: rr1, address: 10.255.255.2, remote_as: 65000, local_address: 10.255.255.1 }]
  originate: { allowed_prefixes: ["192.168.99.0/24"] }
`);

async function ask(input: Record<string, unknown>): Promise<Record<string, unknown>> {
  // The tool reads nothing of its context but the configuration.
  const cx = { config } as ToolContext;
  const answer = await bgpPeerConfig.run(bgpPeerConfig.input.parse(input), cx);
  deepStrictEqual(bgpPeerConfig.output.strict().parse(answer), answer);
  return answer;
}

const TUNNEL = { router_address: "198.51.100.1", our_address: "192.0.2.1", key: 42 };

Deno.test("for FRR the tunnel is made by ip, before the configuration", async () => {
  const { shell, shell_rollback, summary } = await ask({ platform: "frr", tunnel: TUNNEL });
  deepStrictEqual(shell, [
    "ip link add dev gre-netglass type gre key 42 local 198.51.100.1 remote 192.0.2.1 ttl 64",
    "ip addr add 10.255.255.2/30 dev gre-netglass",
    "ip link set dev gre-netglass mtu 1472 up",
  ]);
  deepStrictEqual(shell_rollback, ["ip link delete dev gre-netglass"]);
  strictEqual(
    summary,
    "Configuration of rr1 (AS 65000) for frr: neighbor 10.255.255.1 AS 65099",
  );
});

Deno.test("the configuration comes line by line, whole, with what takes it back", async () => {
  const { config: lines, rollback } = await ask({ platform: "ios", tunnel: TUNNEL });
  deepStrictEqual((lines as string[]).slice(0, 2), ["interface Tunnel0", " description netglass"]);
  deepStrictEqual((rollback as string[])[0], "router bgp 65000");
});

for (const platform of ["ios", "eos", "frr", "bird", "junos"]) {
  Deno.test(`${platform}: no text of a caller becomes a line of its own`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (one, other) => {
        const evil = `${one}\nno router bgp 65000;}${other}`;
        for (
          const input of [
            { our_address: evil.slice(0, 45) },
            { peer: evil.slice(0, 64) },
            { tunnel: { ...TUNNEL, our_address: evil.slice(0, 45) } },
            { tunnel: { ...TUNNEL, interface: evil.slice(0, 32) } },
          ]
        ) {
          await rejects(async () => {
            doesNotMatch(String((await ask({ platform, ...input })).config), /no router/);
          });
        }
      }),
      { numRuns: 30 },
    );
  });
}

Deno.test("the reverse says where the router expects something else than we are", async () => {
  const { peers, summary } = await ask({
    peer: "pe9",
    peer_address: "192.0.2.9",
    stanza:
      "router bgp 65010\n neighbor 192.0.2.1 remote-as 65098\n neighbor 192.0.2.1 port 1790\n",
  });
  strictEqual(summary, "1 session read");
  deepStrictEqual(peers, [{
    local_as: 65_098,
    entry: {
      name: "pe9",
      address: "192.0.2.9",
      remote_as: 65_010,
      local_address: "192.0.2.1",
      connect: "both",
      families: ["ipv4-unicast"],
      add_path: "off",
    },
    missing: [],
    differs_from_ours: [
      "The router expects AS 65098, bgp.local_as is 65099",
      "The router dials port 1790, bgp.listen is null",
    ],
  }]);
});

Deno.test("what a stanza does not say is asked for", async () => {
  const { summary } = await ask({
    stanza: "router bgp 65010\n neighbor 192.0.2.1 remote-as 65099\n",
  });
  strictEqual(summary, "1 session read; still to be said: address");
});

Deno.test("what is no address is refused by the name of its argument", async () => {
  await rejects(ask({ our_address: "here" }), { code: "input.our_address" });
  const tunnel = { ...TUNNEL, router_address: "192.0.2.0/24" };
  await rejects(ask({ tunnel }), { code: "input.router_address" });
});

Deno.test("a peer that is not configured is refused with those that are", async () => {
  await rejects(ask({ peer: "rr2" }), (error) => {
    match((error as InputError).hint, /^Give peer as one of: rr1\.$/);
    return error instanceof InputError;
  });
});
