import assert from "node:assert/strict";
import { loopbackContext } from "../../tests/loopback_context.ts";
import { printout, scriptedPrograms } from "../../tests/scripted_programs.ts";
import { ping } from "./ping.ts";
import { traceroute } from "./traceroute.ts";

Deno.test("the program gets a judged address of the wanted family, never the caller's text", async () => {
  const programs = scriptedPrograms(() => ({ stdout: printout("ping_iputils_v6.txt") }));
  const cx = loopbackContext({ names: { "host.example": ["192.0.2.1", "2001:db8::1"] } });
  const given = ping.input.parse({ target: "host.example", family: "ipv6" });
  const report = await ping.run(given, { ...cx, io: { ...cx.io, programs } });
  assert.equal(programs.calls[0]?.operand, "2001:db8::1");
  assert.deepEqual([report.target, report.resolved_ip], ["host.example", "2001:db8::1"]);
});

Deno.test("a family that the target lacks is an input error", async () => {
  const cx = loopbackContext({ names: { "host.example": ["192.0.2.1"] } });
  const given = ping.input.parse({ target: "host.example", family: "ipv6" });
  await assert.rejects(
    async () => await ping.run(given, cx),
    {
      code: "input.family",
      message: 'Cannot probe "host.example": it has no IPv6 address',
      hint: 'It has 192.0.2.1; use family "auto".',
    },
  );
});

Deno.test("defaults are the peer's", () => {
  assert.deepEqual(ping.input.parse({ target: "192.0.2.1" }), {
    target: "192.0.2.1",
    count: 4,
    timeout: 5,
    interval: 1,
    family: "auto",
  });
  assert.deepEqual(traceroute.input.parse({ target: "192.0.2.1" }), {
    target: "192.0.2.1",
    max_hops: 30,
    timeout: 5,
    method: "auto",
    port: 443,
    queries: 3,
    resolve_names: true,
    family: "auto",
  });
});

Deno.test("counts of -1, 0, 101, 10^9 and 1.5 are refused", () => {
  for (const count of [-1, 0, 101, 1e9, 1.5]) {
    assert.equal(ping.input.safeParse({ target: "192.0.2.1", count }).success, false, `${count}`);
  }
  assert.equal(traceroute.input.safeParse({ target: "192.0.2.1", max_hops: 65 }).success, false);
});
