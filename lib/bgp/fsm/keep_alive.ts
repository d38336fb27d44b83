/**
 * The end of KeepaliveTimer, in the two states that have it running.
 *
 * @module
 */
import type { FsmStep } from "./action.ts";
import { type FsmFacts, keepaliveWaitSec } from "./facts.ts";

/** Sends a KEEPALIVE and waits for the next, with jitter (RFC 4271 §10). */
export function keepAlive(state: "OpenConfirm" | "Established", facts: FsmFacts): FsmStep {
  return {
    state,
    actions: [
      { kind: "send_keepalive" },
      { kind: "start_timer", timer: "keepalive", sec: keepaliveWaitSec(facts) },
    ],
    reason: "It is time for a KEEPALIVE",
  };
}
