/** Frames that are made to measure say what a dissection of them finds. */
import assert from "node:assert/strict";
import { DissectColumns } from "../dissect/columns.ts";
import { dissectBatch } from "../dissect/dissect.ts";
import { bareFrame, type MadeFrame, MadeFrames } from "./made_frames.ts";

/** What filters read of a row, its path without what the transport carries. */
function factsOf(columns: DissectColumns, row: number): unknown {
  const { paths } = columns;
  const isTold = columns.l4Offset[row] !== -1 && columns.srcPort[row] !== -1;
  return {
    path: paths.nameOf(columns.path[row] ?? 0).split(":").slice(0, isTold ? 3 : 2),
    ipVersion: columns.ipVersion[row],
    addressLength: columns.addressLength[row],
    addresses: [columns.srcOffset[row], columns.dstOffset[row]],
    protocol: columns.l4Protocol[row],
    ports: [columns.srcPort[row], columns.dstPort[row]],
    headers: [columns.l3Offset[row], isTold ? columns.l4Offset[row] : -1],
    payload: isTold ? [columns.payloadOffset[row], columns.payloadWire[row]] : [],
    tcpFlags: columns.tcpFlags[row],
    malformed: columns.malformed[row],
    tunnelDepth: columns.tunnelDepth[row],
    icmpType: columns.icmpType[row],
  };
}

Deno.test("frames of all kinds are dissected as they are made", () => {
  const batch = new MadeFrames();
  batch.beginMade();
  const frames: MadeFrame[] = [];
  for (const addressLength of [4, 16] as const) {
    for (const protocol of [0, 6, 17, 132, 136]) {
      for (const payload of protocol === 6 || protocol === 17 ? [0, 700] : [0]) {
        const addresses = Int32Array.of(0x0a000001, 2, 3, 4, 0x0a000005, 6, 7, 8);
        const tcpFlags = protocol === 6 ? 0x1ff : 0;
        const ports = { srcPort: 40_000, dstPort: 40_001 };
        frames.push({ addressLength, protocol, addresses, tcpFlags, payload, ...ports });
      }
    }
  }
  for (const frame of frames) batch.addMade(frame);
  const columns = new DissectColumns();
  dissectBatch(batch.packets, columns);
  for (const [row, frame] of frames.entries()) {
    assert.deepEqual(factsOf(batch.dissected, row), factsOf(columns, row), JSON.stringify(frame));
  }
});

Deno.test("a frame without anything has no address and no header behind Ethernet's", () => {
  const batch = new MadeFrames();
  batch.beginMade();
  batch.addMade(bareFrame());
  const columns = new DissectColumns();
  dissectBatch(batch.packets, columns);
  assert.equal(batch.dissected.paths.nameOf(batch.dissected.path[0] ?? 0), "eth");
  assert.equal(columns.paths.nameOf(columns.path[0] ?? 0), "eth");
  assert.equal(columns.addressLength[0], 0);
});
