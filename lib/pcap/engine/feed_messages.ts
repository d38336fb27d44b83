/**
 * What a thread that analyzes and its feeder say to each other, beside the slots.
 *
 * @module
 */
import type { DnsReading } from "../dns_pass.ts";
import type { FlowCounts } from "../flow/flow_records.ts";
import type { PassFacts } from "../pass.ts";
import type { WireError } from "../../errors/error_wire.ts";
import type { FrontOptions } from "./front.ts";
import type { SharedBytes } from "./held_capture.ts";

/** To the feeder. It has one order at a time. */
export interface FeedOrder extends FrontOptions {
  readonly bytes: SharedBytes;
  /** Read DNS as well; needs flows. */
  readonly readsDns: boolean;
}

/**
 * True if a feeder makes frames of bytes and no more: whoever takes them dissects them. Where nothing
 * else is wanted of it, dissection is half of the work.
 */
export function feedsFrames({ needs, readsDns }: Pick<FeedOrder, "needs" | "readsDns">): boolean {
  return needs.flows !== true && needs.tcpFlags !== true && needs.options !== true && !readsDns;
}

/** Where a feeder puts what it makes: addresses in its memory. */
export interface FeedPlace {
  readonly memory: WebAssembly.Memory;
  /** As of the arena there. */
  readonly recordsMax: number;
  readonly paths: number;
  readonly slots: number;
  /** 0 if no flows were asked for. */
  readonly flows: number;
  /** From here on the memory is free for who analyzes. */
  readonly rest: number;
}

/** What is known at the end of what was fed. */
export interface FeedResult {
  readonly facts: PassFacts;
  readonly dns: DnsReading | null;
  readonly flows: FlowCounts | null;
}

/** From the feeder: to each order one `begun` at most, and then one of the others. */
export type FeedReport =
  | { readonly kind: "begun"; readonly place: FeedPlace }
  | { readonly kind: "done"; readonly result: FeedResult }
  | { readonly kind: "failed"; readonly error: WireError }
  /** Nobody takes its slots any more. */
  | { readonly kind: "dropped" };
