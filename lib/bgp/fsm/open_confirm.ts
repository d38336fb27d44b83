/**
 * OpenConfirm (RFC 4271 §8.2.2): both OPENs are accepted here, the peer's KEEPALIVE has not come.
 *
 * @module
 */
import type { FsmStep } from "./action.ts";
import { afterOpen } from "./after_open.ts";
import type { FsmEvent } from "./event.ts";
import type { FsmFacts } from "./facts.ts";
import { keepAlive } from "./keep_alive.ts";

/** The step. */
export function inOpenConfirm(event: FsmEvent, facts: FsmFacts): FsmStep {
  if (event.kind === "keepalive") {
    return {
      state: "Established",
      actions: [{ kind: "restart_hold" }, { kind: "established" }],
      reason: "The peer accepted OPEN",
    };
  }
  return event.kind === "timer" && event.timer === "keepalive"
    ? keepAlive("OpenConfirm", facts)
    : afterOpen("OpenConfirm", event, facts);
}
