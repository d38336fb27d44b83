/**
 * One connection to a peer, or the attempt at one, with a state machine of its own: tells the machine
 * what happens and does what it wants.
 *
 * @module
 */
import { asNetglassError } from "../../errors/mod.ts";
import type { TcpConnection } from "../../io/io.ts";
import type { MessageFault } from "../codec/fault.ts";
import { encodeKeepalive, MESSAGE } from "../codec/message_header.ts";
import { decodeNotification, encodeNotification } from "../codec/notification.ts";
import { decodeOpen } from "../codec/open.ts";
import { decodeRouteRefresh, type RouteRefreshMessage } from "../codec/route_refresh.ts";
import { OUTCOME, type UpdateParts } from "../codec/update_parts.ts";
import { FINDINGS } from "../codec/update_findings.ts";
import { UpdateWalker } from "../codec/update_walk.ts";
import type { FsmAction } from "../fsm/action.ts";
import type { FsmEvent, FsmTimer, Notice } from "../fsm/event.ts";
import { CONNECT_WAIT_SEC, type FsmFacts } from "../fsm/facts.ts";
import { step } from "../fsm/step.ts";
import { asSent } from "./graceful.ts";
import { type Cause, lossCause, plainCause, receivedCause, sentCause } from "./incident.ts";
import type { MachineDoors, MachineHost } from "./machine_host.ts";
import type { Negotiated, SessionState } from "./session.ts";
import { OUT_OF_RESOURCES, StallWatch } from "./stall_watch.ts";
import type { Timer } from "./timers.ts";
import { Wire } from "./wire.ts";

const KEEPALIVE = encodeKeepalive();
/** Where the type stands in a message (RFC 4271 §4.1). */
const TYPE_AT = 18;

/** The machine. */
export class Machine {
  state: SessionState;
  negotiated: Negotiated | null = null;
  /** Who began the connection that is there, or was last. */
  direction: "active" | "passive" | null = null;
  /** On the monotonic clock, milliseconds. */
  establishedAtMs = 0;
  readonly #host: MachineHost;
  readonly #doors: MachineDoors;
  readonly #facts: FsmFacts;
  readonly #timers: Readonly<Record<FsmTimer, Timer>>;
  readonly #stall: StallWatch;
  #dialing: AbortController | null = null;
  #wire: Wire | null = null;
  #walker: UpdateWalker | null = null;
  /** What `deliver` hands on. */
  #message: UpdateParts | RouteRefreshMessage | null = null;

