import assert from "node:assert/strict";
import { CLIENT, FlowPacket } from "./flow_packet.ts";
import { StuckWatch } from "./path_mtu.ts";

/** A segment of the client. */
function segment(seq: number, payload: number, frame: number): FlowPacket {
  const packet = new FlowPacket();
  return Object.assign(packet, { seq, payload, frame });
}

/** A watch after `small` octets that were acknowledged and a segment sent `times` more in vain. */
function watchAfter(small: number, large: number, times: number): StuckWatch {
  const watch = new StuckWatch(CLIENT);
  watch.addData(segment(1, small, 1), false, 1);
  watch.addAck(1 + small);
  watch.addData(segment(1 + small, large, 3), false, 1 + small);
  for (let index = 0; index < times; index++) {
    watch.addData(segment(1 + small, large, 4 + index), true, 1 + small);
  }
  return watch;
}

Deno.test("a large segment sent again three times in vain is stuck", () => {
  assert.deepEqual(watchAfter(300, 1400, 3).finish(), {
    role: CLIENT,
    octets: 1400,
    ackedOctets: 300,
    repeated: 3,
    frames: [4, 5, 6],
  });
});

Deno.test("two repetitions, or as large ones that got through, are no sign", () => {
  assert.equal(watchAfter(300, 1400, 2).finish(), null);
  assert.equal(watchAfter(1400, 1400, 9).finish(), null);
});

Deno.test("segments that every path carries are lost for another reason", () => {
  assert.equal(watchAfter(100, 536, 9).finish(), null);
});

Deno.test("a segment that gets through after all was not too large", () => {
  const watch = watchAfter(300, 1400, 5);
  watch.addAck(1701);
  assert.equal(watch.finish(), null);
});

Deno.test("of a thousand segments under way, those that share an entry are not taken for smaller", () => {
  const watch = new StuckWatch(CLIENT);
  for (let index = 0; index < 1000; index++) {
    watch.addData(segment(1 + index * 1000, 1000, index), false, 1);
  }
  watch.addAck(1_000_001);
  for (let index = 0; index < 5; index++) {
    watch.addData(segment(1_000_001, 1000, 2000 + index), true, 1_000_001);
  }
  assert.equal(watch.finish(), null);
});
