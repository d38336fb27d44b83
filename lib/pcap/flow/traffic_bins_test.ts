import assert from "node:assert/strict";
import fc from "fast-check";
import { emptyBatch } from "../../../tests/support/pcap_samples.ts";
import { BATCH_PACKETS } from "../batch.ts";
import { DissectColumns } from "../dissect/columns.ts";
import type { PassBatch } from "../pass.ts";
import { TcpFlagColumns } from "../tcp/flag_columns.ts";
import { TcpOptionColumns } from "../tcp/option_columns.ts";
import { FlowColumns } from "./flow_columns.ts";
import { TrafficBins, type TrafficSeries, widenSeries } from "./traffic_bins.ts";

/** The series of packets of 100 octets at the times given. */
function seriesOf(times: readonly number[]): TrafficSeries | null {
  const bins = new TrafficBins();
  for (let start = 0; start < times.length; start += BATCH_PACKETS) {
    const part = times.slice(start, start + BATCH_PACKETS);
    const packets = emptyBatch(new Uint8Array(0), new DataView(new ArrayBuffer(0)));
    const flows = new FlowColumns();
    packets.count = part.length;
    packets.wireLength.fill(100);
    flows.timeNs.set(part);
    const batch: PassBatch = {
      packets,
      flows,
      dissected: new DissectColumns(),
      options: new TcpOptionColumns(),
      tcpFlags: new TcpFlagColumns(),
    };
    bins.addBatch(batch);
  }
  return bins.finish();
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

Deno.test("a capture without times has no series", () => {
  assert.equal(seriesOf([]), null);
});

Deno.test("a time beyond all reason is far away, not lost", () => {
  const series = seriesOf([-1e27, 0, 1e27, 1e27])!;
  assert.equal(sum(series.packets), 4);
  assert.equal(series.packets.at(-1), 2);
});

Deno.test("bins widen to 1 or 2 times a power of ten and begin at a multiple of that", () => {
  const ms = 1e6;
  const series = seriesOf([1500 * ms, 1501 * ms, 1700 * ms])!;
  assert.equal(series.widthNs, 1e6);
  assert.equal(series.startNs, 1500 * ms);
  assert.deepEqual([series.packets.length, series.packets[0], series.packets[1]], [201, 1, 1]);
  assert.equal(series.octets[200], 100);
});

Deno.test("no packet is lost however times jump, and each is in the bin of its time", () => {
  const time = fc.oneof(
    fc.integer({ min: -5000, max: 5000 }),
    fc.integer({ min: -(2 ** 50), max: 2 ** 50 }),
    fc.constantFrom(-8e18, 8e18, 0),
  );
  const times = fc.array(time, { minLength: 1, maxLength: 60 });
  fc.assert(fc.property(times, fc.integer({ min: 2, max: 100 }), (all, binsMax) => {
    const fine = seriesOf(all)!;
    assert.ok(fine.packets.length <= 1000);
    for (const series of [fine, widenSeries(fine, binsMax)]) {
      assert.equal(sum(series.packets), all.length);
      assert.equal(sum(series.octets), 100 * all.length);
      assert.match(series.widthNs.toExponential(), /^[125]e/);
      const first = Math.round(series.startNs / series.widthNs);
      const wanted = new Array<number>(series.packets.length).fill(0);
      for (const ns of all) wanted[Math.floor(ns / series.widthNs) - first]!++;
      assert.deepEqual(series.packets, wanted);
    }
    assert.ok(widenSeries(fine, binsMax).packets.length <= binsMax);
  }));
});
