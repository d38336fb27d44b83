import assert from "node:assert/strict";
import { hostEntries } from "../../tests/host_fixtures.ts";
import type { DefaultRoutes } from "./default_routes.ts";
import { worstFirst } from "./finding.ts";
import { interfaceFindings, routeFindings } from "./health.ts";
import { type InterfaceRow, interfacesOf } from "./interfaces.ts";
import { listenerFindings } from "./listeners.ts";
import { neighborsOf } from "./neighbors.ts";
import { defaultRoute, routesOf } from "./routes.ts";
import { socketsOf } from "./sockets.ts";

const NONE: DefaultRoutes = { ipv4: null, ipv6: null };
const interfaces = interfacesOf(hostEntries("link.json"), hostEntries("addr.json"));
const va = interfaces.find(({ name }) => name === "va") as InterfaceRow;

function withCounters(errors: number, dropped: number): InterfaceRow {
  return { ...va, received: { bytes: 1, packets: 1_000, errors, dropped } };
}

Deno.test("an idle tun is worth a word, a macvlan that was never enabled is not", () => {
  assert.deepEqual(interfaceFindings(interfaces, interfaces, 1, NONE), [
    { severity: "info", area: "interfaces", line: "tun0 is enabled but down: no carrier" },
  ]);
});

Deno.test("errors that grow are a warning, old and few ones a word", () => {
  const line = (before: InterfaceRow, now: InterfaceRow) =>
    interfaceFindings([before], [now], 1.04, NONE).map(({ severity, line }) =>
      `${severity}: ${line}`
    );
  assert.deepEqual(line(withCounters(2, 0), withCounters(5, 0)), [
    "warning: va received: 5 errors (0.50 % of its packets), 3 of them in the last 1.0 s",
  ]);
  assert.deepEqual(line(withCounters(5, 0), withCounters(5, 0)), [
    "info: va received: 5 errors (0.50 % of its packets), none just now",
  ]);
  assert.deepEqual(line(withCounters(0, 500), withCounters(0, 500)), [
    "warning: va received: 500 dropped (33.33 % of its packets), none just now",
  ]);
  assert.deepEqual(line(withCounters(0, 0), withCounters(0, 0)), [
    "ok: 1 of 1 interfaces are up, without errors or drops",
  ]);
});

Deno.test("a duplicate address and an MTU too small for IPv6 are found", () => {
  const [address] = va.addresses;
  assert.ok(address);
  const broken = {
    ...va,
    mtu: 1200,
    addresses: [{ ...address, family: "ipv6" as const, flags: ["dadfailed"] }],
  };
  assert.deepEqual(interfaceFindings([broken], [broken], 1, NONE).map(({ severity }) => severity), [
    ...["critical", "warning"],
  ]);
});

Deno.test("a default gateway that does not answer is critical", () => {
  const routes = routesOf(hostEntries("route4.json"), "ipv4");
  const defaults = { ipv4: defaultRoute(routes), ipv6: null };
  const { entries } = neighborsOf([
    { dst: "192.0.2.253", dev: "va", state: ["FAILED"] },
    { dst: "192.0.2.2", dev: "va", lladdr: "02:00:00:00:00:01", state: ["REACHABLE"] },
  ]);
  assert.deepEqual(routeFindings(defaults, entries).map(({ severity, line }) => [severity, line]), [
    ["critical", "The IPv4 default gateway 192.0.2.253 does not answer on va (FAILED)"],
    ["info", "There is no IPv6 default route in the main table"],
    ["info", "1 of 2 neighbours do not answer: 192.0.2.253"],
  ]);
  assert.deepEqual(routeFindings(NONE, []).map(({ severity }) => severity), ["warning", "warning"]);
});

Deno.test("services for the inside on every address are found, and full backlogs", () => {
  const { sockets } = socketsOf(
    [
      'tcp LISTEN 0 5 0.0.0.0:23 0.0.0.0:* users:(("inetd",pid=7,fd=3))',
      "tcp LISTEN 0 5 *:6379 *:*",
      "tcp LISTEN 0 5 127.0.0.1:5432 0.0.0.0:*",
      "tcp LISTEN 6 5 0.0.0.0:443 0.0.0.0:*",
      "tcp ESTAB 9 0 192.0.2.1:23 192.0.2.2:50000",
    ].join("\n"),
    false,
  );
  assert.deepEqual(listenerFindings(sockets).map(({ severity, line }) => `${severity}: ${line}`), [
    "warning: tcp port 23 (telnet, passwords in clear) listens on every address, process inetd",
    "warning: tcp port 6379 (redis) listens on every address",
    "critical: The backlog of 0.0.0.0 port 443 is full (6 of 5): new connections are dropped",
  ]);
  assert.equal(listenerFindings([])[0]?.severity, "ok");
  assert.match(listenerFindings(null)[0]?.line ?? "", /host\.connections is false/);
});

Deno.test("the worst stands first, the rest keeps its order", () => {
  const at = (
    severity: "ok" | "info" | "critical",
    line: string,
  ) => ({ severity, area: "clock", line } as const);
  assert.deepEqual(
    worstFirst([at("ok", "a"), at("info", "b"), at("critical", "c"), at("info", "d")]).map((
      { line },
    ) => line),
    ["c", "b", "d", "a"],
  );
});
