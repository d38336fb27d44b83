import assert from "node:assert/strict";
import { hostEntries, hostFixture, recordedHost } from "../../tests/host_fixtures.ts";
import { loopbackContext, type LoopbackOptions } from "../../tests/loopback_context.ts";
import { scriptedPrograms } from "../../tests/scripted_programs.ts";
import type { Tool } from "../../lib/mcp/define_tool.ts";
import { getArpTable } from "./get_arp_table.ts";
import { getConnections } from "./get_connections.ts";
import { getDnsConfig } from "./get_dns_config.ts";
import { getInterfaces } from "./get_interfaces.ts";
import { getRoutes } from "./get_routes.ts";
import { hostHealth } from "./host_health.ts";
import { pathTo } from "./path_to.ts";

/** The answer of one call, checked against the tool's own schema. */
async function call(tool: Tool, input: Record<string, unknown>, options: LoopbackOptions = {}) {
  const cx = loopbackContext({ programs: recordedHost(), ...options });
  return tool.output.parse(await tool.run(tool.input.parse(input), cx)) as Record<string, unknown>;
}

function list(answer: Record<string, unknown>, field: string): Record<string, unknown>[] {
  const value = answer[field];
  assert.ok(Array.isArray(value), field);
  return value;
}

Deno.test("get_interfaces says which are enabled but down, and the routing default", async () => {
  const answer = await call(getInterfaces, {});
  assert.equal(
    answer.summary,
    "7 interfaces, 4 up; enabled but down: tun0; default route through va",
  );
  assert.deepEqual([answer.default_interface, answer.default_interface_ipv6], ["va", "va"]);
  assert.deepEqual(answer.namespaces, ["amber", "blue"]);
});

Deno.test("get_routes shows the main table first and the local one last", async () => {
  const answer = await call(getRoutes, {});
  assert.equal(
    answer.summary,
    "38 routes in 3 tables, 12 policy rules; default gateway 192.0.2.253 (IPv4), fe80::1 (IPv6)",
  );
  const tables = list(answer, "routes").map(({ table }) => table);
  assert.deepEqual([...new Set(tables)], ["main", "100", "local"]);
  assert.deepEqual(tables, [
    ...tables.filter((table) => table === "main"),
    ...tables.filter((table) => table === "100"),
    ...tables.filter((table) => table === "local"),
  ]);
});

Deno.test("get_routes of one family and table, and one that does not exist", async () => {
  const one = list(await call(getRoutes, { family: "ipv6", table: "100" }), "routes");
  assert.deepEqual(one.map(({ destination }) => destination), ["2001:db8:3::/48"]);
  const v4 = await call(getRoutes, { family: "ipv4" });
  assert.equal(
    v4.summary,
    "21 routes in 3 tables, 9 policy rules; default gateway 192.0.2.253 (IPv4)",
  );
  const none = await call(getRoutes, { table: "250" });
  assert.deepEqual(none.problems, ['No route is in table "250"; there are: 100, main, local']);
});

Deno.test("get_routes asks ip for the routes that cover an address", async () => {
  const programs = recordedHost(({ options }) =>
    options.includes("match")
      ? { stdout: JSON.stringify(hostEntries("route4.json").slice(2, 4)) }
      : undefined
  );
  await call(getRoutes, { address: "192.0.2.9" }, { programs });
  assert.ok(
    programs.calls.some(({ options }) =>
      options.join(" ") === "-j -4 -d route show table all match 192.0.2.9"
    ),
  );
  assert.ok(!programs.calls.some(({ options }) => options.includes("-6")));
  await assert.rejects(call(getRoutes, { address: "example.com" }), { code: "input.address" });
});

Deno.test("more rules than are shown make the answer incomplete", async () => {
  const rules = Array.from(
    { length: 201 },
    (_, priority) => ({ priority, src: "all", table: "main" }),
  );
  const programs = recordedHost(({ options }) =>
    options.includes("rule") ? { stdout: JSON.stringify(rules) } : undefined
  );
  const answer = await call(getRoutes, { family: "ipv4" }, { programs });
  assert.deepEqual([list(answer, "rules").length, answer.rules_total, answer.complete], [
    ...[200, 201, false],
  ]);
});

