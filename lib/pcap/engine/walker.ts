/**
 * Walks over the packets of a capture, in this thread alone or with a feeder where it is worth it.
 *
 * @module
 */
import { Bug } from "../../errors/mod.ts";
import { PathTable } from "../dissect/path_table.ts";
import { DnsPass, type DnsReading } from "../dns_pass.ts";
import type { PassBatch, PassFacts } from "../pass.ts";
import { isWorthFeeding, isWorthFeedingWithoutFlows } from "./feed_size.ts";
import type { FedWalk, Feeder } from "./feeder.ts";
import type { CaptureStore } from "./held_capture.ts";
import type { STOP_WALK } from "./question.ts";
import { ROOMS } from "./slot_ring.ts";
import { type WalkOptions, walkPackets } from "./walk.ts";

/** A walk to the last packet that read DNS. */
export interface ScanWalk {
  readonly facts: PassFacts;
  readonly dns: DnsReading;
  /** Windows of the capture that lie in one memory with its flows. */
  readonly windows: number;
}

/** Walks; at most one at a time is fed. */
export class Walker {
  #feeder: Feeder | null = null;
  #isWorth: typeof isWorthFeeding = isWorthFeeding;
  #isWorthWithoutFlows: typeof isWorthFeeding = isWorthFeedingWithoutFlows;

  /** Has walks fed from now on: those that are worth it, or all that `isWorth` says. */
  useFeeder(feeder: Feeder, isWorth: typeof isWorthFeeding | null): void {
    this.#feeder = feeder;
    this.#isWorth = isWorth ?? isWorthFeeding;
    this.#isWorthWithoutFlows = isWorth ?? isWorthFeedingWithoutFlows;
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
  ): Promise<PassFacts> {
    const feeder = this.#feederFor(store, options);
    if (feeder === null) return await this.walk(store, options, (batch) => visit(batch));
    return (await feed(feeder, store, { ...options, readsDns: false }, visit)).facts;
  }

  /** The same, and reads DNS: who dissects has less to do than who analyzes, and so does that too. */
  async scanAll(
    store: CaptureStore,
    options: WalkOptions,
    visit: (batch: PassBatch) => void,
  ): Promise<ScanWalk> {
    const feeder = this.#feederFor(store, options);
    if (feeder !== null) {
      const { facts, dns } = await feed(feeder, store, { ...options, readsDns: true }, visit);
      if (dns === null) throw new Bug(new Error("The feeder read no DNS"));
      return { facts, dns, windows: ROOMS };
    }
    const pass = new DnsPass();
    const facts = await this.walk(store, options, (batch) => {
      pass.addBatch(batch);
      visit(batch);
    });
    return { facts, dns: pass.finish(facts), windows: 1 };
  }

  #feederFor({ identity }: CaptureStore, { needs, maxPackets }: WalkOptions): Feeder | null {
    const hasFlows = needs.flows === true || needs.tcpFlags === true;
    const isWorth = (hasFlows ? this.#isWorth : this.#isWorthWithoutFlows)(
      identity.sizeBytes,
      maxPackets,
    );
    return isWorth && this.#feeder?.isFree === true ? this.#feeder : null;
  }
}

async function feed(
  feeder: Feeder,
  store: CaptureStore,
  options: WalkOptions & { readonly readsDns: boolean },
  visit: (batch: PassBatch) => void,
): Promise<FedWalk> {
  store.assertUnchanged();
  const { paths = new PathTable(), onProgress = () => {} } = options;
  const walk = await feeder.walk(store.share(), { ...options, paths, onProgress }, visit);
  store.assertUnchanged();
  return walk;
}
