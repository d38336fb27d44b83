/**
 * One peer's session as the speaker sees it: it is told what to do and tells what happened.
 *
 * @module
 */
import type { TcpConnection } from "../../io/io.ts";
import type { CodecTraits } from "../codec/traits.ts";
import type { UpdateParts } from "../codec/update_parts.ts";
import type { FamilyIndex } from "../family.ts";
import type { MalformedUpdate } from "./malformed_update.ts";

/** RFC 4271 §8.2.2. */
export type SessionState =
  | "Idle"
  | "Connect"
  | "Active"
  | "OpenSent"
  | "OpenConfirm"
  | "Established";

/** Why a session is not, or no longer, Established: evidence for the doctor, newest last. */
export interface SessionIncident {
  readonly atMs: number;
  readonly kind:
    | "refused"
    | "timeout"
    | "unreachable"
    | "reset"
    | "closed"
    | "local"
    | "permission"
    | "hold_expired"
    | "notification_received"
    | "notification_sent"
    | "unexpected_peer";
  /** `active`: we dialled; `passive`: the peer did; null: neither. */
  readonly direction: "active" | "passive" | null;
  readonly state: SessionState;
  /** Of a NOTIFICATION. */
  readonly code: number | null;
  readonly subcode: number | null;
  /** Of a NOTIFICATION, at most 512 octets. */
  readonly data: Uint8Array | null;
  /** One sentence in our words; the peer's words are in `data`. */
  readonly detail: string;
}

/** What was agreed on in OPEN. */
export interface Negotiated {
  readonly traits: CodecTraits;
  readonly holdTimeSec: number;
  readonly keepaliveSec: number;
  /** The peer's BGP identifier, unsigned. */
  readonly routerId: number;
  readonly routeRefresh: boolean;
  readonly enhancedRefresh: boolean;
  /** RFC 4724: what the peer said of its restart, or null. */
  readonly gracefulRestart: {
    readonly restarting: boolean;
    /** RFC 8538 N bit. */
    readonly notification: boolean;
    readonly restartSec: number;
    /** By family: it kept forwarding. */
    readonly forwarding: readonly [boolean, boolean];
    readonly families: readonly [boolean, boolean];
  } | null;
  /** Capabilities of both OPENs for people: code, name, value. */
  readonly ours: readonly ShownCapability[];
  readonly theirs: readonly ShownCapability[];
  readonly localAddress: string;
  readonly localPort: number;
  readonly remotePort: number;
  readonly direction: "active" | "passive";
}

/** One capability, for people. */
export interface ShownCapability {
  readonly code: number;
  readonly name: string;
  readonly value: string;
}

/** Numbers of a session since it came up, and since the start where said. */
export interface SessionCounters {
  messagesIn: number;
  messagesOut: number;
  updatesIn: number;
  updatesOut: number;
  bytesIn: number;
  bytesOut: number;
  /** Octets that wait to be sent. */
  queuedBytes: number;
  /** Since the start of the speaker. */
  established: number;
  /** UPDATEs met by treat-as-withdraw, and attributes discarded. */
  treatedAsWithdraw: number;
  attributesDiscarded: number;
}

/** What a session tells. Called in its thread, in order, never after `stop` has resolved. */
export interface SessionEvents {
  onState(state: SessionState, reason: string): void;
  onEstablished(negotiated: Negotiated): void;
  /** `parts` is valid during the call only. Never with outcome `reset`: the session meets that itself. */
  onUpdate(parts: UpdateParts): void;
  /** RFC 2918 and 7313: 0 send all again, 1 begin, 2 end. */
  onRefresh(family: FamilyIndex, subtype: 0 | 1 | 2): void;
  /**
   * It was Established and is not any more; `graceful`: keep its routes as stale (RFC 4724, RFC 8538).
   * The incident is not told by `onIncident` as well.
   */
  onDown(incident: SessionIncident, graceful: boolean): void;
  onIncident(incident: SessionIncident): void;
  /** An UPDATE was malformed; the first of each fault is told, then one every ten minutes. */
  onMalformed(malformed: MalformedUpdate): void;
  /** The send queue has room again after `send` returned false. */
  onDrain(): void;
}

/** One peer's session. */
export interface Session {
  readonly state: SessionState;
  readonly negotiated: Negotiated | null;
  readonly counters: Readonly<SessionCounters>;
  /** Begins, or begins again after `disable`. */
  enable(): void;
  /** Cease/2 with the shutdown text (RFC 9003), then Idle until `enable`. */
  disable(text: string): void;
  /** Ends the session with this NOTIFICATION and starts again after the back-off. */
  reset(code: number, subcode: number, data: Uint8Array): void;
  /** Takes over a connection that the peer opened, from its address and to ours; it owns it then. */
  accept(connection: TcpConnection): void;
  /**
   * Queues a whole message. True once it fits the queue; false: it was not queued, wait for
   * `onDrain`. `onWritten` is called when the kernel took its last octet.
   */
  send(message: Uint8Array, onWritten?: () => void): boolean;
  /** Ends for good, with Cease/2 if Established: resolves when the socket is closed, within a second. */
  stop(text: string): Promise<void>;
}
