import assert from "node:assert/strict";
import { FlagCells, NO_CELL } from "./flag_cells.ts";

/** Tag of a kind of finding (place in `TCP_FLAGS`) that a side sent. */
const tag = (kind: number, side: 0 | 1): number => kind * 2 + side;

Deno.test("a chain keeps the first frames and the last of each kind and side", () => {
  const cells = new FlagCells(10);
  const lost = cells.add(NO_CELL, tag(4, 1));
  for (const frame of [3, 5, 8, 9, 12, 40]) cells.count(lost, frame);
  const sentAgain = cells.add(lost, tag(0, 0));
  cells.count(sentAgain, 41);
  assert.deepEqual(cells.read(sentAgain), [
    {
      name: "retransmission",
      side: 0,
      count: 1,
      firstFrame: 41,
      lastFrame: 41,
      frames: [41],
    },
    {
      name: "lost_segment",
      side: 1,
      count: 6,
      firstFrame: 3,
      lastFrame: 40,
      frames: [3, 5, 8, 9, 40],
    },
  ]);
  assert.equal(cells.find(sentAgain, tag(4, 1)), lost);
  assert.equal(cells.find(sentAgain, tag(4, 0)), NO_CELL);
  assert.equal(cells.sum(sentAgain, 1 << 4), 6);
  assert.equal(cells.sum(sentAgain, 1 << 4 | 1 << 0), 7);
});

Deno.test("a full table says so, and takes cells again that were given back", () => {
  const cells = new FlagCells(2);
  const first = cells.add(NO_CELL, tag(0, 0));
  const second = cells.add(first, tag(1, 0));
  assert.equal(cells.add(second, tag(2, 0)), NO_CELL);
  cells.release(second);
  const again = cells.add(NO_CELL, tag(3, 0));
  assert.deepEqual(cells.read(again).map(({ count, frames }) => [count, frames]), [[0, []]]);
  assert.notEqual(cells.add(again, tag(4, 0)), NO_CELL);
  assert.equal(cells.add(again, tag(5, 0)), NO_CELL);
});
