import assert from "node:assert/strict";
import { hostFixture } from "../../../tests/host_fixtures.ts";
import { windowsInterfacesOf } from "./interfaces.ts";
import { windowsNeighborsOf } from "./neighbors.ts";
import { windowsRoutesOf } from "./routes.ts";
import { windowsSocketsOf } from "./sockets.ts";

const lines = (name: string): string[] => hostFixture(`windows/${name}.txt`).split("\n");

Deno.test("netstat of Windows gives the active routes of both families", () => {
  assert.deepEqual(
    windowsRoutesOf(lines("netstat_rn"), "ipv4").map((route) =>
      [route.destination, route.gateway, route.netmask, route.source, route.metric].join(" ")
    ),
    [
      "default 192.0.2.1 0.0.0.0 192.0.2.20 25",
      "127.0.0.0/8  255.0.0.0 127.0.0.1 331",
      "192.0.2.0/24  255.255.255.0 192.0.2.20 281",
      "192.0.2.20  255.255.255.255 192.0.2.20 281",
    ],
  );
  assert.deepEqual(
    windowsRoutesOf(lines("netstat_rn"), "ipv6").map((route) =>
      [route.destination, route.gateway, route.interface, route.metric].join(" ")
    ),
    [
      "default fe80::1 index 12 41",
      "::1  index 1 331",
      "2001:db8::/64  index 12 281",
      "2001:db8::1234:5678:9abc:def0  index 12 281",
    ],
  );
});

Deno.test("the routes of a Windows in another language are read by their shape", () => {
  assert.deepEqual(
    windowsRoutesOf(lines("netstat_rn_german"), "ipv4").map((
      { destination, gateway, scope },
    ) => [destination, gateway, scope]),
    [["default", "192.0.2.1", "global"], ["192.0.2.0/24", null, "link"]],
  );
});

Deno.test("arp of Windows gives neighbours, groups and broadcast left out and counted", () => {
  const { entries, leftOut } = windowsNeighborsOf(lines("arp"));
  assert.equal(leftOut, 2);
  assert.deepEqual(entries, [
    {
      ip_address: "192.0.2.1",
      mac_address: "02:00:5e:10:00:99",
      interface: "index 12",
      state: "DYNAMIC",
      family: "ipv4",
    },
    {
      ip_address: "198.51.100.1",
      mac_address: "02:00:5e:10:00:aa",
      interface: "index 17",
      state: "STATIC",
      family: "ipv4",
    },
  ]);
});

Deno.test("netstat of Windows gives sockets and their processes", () => {
  const { sockets, unread } = windowsSocketsOf(lines("netstat_ano"));
  assert.equal(unread, 0);
  assert.deepEqual(
    sockets.map((one) =>
      [
        ...[one.protocol, one.local_address, one.local_port, one.remote_address, one.remote_port],
        ...[one.state, one.pid],
      ].join(" ")
    ),
    [
      "tcp 0.0.0.0 135   LISTEN 1064",
      "tcp 192.0.2.20 49712 198.51.100.80 443 ESTABLISHED 4242",
      "tcp 192.0.2.20 49713 198.51.100.80 443 TIME_WAIT 0",
      "tcp :: 445   LISTEN 4",
      "tcp fe80::c3:1:2:3 49714 fe80::1 80 FIN_WAIT1 4242",
      "udp 0.0.0.0 5353   UNCONNECTED 2136",
      "udp ::1 1900   UNCONNECTED 3360",
    ],
  );
});

Deno.test("a line of netstat that is no socket after all is counted", () => {
  const { sockets, unread } = windowsSocketsOf(["  TCP    nonsense  0.0.0.0:0  LISTENING  4"]);
  assert.deepEqual([sockets.length, unread], [0, 1]);
});

Deno.test("what the runtime lists of Windows is told with what is missing", () => {
  const { interfaces, problems } = windowsInterfacesOf([
    {
      name: "Ethernet",
      address: "fe80::c3:1:2:3",
      cidr: "fe80::c3:1:2:3/64",
      mac: "02:15:5D:01:02:03",
      scopeId: 12,
    },
    {
      name: "Ethernet",
      address: "192.0.2.20",
      cidr: "192.0.2.20/24",
      mac: "02:15:5D:01:02:03",
      scopeId: null,
    },
    {
      name: "Loopback Pseudo-Interface 1",
      address: "127.0.0.1",
      cidr: "127.0.0.1/8",
      mac: "00:00:00:00:00:00",
      scopeId: null,
    },
  ]);
  assert.equal(problems.length, 1);
  assert.deepEqual(
    interfaces.map((one) => [one.name, one.index, one.mac_address, one.netmask, one.mtu]),
    [
      ["Ethernet", 12, "02:15:5d:01:02:03", "255.255.255.0", null],
      ["Loopback Pseudo-Interface 1", 2, null, "255.0.0.0", null],
    ],
  );
  assert.deepEqual(interfaces[0]?.addresses, [
    { address: "fe80::c3:1:2:3", family: "ipv6", prefix_length: 64, scope: "link" },
    {
      address: "192.0.2.20",
      family: "ipv4",
      prefix_length: 24,
      netmask: "255.255.255.0",
      scope: "global",
    },
  ]);
});
