import assert from "node:assert/strict";
import { sourceOf } from "../../../tests/support/capture_bytes.ts";
import { scanSource } from "../../../tests/support/capture_scan.ts";
import { hostileTcp } from "../../../tests/support/hostile_tcp.ts";
import { withoutTimes } from "../../../tests/support/untimed_packets.ts";

const HOUR_NS = 3_600e9;

Deno.test("packets without a time make no round trip, closed window or wait of their own", async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const pcap = hostileTcp({ seed, frames: 2000, connections: 3, isStamped: seed % 2 === 0 });
    const file = withoutTimes(pcap, (index) => index % 7 !== seed % 7);
    const { rtt, facts } = await scanSource(sourceOf(file), new AbortController().signal);
    // The capture takes some minutes; a time of 1970 in it would take half a century.
    const spanNs = (facts.lastNs ?? NaN) - (facts.firstNs ?? NaN);
    assert.ok(spanNs > 0 && spanNs < HOUR_NS);
    for (const leg of [rtt.serverLeg, rtt.clientLeg, rtt.dataFromA, rtt.dataFromB]) {
      assert.ok((leg?.maxNs ?? 0) <= spanNs, `seed ${seed}: ${leg?.maxNs}`);
    }
    for (let tcp = 0; tcp < 3; tcp++) {
      for (const { zeroWindowNs, limits } of rtt.connection(tcp)?.directions ?? []) {
        assert.ok(zeroWindowNs >= 0 && zeroWindowNs <= spanNs, `seed ${seed}: ${zeroWindowNs}`);
        const waitedMs = limits === null ? 0 : limits.applicationMs + limits.congestionMs +
          limits.lossMs + limits.receiverWindowMs;
        assert.ok(waitedMs * 1e6 <= spanNs * 1.01, `seed ${seed}: ${waitedMs}`);
      }
    }
  }
});
