/**
 * The finite state machine of one connection (RFC 4271 §8): pure, one file for each state.
 *
 * @module
 */
import type { SessionState } from "../session/session.ts";
import type { FsmStep } from "./action.ts";
import { inActive } from "./active.ts";
import { inConnect } from "./connect.ts";
import { inEstablished } from "./established.ts";
import type { FsmEvent } from "./event.ts";
import type { FsmFacts } from "./facts.ts";
import { inIdle } from "./idle.ts";
import { inOpenConfirm } from "./open_confirm.ts";
import { inOpenSent } from "./open_sent.ts";

type StateStep = (event: FsmEvent, facts: FsmFacts) => FsmStep;

const STATES: Readonly<Record<SessionState, StateStep>> = {
  Idle: inIdle,
  Connect: inConnect,
  Active: inActive,
  OpenSent: inOpenSent,
  OpenConfirm: inOpenConfirm,
  Established: inEstablished,
};

/** What follows when `event` happens in `state`. */
export function step(state: SessionState, event: FsmEvent, facts: FsmFacts): FsmStep {
  return STATES[state](event, facts);
}
