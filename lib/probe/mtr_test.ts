import assert from "node:assert/strict";
import { systemClock } from "../io/clock.ts";
import { printout, scriptedPrograms } from "../../tests/scripted_programs.ts";
import { mtrAddress, type MtrRequest } from "./mtr.ts";
import { mtrReport } from "./mtr_report.ts";

function request(address: string, more: Partial<MtrRequest> = {}): MtrRequest {
  return {
    label: address,
    address,
    count: 4,
    timeoutSec: 5,
    maxHops: 30,
    signal: new AbortController().signal,
    ...more,
  };
}

function fixture(
  name: string,
): { programs: ReturnType<typeof scriptedPrograms>; clock: typeof systemClock } {
  return { programs: scriptedPrograms(() => ({ stdout: printout(name) })), clock: systemClock };
}

Deno.test("the report: the peer's fields, the verdict and one sentence", async () => {
  const doors = fixture("mtr_clean.json");
  const report = await mtrAddress(doors, request("10.61.3.2", { label: "dst.example" }));
  assert.deepEqual(mtrReport().parse(report), report);
  assert.equal(
    doors.programs.calls[0]?.options.join(" "),
    "--json -n -c 4 -i 1 -G 5 -m 30 --order=LSRNBAWVM",
  );
  assert.deepEqual([report.report_cycles, report.reached_destination], [4, true]);
  assert.equal(
    report.summary,
    "dst.example (10.61.3.2) reached in 3 hops, 0.06 ms away. No loss at any hop",
  );
});

Deno.test("a router that limits its answers is no issue", async () => {
  const report = await mtrAddress(fixture("mtr_rate_limited.json"), request("10.61.3.2"));
  assert.equal(report.verdict?.kind, "rate_limited_routers");
  assert.equal(report.hops[0]?.loss_percent, 60);
  assert.deepEqual(report.issues_detected, []);
});

Deno.test("loss that persists is an issue, with its place", async () => {
  const report = await mtrAddress(fixture("mtr_loss.json"), request("10.61.3.2"));
  assert.deepEqual([report.verdict?.kind, report.verdict?.from_hop], ["loss_to_destination", 2]);
  assert.equal(report.issues_detected.length, 1);
});

Deno.test("the destination is known by its address, and a last silent row does not count", async () => {
  const report = await mtrAddress(fixture("mtr_unreached.json"), request("10.61.3.77"));
  assert.equal(report.reached_destination, false);
  assert.deepEqual([report.verdict?.kind, report.verdict?.from_hop], ["no_answer", 3]);
  assert.equal(report.hops.length, 3);
});

Deno.test("IPv6 spellings of the destination are the same address", async () => {
  const report = await mtrAddress(fixture("mtr_v6.json"), request("fd61:3:0::2"));
  assert.equal(report.reached_destination, true);
});

Deno.test("a stopped mtr printed nothing: no success, not complete", async () => {
  const programs = scriptedPrograms(() => ({ code: null, ended: "cancelled" }));
  const report = await mtrAddress({ programs, clock: systemClock }, request("10.61.3.2"));
  assert.deepEqual([report.success, report.complete, report.hops], [false, false, []]);
});
