import assert from "node:assert/strict";
import { segmentBatch } from "../../../tests/support/tcp_segments.ts";
import type { PassBatch } from "../pass.ts";
import { isDuplicateSack } from "./duplicate_sack.ts";

/** A segment that acknowledges `ack` and carries SACK blocks of these edges. */
function withBlocks(ack: number, flags: number, ...edges: readonly number[]): PassBatch {
  const batch = segmentBatch([{ ack, flags }]);
  const view = new DataView(new ArrayBuffer(edges.length * 4));
  edges.forEach((edge, index) => view.setUint32(index * 4, edge));
  batch.options.sackBlocks[0] = edges.length / 2;
  batch.options.sackOffset[0] = 0;
  return { ...batch, packets: { ...batch.packets, view } };
}

const ACK = 0x10;

Deno.test("a block that ends at or below the acknowledgment number is a duplicate", () => {
  assert.equal(isDuplicateSack(withBlocks(500, ACK, 400, 500), 0, 0), true);
  assert.equal(isDuplicateSack(withBlocks(500, ACK, 400, 501), 0, 0), false);
  assert.equal(isDuplicateSack(withBlocks(5, ACK, 0xffff_ff00, 0xffff_fff0), 0, 0), true);
});

Deno.test("a block that ends within the second block is a duplicate", () => {
  assert.equal(isDuplicateSack(withBlocks(500, ACK, 700, 800, 600, 800), 0, 0), true);
  assert.equal(isDuplicateSack(withBlocks(500, ACK, 700, 801, 600, 800), 0, 0), false);
  assert.equal(isDuplicateSack(withBlocks(500, ACK, 500, 600, 600, 800), 0, 0), false);
});

Deno.test("without ACK the number counts from the base of the other side, as in tshark", () => {
  assert.equal(isDuplicateSack(withBlocks(100, 0, 1000, 1100), 0, 1000), true);
  assert.equal(isDuplicateSack(withBlocks(99, 0, 1000, 1100), 0, 1000), false);
});
