import assert from "node:assert/strict";
import { systemClock } from "../io/clock.ts";
import type { Programs } from "../io/io.ts";
import { printout, scriptedPrograms } from "../../tests/scripted_programs.ts";
import { traceAddress, type TraceRequest } from "./traceroute.ts";
import { tracerouteReport } from "./traceroute_report.ts";

function request(address: string, more: Partial<TraceRequest> = {}): TraceRequest {
  return {
    label: address,
    address,
    maxHops: 30,
    timeoutSec: 5,
    queries: 3,
    method: "udp",
    port: 443,
    signal: new AbortController().signal,
    ...more,
  };
}

function doors(programs: Programs): { programs: Programs; clock: typeof systemClock } {
  return { programs, clock: systemClock };
}

function fixture(name: string): ReturnType<typeof scriptedPrograms> {
  return scriptedPrograms(() => ({ stdout: printout(name) }));
}

Deno.test("a reached destination: the peer's fields and one sentence", async () => {
  const report = await traceAddress(
    doors(fixture("traceroute_linux_v4.txt")),
    request("10.61.3.2", { label: "dst.example" }),
  );
  assert.deepEqual(tracerouteReport().parse(report), report);
  assert.deepEqual(report.hops[2], {
    hop_number: 3,
    ip_address: "10.61.3.2",
    hostname: null,
    latency_ms: [0.013, 0.008, 0.008],
    avg_latency_ms: 0.01,
    packet_loss: false,
    probes_sent: 3,
    probes_lost: 0,
    is_destination: true,
  });
  assert.deepEqual([report.reached_destination, report.total_hops, report.verdict.kind], [
    true,
    3,
    "clean",
  ]);
  assert.equal(report.summary, "dst.example (10.61.3.2) reached in 3 hops, 0.01 ms away");
  assert.deepEqual(report.issues_detected, []);
});

Deno.test("load balancing lists every address of the hop with its times", async () => {
  const report = await traceAddress(
    doors(fixture("traceroute_linux_ecmp.txt")),
    request("10.61.9.9"),
  );
  assert.equal(report.hops[1]?.ip_address, "10.61.2.2");
  assert.deepEqual(report.hops[1]?.addresses, [
    { ip_address: "10.61.2.2", hostname: null, latency_ms: [0.008, 0.007, 0.007, 0.007] },
    { ip_address: "10.61.4.2", hostname: null, latency_ms: [0.014, 0.007] },
  ]);
  assert.match(report.summary, /load-balanced at 1 hop$/);
});

Deno.test("a refusal is the verdict: who said what", async () => {
  const report = await traceAddress(
    doors(fixture("traceroute_linux_host_unreachable.txt")),
    request("10.61.3.77"),
  );
  assert.deepEqual([report.success, report.reached_destination], [true, false]);
  assert.deepEqual(report.hops[2]?.annotations, ["!H host unreachable"]);
  assert.equal(report.verdict.kind, "unreachable");
  assert.equal(report.verdict.from_hop, 3);
  assert.equal(
    report.summary,
    "10.61.3.77 not reached in 3 hops: Hop 3 (10.61.2.2) says: host unreachable",
  );
});

Deno.test("a loop is called a loop", async () => {
  const report = await traceAddress(
    doors(fixture("traceroute_linux_loop.txt")),
    request("10.98.1.1"),
  );
  assert.equal(report.verdict.kind, "routing_loop");
  assert.equal(report.verdict.from_hop, 1);
});

Deno.test("a router that limits its answers is not loss", async () => {
  const report = await traceAddress(
    doors(fixture("traceroute_linux_rate_limited.txt")),
    request("10.61.3.2"),
  );
  assert.equal(report.verdict.kind, "rate_limited_routers");
  assert.deepEqual(report.verdict.rate_limited_hops, [1]);
  assert.deepEqual(report.issues_detected, []);
});

Deno.test("MPLS labels and names reach the report; names of our own go first", async () => {
  const report = await traceAddress(
    {
      ...doors(fixture("traceroute_linux_names_mpls.txt")),
      reverse: (address) => Promise.resolve(address === "198.51.100.9" ? "pe9.example.org" : null),
    },
    request("192.0.2.10"),
  );
  assert.equal(report.hops[0]?.hostname, "gw.example.net");
  assert.equal(report.hops[1]?.hostname, "pe9.example.org");
  assert.deepEqual(report.hops[1]?.mpls?.map((entry) => entry.label), [24001, 301]);
  assert.deepEqual(report.hops[3]?.annotations, [
    "!F-1400 fragmentation needed, MTU 1400",
    "!13 ICMP unreachable code 13",
    "!V host precedence violation",
  ]);
});

Deno.test("a trace cut short keeps its hops and says so; without a hop it does not succeed", async () => {
  const text = printout("traceroute_linux_v4.txt").split("\n").slice(0, 3).join("\n");
  const cut = await traceAddress(
    doors(scriptedPrograms(() => ({ stdout: text, ended: "deadline", code: null }))),
    request("10.61.3.2"),
  );
  assert.deepEqual([cut.success, cut.complete, cut.total_hops], [true, false, 2]);
  assert.equal(cut.verdict.kind, "inconclusive");
  const none = await traceAddress(
    doors(scriptedPrograms(() => ({ ended: "cancelled", code: null }))),
    request("10.61.3.2"),
  );
  assert.deepEqual([none.success, none.complete, none.total_hops], [false, false, 0]);
});

Deno.test("empty output is an error, not zero hops", async () => {
  await assert.rejects(
    traceAddress(doors(scriptedPrograms(() => ({ code: 0 }))), request("10.61.3.2")),
    { code: "env.program_failed" },
  );
});

Deno.test("a method that needs root says so", async () => {
  const programs = scriptedPrograms(() => ({
    code: 1,
    stderr: printout("traceroute_unprivileged_stderr.txt"),
  }));
  await assert.rejects(
    traceAddress(doors(programs), request("10.61.3.2", { method: "tcp" })),
    { code: "env.raw_sockets" },
  );
});

Deno.test("each platform and method gets its own switches", async () => {
  const seen = async (
    platform: Programs["platform"],
    method: TraceRequest["method"],
    name: string,
  ) => {
    const programs = scriptedPrograms(() => ({ stdout: printout(name) }), platform);
    await traceAddress(doors(programs), request("192.0.2.10", { method }));
    const [call] = programs.calls;
    return `${call?.program} ${call?.options.join(" ")}`;
  };
  const linux = "traceroute_linux_v4.txt";
  assert.equal(await seen("linux", "udp", linux), "traceroute -n -m 30 -q 3 -w 5 -e");
  assert.equal(await seen("linux", "icmp", linux), "traceroute -n -m 30 -q 3 -w 5 -e -I");
  assert.equal(await seen("linux", "tcp", linux), "traceroute -n -m 30 -q 3 -w 5 -e -T -p 443");
  assert.equal(
    await seen("darwin", "tcp", "traceroute_macos_ecmp.txt"),
    "traceroute -n -m 30 -q 3 -w 5 -P tcp -p 443",
  );
  assert.equal(await seen("windows", "icmp", "tracert_windows_v4.txt"), "tracert -d -h 30 -w 5000");
  await assert.rejects(seen("windows", "udp", "tracert_windows_v4.txt"), {
    code: "env.trace_method",
  });
});
