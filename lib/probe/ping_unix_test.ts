import assert from "node:assert/strict";
import fc from "fast-check";
import { printout } from "../../tests/scripted_programs.ts";
import type { PingOutput } from "./ping_output.ts";
import { parseUnixPing } from "./ping_unix.ts";

function statuses(output: PingOutput): string {
  return output.probes.map((probe) => `${probe.seq}:${probe.status}`).join(" ");
}

Deno.test("iputils: replies, times and statistics are read", () => {
  const output = parseUnixPing(printout("ping_iputils_v4.txt"));
  assert.equal(statuses(output), "1:reply 2:reply 3:reply 4:reply");
  assert.deepEqual(output.probes.map((probe) => probe.rttMs), [0.054, 0.064, 0.067, 0.061]);
  assert.equal(output.probes[0]?.ttl, 62);
  assert.deepEqual(output.statistics, {
    transmitted: 4,
    received: 4,
    duplicates: 0,
    rtt: { minMs: 0.054, avgMs: 0.061, maxMs: 0.067, stddevMs: 0.004 },
  });
});

Deno.test("iputils speaks of IPv6 in the same way", () => {
  const output = parseUnixPing(printout("ping_iputils_v6.txt"));
  assert.equal(statuses(output), "1:reply 2:reply 3:reply");
});

Deno.test("iputils: missing replies are timeouts", () => {
  const output = parseUnixPing(printout("ping_iputils_loss.txt"));
  assert.equal(statuses(output), "1:reply 2:timeout 3:reply 4:reply 5:timeout 6:reply");
});

Deno.test("iputils: the last silent probe has no line and is a timeout all the same", () => {
  const output = parseUnixPing(printout("ping_iputils_silent.txt"));
  assert.equal(statuses(output), "1:timeout 2:timeout 3:timeout");
  assert.equal(output.statistics?.rtt, null);
});

Deno.test("iputils: duplicates stand beside their reply and are counted", () => {
  const output = parseUnixPing(printout("ping_iputils_duplicates.txt"));
  assert.equal(
    statuses(output),
    "1:reply 1:duplicate 1:duplicate 1:duplicate 2:reply 2:duplicate 2:duplicate 2:duplicate 3:reply",
  );
  assert.equal(output.statistics?.duplicates, 6);
  assert.equal(output.statistics?.received, 3);
});

Deno.test("iputils: an ICMP error wins over 'no answer yet', before or after it", () => {
  for (
    const [name, reason, reporter, expected] of [
      ["prohibited", "prohibited", "10.61.1.2", "1:unreachable 2:unreachable 3:timeout"],
      [
        "host_unreachable",
        "host_unreachable",
        "10.61.2.2",
        "1:unreachable 2:unreachable 3:unreachable 4:timeout 5:timeout",
      ],
      ["v6_no_route", "no_route", "fd61:1::2", "1:unreachable 2:unreachable 3:unreachable"],
      ["ttl", "ttl_exceeded", "10.61.1.2", "1:unreachable 2:unreachable"],
    ] as const
  ) {
    const output = parseUnixPing(printout(`ping_iputils_${name}.txt`));
    assert.equal(statuses(output), expected, name);
    assert.equal(output.probes[0]?.reason, reason);
    assert.equal(output.probes[0]?.reporter, reporter);
  }
});

Deno.test("a redirect is advice, not an error of the probe", () => {
  const output = parseUnixPing(
    "PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.\n" +
      "From 198.51.100.1 icmp_seq=1 Redirect Host(New nexthop: 198.51.100.2)\n" +
      "64 bytes from 192.0.2.1: icmp_seq=1 ttl=62 time=0.5 ms\n",
  );
  assert.equal(statuses(output), "1:reply");
});

Deno.test("BusyBox counts from 0 and prints no deviation", () => {
  const output = parseUnixPing(printout("ping_busybox_v4.txt"));
  assert.equal(statuses(output), "1:reply 2:reply 3:reply");
  assert.deepEqual(output.statistics?.rtt, {
    minMs: 0.055,
    avgMs: 0.071,
    maxMs: 0.081,
    stddevMs: null,
  });
  assert.equal(statuses(parseUnixPing(printout("ping_busybox_v6.txt"))), "1:reply 2:reply 3:reply");
});

Deno.test("BusyBox: gaps in the sequence are timeouts", () => {
  const output = parseUnixPing(printout("ping_busybox_loss.txt"));
  assert.equal(statuses(output), "1:reply 2:timeout 3:reply 4:reply 5:timeout 6:reply");
});

Deno.test("macOS: an error without a sequence belongs to the timeout after it", () => {
  const output = parseUnixPing(printout("ping_macos_mixed.txt"));
  assert.equal(statuses(output), "1:reply 2:timeout 3:reply 3:duplicate 4:unreachable 5:reply");
  assert.equal(output.probes[4]?.reporter, "198.51.100.1");
  assert.equal(output.probes[4]?.reason, "host_unreachable");
  assert.equal(output.statistics?.rtt?.stddevMs, 0.478);
});

Deno.test("inetutils is read like BSD", () => {
  const output = parseUnixPing(printout("ping_inetutils_v4.txt"));
  assert.equal(statuses(output), "1:reply 2:reply");
});

Deno.test("a printout cut anywhere still parses, and never claims statistics it lacks", () => {
  const text = printout("ping_iputils_loss.txt");
  fc.assert(fc.property(fc.nat(text.length), (cut) => {
    const output = parseUnixPing(text.slice(0, cut));
    assert.ok(output.probes.length <= 6);
    if (!text.slice(0, cut).includes("transmitted,")) assert.equal(output.statistics, null);
  }));
});

Deno.test("arbitrary text never throws and keeps a bounded number of probes", () => {
  const fragments = fc.constantFrom(
    "64 bytes from ",
    "10.0.0.1: ",
    "icmp_seq=",
    "99999999999",
    " ttl=64 time=1 ms",
    "\n",
    "From ",
    " packets transmitted, ",
    " received",
    "Request timeout for icmp_seq ",
    "PING x (y): 56 data bytes",
  );
  fc.assert(fc.property(
    fc.array(fc.oneof(fragments, fc.string()), { maxLength: 200 }),
    (parts) => {
      assert.ok(parseUnixPing(parts.join("")).probes.length <= 4_096);
    },
  ));
});

Deno.test("a printout that claims a billion probes costs little", () => {
  const output = parseUnixPing("1000000000 packets transmitted, 0 received, 100% packet loss\n");
  assert.equal(output.probes.length, 4_096);
});

Deno.test("numbers that no ping prints are no numbers", () => {
  const long = "9".repeat(400);
  const output = parseUnixPing(
    `64 bytes from 192.0.2.1: icmp_seq=1 ttl=${long} time=${long} ms\n` +
      "64 bytes from 192.0.2.1: icmp_seq=2 ttl=64 time=1.2.3 ms\n" +
      "2 packets transmitted, 2 received, 0% packet loss\nrtt min/avg/max/mdev = 1/2.3.4/5/6 ms\n",
  );
  assert.deepEqual(output.probes.map(({ rttMs, ttl }) => [rttMs, ttl]), [[null, null], [null, 64]]);
  assert.equal(output.statistics?.rtt, null);
  assert.equal(parseUnixPing(`${long} packets transmitted, 1 received\n`).statistics, null);
});
