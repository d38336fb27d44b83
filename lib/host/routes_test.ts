import assert from "node:assert/strict";
import { hostEntries } from "../../tests/host_fixtures.ts";
import { defaultRoute, type RouteRow, routesOf } from "./routes.ts";

const v4 = routesOf(hostEntries("route4.json"), "ipv4");
const v6 = routesOf(hostEntries("route6.json"), "ipv6");

function route(routes: readonly RouteRow[], destination: string): RouteRow {
  const found = routes.find((one) => one.destination === destination);
  assert.ok(found, destination);
  return found;
}

Deno.test("every line of the printout is a route, dead ends included", () => {
  assert.equal(v4.length, 21);
  assert.equal(v6.length, 17);
  assert.deepEqual(
    ["198.51.100.0/24", "203.0.113.0/24", "10.1.0.0/16", "10.2.0.0/16"].map((destination) => {
      const { type, table, interface: name } = route(v4, destination);
      return [type, table, name];
    }),
    [
      ["blackhole", "main", null],
      ["unreachable", "main", null],
      ["prohibit", "main", null],
      ["throw", "100", null],
    ],
  );
  assert.equal(route(v6, "2001:db8:2::/48").interface, null);
});

Deno.test("multipath keeps every next hop and its weight", () => {
  assert.deepEqual(route(v4, "10.3.0.0/16").next_hops, [
    { gateway: "192.0.2.250", interface: "va", weight: 3 },
    { gateway: "192.0.2.251", interface: "va", weight: 1 },
  ]);
  assert.deepEqual(route(v6, "2001:db8:1::/48").next_hops?.map(({ weight }) => weight), [1, 4]);
  assert.equal(route(v4, "10.6.0.0/16").next_hop_id, 7);
});

Deno.test("a gateway of the other family, MTU, source and flags are kept", () => {
  assert.deepEqual(route(v4, "10.4.0.0/16"), {
    destination: "10.4.0.0/16",
    gateway: "2001:db8::9",
    netmask: "255.255.0.0",
    interface: "va",
    metric: null,
    flags: "onlink",
    family: "ipv4",
    type: "unicast",
    table: "100",
    protocol: "static",
    scope: "global",
    source: "192.0.2.7",
    mtu: 1400,
  });
  assert.equal(route(v4, "10.9.0.2").netmask, "255.255.255.255");
  assert.equal(route(v6, "default").preference, "high");
});

Deno.test("the default route is the one of the lowest metric, alive, in the main table", () => {
  assert.equal(defaultRoute(v4)?.gateway, "192.0.2.253");
  assert.equal(defaultRoute(v6)?.gateway, "fe80::1");
  const base = route(v4, "default");
  const made = (over: Partial<RouteRow>): RouteRow => ({ ...base, ...over });
  assert.equal(
    defaultRoute([
      made({ gateway: "a", metric: 1, flags: "dead linkdown" }),
      made({ gateway: "b", metric: 0, table: "100" }),
      made({ gateway: "c", metric: 0, type: "blackhole" }),
      made({ gateway: "d", metric: 20 }),
      made({ gateway: "e", metric: 10 }),
    ])?.gateway,
    "e",
  );
  assert.equal(
    defaultRoute([
      made({ gateway: "a", metric: 1024, preference: "low" }),
      made({ gateway: "b", metric: 1024 }),
      made({ gateway: "c", metric: 1024, preference: "high" }),
    ])?.gateway,
    "c",
  );
  assert.equal(defaultRoute([]), null);
});
