/**
 * What OpenSent, OpenConfirm and Established have in common: the ends of a connection on which OPEN
 * was sent (RFC 4271 §8.2.2).
 *
 * @module
 */
import type { FsmStep } from "./action.ts";
import {
  COLLISION_NOTICE,
  endForGood,
  endForNow,
  HOLD_NOTICE,
  nothing,
  unexpectedIn,
} from "./ending.ts";
import type { FsmEvent } from "./event.ts";
import type { FsmFacts } from "./facts.ts";

/** The step for whatever the state itself has no other answer to. */
export function afterOpen(
  state: "OpenSent" | "OpenConfirm" | "Established",
  event: FsmEvent,
  facts: FsmFacts,
): FsmStep {
  switch (event.kind) {
    case "start":
      return nothing(state, "It has begun already");
    case "connected":
      return nothing(state, "A second connection is not this one's concern");
    case "stop":
      return endForGood(event.notice, "It was stopped by hand");
    case "reset":
      return endForNow(facts, event.notice, "It was reset");
    case "timer":
      return event.timer === "hold"
        ? endForNow(facts, HOLD_NOTICE, "The peer was silent for the whole hold time")
        : endForNow(facts, unexpectedIn(state), "A timer ended that must not run");
    case "connection_failed":
      return endForNow(facts, null, "The connection was lost");
    case "error":
      return endForNow(facts, event.notice, "The peer broke the rules");
    case "collision":
      return endForGood(COLLISION_NOTICE, "Another connection to the peer is kept");
    case "notification":
      return endForNow(facts, null, "The peer ended the session with a NOTIFICATION");
    default:
      return endForNow(
        facts,
        unexpectedIn(state),
        `${NAMES[event.kind]} is not possible in state ${state}`,
      );
  }
}

const NAMES = {
  open: "OPEN",
  keepalive: "KEEPALIVE",
  update: "UPDATE",
  refresh: "ROUTE-REFRESH",
} as const;
