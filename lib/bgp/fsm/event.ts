/**
 * What happens to one connection attempt of a peer, as the state machine is told (RFC 4271 §8.1).
 *
 * @module
 */

/** Timers of the state machine (RFC 4271 §8.1.3). */
export type FsmTimer = "connect_retry" | "hold" | "keepalive" | "delay_open" | "idle_hold";

/** All of them. */
export const FSM_TIMERS: readonly FsmTimer[] = [
  "connect_retry",
  "hold",
  "keepalive",
  "delay_open",
  "idle_hold",
];

/** Code, subcode and data of a NOTIFICATION (RFC 4271 §4.5). */
export interface Notice {
  readonly code: number;
  readonly subcode: number;
  readonly data: Uint8Array;
}

/** An event; the numbers are those of RFC 4271 §8.1. */
export type FsmEvent =
  /** 1, 3, 4, 5: begin. */
  | { readonly kind: "start" }
  /** 2, 8: end, with this Cease where a peer is there to hear it; no new attempt follows. */
  | { readonly kind: "stop"; readonly notice: Notice }
  /** End with this NOTIFICATION, for a reason of ours; a new attempt follows the back-off. */
  | { readonly kind: "reset"; readonly notice: Notice }
  /** 9 to 13. */
  | { readonly kind: "timer"; readonly timer: FsmTimer }
  /** 16, 17: a connection is there. */
  | { readonly kind: "connected" }
  /** 18: it failed, or the peer ended it. */
  | { readonly kind: "connection_failed" }
  /** 19, 20: an OPEN that can be accepted. */
  | { readonly kind: "open" }
  /** 21, 22, 28: what came is wrong in this way. */
  | { readonly kind: "error"; readonly notice: Notice }
  /** 23: another connection to this peer is kept instead. */
  | { readonly kind: "collision" }
  /** 24, 25. */
  | { readonly kind: "notification" }
  /** 26. */
  | { readonly kind: "keepalive" }
  /** 27. */
  | { readonly kind: "update" }
  /** ROUTE-REFRESH (RFC 2918): met as an UPDATE is. */
  | { readonly kind: "refresh" };
