/**
 * The session with one peer: one connection, or two until their OPENs are compared, each with a state
 * machine of its own.
 *
 * @module
 */
import type { DialRequest, TcpConnection } from "../../io/io.ts";
import { parseAddress } from "../../ip/address.ts";
import type { Capabilities } from "../codec/capability.ts";
import type { MessageFault } from "../codec/fault.ts";
import { encodeShutdownText } from "../codec/notification.ts";
import { CEASE, NOTIFICATION } from "../codec/notification_codes.ts";
import { checkOpen, encodeOpen, type OpenMessage } from "../codec/open.ts";
import type { RouteRefreshMessage } from "../codec/route_refresh.ts";
import type { CodecTraits } from "../codec/traits.ts";
import type { UpdateParts } from "../codec/update_parts.ts";
import { familyOf } from "../family.ts";
import type { FsmFacts } from "../fsm/facts.ts";
import type { Notice } from "../fsm/event.ts";
import type { PeerSettings, SpeakerSettings } from "../settings.ts";
import { decideCollision } from "./collision.ts";
import { isGraceful } from "./graceful.ts";
import { type Cause, plainCause } from "./incident.ts";
import { Machine } from "./machine.ts";
import type { MachineDoors, MachineHost } from "./machine_host.ts";
import { MalformedUpdates } from "./malformed_update.ts";
import { agreeOn, offeredCapabilities, type Withheld } from "./open_terms.ts";
import { noCounts } from "./no_counts.ts";
import type {
  Negotiated,
  Session,
  SessionCounters,
  SessionEvents,
  SessionIncident,
  SessionState,
} from "./session.ts";

/** A session that has lasted so long is stable: its end is no failure, milliseconds. */
const STABLE_MS = 60_000;
/** Patience at the very end, milliseconds. */
const STOP_MS = 900;

/** What a session stands on. */
export interface SessionDoors extends MachineDoors {
  /** 0 to below 1: jitter of the timers. */
  readonly random: () => number;
}

/** A session that connections of its peer can be given to. */
export interface PeerSession extends Session {
  /** A connection that the peer has made: taken, or closed. */
  accept(connection: TcpConnection): void;
}

/** A session in Idle; `enable` begins. */
export function createSession(
  peer: PeerSettings,
  speaker: SpeakerSettings,
  doors: SessionDoors,
  events: SessionEvents,
): PeerSession {
  return new OpenSession(peer, speaker, doors, events);
}

const RANK: readonly SessionState[] = [
  "Idle",
  "Active",
  "Connect",
  "OpenSent",
  "OpenConfirm",
  "Established",
];

class OpenSession implements PeerSession, MachineHost {
  readonly counters: SessionCounters = noCounts();
  readonly facts: MachineHost["facts"];
  readonly sendQueueBytes: number;
  readonly #peer: PeerSettings;
  readonly #speaker: SpeakerSettings;
  readonly #routerId: number;
  readonly #doors: SessionDoors;
  readonly #events: SessionEvents;
  /** The one that dials. */
  #primary: Machine;
  /** Of a connection that came while the primary one had or made another. */
  #second: Machine | null = null;
  #state: SessionState = "Idle";
  #failures = 0;
  #withheld: Withheld = new Set();
  #isStopped = false;
  readonly #malformed = new MalformedUpdates();
  /** Connections that are being closed. */
  readonly #closing = new Set<Promise<void>>();

  constructor(
    peer: PeerSettings,
    speaker: SpeakerSettings,
    doors: SessionDoors,
    events: SessionEvents,
  ) {
    this.#peer = peer;
    this.#speaker = speaker;
    this.#routerId = Number(parseAddress(speaker.routerId).value);
    this.#doors = doors;
    this.#events = events;
    this.sendQueueBytes = speaker.sendQueueBytes;
    const failures = (): number => this.#failuresAfter(this.#primary.state);
    this.facts = {
      connectRetrySec: peer.connectRetrySec,
      delayOpenSec: peer.delayOpenSec,
      get failures() {
        return failures();
      },
      // RFC 4271 §10.
      get jitter() {
        return 0.75 + doors.random() * 0.25;
      },
    };
    this.#primary = new Machine(this, this.#doors, "Idle");
  }

  get state(): SessionState {
    return this.#state;
  }

  get negotiated(): Negotiated | null {
    return this.#primary.state === "Established" ? this.#primary.negotiated : null;
  }

