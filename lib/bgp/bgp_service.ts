/**
 * The speaker as tools see it, on the main thread: it reads the tables in place and sends orders to
 * the thread that holds the sessions.
 *
 * @module
 */
import type { Prefix } from "../ip/prefix.ts";
import type { FamilyIndex } from "./family.ts";
import type { OutboundRoute } from "./outbound_route.ts";
import type { RibReader } from "./rib/rib_reader.ts";
import type { MalformedUpdate } from "./session/malformed_update.ts";
import type {
  Negotiated,
  SessionCounters,
  SessionIncident,
  SessionState,
} from "./session/session.ts";
import type { PeerSettings, SpeakerSettings } from "./settings.ts";

/** A peer and how its session stands; a copy. */
export interface PeerStatus {
  readonly settings: PeerSettings;
  readonly state: SessionState;
  /** Why it is in this state, one sentence. */
  readonly reason: string;
  /** When it entered the state, milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly negotiated: Negotiated | null;
  readonly counters: Readonly<SessionCounters>;
  /** Paths in its Adj-RIB-In, by family. */
  readonly received: readonly [number, number];
  /** Routes in its Adj-RIB-Out, by family. */
  readonly sent: readonly [number, number];
  /** By family: the peer has sent its End-of-RIB. */
  readonly endOfRib: readonly [boolean, boolean];
  /** The newest last, at most 32. */
  readonly incidents: readonly SessionIncident[];
  /** The newest last, at most 8. */
  readonly malformed: readonly MalformedUpdate[];
  /** Disabled by hand or by a limit: it does not try. */
  readonly isDisabled: boolean;
}

/** Where the speaker waits for peers, and whom it has sent away. */
export interface ListenerStatus {
  /** Canonical address and port, or null: it only dials. */
  readonly address: string | null;
  readonly port: number | null;
  /** Why it does not listen although it should, one sentence, or null. */
  readonly problem: string | null;
  /** Connections that no peer was expected from: closed without an answer. */
  readonly strangers: number;
  /** The last of them, newest last, at most 32. */
  readonly recent: readonly { readonly atMs: number; readonly address: string }[];
}

/** One change of a path or of a best path, as the log keeps it. */
export interface RouteChange {
  readonly seq: number;
  readonly atMs: number;
  readonly prefix: Prefix;
  /** `announce`: a new path; `update`: other attributes; `withdraw`; `best`: another best path. */
  readonly kind: "announce" | "update" | "withdraw" | "best";
  readonly peer: number;
  readonly pathId: number;
  /** For `best`: the peer before, or -1. */
  readonly before: number;
  /** AS path and next hop of the path now; null for a withdrawal or where the set is gone. */
  readonly asPath: string | null;
  readonly nextHop: string | null;
}

/** Which changes are asked for; null: any. */
export interface ChangeFilter {
  /** Milliseconds since the epoch, both included. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly prefix: Prefix | null;
  /** Also those inside of `prefix`. */
  readonly isCovered: boolean;
  /** Index of the peer; of `best` also the one before. */
  readonly peer: number | null;
}

