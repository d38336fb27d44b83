import assert from "node:assert/strict";
import fc from "fast-check";
import { printout } from "../../tests/scripted_programs.ts";
import type { TracedHop } from "./traceroute_output.ts";
import { parseUnixTraceroute } from "./traceroute_unix.ts";

/** One line per hop: `2 10.0.0.1/0.5 * 10.0.0.2/0.7!X`. */
function rows(hops: readonly TracedHop[]): string[] {
  return hops.map((hop) =>
    [
      hop.hop,
      ...hop.probes.map((probe) =>
        probe.address === null
          ? "*"
          : `${probe.address}/${probe.rttMs}${probe.flag === null ? "" : `!${probe.flag}`}`
      ),
    ].join(" ")
  );
}

function read(name: string): string[] {
  return rows(parseUnixTraceroute(printout(name)));
}

Deno.test("Linux: hops, IPv4 and IPv6", () => {
  assert.deepEqual(read("traceroute_linux_v4.txt"), [
    "1 10.61.1.2/0.027 10.61.1.2/0.006 10.61.1.2/0.005",
    "2 10.61.2.2/0.012 10.61.2.2/0.007 10.61.2.2/0.006",
    "3 10.61.3.2/0.013 10.61.3.2/0.008 10.61.3.2/0.008",
  ]);
  assert.equal(
    read("traceroute_linux_v6.txt")[0],
    "1 fd61:1::2/0.025 fd61:1::2/0.008 fd61:1::2/0.007",
  );
});

Deno.test("Linux: several addresses of a hop keep their own times", () => {
  assert.equal(
    read("traceroute_linux_ecmp.txt")[1],
    "2 10.61.4.2/0.014 10.61.4.2/0.007 10.61.2.2/0.008 10.61.2.2/0.007 10.61.2.2/0.007 10.61.2.2/0.007",
  );
});

Deno.test("a single star is a silent hop", () => {
  assert.deepEqual(read("traceroute_linux_silent_q1.txt"), [
    "1 10.61.1.2/0.031",
    "2 *",
    "3 10.61.3.2/0.014",
  ]);
  assert.equal(read("traceroute_busybox_silent.txt")[1], "2 *");
});

Deno.test("annotations stay with their probe", () => {
  assert.deepEqual(read("traceroute_linux_net_unreachable.txt"), ["1 10.61.1.2/0.02!N * *"]);
  assert.equal(read("traceroute_linux_prohibited.txt")[5], "6 * 10.61.1.2/0.04!X *");
  assert.equal(
    read("traceroute_linux_host_unreachable.txt")[2],
    "3 10.61.2.2/3071.695!H 10.61.2.2/3071.658!H 10.61.2.2/3071.647!H",
  );
  assert.equal(
    read("traceroute_busybox_prohibited.txt")[0],
    "1 * 10.61.1.2/0.007!A *",
  );
});

Deno.test("names that contain 'traceroute' are rows like others; MPLS stacks and names are kept", () => {
  const hops = parseUnixTraceroute(printout("traceroute_linux_names_mpls.txt"));
  assert.deepEqual(rows(hops), [
    "1 198.51.100.1/0.412 198.51.100.1/0.391 198.51.100.1/0.377",
    "2 198.51.100.9/5.12 198.51.100.9/5.101 198.51.100.9/5.077",
    "3 * 203.0.113.2/9.822 203.0.113.1/9.611",
    "4 203.0.113.77/10.5!F-1400 203.0.113.77/10.4!13 203.0.113.77/10.6!V",
    "5 192.0.2.10/11.42 192.0.2.10/11.377 192.0.2.10/11.391",
  ]);
  assert.equal(hops[1]?.names.get("198.51.100.9"), "traceroute-lab.example.net");
  assert.deepEqual(hops[1]?.labels.get("198.51.100.9"), [
    { label: 24001, trafficClass: 0, bottom: false, ttl: 1 },
    { label: 301, trafficClass: 2, bottom: true, ttl: 1 },
  ]);
});

Deno.test("macOS: further addresses of a hop stand on lines of their own", () => {
  assert.deepEqual(read("traceroute_macos_ecmp.txt"), [
    "1 198.51.100.1/2.914 198.51.100.1/1.602 198.51.100.1/1.498",
    "2 * * *",
    "3 203.0.113.1/9.104 203.0.113.2/9.377 203.0.113.1/9.212",
    "4 192.0.2.10/11.009 192.0.2.10/10.87 192.0.2.10/10.912",
  ]);
});

Deno.test("a printout cut anywhere parses to a prefix of the rows", () => {
  const text = printout("traceroute_linux_ecmp.txt");
  const whole = rows(parseUnixTraceroute(text));
  fc.assert(fc.property(fc.nat(text.length), (cut) => {
    const part = rows(parseUnixTraceroute(text.slice(0, cut)));
    assert.deepEqual(part.slice(0, -1), whole.slice(0, Math.max(0, part.length - 1)));
  }));
});

Deno.test("arbitrary text never throws and stays bounded", () => {
  const fragments = fc.constantFrom(
    " 1  ",
    "\n",
    "*",
    " ",
    "10.0.0.1",
    "1.2 ms",
    "!H",
    "!",
    "<MPLS:L=1,E=0,S=1,T=1>",
    "(::1)",
  );
  fc.assert(fc.property(
    fc.array(fc.oneof(fragments, fc.string()), { maxLength: 300 }),
    (parts) => {
      const hops = parseUnixTraceroute(parts.join(""));
      assert.ok(hops.length <= 256);
      assert.ok(hops.every((hop) => hop.probes.length <= 64));
    },
  ));
});

Deno.test("times and annotations that no traceroute prints are passed over", () => {
  const [hop] = parseUnixTraceroute(
    ` 1  192.0.2.1  ${"9".repeat(400)} ms  1.5 ms !\u001b[2J  2 ms !F-1400\n`,
  );
  assert.deepEqual(hop?.probes, [
    { address: "192.0.2.1", rttMs: 1.5, flag: null },
    { address: "192.0.2.1", rttMs: 2, flag: "F-1400" },
  ]);
});
