import assert from "node:assert/strict";
import { hostFixture } from "../../../tests/host_fixtures.ts";
import { scriptedPrograms } from "../../../tests/scripted_programs.ts";
import { defaultRoute, readRoutes } from "../routes.ts";
import { darwinInterfacesOf } from "./interfaces.ts";
import { arpEntriesOf, ndpEntriesOf } from "./neighbors.ts";
import { darwinResolverOf } from "./resolver.ts";
import { darwinRoutesOf } from "./routes.ts";
import { darwinSocketsOf } from "./sockets.ts";

const lines = (name: string): string[] => hostFixture(`darwin/${name}.txt`).split("\n");

Deno.test("ifconfig of macOS gives every interface with state, addresses and counters", () => {
  const rows = darwinInterfacesOf(lines("ifconfig"), lines("netstat_ibn"));
  assert.deepEqual(
    rows.map(({ name, status, why_down, index, mtu }) => [name, status, why_down, index, mtu]),
    [
      ["lo0", "up", undefined, 1, 16384],
      ["gif0", "down", "administratively down", 2, 1280],
      ["en0", "up", undefined, 11, 1500],
      ["en5", "down", "no carrier", 4, 1500],
      ["bridge0", "down", "no carrier", 5, 1500],
      ["vlan7", "up", undefined, 6, 1500],
      ["utun3", "up", undefined, 16, 1380],
    ],
  );
  const [lo0, , en0, , bridge0, vlan7, utun3] = rows;
  assert.deepEqual(en0?.addresses, [
    {
      address: "fe80::c3:1:2:3",
      family: "ipv6",
      prefix_length: 64,
      scope: "link",
      flags: ["secured"],
    },
    {
      address: "192.0.2.20",
      family: "ipv4",
      prefix_length: 24,
      netmask: "255.255.255.0",
      broadcast: "192.0.2.255",
      scope: "global",
    },
    {
      address: "198.51.100.5",
      family: "ipv4",
      prefix_length: 28,
      netmask: "255.255.255.240",
      broadcast: "198.51.100.15",
      scope: "global",
    },
    {
      address: "2001:db8::14",
      family: "ipv6",
      prefix_length: 64,
      scope: "global",
      flags: ["autoconf", "secured"],
    },
    {
      address: "2001:db8::9c1:77",
      family: "ipv6",
      prefix_length: 64,
      scope: "global",
      flags: ["deprecated", "autoconf", "temporary"],
    },
  ]);
  assert.deepEqual([en0?.netmask, en0?.broadcast, en0?.mac_address], [
    "255.255.255.0",
    "192.0.2.255",
    "02:00:5e:10:00:01",
  ]);
  assert.deepEqual(en0?.received, {
    bytes: 1_500_123_456,
    packets: 1_200_345,
    errors: 3,
    dropped: 0,
  });
  assert.deepEqual(lo0?.sent, { bytes: 9_121_040, packets: 22_401, errors: 0, dropped: 0 });
  assert.deepEqual(lo0?.addresses.map(({ scope }) => scope), ["host", "host", "link"]);
  assert.deepEqual(bridge0?.details, { members: "en1 en2" });
  assert.equal(vlan7?.parent, "en0");
  assert.deepEqual(utun3?.addresses[0], {
    address: "10.8.0.2",
    family: "ipv4",
    prefix_length: 32,
    netmask: "255.255.255.255",
    peer: "10.8.0.1",
    scope: "global",
  });
});

Deno.test("netstat of macOS gives routes whose destinations are written short", () => {
  const routes = darwinRoutesOf(lines("netstat_rn_inet"), "ipv4");
  assert.deepEqual(
    routes.map(({ destination, gateway, type, interface: device }) =>
      [destination, gateway, type, device].join(" ")
    ),
    [
      "default 192.0.2.1 unicast en0",
      "default  unicast utun3",
      "10.8.0.1  unicast utun3",
      "10.20.0.0/22 192.0.2.9 unicast en0",
      "127.0.0.0/8  unicast lo0",
      "127.0.0.1  unicast lo0",
      "169.254.0.0/16  unicast en0",
      "192.0.2.0/24  unicast en0",
      "192.0.2.1  unicast en0",
      "192.0.2.1  unicast en0",
      "203.0.113.0/24 127.0.0.1 blackhole ",
      "224.0.0.0/4  unicast en0",
    ],
  );
  assert.equal(routes[9]?.expires_sec, 1176);
  assert.equal(defaultRoute(routes)?.interface, "en0");
});

