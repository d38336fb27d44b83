import assert from "node:assert/strict";
import { type MtrReport, mtrReport } from "../../lib/probe/mtr_report.ts";
import { type PingReport, pingReport } from "../../lib/probe/ping_report.ts";
import { type TracerouteReport, tracerouteReport } from "../../lib/probe/traceroute_report.ts";
import type { ProbeOrder } from "./probe_once.ts";
import { namespaceTest, Topology } from "./topology.ts";

// src – r1 – r2 – dst, and a second middle router r3 beside r2 towards the address "shared".
const DST = { ipv4: "10.61.3.2", ipv6: "fd61:3::2" };
const SHARED = { ipv4: "10.61.9.9", ipv6: "fd61:9::9" };

async function threeHops(network: Topology): Promise<void> {
  await network.add("src");
  for (const router of ["r1", "r2", "r3"]) await network.add(router, "router");
  await network.add("dst");
  const end = (at: string, name: string, net: number, host: number) => ({
    at,
    name,
    addresses: [`10.61.${net}.${host}/24`, `fd61:${net}::${host}/64`],
  });
  await network.link(end("src", "e0", 1, 1), end("r1", "e0", 1, 2));
  await network.link(end("r1", "e1", 2, 1), end("r2", "e0", 2, 2));
  await network.link(end("r2", "e1", 3, 1), end("dst", "e0", 3, 2));
  await network.link(end("r1", "e2", 4, 1), end("r3", "e0", 4, 2));
  await network.link(end("r3", "e1", 5, 1), end("dst", "e1", 5, 2));
  await network.ip("dst", `addr add ${SHARED.ipv4}/32 dev lo`);
  await network.ip("dst", `addr add ${SHARED.ipv6}/128 dev lo`);
  const routes: readonly (readonly [string, string])[] = [
    ["src", "default via 10.61.1.2"],
    ["src", "default via fd61:1::2"],
    ["r1", "10.61.3.0/24 via 10.61.2.2"],
    ["r1", "fd61:3::/64 via fd61:2::2"],
    ["r1", `${SHARED.ipv4}/32 nexthop via 10.61.2.2 nexthop via 10.61.4.2`],
    ["r1", `${SHARED.ipv6}/128 nexthop via fd61:2::2 nexthop via fd61:4::2`],
    ["r1", "prohibit 10.99.1.0/24"],
    ["r1", "prohibit fd99:1::/64"],
    ["r2", "10.61.1.0/24 via 10.61.2.1"],
    ["r2", "fd61:1::/64 via fd61:2::1"],
    ["r2", `${SHARED.ipv4}/32 via 10.61.3.2`],
    ["r2", `${SHARED.ipv6}/128 via fd61:3::2`],
    ["r3", "10.61.1.0/24 via 10.61.4.1"],
    ["r3", "fd61:1::/64 via fd61:4::1"],
    ["r3", `${SHARED.ipv4}/32 via 10.61.5.2`],
    ["r3", `${SHARED.ipv6}/128 via fd61:5::2`],
    ["dst", "default via 10.61.3.1"],
    ["dst", "default via fd61:3::1"],
  ];
  for (const [at, words] of routes) await network.route(at, words);
  // Hash by port as well, so that the probes of one trace take both middle routers.
  await network.sysctl("r1", {
    "net.ipv4.fib_multipath_hash_policy": 1,
    "net.ipv6.fib_multipath_hash_policy": 1,
  });
}

const SCRIPT = new URL("./probe_once.ts", import.meta.url).pathname;

async function probe(network: Topology, order: ProbeOrder): Promise<unknown> {
  const { stdout } = await network.exec("src", Deno.execPath(), [
    ...["run", "--quiet", "--no-prompt", "--allow-run=ping,traceroute,mtr", SCRIPT],
    JSON.stringify(order),
  ]);
  return JSON.parse(stdout);
}

async function ping(network: Topology, order: Omit<ProbeOrder, "tool">): Promise<PingReport> {
  return pingReport().parse(await probe(network, { tool: "ping", ...order }));
}

async function trace(
  network: Topology,
  order: Omit<ProbeOrder, "tool">,
): Promise<TracerouteReport> {
  return tracerouteReport().parse(await probe(network, { tool: "traceroute", ...order }));
}

async function mtr(network: Topology, address: string): Promise<MtrReport> {
  return mtrReport().parse(await probe(network, { tool: "mtr", address }));
}

const PROGRAMS = ["ping", "traceroute", "mtr", "nft"];

