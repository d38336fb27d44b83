/**
 * What Connect and Active have in common: no OPEN was sent, and a connection, if there is one, waits
 * for the end of DelayOpenTimer (RFC 4271 §8.2.2).
 *
 * @module
 */
import type { FsmAction, FsmStep } from "./action.ts";
import { endForGood, endForNow, stopTimers } from "./ending.ts";
import type { FsmEvent } from "./event.ts";
import {
  backOffSec,
  CONNECT_WAIT_SEC,
  type FsmFacts,
  keepaliveWaitSec,
  OPEN_WAIT_SEC,
} from "./facts.ts";

/** The step. */
export function beforeOpen(
  state: "Connect" | "Active",
  event: FsmEvent,
  facts: FsmFacts,
): FsmStep {
  switch (event.kind) {
    case "start":
      return { state, actions: [], reason: "It has begun already" };
    case "stop":
      return endForGood(facts.isOpenDelayed ? event.notice : null, "It was stopped by hand");
    case "reset":
      return endForNow(facts, facts.isOpenDelayed ? event.notice : null, "It was reset");
    case "timer":
      return onTimer(event.timer, state, facts);
    case "connected":
      return facts.delayOpenSec > 0 ? delayOpen(state, facts) : sendOpen();
    case "connection_failed":
      return waitForNext(facts, "The connection could not be made, or was lost before OPEN");
    case "open":
      return facts.isOpenDelayed
        ? answerOpen(facts)
        : endForNow(facts, null, "An OPEN arrived where there is no connection");
    case "error":
      // SendNOTIFICATIONwithoutOPEN (RFC 4271 §8.1.1): the peer is told what it got wrong.
      return endForNow(
        facts,
        facts.isOpenDelayed ? event.notice : null,
        "The peer broke the rules",
      );
    case "collision":
      return endForGood(null, "Another connection to the peer is kept");
    case "notification":
      return endForNow(facts, null, "The peer ended the connection before OPEN");
    default:
      return endForNow(facts, null, "A message arrived before OPEN");
  }
}

function onTimer(
  timer: Extract<FsmEvent, { kind: "timer" }>["timer"],
  state: "Connect" | "Active",
  facts: FsmFacts,
): FsmStep {
  if (timer === "delay_open") return sendOpen();
  if (timer !== "connect_retry") return endForNow(facts, null, "A timer ended that must not run");
  if (facts.connect === "passive") {
    return { state, actions: [], reason: "It waits for the peer to connect" };
  }
  return {
    state: "Connect",
    actions: [
      { kind: "stop_timer", timer: "delay_open" },
      { kind: "close" },
      { kind: "start_timer", timer: "connect_retry", sec: CONNECT_WAIT_SEC },
      { kind: "dial" },
    ],
    reason: "It connects to the peer again",
  };
}

function delayOpen(state: "Connect" | "Active", { delayOpenSec }: FsmFacts): FsmStep {
  return {
    state,
    actions: [
      { kind: "stop_timer", timer: "connect_retry" },
      { kind: "start_timer", timer: "delay_open", sec: delayOpenSec },
    ],
    reason: "It is connected and lets the peer send OPEN first",
  };
}

function sendOpen(): FsmStep {
  return {
    state: "OpenSent",
    actions: [
      { kind: "stop_timer", timer: "connect_retry" },
      { kind: "stop_timer", timer: "delay_open" },
      { kind: "send_open" },
      { kind: "start_timer", timer: "hold", sec: OPEN_WAIT_SEC },
    ],
    reason: "It is connected; OPEN was sent",
  };
}

/** RFC 4271 §8.2.2, event 20. */
function answerOpen(facts: FsmFacts): FsmStep {
  return {
    state: "OpenConfirm",
    actions: [
      { kind: "stop_timer", timer: "connect_retry" },
      { kind: "stop_timer", timer: "delay_open" },
      { kind: "send_open" },
      { kind: "send_keepalive" },
      ...agreedTimers(facts),
    ],
    reason: "The peer's OPEN was accepted; OPEN and KEEPALIVE were sent",
  };
}

/** Timers as OPEN settled them; none with a hold time of 0. */
export function agreedTimers(facts: FsmFacts): FsmAction[] {
  const { holdTimeSec } = facts;
  if (holdTimeSec === 0) {
    return [{ kind: "stop_timer", timer: "hold" }, { kind: "stop_timer", timer: "keepalive" }];
  }
  return [
    { kind: "start_timer", timer: "hold", sec: holdTimeSec },
    { kind: "start_timer", timer: "keepalive", sec: keepaliveWaitSec(facts) },
  ];
}

/**
 * Active, with the next attempt after the back-off. RFC 4271 goes to Idle where no OPEN was delayed,
 * and refuses the peer's own connection for as long: the session would come up later, not safer.
 */
export function waitForNext(facts: FsmFacts, reason: string): FsmStep {
  const actions: FsmAction[] = [...stopTimers(["connect_retry"]), { kind: "close" }];
  actions.push(
    facts.connect === "passive"
      ? { kind: "stop_timer", timer: "connect_retry" }
      : { kind: "start_timer", timer: "connect_retry", sec: backOffSec(facts) },
  );
  return { state: "Active", actions, reason };
}
