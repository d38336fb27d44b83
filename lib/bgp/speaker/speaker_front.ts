/**
 * The speaker as the main thread has it: reads in place and from the mirror, and hands orders on.
 *
 * @module
 */
import type { Clock } from "../../io/io.ts";
import type { Prefix } from "../../ip/prefix.ts";
import type {
  BgpSpeaker,
  ExportPreview,
  ListenerStatus,
  LocalPrefOverride,
  Origination,
  PeerStatus,
  SendReport,
  SpeakerEvent,
} from "../bgp_service.ts";
import type { FamilyIndex } from "../family.ts";
import type { RibReader } from "../rib/rib_reader.ts";
import type { SpeakerSettings } from "../settings.ts";
import type { PeerMirror } from "./peer_mirror.ts";
import type { SpeakerLine } from "./speaker_line.ts";
import type { Report } from "./speaker_messages.ts";

/** A thread that has not said goodbye by then is ended, milliseconds. */
const STOP_WITHIN_MS = 1_900;

/** A thread that has not taken everything back by then hangs, milliseconds: slow peers cost it one second. */
const WITHDRAW_WITHIN_MS = 5_000;

/** What the front stands on. */
export interface FrontParts {
  readonly settings: SpeakerSettings;
  readonly clock: Clock;
  readonly rib: RibReader;
  readonly changes: BgpSpeaker["changes"];
  readonly mirror: PeerMirror;
  readonly line: SpeakerLine;
}

/** The speaker on the main thread. */
export class SpeakerFront implements BgpSpeaker {
  readonly settings: SpeakerSettings;
  readonly rib: RibReader;
  readonly changes: BgpSpeaker["changes"];
  readonly #clock: Clock;
  readonly #mirror: PeerMirror;
  readonly #line: SpeakerLine;
  readonly #listeners = new Set<(event: SpeakerEvent) => void>();
  #stopping: Promise<void> | null = null;

  constructor({ settings, clock, rib, changes, mirror, line }: FrontParts) {
    this.settings = settings;
    this.rib = rib;
    this.changes = changes;
    this.#clock = clock;
    this.#mirror = mirror;
    this.#line = line;
  }

  peers(): readonly PeerStatus[] {
    return this.#mirror.statuses();
  }

  listener(): ListenerStatus {
    return this.#mirror.listener;
  }

  originations(): readonly Origination[] {
    return this.#mirror.originations;
  }

  preview(origination: Origination): Promise<readonly ExportPreview[]> {
    return this.#line.ask({ kind: "preview", origination });
  }

  announce(origination: Origination): Promise<SendReport> {
    return this.#line.ask({ kind: "announce", origination });
  }

  withdraw(id: string): Promise<SendReport> {
    return this.#line.ask({ kind: "withdraw", id });
  }

  async withdrawAll(): Promise<ReadonlyMap<string, SendReport>> {
    const patience = new AbortController();
    const late = this.#clock.sleep(WITHDRAW_WITHIN_MS, patience.signal).then(
      () => null,
      () => null,
    );
    const reports = await Promise.race([this.#line.ask({ kind: "withdraw_all" }), late])
      .finally(() => patience.abort());
    if (reports !== null) return reports;
    // With the thread end its sessions, and with them whatever is out.
    this.#line.end();
    return new Map();
  }

  async overrideLocalPref(override: LocalPrefOverride): Promise<void> {
    await this.#line.ask({ kind: "override", override });
  }

  async liftLocalPref(prefix: Prefix, peer: number | null): Promise<void> {
    await this.#line.ask({ kind: "lift_override", prefix, peer });
  }

  overrides(): readonly LocalPrefOverride[] {
    return this.#mirror.overrides;
  }

  refresh(peer: number, family: FamilyIndex): Promise<boolean> {
    return this.#line.ask({ kind: "refresh", peer, family });
  }

  async enable(peer: number): Promise<void> {
    await this.#line.ask({ kind: "enable", peer });
  }

  async disable(peer: number, text: string): Promise<void> {
    await this.#line.ask({ kind: "disable", peer, text });
  }

  softOut(peer: number): Promise<SendReport> {
    return this.#line.ask({ kind: "soft_out", peer });
  }

  onEvent(listener: (event: SpeakerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Takes a report of the thread in. */
  take(report: Report): void {
    const event = this.#mirror.take(report);
    if (event !== null) this.#tell(event);
  }

  /** The thread has ended, and with its sessions whatever was out. */
  lose(reason: string): void {
    for (const event of this.#mirror.lose(reason, this.#clock.now())) this.#tell(event);
  }

  #tell(event: SpeakerEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  stop(text: string): Promise<void> {
    return this.#stopping ??= this.#stop(text);
  }

  async #stop(text: string): Promise<void> {
    const patience = new AbortController();
    const late = this.#clock.sleep(STOP_WITHIN_MS, patience.signal).catch(() => {});
    // A thread that is gone has nothing to stop.
    await Promise.race([this.#line.ask({ kind: "stop", text }).catch(() => {}), late]);
    patience.abort();
    this.#line.end();
  }
}