Deno.test("netstat of macOS gives IPv6 routes without the zones of their addresses", () => {
  const routes = darwinRoutesOf(lines("netstat_rn_inet6"), "ipv6");
  assert.deepEqual(
    routes.map(({ destination, gateway, interface: device }) => [destination, gateway, device]),
    [
      ["default", "fe80::1", "en0"],
      ["default", "fe80::", "utun3"],
      ["::1", null, "lo0"],
      ["2001:db8::/64", null, "en0"],
      ["2001:db8::14", null, "lo0"],
      ["fe80::/64", null, "lo0"],
      ["fe80::1", null, "lo0"],
      ["ff00::/8", null, "lo0"],
    ],
  );
});

Deno.test("routes that cover an address are found without the help of a program", async () => {
  const programs = scriptedPrograms(
    ({ options }) => ({
      stdout: hostFixture(
        `darwin/netstat_rn_${options.includes("inet6") ? "inet6" : "inet"}.txt`,
      ),
    }),
    "darwin",
  );
  const doors = { programs, signal: new AbortController().signal };
  const { routes } = await readRoutes(doors, "ipv4", "10.20.3.4");
  assert.deepEqual(routes.map(({ destination }) => destination), [
    "default",
    "default",
    "10.20.0.0/22",
  ]);
  assert.deepEqual(programs.calls.map(({ program, options }) => [program, ...options]), [
    ["netstat", "-rn", "-f", "inet"],
  ]);
});

Deno.test("arp and ndp of macOS give neighbours with whole MAC addresses", () => {
  assert.deepEqual(
    [...arpEntriesOf(lines("arp")), ...ndpEntriesOf(lines("ndp"))].map((row) =>
      [row.ip_address, row.mac_address, row.interface, row.state, row.is_router ?? false].join(" ")
    ),
    [
      "192.0.2.1 02:00:5e:10:00:99 en0 REACHABLE false",
      "192.0.2.7  en0 INCOMPLETE false",
      "192.0.2.20 02:00:5e:10:00:01 en0 PERMANENT false",
      "2001:db8::1 02:00:5e:10:00:99 en0 REACHABLE true",
      "2001:db8::77  en0 NONE false",
      "fe80::1  lo0 PERMANENT false",
      "fe80::1 02:00:5e:10:00:99 en0 STALE true",
    ],
  );
});

Deno.test("scutil tells the general resolvers from those of one domain", () => {
  assert.deepEqual(darwinResolverOf(lines("scutil")), {
    nameServers: ["192.0.2.53", "2001:db8::53"],
    searchDomains: ["example.net", "corp.example.net"],
    options: ["lab.example.net: 198.51.100.53"],
    problems: [],
  });
});

Deno.test("netstat of macOS gives sockets with the states that people use", () => {
  const { sockets, unread } = darwinSocketsOf(lines("netstat_an"));
  assert.equal(unread, 0);
  assert.deepEqual(
    sockets.map((one) =>
      [
        ...[one.protocol, one.local_address, one.local_port, one.remote_address, one.remote_port],
        ...[one.state, one.send_queue],
      ].join(" ")
    ),
    [
      "tcp 192.0.2.20 53211 198.51.100.80 443 ESTABLISHED 0",
      "tcp 2001:db8::14 53212 2001:db8:1::80 443 FIN_WAIT1 12",
      "tcp 127.0.0.1 631   LISTEN 0",
      "tcp * 5900   LISTEN 0",
      "udp * 5353   UNCONNECTED 0",
      "udp fe80::c3:1:2:3 123   UNCONNECTED 0",
      "udp * 0   UNCONNECTED 0",
    ],
  );
});
