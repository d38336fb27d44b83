/**
 * The host tools inside namespaces, beside what `ip` and `ss` print there as text: another renderer
 * than the JSON that the tools read. The tools run with the flags that they need and no others.
 */
import assert from "node:assert/strict";
import { holdSockets } from "../support/held_sockets.ts";
import { hostProcess, type HostReply } from "./host_process.ts";
import { namespaceTest, Topology } from "./topology.ts";

/** A host with links in every state, two families, three tables and rules. */
async function variedHost(network: Topology): Promise<void> {
  await network.add("host");
  await network.add("far");
  await network.link(
    { at: "host", name: "va", addresses: ["192.0.2.1/24", "192.0.2.17/28", "2001:db8::1/64"] },
    { at: "far", name: "vb", addresses: ["192.0.2.2/24", "2001:db8::2/64"] },
  );
  for (
    const words of [
      "link add idle type bridge",
      "link add pa type veth peer name pb",
      "link set pa up",
      "tuntap add tun0 mode tun",
      "link set tun0 up",
      "addr add 10.9.0.1 peer 10.9.0.2 dev tun0",
      "link add link va name mv0 type macvlan",
      "link set mv0 up",
      "neigh add 192.0.2.9 lladdr 00:11:22:33:44:55 dev va nud permanent",
      "rule add from 192.0.2.17 lookup 100 pref 1000",
      "rule add to 198.18.0.0/15 fwmark 0x10/0xff prohibit pref 1001",
      "-6 rule add from 2001:db8::/64 to 2001:db8:9::/48 lookup 100 pref 1000",
    ]
  ) await network.ip("host", words);
  for (
    const words of [
      "default via 192.0.2.2 metric 50",
      "default via 192.0.2.3 metric 100",
      "blackhole 198.51.100.0/24",
      "unreachable 203.0.113.0/24",
      "prohibit 10.1.0.0/16",
      "10.3.0.0/16 nexthop via 192.0.2.2 weight 3 nexthop via 192.0.2.3",
      "10.4.0.0/16 via 192.0.2.2 table 100 mtu 1400",
      "throw 10.5.0.0/16 table 100",
      "default via 2001:db8::2",
      "unreachable 2001:db8:5::/48",
      "blackhole 2001:db8:6::/48",
      "2001:db8:9::/48 via 2001:db8::3 table 100",
    ]
  ) await network.route("host", words);
}

function lines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

/** What an answer has under `field`. */
function rows(reply: HostReply, field: string): readonly Record<string, unknown>[] {
  const value = reply.answer?.[field];
  assert.ok(Array.isArray(value), JSON.stringify(reply).slice(0, 500));
  return value;
}

namespaceTest("interfaces and their addresses are those of ip", [], async () => {
  await using network = new Topology();
  await variedHost(network);
  const reply = await hostProcess(network, "host", { tool: "get_interfaces" });
  const interfaces = rows(reply, "interfaces");
  const links = lines(await network.ip("host", "-o link show"));
  assert.deepEqual(
    interfaces.map(({ name }) => name),
    links.map((line) => /^\d+: ([^:@]+)/.exec(line)?.[1]),
  );
  const addresses = lines(await network.ip("host", "-o addr show"))
    .map((line) => /^\d+: (\S+) +inet6? (\S+?)(?: peer (\S+?))?(?:\/(\d+))? /.exec(line) ?? [])
    .map(([, name, local = "", peer]) =>
      `${name} ${local.replace(/\/.*/, "")} ${peer ?? ""}`.trim()
    );
  assert.deepEqual(
    interfaces.flatMap(({ name, addresses }) =>
      (addresses as { address: string; peer?: string }[]).map(({ address, peer }) =>
        `${name} ${address} ${peer ?? ""}`.trim()
      )
    ).sort(),
    addresses.toSorted(),
  );
  const states = Object.fromEntries(
    interfaces.map(({ name, status, why_down }) => [name, why_down ?? status]),
  );
  assert.deepEqual(states, {
    lo: "up",
    va: "up",
    idle: "administratively down",
    pa: "no carrier",
    pb: "administratively down",
    tun0: "no carrier",
    mv0: "up",
  });
  assert.equal(reply.answer?.default_interface, "va");
  assert.ok((reply.answer?.namespaces as string[]).includes(network.nameOf("far")));
});

