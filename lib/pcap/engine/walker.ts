/**
 * Walks over the packets of a capture, in this thread alone or with a feeder where it is worth it.
 *
 * @module
 */
import { PathTable } from "../dissect/path_table.ts";
import type { PassBatch, PassFacts } from "../pass.ts";
import { isWorthFeeding } from "./feed_size.ts";
import type { Feeder } from "./feeder.ts";
import type { CaptureStore } from "./held_capture.ts";
import type { STOP_WALK } from "./question.ts";
import { ROOMS } from "./slot_ring.ts";
import { type WalkOptions, walkPackets } from "./walk.ts";

/** A walk to the last packet. */
export interface WholeWalk {
  readonly facts: PassFacts;
  /** Windows of the capture that lie in one memory with its flows. */
  readonly windows: number;
}

/** Walks; at most one at a time is fed. */
export class Walker {
  #feeder: Feeder | null = null;
  #isWorth: typeof isWorthFeeding = isWorthFeeding;

  /** Has walks that `isWorth` it fed from now on. */
  useFeeder(feeder: Feeder, isWorth: typeof isWorthFeeding): void {
    this.#feeder = feeder;
    this.#isWorth = isWorth;
  }

  /**
   * Walks as far as `visit` wants.
   * @throws {DecodeError} it is no capture; the signal's reason once it aborts
   * @throws {Unavailable} `env.file_changed`
   */
  async walk(
    store: CaptureStore,
    options: WalkOptions,
    visit: (batch: PassBatch) => typeof STOP_WALK | void,
  ): Promise<PassFacts> {
    store.assertUnchanged();
    const source = store.open();
    try {
      const facts = await walkPackets(source, options, visit);
      store.assertUnchanged();
      return facts;
    } finally {
      source.close();
    }
  }

  /** The same to the last packet; where it is fed, flows can be read at the end only. */
  async walkAll(
    store: CaptureStore,
    options: WalkOptions,
    visit: (batch: PassBatch) => void,
  ): Promise<WholeWalk> {
    const feeder = this.#feeder;
    const isFed = feeder?.isFree === true &&
      this.#isWorth(store.identity.sizeBytes, options.maxPackets);
    if (!isFed) {
      const facts = await this.walk(store, options, (batch) => visit(batch));
      return { facts, windows: 1 };
    }
    store.assertUnchanged();
    const { paths = new PathTable(), onProgress = () => {} } = options;
    const facts = await feeder.walk(store.share(), { ...options, paths, onProgress }, visit);
    store.assertUnchanged();
    return { facts, windows: ROOMS };
  }
}