/** A LOCAL_PREF that is used instead of what came, until it expires. */
export interface LocalPrefOverride {
  /** Of the plan that it was made by. */
  readonly id: string;
  readonly prefix: Prefix;
  /** Null: of every peer. */
  readonly peer: number | null;
  readonly localPref: number;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** What an order to change something came to, peer by peer. */
export interface SendReport {
  readonly peers: readonly {
    readonly peer: string;
    /** `sent`: the kernel took every octet; `pending`: the peer is not Established or its queue is full; `not_exported`: see `reason`. */
    readonly state: "sent" | "pending" | "not_exported";
    readonly reason: string | null;
    /** Messages as sent. */
    readonly messages: readonly Uint8Array[];
    /** When the last octet was taken, milliseconds since the epoch, or null. */
    readonly sentAtMs: number | null;
  }[];
}

/** What we announce, as the guard hands it over. */
export interface Origination {
  /** Unique; names the lease. */
  readonly id: string;
  readonly prefix: Prefix;
  /** Indices of the peers that may have it. */
  readonly peers: readonly number[];
  /** Times that our AS number stands in the path beyond the once of eBGP. */
  readonly prepend: number;
  readonly med: number | null;
  /** For iBGP peers. */
  readonly localPref: number;
  readonly communities: OutboundRoute["communities"];
  /** Canonical address, or null: ours on the session. */
  readonly nextHop: string | null;
  /** The speaker withdraws it by itself at this time, milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** What an origination would send to one peer: computed, not sent. */
export interface ExportPreview {
  readonly peer: string;
  readonly verdict: "send" | "pending" | "not_exported";
  readonly reason: string | null;
  readonly route: OutboundRoute | null;
  readonly messages: readonly Uint8Array[];
}

/** What the speaker reports of its own accord. */
export type SpeakerEvent =
  | {
    readonly kind: "state";
    readonly peer: string;
    readonly state: SessionState;
    readonly reason: string;
  }
  | { readonly kind: "incident"; readonly peer: string; readonly incident: SessionIncident }
  | { readonly kind: "malformed"; readonly peer: string; readonly malformed: MalformedUpdate }
  /** A lease ran out and its route was withdrawn. */
  | { readonly kind: "expired"; readonly id: string; readonly report: SendReport }
  /** A route that was pending went out, for example because the session came up. */
  | { readonly kind: "sent"; readonly id: string; readonly report: SendReport }
  /** Routes that had been announced went out again, with a session that came back. */
  | { readonly kind: "resent"; readonly ids: readonly string[]; readonly report: SendReport }
  /** A withdrawal went out late, because a peer read slowly, or with the end of the speaker. */
  | { readonly kind: "withdrawn"; readonly id: string; readonly report: SendReport }
  | { readonly kind: "override_expired"; readonly override: LocalPrefOverride }
  | { readonly kind: "max_prefixes"; readonly peer: string; readonly count: number };

/** The running speaker. */
export interface BgpSpeaker {
  readonly settings: SpeakerSettings;
  readonly rib: RibReader;
  peers(): readonly PeerStatus[];
  listener(): ListenerStatus;
  /** The change log: newest last, from `fromSeq` on; older entries are gone. */
  changes: {
    readonly firstSeq: number;
    readonly nextSeq: number;
    /** `brief`: without AS path and next hop, which take most of the time. */
    read(fromSeq: number, limit: number, detail?: "brief" | "full"): readonly RouteChange[];
    /** The first `most` asked for among the `limit` entries from `fromSeq` on, in brief. */
    find(
      asked: ChangeFilter,
      fromSeq: number,
      limit: number,
      most: number,
    ): readonly RouteChange[];
  };
  preview(origination: Origination): Promise<readonly ExportPreview[]>;
  announce(origination: Origination): Promise<SendReport>;
  /** Withdraws what `announce` sent under this id. */
  withdraw(id: string): Promise<SendReport>;
  /** Withdraws everything; a speaker that does not do so in time is ended, its sessions with it. */
  withdrawAll(): Promise<ReadonlyMap<string, SendReport>>;
  /** Our routes as they stand in the speaker. */
  originations(): readonly Origination[];
  /** Sets an import override in the place of that of the same prefix and peer; it lifts itself. */
  overrideLocalPref(override: LocalPrefOverride): Promise<void>;
  /** Lifts the import override of a prefix and peer, if there is one. */
  liftLocalPref(prefix: Prefix, peer: number | null): Promise<void>;
  /** Import overrides in force. */
  overrides(): readonly LocalPrefOverride[];
  /** Route refresh towards the peer; false if it did not announce the capability or is down. */
  refresh(peer: number, family: FamilyIndex): Promise<boolean>;
  enable(peer: number): Promise<void>;
  disable(peer: number, text: string): Promise<void>;
  /** Sends all our routes to the peer again. */
  softOut(peer: number): Promise<SendReport>;
  onEvent(listener: (event: SpeakerEvent) => void): () => void;
  /** Withdraws, sends Cease/2 with the text, closes; resolves within two seconds. */
  stop(text: string): Promise<void>;
}

/** Opened with the first use, or at the start where peers are configured. */
export interface BgpService {
  /** @throws {Unavailable} `env.bgp` where `bgp.enabled` is false */
  open(): Promise<BgpSpeaker>;
  stop(text: string): Promise<void>;
}
