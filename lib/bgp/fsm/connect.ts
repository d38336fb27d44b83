/**
 * Connect (RFC 4271 §8.2.2): an attempt to connect is under way.
 *
 * @module
 */
import type { FsmStep } from "./action.ts";
import { beforeOpen } from "./before_open.ts";
import type { FsmEvent } from "./event.ts";
import type { FsmFacts } from "./facts.ts";

/** The step. */
export function inConnect(event: FsmEvent, facts: FsmFacts): FsmStep {
  return beforeOpen("Connect", event, facts);
}