Deno.test("get_arp_table counts who does not answer", async () => {
  const answer = await call(getArpTable, {});
  assert.equal(answer.summary, "4 neighbours, 1 of them IPv6; 1 without an answer");
  assert.deepEqual(answer.states, { PERMANENT: 1, NONE: 1, FAILED: 1, STALE: 1 });
});

Deno.test("get_connections finds ESTABLISHED under the name that people use", async () => {
  const answer = await call(getConnections, { state: "ESTABLISHED" }, { connections: true });
  assert.equal(answer.summary, "5 sockets of 15; 4 listening, 5 established");
  assert.ok(list(answer, "connections").every(({ state }) => state === "ESTABLISHED"));
  const tcp = await call(getConnections, { protocol: "TCP" }, { connections: true });
  assert.equal(tcp.summary, "12 sockets of 15; 4 listening, 4 established");
  await assert.rejects(call(getConnections, { protocol: "icmp" }, { connections: true }), {
    code: "input.protocol",
  });
});

Deno.test("get_connections starts nothing without its key, and names it", async () => {
  const programs = recordedHost();
  await assert.rejects(call(getConnections, {}, { programs }), {
    code: "permission.run",
    hint: /Add host\.connections: true to the configuration/,
  });
  assert.deepEqual(programs.calls, []);
});

Deno.test("path_to puts the way into one line", async () => {
  const entry = { type: "unicast", dst: "10.4.0.1", gateway: "192.0.2.9", dev: "va", table: "100" };
  const programs = recordedHost(({ options }) => {
    if (options.includes("get")) {
      return { stdout: JSON.stringify([{ ...entry, prefsrc: "192.0.2.7", uid: 0 }]) };
    }
    return options.includes("match")
      ? { stdout: JSON.stringify([{ dst: "10.4.0.0/16", dev: "va", table: "100" }]) }
      : undefined;
  });
  const answer = await call(pathTo, { target: "10.4.0.1" }, { programs, connections: true });
  assert.equal(
    answer.summary,
    "10.4.0.1 goes via 192.0.2.9 on va from 192.0.2.7, table 100 (rule 1000: from 192.0.2.7), at most 1500 octets",
  );
  assert.equal(answer.resolvers_asked, null);
  assert.deepEqual(answer.sockets, { total: 15, to_address: 0, time_wait_to_address: 0 });
});

Deno.test("path_to looks a name up, takes the family that is wanted, and tells the other addresses", async () => {
  const programs = recordedHost(({ options }) =>
    options.includes("get")
      ? { code: 2, stderr: "RTNETLINK answers: Network is unreachable" }
      : undefined
  );
  const answer = await call(pathTo, { target: "www.example", family: "ipv6" }, {
    programs,
    resolvers: ["192.0.2.53:53"],
    names: { "www.example": [] },
    net: {
      resolveHost: () => Promise.resolve(["198.51.100.1", "2001:db8:77::1", "2001:db8:77::2"]),
    },
  });
  assert.equal(answer.address, "2001:db8:77::1");
  assert.deepEqual(answer.other_addresses, ["2001:db8:77::2"]);
  assert.deepEqual(answer.resolvers_asked, ["192.0.2.53:53"]);
});

Deno.test("path_to needs the link of a link-local address, and one family", async () => {
  await assert.rejects(call(pathTo, { target: "fe80::1" }), { code: "input.interface" });
  await assert.rejects(call(pathTo, { target: "192.0.2.9", source: "2001:db8::1" }), {
    code: "input.source",
  });
});

Deno.test("host_health looks twice and says the worst first", async () => {
  let looks = 0;
  const programs = recordedHost(({ options }) => {
    if (!options.includes("link")) return undefined;
    const links = hostEntries("link.json");
    const va = links.find(({ ifname }) => ifname === "va") as {
      stats64: { rx: { errors: number } };
    };
    va.stats64.rx.errors = 10 + looks++;
    return { stdout: JSON.stringify(links) };
  });
  const answer = await call(hostHealth, {}, { programs, connections: true });
  assert.equal(answer.healthy, false);
  const lines = list(answer, "findings").map(({ severity, line }) => `${severity}: ${line}`);
  assert.equal(lines[0], "critical: No name server is configured");
  assert.ok(
    lines.some((line) => /^warning: va received: 11 errors .*, 1 of them in the last/.test(line)),
  );
  assert.ok(lines.some((line) => line.startsWith("warning: tcp port 23 (telnet")));
});