namespaceTest("routes and rules are those of ip", [], async () => {
  await using network = new Topology();
  await variedHost(network);
  const reply = await hostProcess(network, "host", { tool: "get_routes" });
  const routes = rows(reply, "routes");
  const printed = [
    ...lines(await network.ip("host", "-4 route show table all")),
    ...lines(await network.ip("host", "-6 route show table all")),
  ].filter((line) => !/^\s/.test(line)).map((line) => {
    const words = line.trim().split(/\s+/);
    const [first = "", second = ""] = words;
    const hasType = /^(?:blackhole|unreachable|prohibit|throw|local|broadcast|multicast|anycast)$/
      .test(first);
    const table = words.indexOf("table");
    return `${hasType ? `${first} ${second}` : `unicast ${first}`} ${
      table === -1 ? "main" : words[table + 1]
    }`;
  });
  assert.deepEqual(
    routes.map(({ type, destination, table }) => `${type} ${destination} ${table}`).sort(),
    printed.toSorted(),
  );
  assert.equal(reply.answer?.default_gateway, "192.0.2.2");
  assert.equal(reply.answer?.default_gateway_ipv6, "2001:db8::2");
  const rules = rows(reply, "rules");
  assert.deepEqual(
    rules.map(({ priority, action }) => `${priority}: ${action}`),
    [
      ...lines(await network.ip("host", "-4 rule show")),
      ...lines(await network.ip("host", "-6 rule show")),
    ].map((line) => line.replace(/:.*?(lookup \S+|prohibit)\s*$/, ": $1")),
  );
  const covering = await hostProcess(network, "host", {
    tool: "get_routes",
    input: { address: "10.4.0.1" },
  });
  assert.deepEqual(
    rows(covering, "routes").map(({ destination, table, metric }) => [destination, table, metric]),
    [["10.4.0.0/16", "100", null], ["default", "main", 50], ["default", "main", 100]],
  );
});

