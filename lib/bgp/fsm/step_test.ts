import assert from "node:assert/strict";
import fc from "fast-check";
import type { SessionState } from "../session/session.ts";
import type { FsmAction, FsmStep } from "./action.ts";
import { FSM_TIMERS, type FsmEvent, type FsmTimer } from "./event.ts";
import type { FsmFacts } from "./facts.ts";
import { step } from "./step.ts";

const FACTS: FsmFacts = {
  connect: "both",
  connectRetrySec: 5,
  delayOpenSec: 0,
  isOpenDelayed: false,
  failures: 1,
  jitter: 1,
  holdTimeSec: 90,
  keepaliveSec: 30,
};
const DELAYED: FsmFacts = { ...FACTS, delayOpenSec: 10, isOpenDelayed: true };
const NO_DATA = new Uint8Array(0);

const STATES: readonly SessionState[] = [
  "Idle",
  "Connect",
  "Active",
  "OpenSent",
  "OpenConfirm",
  "Established",
];

const EVENTS: Readonly<Record<string, FsmEvent>> = {
  start: { kind: "start" },
  stop: { kind: "stop", notice: { code: 6, subcode: 2, data: NO_DATA } },
  reset: { kind: "reset", notice: { code: 6, subcode: 4, data: NO_DATA } },
  connect_retry: { kind: "timer", timer: "connect_retry" },
  hold: { kind: "timer", timer: "hold" },
  keepalive_due: { kind: "timer", timer: "keepalive" },
  delay_open: { kind: "timer", timer: "delay_open" },
  idle_hold: { kind: "timer", timer: "idle_hold" },
  connected: { kind: "connected" },
  connection_failed: { kind: "connection_failed" },
  open: { kind: "open" },
  error: { kind: "error", notice: { code: 2, subcode: 2, data: NO_DATA } },
  collision: { kind: "collision" },
  notification: { kind: "notification" },
  keepalive: { kind: "keepalive" },
  update: { kind: "update" },
  refresh: { kind: "refresh" },
};

/** An action in a few letters; stops of timers are left out. */
function actionText(action: FsmAction): string | null {
  switch (action.kind) {
    case "stop_timer":
      return null;
    case "start_timer":
      return `${action.timer}=${action.sec}`;
    case "send_notification":
      return `notify ${action.notice.code}/${action.notice.subcode} ${action.notice.data.toHex()}`
        .trim();
    default:
      return action.kind;
  }
}

function stepText({ state, actions }: FsmStep): string {
  return [state, ...actions.map(actionText).filter((text) => text !== null)].join(", ");
}

function table(state: SessionState, facts: FsmFacts): Record<string, string> {
  return Object.fromEntries(
    Object.entries(EVENTS).map(([name, event]) => [name, stepText(step(state, event, facts))]),
  );
}

Deno.test("in Idle only a start and the end of the back-off do something; a connection is refused", () => {
  assert.deepEqual(table("Idle", FACTS), {
    start: "Connect, connect_retry=20, dial",
    stop: "Idle, close",
    reset: "Idle",
    connect_retry: "Idle",
    hold: "Idle",
    keepalive_due: "Idle",
    delay_open: "Idle",
    idle_hold: "Connect, connect_retry=20, dial",
    connected: "Idle, close",
    connection_failed: "Idle",
    open: "Idle",
    error: "Idle",
    collision: "Idle, close",
    notification: "Idle",
    keepalive: "Idle",
    update: "Idle",
    refresh: "Idle",
  });
});

const BEFORE_OPEN = {
  stop: "Idle, close",
  reset: "Idle, close, idle_hold=5",
  connect_retry: "Connect, close, connect_retry=20, dial",
  hold: "Idle, close, idle_hold=5",
  keepalive_due: "Idle, close, idle_hold=5",
  delay_open: "OpenSent, send_open, hold=240",
  idle_hold: "Idle, close, idle_hold=5",
  connected: "OpenSent, send_open, hold=240",
  connection_failed: "Active, close, connect_retry=5",
  open: "Idle, close, idle_hold=5",
  error: "Idle, close, idle_hold=5",
  collision: "Idle, close",
  notification: "Idle, close, idle_hold=5",
  keepalive: "Idle, close, idle_hold=5",
  update: "Idle, close, idle_hold=5",
  refresh: "Idle, close, idle_hold=5",
};