Deno.test("get_dns_config reads what is there and says what netglass asks", async () => {
  const answer = await call(getDnsConfig, {}, { resolvers: ["192.0.2.53:53"] });
  assert.deepEqual(answer.netglass_asks, ["192.0.2.53:53"]);
  assert.ok(Array.isArray(answer.nameservers));
});

Deno.test("what only Linux can tell says so on other platforms", async () => {
  const programs = scriptedPrograms(() => "absent", "darwin");
  for (const [tool, input] of [[pathTo, { target: "192.0.2.9" }], [hostHealth, {}]] as const) {
    await assert.rejects(call(tool, input, { programs }), { code: "env.platform" }, tool.name);
  }
});

Deno.test("on macOS the tables come from its own programs", async () => {
  const files: Readonly<Record<string, string>> = {
    "ifconfig -a": "ifconfig",
    "netstat -ibn": "netstat_ibn",
    "netstat -rn -f inet": "netstat_rn_inet",
    "netstat -rn -f inet6": "netstat_rn_inet6",
    "netstat -anW": "netstat_an",
    "arp -an": "arp",
    "ndp -an": "ndp",
    "scutil --dns": "scutil",
  };
  const programs = scriptedPrograms(({ program, options }) => {
    const name = files[[program, ...options].join(" ")];
    return name === undefined ? "absent" : { stdout: hostFixture(`darwin/${name}.txt`) };
  }, "darwin");
  const summaryOf = async (tool: Tool, input: Record<string, unknown> = {}) =>
    (await call(tool, input, { programs, connections: true })).summary;
  assert.deepEqual(
    [
      await summaryOf(getInterfaces),
      await summaryOf(getRoutes),
      await summaryOf(getRoutes, { address: "10.20.0.1" }),
      await summaryOf(getArpTable),
      await summaryOf(getDnsConfig),
      await summaryOf(getConnections, { protocol: "tcp" }),
    ],
    [
      "7 interfaces, 4 up; enabled but down: en5, bridge0; default route through en0",
      "20 routes in 1 table, 0 policy rules; default gateway 192.0.2.1 (IPv4), fe80::1 (IPv6)",
      "3 routes in 1 table, 0 policy rules; default gateway 192.0.2.1 (IPv4)",
      "7 neighbours, 4 of them IPv6; 1 without an answer",
      "2 name servers: 192.0.2.53, 2001:db8::53; search example.net corp.example.net",
      "4 sockets of 7; 2 listening, 1 established",
    ],
  );
});

Deno.test("on Windows too, as far as they can change nothing", async () => {
  const files: Readonly<Record<string, string>> = {
    "netstat -rn": "netstat_rn",
    "netstat -ano": "netstat_ano",
    "arp -a": "arp",
  };
  const programs = scriptedPrograms(({ program, options }) => {
    const name = files[[program, ...options].join(" ")];
    return name === undefined ? "absent" : { stdout: hostFixture(`windows/${name}.txt`) };
  }, "windows");
  const answerOf = (tool: Tool) => call(tool, {}, { programs, connections: true });
  const routes = await answerOf(getRoutes);
  assert.deepEqual(
    [routes.summary, routes.complete],
    ["8 routes in 1 table, 0 policy rules; default gateway 192.0.2.1 (IPv4), fe80::1 (IPv6)", true],
  );
  const neighbors = await answerOf(getArpTable);
  assert.deepEqual([neighbors.complete, list(neighbors, "entries").length], [false, 2]);
  const sockets = await answerOf(getConnections);
  assert.deepEqual([sockets.summary, sockets.complete], [
    "7 sockets; 2 listening, 1 established",
    true,
  ]);
});
