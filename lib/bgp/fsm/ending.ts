/**
 * The ways back into Idle, which are the same in every state: what is said, what is given up, and
 * whether another attempt follows.
 *
 * @module
 */
import type { FsmAction, FsmStep } from "./action.ts";
import { FSM_TIMERS, type FsmTimer, type Notice } from "./event.ts";
import { backOffSec, type FsmFacts } from "./facts.ts";

const NO_DATA = new Uint8Array(0);

/** Cease (RFC 4486) because another connection to the peer is kept. */
export const COLLISION_NOTICE: Notice = { code: 6, subcode: 7, data: NO_DATA };
/** Hold Timer Expired. */
export const HOLD_NOTICE: Notice = { code: 4, subcode: 0, data: NO_DATA };

/**
 * Finite State Machine Error: the subcode names the state, the data is the type of the message that was
 * not expected (RFC 6608 §4), if it was one.
 */
export function unexpectedIn(
  state: "OpenSent" | "OpenConfirm" | "Established",
  messageType: number | null,
): Notice {
  const subcode = { OpenSent: 1, OpenConfirm: 2, Established: 3 }[state];
  return { code: 5, subcode, data: messageType === null ? NO_DATA : Uint8Array.of(messageType) };
}

/** Stops every timer but `kept`. */
export function stopTimers(kept: readonly FsmTimer[] = []): FsmAction[] {
  return FSM_TIMERS.filter((timer) => !kept.includes(timer))
    .map((timer) => ({ kind: "stop_timer", timer }));
}

/** Idle for good, until a start. */
export function endForGood(notice: Notice | null, reason: string): FsmStep {
  return { state: "Idle", actions: [...stopTimers(), ...farewell(notice)], reason };
}

/** Idle, and another attempt after the back-off. */
export function endForNow(facts: FsmFacts, notice: Notice | null, reason: string): FsmStep {
  return {
    state: "Idle",
    actions: [
      ...stopTimers(["idle_hold"]),
      ...farewell(notice),
      { kind: "start_timer", timer: "idle_hold", sec: backOffSec(facts) },
    ],
    reason,
  };
}

function farewell(notice: Notice | null): FsmAction[] {
  return notice === null
    ? [{ kind: "close" }]
    : [{ kind: "send_notification", notice }, { kind: "close" }];
}

/** Nothing follows. */
export function nothing(state: FsmStep["state"], reason: string): FsmStep {
  return { state, actions: [], reason };
}