  enable(): void {
    if (this.#isStopped) return;
    this.#failures = 0;
    this.#primary.handle({ kind: "start" });
  }

  disable(text: string): void {
    this.#end({
      code: NOTIFICATION.cease,
      subcode: CEASE.administrativeShutdown,
      data: encodeShutdownText(text),
    });
  }

  reset(code: number, subcode: number, data: Uint8Array): void {
    this.#primary.reset({ code, subcode, data }, "the session was reset");
  }

  send(message: Uint8Array, onWritten?: () => void): boolean {
    return this.#primary.send(message, onWritten ?? null);
  }

  async stop(text: string): Promise<void> {
    this.#isStopped = true;
    this.disable(text);
    const patience = new AbortController();
    await Promise.race([
      Promise.all(this.#closing),
      this.#doors.clock.sleep(STOP_MS, patience.signal).catch(() => {}),
    ]);
    patience.abort();
  }

  accept(connection: TcpConnection): void {
    const refusal = this.#refusalOf(connection);
    if (refusal !== null) {
      connection.close();
      this.#events.onIncident(this.#incident(refusal, "passive", this.#state));
      return;
    }
    const primary = this.#primary;
    if (primary.state === "Idle") return connection.close();
    if (!primary.isBusy) return primary.connect(connection, "passive");
    if (this.#second !== null) {
      // Whoever connects once more has lost the one before, unless that one is as good as up.
      if (this.#second.state !== "OpenSent" && this.#second.state !== "Active") {
        return connection.close();
      }
      const given = this.#second;
      this.#second = null;
      given.yieldToOther();
    }
    this.#second = new Machine(this, this.#doors, "Active");
    this.#second.connect(connection, "passive");
  }

  connectOf(machine: Machine): FsmFacts["connect"] {
    return machine === this.#primary ? this.#peer.connect : "passive";
  }

  dialRequest(signal: AbortSignal): DialRequest {
    const { address, port, localAddress, name } = this.#peer;
    const configLine = `bgp.peers: [{ name: ${name}, address: ${address}, port: ${port} }]`;
    const request = { address, port, judged: [address], signal, configLine };
    return localAddress === null ? request : { ...request, localAddress };
  }

  openMessage(): Uint8Array {
    return encodeOpen({
      asn: this.#speaker.localAs,
      holdTimeSec: this.#peer.holdTimeSec,
      routerId: this.#routerId,
      capabilities: this.#offered(),
    });
  }

  /** RFC 8654 §4: who has not offered it is sent no longer messages. */
  get takesExtended(): boolean {
    return this.#offered().extendedMessage;
  }

  judgeOpen(
    open: OpenMessage,
    connection: TcpConnection,
    direction: "active" | "passive",
  ): { readonly negotiated: Negotiated } | { readonly fault: MessageFault } {
    const { remoteAs } = this.#peer, { localAs } = this.#speaker;
    const fault = checkOpen(open, { remoteAs, localAs, localRouterId: this.#routerId });
    if (fault !== null) return { fault };
    const settings = { peer: this.#peer, speaker: this.#speaker };
    return agreeOn(open, this.#offered(), settings, connection, direction);
  }

  mayGoOn(machine: Machine): boolean {
    const other = machine === this.#primary ? this.#second : this.#primary;
    if (other === null || machine.negotiated === null) return true;
    if (other.state === "Established") {
      const { gracefulRestart } = other.negotiated ?? {};
      if (gracefulRestart?.families.includes(true) !== true) return false;
      // A peer that restarts has lost the session that seems to be up (RFC 4724 §4.2).
      const cause = plainCause("closed", "The peer has restarted and connected anew");
      other.handle({ kind: "connection_failed" }, cause);
      return true;
    }
    if (other.state !== "OpenConfirm") return true;
    const kept = decideCollision({
      localRouterId: this.#routerId,
      remoteRouterId: machine.negotiated.routerId,
      localAs: this.#speaker.localAs,
      remoteAs: this.#peer.remoteAs,
      newer: machine.direction ?? "passive",
      older: other.direction ?? "passive",
    });
    if (kept === "older") return false;
    this.#giveUp(other, machine);
    return true;
  }

  onState(_machine: Machine, reason: string): void {
    const states = [this.#primary.state, this.#second?.state ?? "Idle"];
    const state = RANK.findLast((one) => states.includes(one)) ?? "Idle";
    if (state === this.#state) return;
    this.#state = state;
    this.#events.onState(state, reason);
  }

  onEstablished(machine: Machine, negotiated: Negotiated): void {
    const other = machine === this.#primary ? this.#second : this.#primary;
    if (other !== null) this.#giveUp(other, machine);
    const { counters } = this;
    const established = counters.established + 1;
    Object.assign(counters, noCounts(), { established });
    this.#events.onEstablished(negotiated);
  }

  onUpdate(parts: UpdateParts): void {
    this.#events.onUpdate(parts);
  }

  onMalformed(parts: UpdateParts, start: number, end: number, traits: CodecTraits): void {
    const malformed = this.#malformed.take(parts, start, end, traits, this.#doors.clock.now());
    if (malformed !== null) this.#events.onMalformed(malformed);
  }

  onRefresh({ afi, safi, subtype }: RouteRefreshMessage): void {
    const family = familyOf(afi, safi);
    // A family or a subtype that nobody knows is ignored (RFC 2918 §4, RFC 7313 §5).
    if (family === null || (subtype !== 0 && subtype !== 1 && subtype !== 2)) return;
    this.#events.onRefresh(family.index, subtype);
  }

  onDrain(): void {
    this.#events.onDrain();
  }

  onClosing(closed: Promise<void>): void {
    this.#closing.add(closed);
    void closed.then(() => this.#closing.delete(closed));
  }

  onEnd(machine: Machine, before: SessionState, cause: Cause): void {
    const incident = this.#incident(cause, machine.direction, before);
    const isPrimary = machine === this.#primary;
    if (isPrimary) this.#failures = this.#failuresAfter(before);
    this.#noteRejected(cause, before);
    if (before === "Established" && machine.negotiated !== null) {
      this.#events.onDown(incident, isGraceful(cause, machine.negotiated));
    } else {
      this.#events.onIncident(incident);
    }
    if (!isPrimary) this.#leave(machine);
    else if (!machine.isBusy && this.#second !== null) this.#promote(this.#second);
  }

  #offered(): Capabilities {
    return offeredCapabilities(this.#peer, this.#speaker, this.#withheld);
  }

  /** Ends both for good. */
  #end(notice: Notice): void {
    const second = this.#second;
    this.#second = null;
    second?.stop(notice);
    this.#primary.stop(notice);
    this.onState(this.#primary, "It was stopped by hand");
  }

  /** `machine` goes on as the one that dials, `other` ends. */
  #giveUp(other: Machine, machine: Machine): void {
    this.#primary = machine;
    this.#second = null;
    other.yieldToOther();
  }

  /** The second one is all there is now. */
  #promote(second: Machine): void {
    const given = this.#primary;
    this.#primary = second;
    this.#second = null;
    // Ends the wait for its next attempt.
    given.yieldToOther();
  }

  /** The second one has ended. */
  #leave(machine: Machine): void {
    if (machine !== this.#second) return;
    this.#second = null;
    // Ends the wait for an attempt that it will not make.
    machine.yieldToOther();
    this.onState(this.#primary, "One of two connections has ended");
  }

  /** Failures in a row if the attempt ends now, in this state. */
  #failuresAfter(state: SessionState): number {
    const ageMs = this.#doors.clock.monotonicMs() - this.#primary.establishedAtMs;
    return state === "Established" && ageMs >= STABLE_MS ? 0 : this.#failures + 1;
  }

  /** Leaves out what the peer could not take in the next OPEN (RFC 5492 §3, §5), once. */
  #noteRejected({ kind, code, subcode, data }: Cause, before: SessionState): void {
    if (before === "Established") this.#withheld = new Set();
    if (before !== "OpenSent" && before !== "OpenConfirm") return;
    const isFirst = this.#withheld !== "all" && this.#withheld.size === 0;
    this.#withheld = new Set();
    if (kind !== "notification_received" || code !== NOTIFICATION.open || !isFirst) return;
    if (subcode === OPEN_SUBCODE.parameter) this.#withheld = "all";
    if (subcode === OPEN_SUBCODE.capability) this.#withheld = capabilityCodes(data);
  }

  #refusalOf({ remoteAddress, localAddress }: TcpConnection): Cause | null {
    const { address, localAddress: wanted, connect } = this.#peer;
    const detail = remoteAddress !== address
      ? `A connection came from ${remoteAddress}, the peer is ${address}`
      : wanted !== null && localAddress !== wanted
      ? `The peer connected to ${localAddress}, configured is ${wanted}`
      : connect === "active"
      ? "The peer connected, and is configured to be connected to"
      : null;
    return detail === null ? null : plainCause("unexpected_peer", detail);
  }

  #incident(
    cause: Cause,
    direction: SessionIncident["direction"],
    state: SessionState,
  ): SessionIncident {
    return { atMs: this.#doors.clock.now(), direction, state, ...cause };
  }
}

/** Subcodes of OPEN Message Error that say what to leave out. */
const OPEN_SUBCODE = { parameter: 4, capability: 7 } as const;

/** The codes of the capabilities in the data of 2/7 (RFC 5492 §5). */
function capabilityCodes(data: Uint8Array | null): ReadonlySet<number> {
  const codes = new Set<number>();
  if (data === null) return codes;
  for (let at = 0; at + 2 <= data.length; at += 2 + (data[at + 1] ?? 0)) codes.add(data[at] ?? 0);
  return codes;
}
