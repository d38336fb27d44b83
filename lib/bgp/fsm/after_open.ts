/**
 * What OpenSent, OpenConfirm and Established have in common: the ends of a connection on which OPEN
 * was sent (RFC 4271 §8.2.2).
 *
 * @module
 */
import { MESSAGE } from "../codec/message_header.ts";
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
        : endForNow(facts, unexpectedIn(state, null), "A timer ended that must not run");
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
        unexpectedIn(state, MESSAGES[event.kind].type),
        `${MESSAGES[event.kind].name} is not possible in state ${state}`,
      );
  }
}

/** By event. */
const MESSAGES = {
  open: { name: "OPEN", type: MESSAGE.open },
  keepalive: { name: "KEEPALIVE", type: MESSAGE.keepalive },
  update: { name: "UPDATE", type: MESSAGE.update },
  refresh: { name: "ROUTE-REFRESH", type: MESSAGE.routeRefresh },
} as const;
