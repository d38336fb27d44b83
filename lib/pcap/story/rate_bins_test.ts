import assert from "node:assert/strict";
import { CLIENT, FlowPacket, type Role, SERVER } from "./flow_packet.ts";
import { RateBins } from "./rate_bins.ts";

function packet(ms: number, role: Role, wireLength: number): FlowPacket {
  return Object.assign(new FlowPacket(), { ns: ms * 1e6, role, wireLength });
}

Deno.test("bins are as wide as sixty of them need, in ones, twos and fives", () => {
  const bins = new RateBins(0, 6000e6);
  bins.add(packet(0, CLIENT, 100));
  bins.add(packet(199, SERVER, 50));
  bins.add(packet(450, CLIENT, 7));
  assert.deepEqual(bins.finish(), {
    widthNs: 200e6,
    client: [100, 0, 7],
    server: [50, 0, 0],
  });
  assert.equal(new RateBins(0, 61e9).finish().widthNs, 2e9);
});

Deno.test("a flow of one moment, or without times, has bins that hold what can be placed", () => {
  const moment = new RateBins(5e6, 5e6);
  moment.add(packet(5, CLIENT, 60));
  assert.deepEqual(moment.finish(), { widthNs: 1e6, client: [60], server: [0] });
  const timeless = new RateBins(NaN, NaN);
  timeless.add(packet(NaN, CLIENT, 60));
  assert.deepEqual(timeless.finish(), { widthNs: 1e6, client: [], server: [] });
});