Deno.test("in Connect and Active a connection leads to OPEN, a failure to a wait", () => {
  assert.deepEqual(table("Connect", FACTS), { start: "Connect", ...BEFORE_OPEN });
  assert.deepEqual(table("Active", FACTS), { start: "Active", ...BEFORE_OPEN });
});

Deno.test("while OPEN is delayed the peer's OPEN is answered, and its faults are told to it", () => {
  const differing = {
    stop: "Idle, notify 6/2, close",
    reset: "Idle, notify 6/4, close, idle_hold=5",
    open: "OpenConfirm, send_open, send_keepalive, hold=90, keepalive=30",
    error: "Idle, notify 2/2, close, idle_hold=5",
  };
  for (const state of ["Connect", "Active"] as const) {
    assert.deepEqual(table(state, DELAYED), {
      start: state,
      ...BEFORE_OPEN,
      ...differing,
      connected: `${state}, delay_open=10`,
    });
  }
});

Deno.test("in OpenSent an OPEN is answered, and any other message is 5/1 with its type", () => {
  assert.deepEqual(table("OpenSent", FACTS), {
    start: "OpenSent",
    stop: "Idle, notify 6/2, close",
    reset: "Idle, notify 6/4, close, idle_hold=5",
    connect_retry: "Idle, notify 5/1, close, idle_hold=5",
    hold: "Idle, notify 4/0, close, idle_hold=5",
    keepalive_due: "Idle, notify 5/1, close, idle_hold=5",
    delay_open: "Idle, notify 5/1, close, idle_hold=5",
    idle_hold: "Idle, notify 5/1, close, idle_hold=5",
    connected: "OpenSent",
    connection_failed: "Active, close, connect_retry=5",
    open: "OpenConfirm, send_keepalive, hold=90, keepalive=30",
    error: "Idle, notify 2/2, close, idle_hold=5",
    collision: "Idle, notify 6/7, close",
    notification: "Idle, close, idle_hold=5",
    keepalive: "Idle, notify 5/1 04, close, idle_hold=5",
    update: "Idle, notify 5/1 02, close, idle_hold=5",
    refresh: "Idle, notify 5/1 05, close, idle_hold=5",
  });
});

Deno.test("in OpenConfirm a KEEPALIVE establishes, and any other message is 5/2 with its type", () => {
  assert.deepEqual(table("OpenConfirm", FACTS), {
    start: "OpenConfirm",
    stop: "Idle, notify 6/2, close",
    reset: "Idle, notify 6/4, close, idle_hold=5",
    connect_retry: "Idle, notify 5/2, close, idle_hold=5",
    hold: "Idle, notify 4/0, close, idle_hold=5",
    keepalive_due: "OpenConfirm, send_keepalive, keepalive=30",
    delay_open: "Idle, notify 5/2, close, idle_hold=5",
    idle_hold: "Idle, notify 5/2, close, idle_hold=5",
    connected: "OpenConfirm",
    connection_failed: "Idle, close, idle_hold=5",
    open: "Idle, notify 5/2 01, close, idle_hold=5",
    error: "Idle, notify 2/2, close, idle_hold=5",
    collision: "Idle, notify 6/7, close",
    notification: "Idle, close, idle_hold=5",
    keepalive: "Established, restart_hold, established",
    update: "Idle, notify 5/2 02, close, idle_hold=5",
    refresh: "Idle, notify 5/2 05, close, idle_hold=5",
  });
});

Deno.test("in Established messages are handed on, and a second OPEN is 5/3 with its type", () => {
  assert.deepEqual(table("Established", FACTS), {
    start: "Established",
    stop: "Idle, notify 6/2, close",
    reset: "Idle, notify 6/4, close, idle_hold=5",
    connect_retry: "Idle, notify 5/3, close, idle_hold=5",
    hold: "Idle, notify 4/0, close, idle_hold=5",
    keepalive_due: "Established, send_keepalive, keepalive=30",
    delay_open: "Idle, notify 5/3, close, idle_hold=5",
    idle_hold: "Idle, notify 5/3, close, idle_hold=5",
    connected: "Established",
    connection_failed: "Idle, close, idle_hold=5",
    open: "Idle, notify 5/3 01, close, idle_hold=5",
    error: "Idle, notify 2/2, close, idle_hold=5",
    collision: "Idle, notify 6/7, close",
    notification: "Idle, close, idle_hold=5",
    keepalive: "Established, restart_hold",
    update: "Established, restart_hold, deliver",
    refresh: "Established, restart_hold, deliver",
  });
});