namespaceTest(
  "a packet's way is what the kernel says, with the rule that decides",
  [],
  async () => {
    await using network = new Topology();
    await variedHost(network);
    const ways: readonly (readonly [Record<string, unknown>, readonly unknown[]])[] = [
      [{ target: "192.0.2.9" }, ["send", "va", "192.0.2.9", "192.0.2.1", "main", 32766, 1500]],
      [{ target: "10.8.0.1" }, ["send", "va", "192.0.2.2", "192.0.2.1", "main", 32766, 1500]],
      [{ target: "10.4.0.1", source: "192.0.2.17" }, [
        ...["send", "va", "192.0.2.2", "192.0.2.17", "100", 1000, 1400],
      ]],
      [{ target: "10.5.0.1", source: "192.0.2.17" }, [
        ...["send", "va", "192.0.2.2", "192.0.2.17", "main", 32766, 1500],
      ]],
      [{ target: "198.51.100.1" }, ["blackhole", null, null, null, "main", 32766, null]],
      [{ target: "203.0.113.1" }, ["unreachable", null, null, null, "main", 32766, null]],
      [{ target: "10.1.0.1" }, ["prohibit", null, null, null, "main", 32766, null]],
      [{ target: "198.18.0.1", mark: 0x110 }, ["prohibit", null, null, null, null, 1001, null]],
      [{ target: "192.0.2.1" }, ["local", "lo", null, "192.0.2.1", "local", 0, 65536]],
      [{ target: "10.9.0.2" }, ["send", "tun0", "10.9.0.2", "10.9.0.1", "main", 32766, 1500]],
      [{ target: "2001:db8:1::1" }, [
        "send",
        "va",
        "2001:db8::2",
        "2001:db8::1",
        "main",
        32766,
        1500,
      ]],
      [{ target: "2001:db8:5::1" }, ["unreachable", null, null, null, "main", 32766, null]],
      [{ target: "2001:db8:6::1" }, ["blackhole", null, null, null, "main", 32766, null]],
      [{ target: "2001:db8:9::1", source: "2001:db8::1" }, [
        ...["send", "va", "2001:db8::3", "2001:db8::1", "100", 1000, 1500],
      ]],
    ];
    for (const [input, expected] of ways) {
      const { answer, error } = await hostProcess(network, "host", { tool: "path_to", input });
      assert.ok(answer, JSON.stringify({ input, error }));
      const { verdict, next_hop, source_address, table, mtu_bytes } = answer;
      const rule = answer.rule as { priority: number } | null;
      assert.deepEqual(
        [verdict, answer.interface, next_hop, source_address, table, rule?.priority, mtu_bytes],
        expected,
        JSON.stringify(input),
      );
    }
    const multipath = await hostProcess(network, "host", {
      tool: "path_to",
      input: { target: "10.3.0.1" },
    });
    const route = multipath.answer?.route as { next_hops: { gateway: string; weight: number }[] };
    assert.deepEqual(route.next_hops.map(({ gateway, weight }) => [gateway, weight]), [
      ["192.0.2.2", 3],
      ["192.0.2.3", 1],
    ]);
    const wrong = await hostProcess(network, "host", {
      tool: "path_to",
      input: { target: "10.8.0.1", source: "198.51.100.9" },
    });
    assert.equal(wrong.error?.code, "input.source");
    const lost = await hostProcess(network, "host", {
      tool: "path_to",
      input: { target: "10.8.0.1", interface: "nothere" },
    });
    assert.equal(lost.error?.code, "input.interface");
  },
);

namespaceTest("a host without IPv4 is told as well as any", [], async () => {
  await using network = new Topology();
  await network.add("host");
  await network.add("far");
  await network.link(
    { at: "host", name: "va", addresses: ["2001:db8::1/64"] },
    { at: "far", name: "vb", addresses: ["2001:db8::2/64"] },
  );
  await network.route("host", "default via 2001:db8::2");
  await network.ip(
    "host",
    "neigh add 2001:db8::2 lladdr 02:00:00:00:00:02 dev va nud permanent router",
  );
  await network.ip("host", "neigh add 2001:db8::9 lladdr 02:00:00:00:00:09 dev va nud stale");
  const routes = await hostProcess(network, "host", { tool: "get_routes" });
  assert.equal(routes.answer?.default_gateway, null);
  assert.equal(routes.answer?.default_gateway_ipv6, "2001:db8::2");
  const neighbors = rows(await hostProcess(network, "host", { tool: "get_arp_table" }), "entries");
  const printed = lines(await network.ip("host", "-6 neigh show"));
  assert.deepEqual(
    neighbors.filter(({ state }) => state !== "NOARP").map(({ ip_address }) => ip_address).sort(),
    printed.map((line) => line.split(" ")[0]).sort(),
  );
  const path = await hostProcess(network, "host", {
    tool: "path_to",
    input: { target: "2001:db8:77::1" },
  });
  assert.deepEqual([path.answer?.verdict, path.answer?.next_hop], ["send", "2001:db8::2"]);
  const none = await hostProcess(network, "host", {
    tool: "path_to",
    input: { target: "198.51.100.1" },
  });
  assert.equal(none.answer?.verdict, "no_route");
  const health = rows(await hostProcess(network, "host", { tool: "host_health" }), "findings");
  assert.ok(
    health.some(({ severity, line }) =>
      severity === "ok" && String(line).startsWith("IPv6 default route via 2001:db8::2 on va")
    ),
  );
});

