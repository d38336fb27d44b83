/**
 * Established (RFC 4271 §8.2.2): routes are exchanged.
 *
 * @module
 */
import type { FsmStep } from "./action.ts";
import { afterOpen } from "./after_open.ts";
import type { FsmEvent } from "./event.ts";
import type { FsmFacts } from "./facts.ts";
import { keepAlive } from "./keep_alive.ts";

/** One object for each of these, since a full table is a few hundred thousand of them. */
const ALIVE: FsmStep = {
  state: "Established",
  actions: [{ kind: "restart_hold" }],
  reason: "The peer is alive",
};
const DELIVERED: FsmStep = {
  state: "Established",
  actions: [{ kind: "restart_hold" }, { kind: "deliver" }],
  reason: "The peer sent routes",
};

/** The step. */
export function inEstablished(event: FsmEvent, facts: FsmFacts): FsmStep {
  switch (event.kind) {
    case "update":
    case "refresh":
      return DELIVERED;
    case "keepalive":
      return ALIVE;
    case "timer":
      return event.timer === "keepalive"
        ? keepAlive("Established", facts)
        : afterOpen("Established", event, facts);
    default:
      return afterOpen("Established", event, facts);
  }
}
