/**
 * The loop of a feeder: orders come in, batches go out.
 *
 * @module
 */
import { openCapture } from "../../io/capture_file.ts";
import { Arena } from "../arena.ts";
import { PathTable } from "../dissect/path_table.ts";
import { DnsPass } from "../dns_pass.ts";
import { Kernel } from "../kernel/kernel.ts";
import { readRing } from "./byte_ring.ts";
import { errorToWire } from "../../errors/error_wire.ts";
import { type FeedOrder, type FeedReport, type FeedResult, feedsFrames } from "./feed_messages.ts";
import { openFront } from "./front.ts";
import {
  captureChanged,
  type CaptureSource,
  identityKey,
  type SharedBytes,
  storeOfFile,
} from "./held_capture.ts";
import { GivenUp, SlotFiller } from "./slot_ring.ts";
import { turn } from "./turn.ts";

/**
 * Time between two turns of a feeder that waits, milliseconds: Deno ends a thread only when it has
 * its turn (2.9; neither a loop nor a wait is cut off).
 */
const LOOK_UP_MS = 100;

/** Batches between two turns: what is compressed is expanded meanwhile, piece by piece. */
const BATCHES_PER_TURN = 2;

/** Takes the orders that come in at `port`. */
export function feedLoop(port: MessagePort): void {
  const post = (report: FeedReport): void => port.postMessage(report);
  // They lie ready: nobody waits for them to be made.
  let ready = prepare();
  port.onmessage = async ({ data }) => {
    try {
      const parts = ready ?? makeParts();
      ready = null;
      // The other end is our own Feeder.
      post({ kind: "done", result: await feed(data as FeedOrder, parts, post) });
    } catch (error) {
      if (error instanceof GivenUp) post({ kind: "dropped" });
      else post({ kind: "failed", error: errorToWire(error) });
    }
    ready ??= prepare();
  };
}

/** The parts of the next walk; null if there is no memory now: who orders it is told so then. */
function prepare(): WalkParts | null {
  try {
    return makeParts();
  } catch {
    return null;
  }
}

/** What a walk is made with: it is used once, for what comes of it stays in its memory. */
interface WalkParts {
  readonly arena: Arena;
  readonly pathsAt: number;
  readonly paths: PathTable;
  readonly kernel: Kernel;
  readonly filler: SlotFiller;
}

/** @throws {Unavailable} `env.memory` */
function makeParts(): WalkParts {
  const arena = new Arena();
  const pathsAt = arena.end;
  const paths = new PathTable(arena);
  const kernel = new Kernel(arena, paths);
  const filler = new SlotFiller(arena, () => kernel.makeSlot());
  return { arena, pathsAt, paths, kernel, filler };
}

async function feed(
  order: FeedOrder,
  { arena, pathsAt, paths, kernel, filler }: WalkParts,
  post: (report: FeedReport) => void,
): Promise<FeedResult> {
  const source = openShared(order.bytes);
  try {
    const front = await openFront(source, kernel, filler.rooms, {
      ...order,
      framesOnly: feedsFrames(order),
    });
    const { flowTable } = front;
    const dns = order.readsDns ? new DnsPass(arena) : null;
    // After everything has its place: no more memory is taken here.
    const place = {
      memory: arena.memory,
      recordsMax: arena.recordsMax,
      paths: pathsAt,
      slots: filler.address,
      flows: flowTable?.address ?? 0,
      rest: arena.end,
    };
    post({ kind: "begun", place });
    try {
      for (let batch = 0; !front.ended; batch++) {
        if (batch % BATCHES_PER_TURN === 0) await turn();
        while (!filler.ready(LOOK_UP_MS)) await turn();
        kernel.turnTo(filler.slot);
        if (front.next()) {
          filler.publish(front.bytesRead, paths);
          // Slots and windows stay as they are until this thread fills them again.
          dns?.addBatch(kernel.slot);
        } else if (!front.ended) await front.fill();
      }
      const facts = front.facts();
      const flows = flowTable?.counts() ?? null;
      return { facts, dns: dns?.finish(facts) ?? null, flows };
    } finally {
      front.close();
      filler.end();
    }
  } finally {
    source.close();
  }
}

/** @throws {Unavailable} `env.file_changed` if it is not what it was for who ordered it */
function openShared(bytes: SharedBytes): CaptureSource {
  if (bytes.kind === "ring") return readRing(bytes.ring, bytes.sizeBytes);
  const { realPath } = bytes.identity;
  const file = openCapture(realPath, (real) => real === realPath);
  if (identityKey(file.identity) !== identityKey(bytes.identity)) {
    file.close();
    throw captureChanged(realPath);
  }
  return { ...storeOfFile(file).open(), close: () => file.close() };
}
