/**
 * A feeder that dies of a fault in the middle of what it feeds.
 *
 * @module
 */
import { Arena } from "../../lib/pcap/arena.ts";
import { PathTable } from "../../lib/pcap/dissect/path_table.ts";
import type { FeedReport } from "../../lib/pcap/engine/feed_messages.ts";
import { SlotFiller } from "../../lib/pcap/engine/slot_ring.ts";
import { Kernel } from "../../lib/pcap/kernel/kernel.ts";
import { serveTidyParent } from "../../lib/io/tidy_worker.ts";

serveTidyParent((data) => {
  const port = data as MessagePort;
  port.onmessage = () => {
    const arena = new Arena();
    const { end: pathsAt } = arena;
    const paths = new PathTable(arena);
    const kernel = new Kernel(arena, paths);
    const filler = new SlotFiller(arena, () => kernel.makeSlot());
    const { memory, recordsMax, end } = arena;
    const slots = filler.address;
    const place = { memory, recordsMax, paths: pathsAt, slots, flows: 0, rest: end };
    port.postMessage({ kind: "begun", place } satisfies FeedReport);
    filler.slot.packets.bytes = filler.rooms();
    filler.publish(0, paths);
    throw new Error("a fault of the feeder");
  };
});
