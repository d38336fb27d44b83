/**
 * What the service and a worker say to each other.
 *
 * @module
 */
import type { CaptureIdentity } from "../../io/capture_file.ts";
import type { Reply } from "./capture_thread.ts";
import type { WireError } from "../../errors/error_wire.ts";
import type { Order } from "./question_runner.ts";

/** A capture in an order: one to open, or one whose bytes the service reads. */
export type HandedCapture =
  | { readonly kind: "open"; readonly path: string; readonly roots: readonly string[] }
  | { readonly kind: "lent"; readonly handle: number; readonly identity: CaptureIdentity };

/** To the worker. */
export type WorkerRequest =
  | {
    readonly kind: "ask";
    readonly id: number;
    readonly order: Order;
    readonly captures: readonly HandedCapture[];
  }
  | { readonly kind: "cancel"; readonly id: number }
  /** A feeder is there, at the other end of `port`. */
  | { readonly kind: "feeder"; readonly port: MessagePort };

/** From the worker. Every `ask` gets one `answered` or `failed`, a cancelled one too. */
export type WorkerReport =
  | { readonly kind: "answered"; readonly id: number; readonly reply: Reply }
  | { readonly kind: "failed"; readonly id: number; readonly error: WireError }
  | {
    readonly kind: "progress";
    readonly id: number;
    readonly doneBytes: number;
    readonly totalBytes: number;
  }
  /** Fill `ring` with the bytes of a lent capture, from its first on. */
  | { readonly kind: "fill"; readonly handle: number; readonly ring: SharedArrayBuffer }
  /** A lent capture is not needed any more. */
  | { readonly kind: "release"; readonly handle: number };
