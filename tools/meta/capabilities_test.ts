import { deepEqual } from "node:assert/strict";
import { loadConfig } from "../../lib/config/load.ts";
import type { ToolContext } from "../../lib/mcp/define_tool.ts";
import { capabilities } from "./capabilities.ts";

/** What it says of BGP under this configuration. */
async function bgpOf(yaml: string): Promise<unknown> {
  const { config } = await loadConfig({
    configFile: "/f.yaml",
    argv: {},
    env: () => undefined,
    readFile: () => yaml,
    cwd: "/srv",
    home: null,
    platform: "linux",
  });
  const server = {
    version: "0",
    transport: "call",
    tools: [],
    widerPermissions: [],
    configSources: [],
    needStates: () => Promise.resolve([]),
  };
  const programs = { platform: "linux", state: () => Promise.resolve("ready") };
  const cx = { config, server, io: { programs, net: { resolvers: [] } } };
  // Only what the tool asks of its context.
  return (await capabilities.run({}, cx as unknown as ToolContext)).bgp;
}

const BGP = `
bgp:
  enabled: true
  local_as: 65099
  router_id: 10.255.255.1
  peers: [{ name: rr1, address: 10.255.255.2, remote_as: 65000 }]
  originate:
    enabled: true
    lab: true
    allowed_prefixes: [192.168.99.0/24, { prefix: 10.9.0.0/16, ge: 20, le: 24 }]
`;

Deno.test("capabilities tells who the speaker is and what may be announced", async () => {
  deepEqual(await bgpOf(BGP), {
    local_as: 65_099,
    router_id: "10.255.255.1",
    peers: ["rr1"],
    may_announce: ["192.168.99.0/24", "10.9.0.0/16 ge 20 le 24"],
  });
});

Deno.test("capabilities tells that nothing may be announced where only reading is allowed, and that BGP is off", async () => {
  const { may_announce } = await bgpOf(`read_only: true${BGP}`) as Record<string, unknown>;
  deepEqual(may_announce, []);
  deepEqual(await bgpOf(BGP.replace("enabled: true", "enabled: false")), null);
});