namespaceTest("health says what is wrong, worst first", [], async () => {
  await using network = new Topology();
  await variedHost(network);
  await network.ip("far", "link set vb down");
  const { answer } = await hostProcess(network, "host", { tool: "host_health" });
  const findings = answer?.findings as { severity: string; line: string }[];
  assert.equal(answer?.healthy, false);
  assert.deepEqual(findings[0], {
    severity: "critical",
    area: "interfaces",
    line: "va, the way of the default route, is down: no carrier",
  });
  const order = ["critical", "warning", "info", "ok"];
  const ranks = findings.map(({ severity }) => order.indexOf(severity));
  assert.deepEqual(ranks, ranks.toSorted((a, b) => a - b));
  assert.ok(findings.some(({ line }) => line === "pa is enabled but down: no carrier"));
});

namespaceTest("50,000 routes are all there", [], async () => {
  await using network = new Topology();
  await network.add("host");
  const count = 50_000;
  const batch = Array.from(
    { length: count },
    (_, i) => `route add blackhole 10.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32 metric 7`,
  ).join("\n");
  await network.exec("host", "ip", ["-batch", "-"], batch);
  const reply = await hostProcess(network, "host", { tool: "get_routes" });
  const printed = lines(await network.ip("host", "-4 route show table main"));
  assert.equal(printed.length, count);
  const routes = rows(reply, "routes").filter(({ table }) => table === "main");
  assert.deepEqual(
    routes.map(({ destination }) => destination),
    printed.map((line) => line.split(" ")[1]),
  );
  assert.equal(reply.answer?.complete, true);
  assert.ok((reply.took_ms ?? Infinity) < 15_000);
});

namespaceTest("20,000 sockets are all there, as ss counts them", ["ss", "python3"], async () => {
  await using network = new Topology();
  await network.add("host");
  const pairs = 10_000;
  // Two, since a process may often hold no more than some 20,000 files.
  await using _echo = await holdSockets(network, pairs / 2, 7);
  await using _discard = await holdSockets(network, pairs / 2, 9);
  const reply = await hostProcess(network, "host", { tool: "get_connections", connections: true });
  const printed = lines((await network.exec("host", "ss", ["-Hntau"])).stdout);
  assert.equal(printed.length, 2 * pairs + 4);
  const connections = rows(reply, "connections");
  const key = (words: readonly unknown[]): string => words.join(" ");
  assert.deepEqual(
    connections.map((one) =>
      key([one.protocol, one.local_address, one.local_port, one.remote_address ?? "any"])
    ).sort(),
    printed.map((line) => {
      const [protocol, , , , local = "", remote = ""] = line.split(/\s+/);
      const [, address = "", port = ""] = /^(.*):(\d+)$/.exec(local) ?? [];
      const far = remote.endsWith(":*") ? "any" : remote.replace(/:\d+$/, "");
      return key([protocol, address.replace(/^\[|\]$/g, ""), port, far]);
    }).sort(),
  );
  assert.deepEqual(
    [reply.answer?.established_count, reply.answer?.listening_count, reply.answer?.complete],
    [2 * pairs, 2, true],
  );
  assert.equal(connections.every(({ process_name }) => process_name === "python3"), true);
  assert.ok((reply.took_ms ?? Infinity) < 25_000);
  const listening = await hostProcess(network, "host", {
    tool: "get_connections",
    input: { protocol: "TCP", state: "listening" },
    connections: true,
  });
  assert.deepEqual(rows(listening, "connections").map(({ local_port }) => local_port).sort(), [
    7,
    9,
  ]);
});

namespaceTest(
  "without the key, sockets are refused by its name, and ss cannot be run",
  ["ss"],
  async () => {
    await using network = new Topology();
    await network.add("host");
    const refused = await hostProcess(network, "host", { tool: "get_connections" });
    assert.equal(refused.error?.code, "permission.run");
    assert.equal(refused.error?.detail.config_line, "host.connections: true");
  },
);
