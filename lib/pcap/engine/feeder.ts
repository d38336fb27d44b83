/**
 * The feeder as the thread sees it that analyzes: does framing, dissection and flows in a thread of
 * its own while this one looks at the batches before. Where no flows are wanted it does framing alone,
 * and this one dissects.
 *
 * @module
 */
import { Arena } from "../arena.ts";
import type { DnsReading } from "../dns_pass.ts";
import { dissectBatch } from "../dissect/dissect.ts";
import { type PathTable, sharedPaths } from "../dissect/path_table.ts";
import { FlowHash } from "../flow/flow_hash.ts";
import { FlowRecords } from "../flow/flow_records.ts";
import { FLOWS_MAX } from "../flow/flow_table.ts";
import { Kernel } from "../kernel/kernel.ts";
import { Slot } from "../kernel/slot.ts";
import type { PassBatch, PassFacts } from "../pass.ts";
import { closeRing } from "./byte_ring.ts";
import { errorFromWire } from "../../errors/error_wire.ts";
import {
  type FeedOrder,
  type FeedPlace,
  type FeedReport,
  type FeedResult,
  feedsFrames,
} from "./feed_messages.ts";
import type { FrontOptions } from "./front.ts";
import type { SharedBytes } from "./held_capture.ts";
import { Slice } from "./slice.ts";
import { GivenUp, giveUpSlots, SlotTaker } from "./slot_ring.ts";

/** How a fed walk goes. */
export interface FedWalkOptions extends FrontOptions {
  readonly readsDns: boolean;
  readonly signal: AbortSignal;
  /** An empty table; it has the paths of every batch that was visited. */
  readonly paths: PathTable;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
}

/** What is known at the end of a fed walk. */
export interface FedWalk {
  readonly facts: PassFacts;
  /** Null if it was not asked for. */
  readonly dns: DnsReading | null;
}

interface PendingFeed {
  readonly begun: PromiseWithResolvers<FeedPlace>;
  readonly result: PromiseWithResolvers<FeedResult>;
}

/** A feeder, reached by a port. It does one walk at a time. */
export class Feeder {
  readonly #port: MessagePort;
  #pending: PendingFeed | null = null;

  /** The feeder at the other end of `port`. */
  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }) => this.#take(data as FeedReport);
  }

  /** True if it can feed a walk now. */
  get isFree(): boolean {
    return this.#pending === null;
  }

  /**
   * Walks over the packets of a capture; to be called only if {@link Feeder.isFree}. The flows of a
   * batch can be read when the walk has ended.
   * @throws {DecodeError} it is no capture; the signal's reason once it aborts
   */
  async walk(
    bytes: SharedBytes,
    options: FedWalkOptions,
    visit: (batch: PassBatch) => void,
  ): Promise<FedWalk> {
    const { needs, readsDns, maxPackets, signal, paths, onProgress } = options;
    const order: FeedOrder = { bytes, needs, readsDns, maxPackets };
    const pending = this.#order(order);
    const sizeBytes = bytes.kind === "ring" ? bytes.sizeBytes : bytes.identity.sizeBytes;
    const left = Promise.withResolvers<never>();
    const leave = (): void => left.reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    try {
      signal.throwIfAborted();
      const place = await Promise.race([pending.begun.promise, left.promise]);
      const { memory, recordsMax, slots, flows, rest } = place;
      const arenaFrom = (start: number) => new Arena({ memory, recordsMax, start });
      const arena = arenaFrom(slots);
      const free = arenaFrom(rest);
      const records = flows === 0 ? null : new FlowRecords(FLOWS_MAX, arenaFrom(flows));
      const words = sharedPaths(arenaFrom(place.paths));
      const kernel = feedsFrames(order) ? new Kernel(free, paths) : null;
      const followed = kernel === null ? { table: paths, words } : null;
      const taker = new SlotTaker(arena, followed, () => {
        const slot = new Slot(arena, paths, new FlowHash());
        slot.flows.reader = records;
        slot.arena = free;
        return slot;
      });
      const slice = new Slice(signal);
      while (!taker.ended) {
        const slot = taker.take(slice.leftMs);
        if (slot !== null) {
          if (kernel !== null) {
            kernel.turnTo(slot);
            dissectBatch(slot.packets, slot.dissected, kernel);
          }
          visit(slot);
          taker.giveBack();
        }
        if (slice.leftMs > 0) continue;
        onProgress(taker.bytesRead, sizeBytes);
        await slice.next();
      }
      const result = await Promise.race([pending.result.promise, left.promise]);
      if (result.flows !== null) records?.adopt(result.flows);
      return { facts: result.facts, dns: result.dns };
    } finally {
      signal.removeEventListener("abort", leave);
      pending.begun.promise.then(({ memory, slots }) => giveUpSlots(memory, slots), () => {});
      if (bytes.kind === "ring") closeRing(bytes.ring);
    }
  }

  /** Ends the connection. */
  close(): void {
    this.#port.close();
  }

  #order(order: FeedOrder): PendingFeed {
    const pending: PendingFeed = {
      begun: Promise.withResolvers(),
      result: Promise.withResolvers(),
    };
    // Who left does not hear of them.
    pending.begun.promise.catch(() => {});
    pending.result.promise.catch(() => {});
    this.#pending = pending;
    this.#port.postMessage(order);
    return pending;
  }

  #take(report: FeedReport): void {
    const pending = this.#pending;
    if (report.kind === "begun") return pending?.begun.resolve(report.place);
    this.#pending = null;
    if (report.kind === "done") return pending?.result.resolve(report.result);
    const error = report.kind === "failed" ? errorFromWire(report.error) : new GivenUp();
    pending?.begun.reject(error);
    pending?.result.reject(error);
  }
}
