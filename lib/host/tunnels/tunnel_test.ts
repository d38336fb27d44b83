import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { scriptedPrograms } from "../../../tests/scripted_programs.ts";
import { tunnelHost } from "../../../tests/tunnel_fixtures.ts";
import { readTunnels, type TunnelRow } from "./tunnel.ts";

const { signal } = new AbortController();
const { tunnels, problems } = await readTunnels({ programs: tunnelHost(), signal });

function named(name: string): TunnelRow {
  const tunnel = tunnels.find((one) => one.name === name);
  if (tunnel === undefined) throw new Error(`no tunnel ${name}`);
  return tunnel;
}

Deno.test("links that are no tunnels are left out", () => {
  deepStrictEqual(tunnels.map(({ name }) => name), [
    ...["gre0", "gre-rr1", "gre-big", "gre-loop", "gre-a", "gre-b", "gre-gone"],
    ...["g6", "tap1", "tunl1", "sit1", "vti1"],
  ]);
  deepStrictEqual(problems, []);
});

Deno.test("a tunnel that works is told whole, and without a finding", () => {
  deepStrictEqual(named("gre-rr1"), {
    name: "gre-rr1",
    kind: "gre",
    status: "up",
    local: "192.0.2.1",
    remote: "198.51.100.1",
    key: 42,
    ttl: 64,
    mtu: 1472,
    overhead_bytes: 28,
    is_fallback: false,
    addresses: ["10.255.255.1/30"],
    received: { bytes: 9000, packets: 100, errors: 0, dropped: 0 },
    sent: { bytes: 8000, packets: 90, errors: 0, dropped: 0 },
    underlay: {
      interface: "eth0",
      gateway: "192.0.2.254",
      source_address: "192.0.2.1",
      mtu: 1500,
      recursive: false,
    },
    findings: [],
  });
});

Deno.test("the interface that the module makes is no fault, and has open ends", () => {
  const { is_fallback, local, remote, ttl, underlay, findings } = named("gre0");
  deepStrictEqual({ is_fallback, local, remote, ttl, underlay, findings }, {
    is_fallback: true,
    local: null,
    remote: null,
    ttl: null,
    underlay: null,
    findings: [],
  });
});

const findings: readonly (readonly [name: string, findings: readonly string[]])[] = [
  ["gre-big", [
    "Its MTU 1500 and 24 octets of outer headers do not fit the 1500 of eth0: set it to 1476",
    "70 packets were sent and none has come back: the far end may not have this tunnel, its key may differ, or a filter drops IP protocol 47 (GRE)",
  ]],
  ["gre-loop", [
    "The way to 198.51.100.3 leads through gre-loop itself: packets are wrapped again and again and dropped; give 198.51.100.3 a route of its own outside",
    "12 packets could not be sent to the far end (carrier_errors)",
  ]],
  ["gre-a", [
    "The way to 198.51.100.4 leads through gre-a itself: packets are wrapped again and again and dropped; give 198.51.100.4 a route of its own outside",
  ]],
  ["gre-gone", [
    "This host has no route to the far end 203.0.113.9",
    "It is down: administratively down",
  ]],
  ["g6", []],
  ["sit1", ["Its MTU 1200 is below the 1280 that IPv6 needs"]],
  ["vti1", []],
];

for (const [name, expected] of findings) {
  Deno.test(`findings of ${name}`, () => deepStrictEqual(named(name).findings, expected));
}

Deno.test("keys that differ by direction are told apart", () => {
  const { key, key_received, overhead_bytes } = named("tap1");
  deepStrictEqual({ key, key_received, overhead_bytes }, {
    key: 2,
    key_received: 1,
    overhead_bytes: 42,
  });
});

Deno.test("the hop limit of a tunnel over IPv6 is its TTL", () => {
  const { ttl, overhead_bytes, kind } = named("g6");
  deepStrictEqual({ ttl, overhead_bytes, kind }, { ttl: 64, overhead_bytes: 52, kind: "ip6gre" });
});

Deno.test("the way is looked up for 64 tunnels and the answer says where it was not", async () => {
  const links = Array.from({ length: 70 }, (_, at) => ({
    ifindex: at + 1,
    ifname: `gre-${at}`,
    flags: ["UP", "LOWER_UP"],
    linkinfo: { info_kind: "gre", info_data: { remote: "198.51.100.1", local: "192.0.2.1" } },
  }));
  const programs = scriptedPrograms(({ options }) =>
    options.includes("link")
      ? { stdout: JSON.stringify(links) }
      : options.includes("addr")
      ? { stdout: "[]" }
      : { code: 2 }
  );
  const read = await readTunnels({ programs, signal });
  strictEqual(programs.calls.length, 2 + 64);
  deepStrictEqual(read.problems, [
    "The way to the far end was looked up for the first 64 tunnels only",
  ]);
  deepStrictEqual(read.tunnels.at(-1)?.findings, []);
});

Deno.test("entries with fields of other types give rows, not exceptions", async () => {
  const odd = [
    { ifindex: "x", ifname: 7, linkinfo: { info_kind: "gre" } },
    { ifindex: 1, ifname: "a", linkinfo: { info_kind: "gre", info_data: [] } },
    {
      ifindex: 2,
      ifname: "b",
      linkinfo: { info_kind: "vxlan", info_data: { id: "z", remote: "not", ttl: {} } },
    },
  ];
  const programs = scriptedPrograms(({ options }) => ({
    stdout: options.includes("link") ? JSON.stringify(odd) : "[]",
  }));
  const read = await readTunnels({ programs, signal });
  deepStrictEqual(read.tunnels.map(({ name, remote, key }) => [name, remote, key]), [
    ["a", null, null],
    ["b", null, null],
  ]);
});
