import assert from "node:assert/strict";
import { Unavailable } from "../errors/mod.ts";
import type { Programs } from "../io/io.ts";
import { printout, scriptedPrograms } from "../../tests/scripted_programs.ts";
import { pingAddress, type PingRequest } from "./ping.ts";
import { pingReport } from "./ping_report.ts";

function request(address: string, more: Partial<PingRequest> = {}): PingRequest {
  return {
    label: address,
    address,
    count: 4,
    timeoutSec: 5,
    intervalSec: 1,
    signal: new AbortController().signal,
    ...more,
  };
}

Deno.test("each platform gets its own switches, and the operand is the address", async () => {
  const seen = async (platform: Programs["platform"], stdout: string): Promise<string> => {
    const programs = scriptedPrograms(() => ({ stdout }), platform);
    await pingAddress(programs, request("192.0.2.10", { label: "host.example" }));
    const [call] = programs.calls;
    return `${call?.options.join(" ")} -- ${call?.operand}`;
  };
  const unix = printout("ping_macos_mixed.txt");
  assert.equal(await seen("linux", unix), "-n -c 4 -i 1 -W 5 -O -- 192.0.2.10");
  assert.equal(await seen("darwin", unix), "-n -c 4 -i 1 -W 5000 -- 192.0.2.10");
  assert.equal(
    await seen("windows", printout("ping_windows_mixed.txt")),
    "-n 4 -w 5000 -- 192.0.2.10",
  );
});

Deno.test("a ping that refuses -O is asked without it, and remembered", async () => {
  const programs = scriptedPrograms(({ options }) =>
    options.includes("-O")
      ? { code: 1, stderr: printout("ping_busybox_refused_option_stderr.txt") }
      : { stdout: printout("ping_busybox_v4.txt") }
  );
  const first = await pingAddress(programs, request("10.61.3.2", { count: 3 }));
  await pingAddress(programs, request("10.61.3.2", { count: 3 }));
  assert.equal(first.packets_received, 3);
  assert.deepEqual(programs.calls.map((call) => call.options.includes("-O")), [true, false, false]);
});

Deno.test("the report holds the peer's fields, jitter and one sentence", async () => {
  const programs = scriptedPrograms(() => ({ stdout: printout("ping_iputils_v4.txt") }));
  const report = await pingAddress(programs, request("10.61.3.2", { label: "dst.example" }));
  assert.deepEqual(pingReport().parse(report), report);
  assert.equal(
    report.summary,
    "dst.example (10.61.3.2) answers: 4 of 4 replies, 0.06 ms on average (0.05 ms to 0.07 ms)",
  );
  assert.equal(report.jitter_ms, 0.006);
  assert.equal(report.stddev_latency_ms, 0.004);
  assert.deepEqual([report.success, report.reachable, report.complete], [true, true, true]);
});

Deno.test("no reply is a finding: success stays true, reachable is false", async () => {
  const programs = scriptedPrograms(() => ({
    code: 1,
    stdout: printout("ping_iputils_host_unreachable.txt"),
  }));
  const report = await pingAddress(programs, request("10.61.3.77", { count: 5 }));
  assert.deepEqual([report.success, report.reachable], [true, false]);
  assert.equal(report.packet_loss_percent, 100);
  assert.deepEqual(report.icmp_errors, [
    { reason: "host_unreachable", reporter: "10.61.2.2", count: 3 },
  ]);
  assert.equal(
    report.summary,
    "10.61.3.77 does not answer: 0 of 5 replies; 10.61.2.2 says host unreachable",
  );
});

Deno.test("a stopped ping reports what it has and does not blame the probe in flight", async () => {
  const text = printout("ping_iputils_loss.txt").split("\n").slice(0, 5).join("\n");
  const programs = scriptedPrograms(() => ({
    code: 0,
    ended: "cancelled",
    stdout: `${text}\n\n--- 10.61.3.2 ping statistics ---\n` +
      "5 packets transmitted, 3 received, 40% packet loss, time 900ms\n",
  }));
  const report = await pingAddress(programs, request("10.61.3.2", { count: 20 }));
  assert.deepEqual([report.complete, report.success], [false, true]);
  assert.deepEqual([report.packets_sent, report.packets_received], [4, 3]);
  assert.equal(report.packet_loss_percent, 25);
  assert.match(report.summary, /stopped early$/);
});

Deno.test("a ping stopped before its first answer does not succeed", async () => {
  const programs = scriptedPrograms(() => ({ code: null, ended: "cancelled" }));
  const report = await pingAddress(programs, request("10.61.3.2"));
  assert.deepEqual([report.success, report.complete, report.packets_sent], [false, false, 0]);
  assert.equal(report.packet_loss_percent, null);
});

Deno.test("what keeps ping from running is told apart", async () => {
  for (
    const [stderr, code] of [
      ["ping: connect: Network is unreachable\n", "env.no_route"],
      ["ping: socket: Operation not permitted\n", "env.raw_sockets"],
      ["ping: permission denied (are you root?)\n", "env.raw_sockets"],
      ["ping: socket: Address family not supported by protocol\n", "env.address_family"],
      ["", "env.program_failed"],
    ] as const
  ) {
    const programs = scriptedPrograms(() => ({ code: 2, stderr }));
    await assert.rejects(
      pingAddress(programs, request("10.61.3.2")),
      (error) => error instanceof Unavailable && error.code === code && error.hint !== "",
      stderr,
    );
  }
});

Deno.test("a printout in another language is refused, not misread", async () => {
  const stdout = printout("ping_windows_german.txt");
  await assert.rejects(
    pingAddress(scriptedPrograms(() => ({ stdout }), "windows"), request("192.0.2.10")),
    { code: "env.program_failed" },
  );
});

Deno.test("macOS says that its ping cannot do IPv6", async () => {
  const programs = scriptedPrograms(() => ({}), "darwin");
  await assert.rejects(pingAddress(programs, request("2001:db8::1")), { code: "env.ipv6_ping" });
  assert.equal(programs.calls.length, 0);
});

Deno.test("progress follows the lines and never passes the count", async () => {
  const seen: number[] = [];
  const programs = scriptedPrograms(() => ({ stdout: printout("ping_iputils_duplicates.txt") }));
  await pingAddress(programs, request("10.61.3.2", { count: 3, onProbe: (n) => seen.push(n) }));
  assert.deepEqual(seen, [1, 2, 3]);
});
