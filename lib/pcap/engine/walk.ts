/**
 * The walk over a capture in one thread, in slices that leave room for other work of the thread.
 *
 * @module
 */
import { Arena } from "../arena.ts";
import { PathTable } from "../dissect/path_table.ts";
import { Kernel } from "../kernel/kernel.ts";
import type { PassBatch, PassFacts } from "../pass.ts";
import { type ByteSource, WINDOW_BYTES_MAX } from "../window.ts";
import { type FrontOptions, openFront } from "./front.ts";
import { STOP_WALK } from "./question.ts";
import { Slice } from "./slice.ts";

/** How a walk goes. */
export interface WalkOptions extends FrontOptions {
  readonly signal: AbortSignal;
  /** Paths of the dissection; default: a table of the walk's own. */
  readonly paths?: PathTable;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** Batches between two looks at the clock. */
const BATCHES_PER_LOOK = 16;

/**
 * Walks over the packets of `source`, from where it stands.
 * @throws {DecodeError} it is no capture; the signal's reason once it aborts
 */
export async function walkPackets(
  source: ByteSource,
  options: WalkOptions,
  visit: (batch: PassBatch) => typeof STOP_WALK | void,
): Promise<PassFacts> {
  const arena = new Arena();
  const kernel = new Kernel(arena, options.paths ?? new PathTable());
  kernel.slot.arena = arena;
  const room = arena.uint8(WINDOW_BYTES_MAX);
  const front = await openFront(source, kernel, () => room, options);
  try {
    const slice = new Slice(options.signal);
    let sinceLook = 0;
    while (!front.ended) {
      if (!front.next()) {
        if (front.ended) break;
        await front.fill();
        sinceLook = BATCHES_PER_LOOK;
      } else if (visit(kernel.slot) === STOP_WALK) break;
      if (++sinceLook < BATCHES_PER_LOOK) continue;
      sinceLook = 0;
      if (slice.leftMs > 0) continue;
      options.onProgress?.(front.bytesRead, source.sizeBytes);
      await slice.next();
    }
    return front.facts();
  } finally {
    front.close();
  }
}
