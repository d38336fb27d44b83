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
import { serveParent } from "../../lib/io/worker.ts";

serveParent((data) => {
  const port = data as MessagePort;
  port.onmessage = () => {
    const arena = new Arena();
    const kernel = new Kernel(arena, new PathTable());
    const filler = new SlotFiller(arena, () => kernel.makeSlot());
    const { memory, recordsMax, end } = arena;
    const place = { memory, recordsMax, slots: filler.address, flows: 0, rest: end };
    port.postMessage({ kind: "begun", place } satisfies FeedReport);
    filler.slot.packets.bytes = filler.rooms();
    filler.publish(0);
    throw new Error("a fault of the feeder");
  };
});
