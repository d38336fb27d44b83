/**
 * Active (RFC 4271 §8.2.2): it waits for the peer to connect, or for the next attempt of its own.
 *
 * @module
 */
import type { FsmStep } from "./action.ts";
import { beforeOpen } from "./before_open.ts";
import type { FsmEvent } from "./event.ts";
import type { FsmFacts } from "./facts.ts";

/** The step. */
export function inActive(event: FsmEvent, facts: FsmFacts): FsmStep {
  return beforeOpen("Active", event, facts);
}
