import assert from "node:assert/strict";
import { Arena } from "../arena.ts";
import { PathTable, ROOT_PATH, sharedPaths } from "../dissect/path_table.ts";
import { Protocol } from "../dissect/protocol.ts";
import { FlowHash } from "../flow/flow_hash.ts";
import { Slot } from "../kernel/slot.ts";
import { GivenUp, giveUpSlots, ROOMS, SlotFiller, SlotTaker } from "./slot_ring.ts";

/** More than any ring has. */
const MANY = 100;

/** Both sides of a ring in one thread; who would wait for the other hangs. */
function makeRing() {
  const arena = new Arena();
  const start = arena.end;
  const paths = new PathTable(arena);
  const makeSlot = (place: Arena) => () => new Slot(place, new PathTable(), new FlowHash());
  const filler = new SlotFiller(arena, makeSlot(arena));
  const place = new Arena({ memory: arena.memory, start: filler.address });
  const words = sharedPaths(new Arena({ memory: arena.memory, start }));
  const followed = { table: new PathTable(), words };
  const taker = new SlotTaker(place, followed, makeSlot(place));
  return { filler, taker, arena, paths, seenPaths: followed.table };
}

/** Fills the next slot, which is ready, with a packet of the number `frame`. */
function publish(
  filler: SlotFiller,
  frame: number,
  bytes: Uint8Array,
  paths = new PathTable(),
): void {
  const { packets, dissected, flows } = filler.slot;
  packets.bytes = bytes;
  packets.count = 1;
  packets.firstFrame = frame;
  packets.streamOffset = 1000 * frame;
  packets.offset[0] = 0;
  dissected.seq[0] = frame;
  flows.baseSec = 7;
  filler.publish(10 * frame, paths);
}

Deno.test("slots come out in their order, with what was put into them, round after round", () => {
  const { filler, taker } = makeRing();
  const room = filler.rooms();
  for (let frame = 1; frame <= MANY; frame++) {
    room[0] = frame;
    assert.equal(filler.ready(0), true);
    publish(filler, frame, room.subarray(0, 4));
    const slot = taker.take(0);
    assert.ok(slot !== null);
    const { packets, dissected, flows } = slot;
    assert.deepEqual(
      [packets.count, packets.firstFrame, packets.streamOffset, dissected.seq[0], flows.baseSec],
      [1, frame, 1000 * frame, frame, 7],
    );
    assert.deepEqual([packets.bytes[0], packets.view.getUint8(0)], [frame, frame]);
    assert.equal(taker.bytesRead, 10 * frame);
    taker.giveBack();
  }
});

Deno.test("the paths of a slot are known once it is taken, and those behind it are not", () => {
  const { filler, taker, paths, seenPaths } = makeRing();
  const room = filler.rooms();
  const eth = paths.child(ROOT_PATH, Protocol.eth);
  publish(filler, 1, room, paths);
  const arp = paths.child(eth, Protocol.arp);
  publish(filler, 2, room, paths);
  taker.take(0);
  assert.deepEqual([seenPaths.size, seenPaths.nameOf(eth)], [2, "eth"]);
  taker.giveBack();
  taker.take(0);
  assert.deepEqual([seenPaths.size, seenPaths.nameOf(arp)], [3, "eth:arp"]);
});

Deno.test("what was filled before the end is still taken, and then no more", () => {
  const { filler, taker } = makeRing();
  const room = filler.rooms();
  assert.equal(taker.take(0), null);
  assert.equal(taker.take(1), null);
  assert.equal(taker.ended, false);
  publish(filler, 1, room);
  publish(filler, 2, room);
  filler.end();
  for (const frame of [1, 2]) {
    assert.equal(taker.take(0)?.packets.firstFrame, frame);
    assert.equal(taker.ended, false);
    taker.giveBack();
  }
  assert.equal(taker.take(1), null);
  assert.equal(taker.ended, true);
});

Deno.test("the filler waits for slots to be given back, and not for ever", () => {
  const { filler, taker } = makeRing();
  const room = filler.rooms();
  let filled = 0;
  while (filler.ready(1)) publish(filler, ++filled, room);
  assert.ok(filled > 1 && filled < MANY, `${filled} slots`);
  taker.take(0);
  assert.equal(filler.ready(1), false);
  taker.giveBack();
  assert.equal(filler.ready(0), true);
});

Deno.test("a room is entered again only when no slot on its way points into it", () => {
  const { filler, taker } = makeRing();
  const first = filler.rooms();
  assert.equal(filler.rooms(), first);
  publish(filler, 1, first);
  const entered = [first];
  for (let frame = 2; filler.ready(1); frame++) {
    const room = filler.rooms();
    assert.equal(entered.includes(room), false);
    entered.push(room);
    publish(filler, frame, room);
  }
  assert.equal(entered.length, ROOMS);
  assert.equal(taker.take(0)?.packets.bytes.byteOffset, first.byteOffset);
  assert.equal(filler.ready(1), false);
  taker.giveBack();
  assert.equal(filler.ready(0), true);
  assert.equal(filler.rooms(), first);
});

Deno.test("a filler is told that nobody takes its slots any more, ended or not", () => {
  const { filler, arena } = makeRing();
  giveUpSlots(arena.memory, filler.address);
  assert.throws(() => filler.ready(0), GivenUp);
  filler.end();
  assert.throws(() => filler.ready(0), GivenUp);
});