Deno.test("a passive peer is never dialed", () => {
  for (const state of STATES) {
    for (const event of Object.values(EVENTS)) {
      const { state: next, actions } = step(state, event, { ...FACTS, connect: "passive" });
      assert.ok(!actions.some(({ kind }) => kind === "dial"), `${state}, ${event.kind}`);
      assert.ok(next !== "Connect" || state === "Connect", `${state}, ${event.kind}`);
    }
  }
});

Deno.test("with a hold time of 0 neither hold timer nor keepalives run", () => {
  const facts = { ...FACTS, holdTimeSec: 0, keepaliveSec: 0 };
  assert.deepEqual(step("OpenSent", { kind: "open" }, facts).actions, [
    { kind: "send_keepalive" },
    { kind: "stop_timer", timer: "hold" },
    { kind: "stop_timer", timer: "keepalive" },
  ]);
});

Deno.test("KEEPALIVEs are a second apart at least, whatever the jitter (RFC 4271 section 4.4)", () => {
  const facts = { ...FACTS, holdTimeSec: 3, keepaliveSec: 1, jitter: 0.75 };
  const wait = { kind: "start_timer", timer: "keepalive", sec: 1 } as const;
  assert.deepEqual(step("OpenSent", { kind: "open" }, facts).actions.at(-1), wait);
  assert.deepEqual(step("Established", { kind: "timer", timer: "keepalive" }, facts).actions, [
    { kind: "send_keepalive" },
    wait,
  ]);
});

Deno.test("the back-off doubles with every failure up to 120 seconds, with jitter", () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 50].map((failures) => {
    const { actions } = step("Established", { kind: "connection_failed" }, { ...FACTS, failures });
    return actions.map((one) => one.kind === "start_timer" ? one.sec : null).at(-1);
  });
  assert.deepEqual(waits, [1, 5, 10, 20, 40, 80, 120, 120]);
  const jittered = step("Established", { kind: "notification" }, { ...FACTS, jitter: 0.75 });
  assert.deepEqual(jittered.actions.at(-1), { kind: "start_timer", timer: "idle_hold", sec: 3.75 });
});

Deno.test("any sequence of events has an answer, and Idle runs no timer but its own", () => {
  const facts = fc.record({
    connect: fc.constantFrom("passive", "active", "both"),
    connectRetrySec: fc.integer({ min: 1, max: 120 }),
    delayOpenSec: fc.constantFrom(0, 5),
    isOpenDelayed: fc.boolean(),
    failures: fc.nat(1000),
    jitter: fc.double({ min: 0.75, max: 1, noNaN: true }),
    holdTimeSec: fc.constantFrom(0, 3, 90),
    keepaliveSec: fc.constantFrom(1, 30),
  });
  const happening = fc.record({ event: fc.constantFrom(...Object.values(EVENTS)), facts });
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60, size: "max" }), (happenings) => {
      let state: SessionState = "Idle";
      const running = new Set<FsmTimer>();
      for (const one of happenings) {
        if (one.event.kind === "timer") running.delete(one.event.timer);
        const before: SessionState = state;
        const next: FsmStep = step(before, one.event, one.facts);
        for (const action of next.actions) {
          if (action.kind === "start_timer") {
            assert.ok(action.sec > 0 && action.sec <= 240, `${action.timer}=${action.sec}`);
            running.add(action.timer);
          }
          if (action.kind === "stop_timer") running.delete(action.timer);
          if (action.kind === "deliver") assert.equal(before, "Established");
          if (action.kind === "established") assert.equal(before, "OpenConfirm");
        }
        state = next.state;
        assert.notEqual(next.reason, "");
        if (state === "Idle") {
          assert.deepEqual(
            FSM_TIMERS.filter((timer) => running.has(timer) && timer !== "idle_hold"),
            [],
          );
        }
        if (state === "Established") {
          assert.deepEqual([...running].filter((timer) => !/^(?:hold|keepalive)$/.test(timer)), []);
        }
      }
    }),
    { numRuns: 2000 },
  );
});
