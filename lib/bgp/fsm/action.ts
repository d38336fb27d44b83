/**
 * What the state machine wants done, in order, and the verdict that holds it.
 *
 * @module
 */
import type { SessionState } from "../session/session.ts";
import type { FsmTimer, Notice } from "./event.ts";

/** One action. */
export type FsmAction =
  | { readonly kind: "dial" }
  | { readonly kind: "start_timer"; readonly timer: FsmTimer; readonly sec: number }
  | { readonly kind: "stop_timer"; readonly timer: FsmTimer }
  /** Sets the hold timer back to the agreed time. */
  | { readonly kind: "restart_hold" }
  | { readonly kind: "send_open" }
  | { readonly kind: "send_keepalive" }
  | { readonly kind: "send_notification"; readonly notice: Notice }
  /** Gives up the connection, or the attempt to make one. */
  | { readonly kind: "close" }
  | { readonly kind: "established" }
  /** Hands the message on. */
  | { readonly kind: "deliver" };

/** What follows from an event. */
export interface FsmStep {
  readonly state: SessionState;
  readonly actions: readonly FsmAction[];
  /** Why, one sentence. */
  readonly reason: string;
}
