import assert from "node:assert/strict";
import { sourceOf } from "../../../tests/support/capture_bytes.ts";
import { hostileTcp } from "../../../tests/support/hostile_tcp.ts";
import { Arena } from "../arena.ts";
import { dissectBatch } from "../dissect/dissect.ts";
import { PathTable } from "../dissect/path_table.ts";
import { Kernel } from "../kernel/kernel.ts";
import { openReader } from "../reader.ts";
import { WINDOW_BYTES_MAX } from "../window.ts";
import type { FlowReader, Side } from "./flow_reader.ts";
import { FlowRecords } from "./flow_records.ts";
import { FlowTable } from "./flow_table.ts";

/** Room for so few that most flows have to make room for others. */
const FLOWS = 3;

function facts(flows: FlowReader): unknown {
  const sides: readonly Side[] = [0, 1];
  return [
    flows.size,
    flows.opened,
    flows.tcpSize,
    flows.evicted,
    flows.hosts(),
    flows.memoryBytes > 0,
    Array.from({ length: flows.size }, (_, id) => [
      flows.firstFrame(id),
      flows.firstNs(id),
      flows.stream(id),
      flows.flowOfTcp(flows.tcpNumber(id)),
      sides.map((side) => [flows.address(id, side), flows.port(id, side), flows.octets(id, side)]),
    ]),
  ];
}

Deno.test("records of another thread are read in the arena, with what it says of them", async () => {
  const arena = new Arena();
  const kernel = new Kernel(arena, new PathTable());
  const table = new FlowTable({ kernel, flowsMax: FLOWS });
  const room = arena.uint8(WINDOW_BYTES_MAX);
  const file = hostileTcp({ seed: 4, frames: 2_000, connections: 40 });
  const reader = await openReader(sourceOf(file), {}, () => room);
  const { packets, dissected, flows } = kernel.slot;
  while (reader.next(packets) > 0) {
    dissectBatch(packets, dissected, kernel);
    table.addBatch(packets, dissected, flows);
  }
  assert.ok(table.flows.evicted.flows > 0);
  const copy = new FlowRecords(FLOWS, new Arena({ memory: arena.memory, start: table.address }));
  copy.adopt(structuredClone(table.counts()));
  assert.deepEqual(facts(copy), facts(table.flows));
});