  /** Begins in `state`: Idle, or Active to be given a connection at once. */
  constructor(host: MachineHost, doors: MachineDoors, state: "Idle" | "Active") {
    this.#host = host;
    this.#doors = doors;
    this.#facts = this.#factsOf(host);
    this.state = state;
    const timer = (name: FsmTimer): Timer => doors.pump.timers.timer(() => this.#onTimer(name));
    this.#timers = {
      connect_retry: timer("connect_retry"),
      hold: doors.pump.timers.timer(() => void this.#onHoldDue()),
      keepalive: timer("keepalive"),
      delay_open: timer("delay_open"),
      idle_hold: timer("idle_hold"),
    };
    this.#stall = new StallWatch({
      timers: doors.pump.timers,
      clock: doors.clock,
      queue: () => this.#wire?.queue ?? null,
      holdTimeSec: () => this.negotiated?.holdTimeSec ?? 0,
      onStall: (notice, why) => this.reset(notice, why),
    });
  }

  /** There is a connection, or soon will be. */
  get isBusy(): boolean {
    return this.#wire !== null || this.#dialing !== null;
  }

  /** Tells the state machine; `cause` says why, where the machine does not know. */
  handle(event: FsmEvent, cause: Cause | null = null): void {
    const before = this.state, hadWire = this.#wire !== null, hadDial = this.#dialing !== null;
    const { state, actions, reason } = step(before, event, this.#facts);
    const isClosed = actions.some(({ kind }) => kind === "close");
    this.state = state;
    const why = cause ?? (isClosed && hadWire ? causeOf(actions, reason) : null);
    if (state !== before) this.#host.onState(this, why === null ? reason : why.detail);
    for (const action of actions) this.#perform(action);
    if (why !== null) this.#host.onEnd(this, before, why);
    else if (hadDial && event.kind === "timer") {
      const detail = `Nothing answered within ${CONNECT_WAIT_SEC} s`;
      this.#host.onEnd(this, before, plainCause("timeout", detail));
    }
  }

  /** A connection is there. */
  connect(connection: TcpConnection, direction: "active" | "passive"): void {
    this.direction = direction;
    this.negotiated = null;
    this.#wire = new Wire(
      connection,
      this.#host.sendQueueBytes,
      this.#doors.clock,
      this.#doors.pump,
      {
        onMessage: (type, octets, start, end) => this.#onMessage(type, octets, start, end),
        onFault: (fault) => this.#onFault(fault),
        onLost: (error) => this.handle({ kind: "connection_failed" }, lossCause(error)),
        onBug: (error) => this.#onBug(error),
        onOctets: (count) => void (this.#host.counters.bytesIn += count),
        onProgress: (count) => this.#onProgress(count),
        onDrain: () => this.#host.onDrain(),
      },
    );
    this.handle({ kind: "connected" });
  }

  /** Another connection is kept. */
  yieldToOther(): void {
    this.handle({ kind: "collision" });
  }

  /** Ends the session for a reason of ours, a clause; a new attempt follows. */
  reset(notice: Notice, why: string): void {
    const sent = asSent(notice, this.negotiated);
    const cause = this.#wire === null ? null : sentCause(sent, why);
    this.handle({ kind: "reset", notice: sent }, cause);
  }

  /** Ends it for good. */
  stop(notice: Notice): void {
    this.handle({ kind: "stop", notice: asSent(notice, this.negotiated) });
  }

  /** Reads the facts when they are asked for: an UPDATE asks for none. */
  #factsOf(host: MachineHost): FsmFacts {
    const connect = (): FsmFacts["connect"] => host.connectOf(this);
    const negotiated = (): Negotiated | null => this.negotiated;
    const delayOpen = (): Timer => this.#timers.delay_open;
    return {
      get connect() {
        return connect();
      },
      get connectRetrySec() {
        return host.facts.connectRetrySec;
      },
      get delayOpenSec() {
        return host.facts.delayOpenSec;
      },
      get failures() {
        return host.facts.failures;
      },
      get jitter() {
        return host.facts.jitter;
      },
      get isOpenDelayed() {
        return delayOpen().isRunning;
      },
      get holdTimeSec() {
        return negotiated()?.holdTimeSec ?? 0;
      },
      get keepaliveSec() {
        return negotiated()?.keepaliveSec ?? 0;
      },
    };
  }

  #perform(action: FsmAction): void {
    switch (action.kind) {
      case "dial":
        void this.#dial();
        break;
      case "start_timer":
        this.#timers[action.timer].start(action.sec * 1000);
        break;
      case "stop_timer":
        this.#timers[action.timer].stop();
        break;
      case "restart_hold":
        this.#restartHold();
        break;
      case "send_open":
        this.#say(this.#host.openMessage());
        break;
      case "send_keepalive":
        // To a peer that has more to read than it takes, what waits says the same.
        if (this.#wire?.queue.isFull === false) this.#say(KEEPALIVE);
        break;
      case "send_notification":
        this.#drop(action.notice);
        break;
      case "close":
        this.#drop(null);
        break;
      case "established":
        this.#establish();
        break;
      case "deliver":
        this.#deliver();
    }
  }

  async #dial(): Promise<void> {
    this.#dialing?.abort();
    const dialing = this.#dialing = new AbortController();
    try {
      const connection = await this.#doors.dial(this.#host.dialRequest(dialing.signal));
      if (this.#dialing !== dialing) return connection.close();
      this.#dialing = null;
      this.connect(connection, "active");
    } catch (error) {
      if (this.#dialing !== dialing) return;
      this.#dialing = null;
      this.direction = "active";
      this.handle({ kind: "connection_failed" }, lossCause(asNetglassError(error)));
    }
  }

  /** Queues a message of an Established session; false: there is no room, or no session. */
  send(message: Uint8Array, onWritten: (() => void) | null): boolean {
    const wire = this.#wire, { counters } = this.#host;
    if (wire === null || this.state !== "Established") return false;
    if (!wire.queue.push(message, onWritten)) return false;
    counters.messagesOut++;
    if (message[TYPE_AT] === MESSAGE.update) counters.updatesOut++;
    counters.queuedBytes = wire.queue.bytes;
    this.#stall.watch();
    return true;
  }

  /** Queues a message of the session itself. */
  #say(message: Uint8Array): void {
    if (this.#wire === null) return;
    this.#host.counters.messagesOut++;
    this.#wire.queue.add(message, null);
    this.#stall.watch();
  }

  #onProgress(count: number): void {
    const { counters } = this.#host;
    this.#stall.progressed();
    counters.bytesOut += count;
    counters.queuedBytes = this.#wire?.queue.bytes ?? 0;
  }

  /** Gives up the connection, with this NOTIFICATION if there is one, or the attempt. */
  #drop(notice: Notice | null): void {
    this.#dialing?.abort();
    this.#dialing = null;
    this.#stall.stop();
    const wire = this.#wire;
    if (wire === null) return;
    this.#wire = null;
    this.#walker = null;
    this.#host.counters.queuedBytes = 0;
    if (notice !== null) this.#host.counters.messagesOut++;
    const last = notice === null
      ? null
      : encodeNotification(notice.code, notice.subcode, notice.data);
    this.#host.onClosing(wire.end(last));
  }

  #establish(): void {
    if (this.negotiated === null) return;
    this.establishedAtMs = this.#doors.clock.monotonicMs();
    this.#walker = new UpdateWalker(this.negotiated.traits);
    this.#host.onEstablished(this, this.negotiated);
  }

  #restartHold(): void {
    const holdTimeSec = this.negotiated?.holdTimeSec ?? 0;
    if (holdTimeSec > 0) this.#timers.hold.startWithTurn(holdTimeSec * 1000);
  }

  #onTimer(timer: FsmTimer): void {
    this.handle({ kind: "timer", timer });
  }

  /**
   * The hold time is over as far as was read. A loop that was busy may have kept what came in the
   * kernel: that is read first, and a whole message in it sets the timer anew.
   */
  async #onHoldDue(): Promise<void> {
    const wire = this.#wire;
    await this.#doors.pump.settle();
    if (wire === null || this.#wire !== wire || this.#timers.hold.isRunning) return;
    this.#onTimer("hold");
  }

  #onFault({ code, subcode, data, why }: MessageFault): void {
    const notice = { code, subcode, data };
    this.handle({ kind: "error", notice }, sentCause(notice, why));
  }

  #onBug(error: unknown): void {
    const { message } = asNetglassError(error);
    const why = error instanceof Error ? error.message : String(error);
    this.reset(OUT_OF_RESOURCES, `${message}: ${why}`);
  }

  #onMessage(type: number, octets: Uint8Array, start: number, end: number): void {
    const { counters } = this.#host;
    counters.messagesIn++;
    switch (type) {
      case MESSAGE.update:
        return this.#onUpdate(octets, start, end);
      case MESSAGE.keepalive:
        return this.handle({ kind: "keepalive" });
      case MESSAGE.open:
        return this.#onOpen(octets, start, end);
      case MESSAGE.notification:
        return this.handle(
          { kind: "notification" },
          receivedCause(decodeNotification(octets, start, end)),
        );
      case MESSAGE.routeRefresh:
        return this.#onRefresh(octets, start, end);
    }
  }

  #onUpdate(octets: Uint8Array, start: number, end: number): void {
    const walker = this.#walker;
    if (this.state !== "Established" || walker === null) {
      return this.handle(UPDATE);
    }
    const { counters } = this.#host;
    const parts = walker.walk(octets, start, end);
    counters.updatesIn++;
    if (parts.finding !== -1) this.#host.onMalformed(parts, start, end, walker.traits);
    if (parts.outcome === OUTCOME.reset) {
      const { errorCode: code, errorSubcode: subcode, errorData: data } = parts;
      const finding = FINDINGS[parts.finding];
      const why = finding === undefined
        ? "an UPDATE is malformed"
        : `in an UPDATE ${finding.meaning} (${finding.source})`;
      return this.#onFault({ code, subcode, data: data.slice(), why });
    }
    if (parts.outcome === OUTCOME.treatAsWithdraw) counters.treatedAsWithdraw++;
    counters.attributesDiscarded += parts.discardedCount;
    this.#message = parts;
    this.handle(UPDATE);
  }

  #onRefresh(octets: Uint8Array, start: number, end: number): void {
    if (this.state !== "Established") return this.handle({ kind: "refresh" });
    const isEnhanced = this.negotiated?.enhancedRefresh === true;
    const decoded = decodeRouteRefresh(octets, start, end, isEnhanced);
    if ("fault" in decoded) return this.#onFault(decoded.fault);
    this.#message = decoded.refresh;
    this.handle({ kind: "refresh" });
  }

  #deliver(): void {
    const message = this.#message;
    this.#message = null;
    if (message === null) return;
    if ("octets" in message) this.#host.onUpdate(message);
    else this.#host.onRefresh(message);
  }

  #onOpen(octets: Uint8Array, start: number, end: number): void {
    const wire = this.#wire, { direction } = this;
    const isAwaited = this.state === "OpenSent" || this.#timers.delay_open.isRunning;
    if (!isAwaited || wire === null || direction === null) {
      return this.handle({ kind: "open" });
    }
    const decoded = decodeOpen(octets, start, end);
    if ("fault" in decoded) return this.#onFault(decoded.fault);
    const judged = this.#host.judgeOpen(decoded.open, wire.connection, direction);
    if ("fault" in judged) return this.#onFault(judged.fault);
    this.negotiated = judged.negotiated;
    if (!this.#host.mayGoOn(this)) return this.yieldToOther();
    wire.framer.isExtended = this.#host.takesExtended;
    this.handle({ kind: "open" });
  }
}

/** One object for every UPDATE. */
const UPDATE: FsmEvent = { kind: "update" };

/** What the state machine ends a connection for by itself. */
function causeOf(actions: readonly FsmAction[], reason: string): Cause {
  const sent = actions.find((action) => action.kind === "send_notification");
  return sent === undefined
    ? plainCause("local", reason)
    : sentCause(sent.notice, lowerFirst(reason));
}

/** As a clause; `KEEPALIVE …` stays. */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z]|^A /.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
