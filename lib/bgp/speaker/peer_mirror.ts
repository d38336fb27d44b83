/**
 * How the peers stand, kept on the main thread by what the other one reports, so that nobody waits
 * for a thread that is busy.
 *
 * @module
 */
import type {
  ListenerStatus,
  LocalPrefOverride,
  Origination,
  PeerStatus,
  SendReport,
  SpeakerEvent,
} from "../bgp_service.ts";
import type { RibReader } from "../rib/rib_reader.ts";
import type { MalformedUpdate } from "../session/malformed_update.ts";
import type { Negotiated, SessionIncident, SessionState } from "../session/session.ts";
import type { PeerSettings, SpeakerSettings } from "../settings.ts";
import type { PeerNumbers } from "./peer_numbers.ts";
import type { Report } from "./speaker_messages.ts";

/** Incidents of a peer that are remembered. */
const INCIDENTS_MAX = 32;
/** Malformed UPDATEs, likewise: one has up to 65,535 octets. */
const MALFORMED_MAX = 8;

/** What is known of a peer by reports. */
interface Seen {
  readonly settings: PeerSettings;
  state: SessionState;
  reason: string;
  sinceMs: number;
  negotiated: Negotiated | null;
  endOfRib: readonly [boolean, boolean];
  incidents: readonly SessionIncident[];
  malformed: readonly MalformedUpdate[];
  isDisabled: boolean;
}

/** The mirror. */
export class PeerMirror {
  readonly #seen: readonly Seen[];
  readonly #numbers: PeerNumbers;
  readonly #reader: Pick<RibReader, "peerPaths">;
  #originations: readonly Origination[] = [];
  #overrides: readonly LocalPrefOverride[] = [];
  #listener: ListenerStatus;

  /** `nowMs`: the time of the start, milliseconds since the epoch. */
  constructor(
    { peers, listen }: Pick<SpeakerSettings, "peers" | "listen">,
    numbers: PeerNumbers,
    reader: Pick<RibReader, "peerPaths">,
    nowMs: number,
  ) {
    this.#numbers = numbers;
    this.#reader = reader;
    this.#seen = peers.map((settings) => ({
      settings,
      state: "Idle",
      reason: "the speaker starts",
      sinceMs: nowMs,
      negotiated: null,
      endOfRib: [false, false],
      incidents: [],
      malformed: [],
      isDisabled: !settings.enabled,
    }));
    this.#listener = {
      address: listen?.address ?? null,
      port: listen?.port ?? null,
      problem: null,
      strangers: 0,
      recent: [],
    };
  }

  get originations(): readonly Origination[] {
    return this.#originations;
  }

  get overrides(): readonly LocalPrefOverride[] {
    return this.#overrides;
  }

  get listener(): ListenerStatus {
    return this.#listener;
  }

  /** By index. */
  statuses(): readonly PeerStatus[] {
    return this.#seen.map((seen): PeerStatus => ({
      ...seen,
      ...this.#numbers.read(seen.settings.index),
      received: this.#reader.peerPaths(seen.settings.index),
    }));
  }

  /** Takes a report in; returns what is to be told of it, or null. */
  take(report: Report): SpeakerEvent | null {
    switch (report.kind) {
      case "originations":
        this.#originations = report.all;
        return null;
      case "overrides":
        this.#overrides = report.all;
        return null;
      case "listener":
        this.#listener = report.status;
        return null;
      case "event":
        return report.event;
    }
    const seen = this.#seen[report.peer];
    if (seen === undefined) return null;
    const { name: peer } = seen.settings;
    switch (report.kind) {
      case "state": {
        const { state, reason, atMs: sinceMs } = report;
        Object.assign(seen, { state, reason, sinceMs });
        return { kind: "state", peer, state, reason };
      }
      case "negotiated":
        seen.negotiated = report.negotiated;
        return null;
      case "incident": {
        const { incident } = report;
        seen.incidents = [...seen.incidents.slice(1 - INCIDENTS_MAX), incident];
        return { kind: "incident", peer, incident };
      }
      case "malformed": {
        const { malformed } = report;
        seen.malformed = [...seen.malformed.slice(1 - MALFORMED_MAX), malformed];
        return { kind: "malformed", peer, malformed };
      }
      case "end_of_rib":
        seen.endOfRib = report.endOfRib;
        return null;
      case "disabled":
        seen.isDisabled = report.isDisabled;
        return null;
    }
  }

  /** The thread is gone: no session lives, and nothing of ours is out any more; returns what is to be told. */
  lose(reason: string, nowMs: number): readonly SpeakerEvent[] {
    const events = [
      ...this.#seen.filter(({ state }) => state !== "Idle").map(({ settings: { name } }) => ({
        kind: "state" as const,
        peer: name,
        state: "Idle" as const,
        reason,
      })),
      ...this.#originations.map(({ id, peers }) => ({
        kind: "withdrawn" as const,
        id,
        report: { peers: peers.map((index) => this.#goneAt(index, reason)) },
      })),
      ...this.#overrides.map((override) => ({ kind: "override_expired" as const, override })),
    ];
    this.#originations = [];
    this.#overrides = [];
    this.#listener = { ...this.#listener, problem: reason };
    for (const seen of this.#seen) {
      Object.assign(seen, { state: "Idle", reason, sinceMs: nowMs, negotiated: null });
    }
    return events;
  }

  #goneAt(index: number, reason: string): SendReport["peers"][number] {
    const peer = this.#seen[index]?.settings.name ?? `peer ${index}`;
    return { peer, state: "not_exported", reason, messages: [], sentAtMs: null };
  }
}
