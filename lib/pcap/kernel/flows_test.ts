import assert from "node:assert/strict";
import { pcapFile } from "../../../tests/support/pcap_samples.ts";
import { sourceOf } from "../../../tests/support/capture_bytes.ts";
import { onEthernet } from "../../../tests/support/ethernet_frames.ts";
import { hostileTcp } from "../../../tests/support/hostile_tcp.ts";
import { Random } from "../../../tests/fuzz/random.ts";
import { fromHex, ipv4, ipv6, MAC, tcp, udp } from "../../../tests/support/pcap_samples.ts";
import { Arena } from "../arena.ts";
import { dissectBatch } from "../dissect/dissect.ts";
import { PathTable } from "../dissect/path_table.ts";
import { walkPackets } from "../engine/walk.ts";
import { FlowColumns } from "../flow/flow_columns.ts";
import { FlowTable } from "../flow/flow_table.ts";
import { openReader } from "../reader.ts";
import { WINDOW_BYTES_MAX } from "../window.ts";
import { Kernel } from "./kernel.ts";

/** Walks over a capture with the kernel and holds its flows to those of TypeScript; how many there are. */
async function compare(file: Uint8Array): Promise<number> {
  const out = new FlowColumns();
  const twin = new FlowTable();
  const signal = new AbortController().signal;
  const needs = { flows: true };
  let reader = twin.flows;
  await walkPackets(
    sourceOf(file),
    { needs, maxPackets: 0, signal },
    ({ packets, dissected, flows }) => {
      reader = flows.reader ?? reader;
      out.timeNs.set(flows.timeNs);
      twin.addBatch(packets, dissected, out);
      for (const name of ["flow", "tcp", "direction", "isNew", "isReused"] as const) {
        const rows = (columns: FlowColumns) => [...columns[name].subarray(0, packets.count)];
        assert.deepEqual(rows(flows), rows(out), `${name} from frame ${packets.firstFrame}`);
      }
    },
  );
  const { size } = twin.flows;
  assert.equal(reader.size, size);
  for (let id = 0; id < size; id++) {
    for (const one of [reader, twin.flows]) {
      assert.equal(one.packets(id, 0) + one.packets(id, 1) > 0, true);
    }
    const facts = (one: typeof reader) => [
      ...([0, 1] as const).flatMap((side) => [
        one.address(id, side),
        one.port(id, side),
        one.packets(id, side),
        one.octets(id, side),
      ]),
      one.firstNs(id),
      one.lastNs(id),
      one.initiator(id),
      one.stream(id),
    ];
    assert.deepEqual(facts(reader), facts(twin.flows));
  }
  return size;
}

Deno.test("the kernel puts hostile TCP into the flows that TypeScript puts it into", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const file = hostileTcp({ seed, frames: 2000, connections: 5 });
    const flows = await compare(file);
    assert.ok(flows >= 5);
    assert.equal(await compare(onEthernet(file)), flows);
  }
});

Deno.test("the kernel and TypeScript agree on thousands of flows of all kinds", async () => {
  const random = new Random(7);
  const frames = Array.from({ length: 20_000 }, () => {
    const port = random.below(3000);
    const back = random.oneIn(2);
    const [from, to] = back ? [53, port] : [port, 53];
    const payload = random.pick([
      ipv4(17, udp(from, to, "00")),
      ipv4(6, tcp("00").replace(/^.{8}/, hex16(from) + hex16(to))),
      ipv4(1, "0800000000010001"),
      ipv4(17, udp(from, to, "00"), random.pick([0, 0x2000, 0x0001])),
    ]);
    const six = random.pick([ipv6(17, udp(from, to, "00")), ipv6(6, tcp("00")), ipv6(58, "8000")]);
    const swapped = back ? six.replace(/^(.{16})(.{32})(.{32})/, "$1$3$2") : six;
    return fromHex(random.oneIn(3) ? `${MAC}86dd${swapped}` : `${MAC}0800${payload}`);
  });
  assert.ok(await compare(pcapFile(1, frames)) > 5000);
});

Deno.test("the kernel and TypeScript agree where flows make room for others", async () => {
  const arena = new Arena();
  const kernel = new Kernel(arena, new PathTable());
  const flowsMax = 20;
  const table = new FlowTable({ kernel, flowsMax });
  const twin = new FlowTable({ flowsMax });
  const room = arena.uint8(WINDOW_BYTES_MAX);
  const file = onEthernet(hostileTcp({ seed: 9, frames: 4000, connections: 60 }));
  const reader = await openReader(sourceOf(file), {}, () => room, kernel);
  const { packets, dissected, flows } = kernel.slot;
  const out = new FlowColumns();
  while (reader.next(packets) > 0) {
    dissectBatch(packets, dissected, kernel);
    table.addBatch(packets, dissected, flows);
    twin.addBatch(packets, dissected, out);
    for (const name of ["flow", "tcp", "direction", "isNew", "isReused"] as const) {
      const rows = (columns: FlowColumns) => [...columns[name].subarray(0, packets.count)];
      assert.deepEqual(rows(flows), rows(out), `${name} from frame ${packets.firstFrame}`);
    }
  }
  assert.ok(twin.flows.evicted.flows > 1000);
  assert.deepEqual(table.flows.evicted, twin.flows.evicted);
});

function hex16(value: number): string {
  return value.toString(16).padStart(4, "0");
}
