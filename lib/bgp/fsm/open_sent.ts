/**
 * OpenSent (RFC 4271 §8.2.2): our OPEN is out, the peer's has not come.
 *
 * @module
 */
import type { FsmStep } from "./action.ts";
import { afterOpen } from "./after_open.ts";
import { agreedTimers, waitForNext } from "./before_open.ts";
import type { FsmEvent } from "./event.ts";
import type { FsmFacts } from "./facts.ts";

/** The step. */
export function inOpenSent(event: FsmEvent, facts: FsmFacts): FsmStep {
  switch (event.kind) {
    case "open":
      return {
        state: "OpenConfirm",
        actions: [{ kind: "send_keepalive" }, ...agreedTimers(facts)],
        reason: "The peer's OPEN was accepted; KEEPALIVE was sent",
      };
    case "connection_failed":
      return waitForNext(facts, "The connection was lost before the peer sent OPEN");
    default:
      return afterOpen("OpenSent", event, facts);
  }
}
