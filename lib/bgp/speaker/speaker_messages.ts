/**
 * What the main thread orders of the thread of the sessions, and what that one reports: plain data.
 *
 * @module
 */
import type { WireError } from "../../errors/error_wire.ts";
import type { Prefix } from "../../ip/prefix.ts";
import type {
  ExportPreview,
  ListenerStatus,
  LocalPrefOverride,
  Origination,
  SendReport,
  SpeakerEvent,
} from "../bgp_service.ts";
import type { FamilyIndex } from "../family.ts";
import type { MalformedUpdate } from "../session/malformed_update.ts";
import type { Negotiated, SessionIncident, SessionState } from "../session/session.ts";

/** Something to do. Peers are indices. */
export type Order =
  | { readonly kind: "preview"; readonly origination: Origination }
  | { readonly kind: "announce"; readonly origination: Origination }
  | { readonly kind: "withdraw"; readonly id: string }
  | { readonly kind: "withdraw_all" }
  | { readonly kind: "override"; readonly override: LocalPrefOverride }
  | { readonly kind: "lift_override"; readonly prefix: Prefix; readonly peer: number | null }
  | { readonly kind: "refresh"; readonly peer: number; readonly family: FamilyIndex }
  | { readonly kind: "enable"; readonly peer: number }
  | { readonly kind: "soft_out"; readonly peer: number }
  | { readonly kind: "disable"; readonly peer: number; readonly text: string }
  /** Validated ROA payloads as `packPayloads` makes them. */
  | { readonly kind: "payloads"; readonly words: Uint32Array }
  | { readonly kind: "stop"; readonly text: string };

/** What an order is answered with. */
export interface Replies {
  readonly preview: readonly ExportPreview[];
  readonly announce: SendReport;
  readonly withdraw: SendReport;
  readonly withdraw_all: ReadonlyMap<string, SendReport>;
  readonly override: null;
  readonly lift_override: null;
  readonly refresh: boolean;
  readonly enable: null;
  readonly soft_out: SendReport;
  readonly disable: null;
  readonly payloads: null;
  readonly stop: null;
}

/** The reply to an order of this kind. */
export type Reply = Replies[keyof Replies];

/** What the thread tells of its own accord, in order. */
export type Report =
  | {
    readonly kind: "state";
    readonly peer: number;
    readonly state: SessionState;
    readonly reason: string;
    readonly atMs: number;
  }
  | {
    readonly kind: "negotiated";
    readonly peer: number;
    readonly negotiated: Negotiated | null;
  }
  | { readonly kind: "incident"; readonly peer: number; readonly incident: SessionIncident }
  | { readonly kind: "malformed"; readonly peer: number; readonly malformed: MalformedUpdate }
  | {
    readonly kind: "end_of_rib";
    readonly peer: number;
    readonly endOfRib: readonly [boolean, boolean];
  }
  | { readonly kind: "disabled"; readonly peer: number; readonly isDisabled: boolean }
  | { readonly kind: "originations"; readonly all: readonly Origination[] }
  | { readonly kind: "overrides"; readonly all: readonly LocalPrefOverride[] }
  | { readonly kind: "listener"; readonly status: ListenerStatus }
  | { readonly kind: "event"; readonly event: SpeakerEvent };

/** To the thread. */
export type ToThread<Start> =
  | { readonly kind: "start"; readonly start: Start }
  | { readonly kind: "order"; readonly id: number; readonly order: Order };

/** From the thread. */
export type FromThread =
  | { readonly kind: "started" }
  | { readonly kind: "not_started"; readonly error: WireError }
  | { readonly kind: "done"; readonly id: number; readonly reply: Reply }
  | { readonly kind: "failed"; readonly id: number; readonly error: WireError }
  | { readonly kind: "report"; readonly report: Report }
  /** A fault of ours that no order waits for. */
  | { readonly kind: "bug"; readonly error: WireError };
