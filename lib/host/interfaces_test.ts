import assert from "node:assert/strict";
import { hostEntries } from "../../tests/host_fixtures.ts";
import { type InterfaceRow, interfacesOf, netmaskOf } from "./interfaces.ts";

function row(name: string, links = hostEntries("link.json")): InterfaceRow {
  const found = interfacesOf(links, hostEntries("addr.json")).find((one) => one.name === name);
  assert.ok(found, name);
  return found;
}

Deno.test("each address has its own mask and scope", () => {
  const va = row("va");
  assert.deepEqual(va.ipv4_addresses, ["192.0.2.1", "192.0.2.7"]);
  assert.deepEqual(va.addresses.map((one) => [one.address, one.netmask, one.scope]), [
    ["192.0.2.1", "255.255.255.0", "global"],
    ["192.0.2.7", "255.255.255.240", "global"],
    ["2001:db8::1", undefined, "global"],
    ["fe80::7c23:60ff:fe1e:9e0d", undefined, "link"],
  ]);
  assert.deepEqual([va.netmask, va.broadcast, va.mtu], ["255.255.255.0", "192.0.2.255", 1500]);
});

Deno.test("names are without the peer, which stands beside", () => {
  assert.deepEqual([row("va").name, row("va").parent, row("va").kind], ["va", "vb", "veth"]);
});

Deno.test("no carrier and administratively down are two things", () => {
  const [tun, macvlan, lo] = [row("tun0"), row("mv0"), row("lo")];
  assert.deepEqual([tun.status, tun.admin_up, tun.carrier, tun.why_down], [
    ...["down", true, false, "no carrier"],
  ]);
  assert.deepEqual([macvlan.status, macvlan.admin_up, macvlan.carrier, macvlan.why_down], [
    ...["down", false, null, "administratively down"],
  ]);
  assert.deepEqual([lo.status, lo.carrier, lo.oper_state], ["up", true, "UNKNOWN"]);
});

Deno.test("the far end of a point-to-point link is kept", () => {
  const [address] = row("tun0").addresses;
  assert.deepEqual([address?.address, address?.peer, address?.prefix_length], [
    ...["10.9.0.1", "10.9.0.2", 32],
  ]);
});

Deno.test("a VRF is found through a bridge, and its table is told", () => {
  const link = (ifindex: number, ifname: string, extra: Record<string, unknown>) => ({
    ...{
      ifindex,
      ifname,
      flags: ["UP", "LOWER_UP"],
      mtu: 1500,
      operstate: "UP",
      link_type: "ether",
    },
    ...extra,
  });
  const links = [
    link(1, "red", { linkinfo: { info_kind: "vrf", info_data: { table: 10 } } }),
    link(2, "br9", { master: "red", linkinfo: { info_kind: "bridge", info_slave_kind: "vrf" } }),
    link(3, "eth9", { master: "br9" }),
    link(4, "loop", { master: "loop" }),
  ];
  assert.equal(row("eth9", links).vrf, "red");
  assert.deepEqual(row("red", links).details, { table: 10 });
  assert.equal(row("loop", links).vrf, undefined);
});

Deno.test("a parent in another namespace is named by its index", () => {
  const links = [{ ifindex: 2, ifname: "eth0", link_index: 7, link_netnsid: 0, flags: ["UP"] }];
  const [eth0] = interfacesOf(links, []);
  assert.deepEqual([eth0?.parent, eth0?.parent_namespace], ["index 7", 0]);
});

Deno.test("counters above 0 that have no column stand beside", () => {
  const stats64 = {
    rx: { bytes: 10, packets: 4, errors: 1, dropped: 2, over_errors: 3, multicast: 0 },
    tx: { bytes: 1, packets: 1, errors: 0, dropped: 0, carrier_errors: 0, collisions: 0 },
  };
  const [eth0] = interfacesOf([{ ifindex: 2, ifname: "eth0", flags: ["UP"], stats64 }], []);
  assert.deepEqual(eth0?.received, {
    ...{ bytes: 10, packets: 4, errors: 1, dropped: 2, other: { over_errors: 3 } },
  });
  assert.deepEqual(eth0?.sent, { bytes: 1, packets: 1, errors: 0, dropped: 0 });
});

Deno.test("entries of another form are passed over", () => {
  assert.deepEqual(interfacesOf([{ ifname: 7 }, { ifindex: "x", ifname: "a" }, {}], []), []);
});

Deno.test("the masks of all lengths", () => {
  assert.deepEqual([0, 1, 8, 31, 32, 40, -1].map(netmaskOf), [
    ...["0.0.0.0", "128.0.0.0", "255.0.0.0", "255.255.255.254", "255.255.255.255"],
    ...["255.255.255.255", "0.0.0.0"],
  ]);
});
