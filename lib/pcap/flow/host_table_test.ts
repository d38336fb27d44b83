import assert from "node:assert/strict";
import { FlowRecords } from "./flow_records.ts";
import { HostTable } from "./host_table.ts";

/** Flows 0, 1, …: from 10.0.0.x to 10.0.0.y, so many packets of 100 octets each way. */
function flowsOf(...ends: readonly (readonly [number, number, number, number])[]): FlowRecords {
  const flows = new FlowRecords(ends.length);
  const address = (last: number): number => 0x0a000000 + last;
  ends.forEach(([src, dst, sent, received]) => {
    const id = flows.grow();
    const words = flows.hot.i32;
    words[id * 16] = address(src);
    words[id * 16 + 1] = address(dst);
    for (let packet = 0; packet < sent; packet++) flows.count(id, 0, 100);
    for (let packet = 0; packet < received; packet++) flows.count(id, 1, 100);
  });
  return flows;
}

Deno.test("hosts add up over their flows; who only receives is no talker", () => {
  const flows = flowsOf([1, 2, 3, 1], [1, 3, 2, 0], [4, 4, 1, 0]);
  assert.deepEqual(flows.hosts(), {
    talkers: [
      { address: "10.0.0.1", packets: 5, octets: 500 },
      { address: "10.0.0.2", packets: 1, octets: 100 },
      { address: "10.0.0.4", packets: 1, octets: 100 },
    ],
    destinations: [
      { address: "10.0.0.2", packets: 3, octets: 300 },
      { address: "10.0.0.3", packets: 2, octets: 200 },
      { address: "10.0.0.1", packets: 1, octets: 100 },
      { address: "10.0.0.4", packets: 1, octets: 100 },
    ],
    sources: 3,
    sinks: 4,
    isExact: true,
  });
});

Deno.test("a full table keeps the hosts that it has and says that it is not exact", () => {
  const flows = flowsOf([1, 2, 1, 1], [1, 3, 1, 1]);
  const hosts = new HostTable(2);
  hosts.addFlow(flows, 0);
  hosts.addFlow(flows, 1);
  const { talkers, isExact } = hosts.summary();
  assert.deepEqual(talkers.map(({ address, packets }) => [address, packets]), [
    ["10.0.0.1", 2],
    ["10.0.0.2", 1],
  ]);
  assert.equal(isExact, false);
  const merged = new HostTable();
  merged.merge(hosts);
  assert.deepEqual(merged.summary(), hosts.summary());
});
