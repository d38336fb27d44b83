/**
 * Idle (RFC 4271 §8.2.2): connections are refused; a start, or the end of the back-off, begins.
 *
 * @module
 */
import type { FsmStep } from "./action.ts";
import { endForGood, nothing } from "./ending.ts";
import type { FsmEvent } from "./event.ts";
import { CONNECT_WAIT_SEC, type FsmFacts } from "./facts.ts";

/** The step. */
export function inIdle(event: FsmEvent, facts: FsmFacts): FsmStep {
  switch (event.kind) {
    case "start":
      return begin(facts);
    case "timer":
      return event.timer === "idle_hold"
        ? begin(facts)
        : nothing("Idle", "A timer that no longer matters ended");
    case "stop":
      return endForGood(null, "It was stopped by hand");
    case "collision":
      return endForGood(null, "Another connection to the peer is kept");
    case "connected":
      return {
        state: "Idle",
        actions: [{ kind: "close" }],
        reason: "A connection was refused: the wait before the next attempt is not over",
      };
    default:
      return nothing("Idle", "There is no connection that this could be about");
  }
}

function begin({ connect }: FsmFacts): FsmStep {
  if (connect === "passive") {
    return {
      state: "Active",
      actions: [{ kind: "stop_timer", timer: "idle_hold" }],
      reason: "It waits for the peer to connect",
    };
  }
  return {
    state: "Connect",
    actions: [
      { kind: "stop_timer", timer: "idle_hold" },
      { kind: "start_timer", timer: "connect_retry", sec: CONNECT_WAIT_SEC },
      { kind: "dial" },
    ],
    reason: "It connects to the peer",
  };
}