namespaceTest("ping and traceroute over three hops, IPv4 and IPv6", PROGRAMS, async (t) => {
  await using network = new Topology();
  await threeHops(network);

  await t.step("ping sees every reply", async () => {
    for (const address of [DST.ipv4, DST.ipv6]) {
      const report = await ping(network, { address });
      assert.deepEqual(
        [report.success, report.reachable, report.packets_received, report.packet_loss_percent],
        [true, true, 4, 0],
      );
      assert.deepEqual(report.probes.map((one) => one.ttl), [62, 62, 62, 62]);
    }
  });

  await t.step("ping names the router that refuses", async () => {
    for (const [address, reporter] of [["10.99.1.1", "10.61.1.2"], ["fd99:1::1", "fd61:1::2"]]) {
      const report = await ping(network, { address: address ?? "" });
      assert.deepEqual([report.success, report.reachable], [true, false]);
      assert.equal(report.icmp_errors[0]?.reason, "prohibited");
      assert.equal(report.icmp_errors[0]?.reporter, reporter);
    }
  });

  await t.step("a cancelled ping has the statistics so far", async () => {
    const report = await ping(network, { address: DST.ipv4, count: 100, cancelAfterMs: 1_000 });
    assert.deepEqual([report.success, report.complete, report.reachable], [true, false, true]);
    assert.ok(report.packets_sent >= 3 && report.packets_sent < 20, `${report.packets_sent}`);
    assert.equal(report.packet_loss_percent, 0);
  });

  await t.step("traceroute walks the routers by each method", async () => {
    for (const method of ["udp", "icmp", "tcp"] as const) {
      const report = await trace(network, { address: DST.ipv4, method });
      assert.deepEqual(report.hops.map((hop) => hop.ip_address), [
        "10.61.1.2",
        "10.61.2.2",
        "10.61.3.2",
      ], method);
      assert.equal(report.reached_destination, true);
    }
    const six = await trace(network, { address: DST.ipv6 });
    assert.deepEqual(six.hops.map((hop) => hop.ip_address), ["fd61:1::2", "fd61:2::2", DST.ipv6]);
  });

  await t.step("traceroute lists both routers of a balanced hop", async () => {
    for (
      const [address, routers] of [
        [SHARED.ipv4, ["10.61.2.2", "10.61.4.2"]],
        [SHARED.ipv6, ["fd61:2::2", "fd61:4::2"]],
      ] as const
    ) {
      const report = await trace(network, { address, queries: 10 });
      const found = report.hops[1]?.addresses?.map((one) => one.ip_address).sort();
      assert.deepEqual(found, routers);
    }
  });

  await t.step("traceroute reads the refusal of a router", async () => {
    const report = await trace(network, { address: "fd99:1::1" });
    assert.deepEqual(report.hops[0]?.annotations, ["!X administratively prohibited"]);
    assert.equal(report.verdict.kind, "unreachable");
  });
});

namespaceTest("mtr tells a rate-limiting router from loss on the path", PROGRAMS, async () => {
  await using limited = new Topology();
  await using lossy = new Topology();
  await Promise.all([threeHops(limited), threeHops(lossy)]);
  // r1 answers one expired probe in three seconds, and forwards everything.
  await limited.rules(
    "r1",
    `table inet t {
      chain o {
        type filter hook output priority 0;
        icmp type time-exceeded limit rate over 20/minute burst 1 packets drop
        icmpv6 type time-exceeded limit rate over 20/minute burst 1 packets drop
      }
    }`,
  );
  // r1 loses two of five packets that it should forward from src.
  await lossy.rules(
    "r1",
    `table inet t {
      chain f {
        type filter hook forward priority 0;
        ip saddr 10.61.1.1 numgen inc mod 5 < 2 drop
        ip6 saddr fd61:1::1 numgen inc mod 5 < 2 drop
      }
    }`,
  );
  const [limited4, limited6, lossy4, lossy6, ping4] = await Promise.all([
    mtr(limited, DST.ipv4),
    mtr(limited, DST.ipv6),
    mtr(lossy, DST.ipv4),
    mtr(lossy, DST.ipv6),
    ping(limited, { address: DST.ipv4, count: 10 }),
  ]);
  assert.equal(ping4.packet_loss_percent, 0);
  for (const report of [limited4, limited6]) {
    assert.equal(report.reached_destination, true);
    assert.ok((report.hops[0]?.loss_percent ?? 0) >= 40, JSON.stringify(report.hops[0]));
    assert.deepEqual(
      [report.verdict?.kind, report.verdict?.from_hop, report.verdict?.loss_percent],
      ["rate_limited_routers", 1, 0],
    );
    assert.equal(report.verdict?.confidence, "high");
    assert.deepEqual(report.issues_detected, []);
  }
  for (const report of [lossy4, lossy6]) {
    assert.equal(report.reached_destination, true);
    assert.deepEqual(
      [report.verdict?.kind, report.verdict?.from_hop],
      ["loss_to_destination", 2],
      JSON.stringify(report.hops),
    );
    assert.ok((report.verdict?.loss_percent ?? 0) >= 20);
    assert.deepEqual(report.issues_detected, [report.verdict?.explanation]);
  }
});
