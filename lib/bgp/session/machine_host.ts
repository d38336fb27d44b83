/**
 * What stands around a machine: the session that it asks and tells, and the doors that it uses.
 *
 * @module
 */
import type { Clock, DialRequest, TcpConnection } from "../../io/io.ts";
import type { MessageFault } from "../codec/fault.ts";
import type { OpenMessage } from "../codec/open.ts";
import type { RouteRefreshMessage } from "../codec/route_refresh.ts";
import type { CodecTraits } from "../codec/traits.ts";
import type { UpdateParts } from "../codec/update_parts.ts";
import type { FsmFacts } from "../fsm/facts.ts";
import type { Cause } from "./incident.ts";
import type { Machine } from "./machine.ts";
import type { Pump } from "./pump.ts";
import type { Negotiated, SessionCounters, SessionState } from "./session.ts";

/** What a machine asks of and tells its session. */
export interface MachineHost {
  /** Facts that do not depend on the connection. */
  readonly facts: Pick<FsmFacts, "connectRetrySec" | "delayOpenSec" | "failures" | "jitter">;
  /** As `PeerSettings.connect`; `passive` for a machine that was given its connection. */
  connectOf(machine: Machine): FsmFacts["connect"];
  readonly sendQueueBytes: number;
  readonly counters: SessionCounters;
  dialRequest(signal: AbortSignal): DialRequest;
  /** Our OPEN. */
  openMessage(): Uint8Array;
  /** We take messages beyond 4,096 octets (RFC 8654). */
  readonly takesExtended: boolean;
  judgeOpen(
    open: OpenMessage,
    connection: TcpConnection,
    direction: "active" | "passive",
  ): { readonly negotiated: Negotiated } | { readonly fault: MessageFault };
  /** False: another connection to this peer is kept. It may end the other one meanwhile. */
  mayGoOn(machine: Machine): boolean;
  onState(machine: Machine, reason: string): void;
  onEstablished(machine: Machine, negotiated: Negotiated): void;
  onUpdate(parts: UpdateParts): void;
  /** The UPDATE with its body between these places is malformed; it may be passed to `onUpdate` yet. */
  onMalformed(parts: UpdateParts, start: number, end: number, traits: CodecTraits): void;
  onRefresh(refresh: RouteRefreshMessage): void;
  /** An attempt, a connection or a session has ended. */
  onEnd(machine: Machine, before: SessionState, cause: Cause): void;
  onDrain(): void;
  /** A connection is being closed until `closed` resolves. */
  onClosing(closed: Promise<void>): void;
}

/** What a machine stands on. */
export interface MachineDoors {
  readonly dial: (request: DialRequest) => Promise<TcpConnection>;
  readonly clock: Clock;
  /** One for all sessions of the thread. */
  readonly pump: Pump;
}
