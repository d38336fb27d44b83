import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { configOf } from "../../tests/support/config_of.ts";
import type { SpeakerSettings } from "./settings.ts";
import { speakerSettings } from "./speaker_settings.ts";

async function settingsOf(section: string): Promise<SpeakerSettings | null> {
  return speakerSettings(await configOf(`bgp: ${section}`));
}

const SPEAKER = "enabled: true, local_as: 65099, router_id: 10.255.255.1";

Deno.test("without bgp.enabled there is nothing to start, whatever else is set", async () => {
  strictEqual(await settingsOf("{ local_as: 65099, router_id: 10.255.255.1 }"), null);
});

Deno.test("every setting of the speaker comes from its key", async () => {
  const settings = await settingsOf(`{ ${SPEAKER}, listen: "[2001:DB8::1]:1790",
    rpki_invalid: reject, send_queue_bytes: 131072,
    limits: { ipv4_prefixes: 2000, ipv6_prefixes: 3000, attribute_sets: 4000, changes: 5000 },
    peers: [
      { name: ce1, address: 192.0.2.2, remote_as: 65000 },
      { name: RR1, address: "2001:db8::2", port: 1791, remote_as: 4200000000, local_address: "2001:db8::1",
        connect: passive, hold_time_sec: 30, connect_retry_sec: 7, delay_open_sec: 9,
        families: [ipv6-unicast],
        max_prefixes: null, max_prefixes_action: warn, max_prefixes_restart_sec: 60, role: customer,
        strict_role: true, add_path: off, extended_messages: false, extended_next_hop: true,
        graceful_restart: false, import_policy: all, transit: [CE1],
        next_hop: { ipv4: 192.0.2.1, ipv6: "2001:db8::1" }, enabled: false } ] }`);
  deepStrictEqual(settings === null ? null : { ...settings, peers: settings.peers.slice(1) }, {
    localAs: 65_099,
    routerId: "10.255.255.1",
    listen: { address: "2001:db8::1", port: 1790 },
    peers: [{
      index: 1,
      name: "RR1",
      address: "2001:db8::2",
      port: 1791,
      remoteAs: 4_200_000_000,
      localAddress: "2001:db8::1",
      connect: "passive",
      holdTimeSec: 30,
      connectRetrySec: 7,
      delayOpenSec: 9,
      families: ["ipv6-unicast"],
      maxPrefixes: null,
      maxPrefixesAction: "warn",
      maxPrefixesRestartSec: 60,
      role: "customer",
      strictRole: true,
      addPath: "off",
      extendedMessages: false,
      extendedNextHop: true,
      gracefulRestart: false,
      importPolicy: "all",
      transitFrom: ["ce1"],
      nextHop: { ipv4: "192.0.2.1", ipv6: "2001:db8::1" },
      enabled: false,
    }],
    rpkiInvalid: "reject",
    sendQueueBytes: 131_072,
    limits: { prefixes: [2000, 3000], attributeSets: 4000, changes: 5000 },
  });
});

const imports: readonly (readonly [remoteAs: number, policy: string, expected: "all" | "none"])[] =
  [
    [65_000, "null", "none"],
    [65_000, "all", "all"],
    [65_000, "none", "none"],
    [65_099, "null", "all"],
    [65_099, "none", "none"],
  ];

for (const [remoteAs, policy, expected] of imports) {
  Deno.test(`import_policy ${policy} for a peer of AS ${remoteAs} is ${expected} in AS 65099`, async () => {
    const settings = await settingsOf(
      `{ ${SPEAKER}, peers: [{ name: a, address: 192.0.2.2, remote_as: ${remoteAs}, import_policy: ${policy} }] }`,
    );
    strictEqual(settings?.peers[0]?.importPolicy, expected);
  });
}

Deno.test("without bgp.listen a peer that may dial us cannot, so we dial", async () => {
  const peers = "peers: [{ name: a, address: 192.0.2.2, remote_as: 65000, connect: both }]";
  strictEqual((await settingsOf(`{ ${SPEAKER}, ${peers} }`))?.peers[0]?.connect, "active");
  const listening = await settingsOf(`{ ${SPEAKER}, listen: "192.0.2.1:179", ${peers} }`);
  strictEqual(listening?.peers[0]?.connect, "both");
});
