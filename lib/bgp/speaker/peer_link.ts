/**
 * One peer: its session, what it sends into the tables, and what of it is kept how long.
 *
 * @module
 */
import type { Clock } from "../../io/io.ts";
import { CAPABILITY } from "../codec/capability.ts";
import { encodeEndOfRib } from "../codec/update_encode.ts";
import { CEASE, NOTIFICATION } from "../codec/notification_codes.ts";
import { encodeRouteRefresh } from "../codec/route_refresh.ts";
import { FAMILIES, type FamilyIndex } from "../family.ts";
import type { UpdateParts } from "../codec/update_parts.ts";
import type { RibWriter } from "../rib/rib_writer.ts";
import type { MalformedUpdate } from "../session/malformed_update.ts";
import type {
  Negotiated,
  Session,
  SessionEvents,
  SessionIncident,
  SessionState,
} from "../session/session.ts";
import type { PeerSettings, SpeakerSettings } from "../settings.ts";
import { AdjRibOut, type RouteChoice } from "./adj_rib_out.ts";
import type { Deadlines } from "./deadlines.ts";
import { expectedSession, type ExportSession } from "./export_rules.ts";
import type { Slices } from "./slices.ts";

/** Most paths that one step of a sweep removes: some 0.2 ms. */
const SWEEP_STEP = 512;

/** Attribute sets that one step looks at for those that swept routes left: at most some 0.5 ms. */
const COLLECT_STEP = 512;

/** How long stale routes wait for End-of-RIB after the peer came back, milliseconds (RFC 4724 §4.2 lets one choose). */
const STALE_MS = 360_000;

/** How long they wait for the end of a refresh, milliseconds (RFC 7313 §4 lets one choose). */
const REFRESH_MS = 300_000;

/** Between two beginnings of a refresh that count, milliseconds. */
const REFRESH_APART_MS = 1_000;

/** Between two reports that a peer has more prefixes than it may, where that ends no session, milliseconds. */
const WARN_APART_MS = 60_000;

/** Numbers are shown anew after so many UPDATEs of a burst. */
const UPDATES_PER_REPORT = 256;

/** What a link tells the speaker. */
export interface LinkReports {
  onState(state: SessionState, reason: string): void;
  onNegotiated(negotiated: Negotiated | null): void;
  onIncident(incident: SessionIncident): void;
  onMalformed(malformed: MalformedUpdate): void;
  onEndOfRib(endOfRib: readonly [boolean, boolean]): void;
  onDisabled(isDisabled: boolean): void;
  /** More prefixes than the peer may send; told once until there are fewer again, and once a minute. */
  onTooMany(count: number): void;
  /** An UPDATE may have changed what others are told. */
  onRoutes(): void;
  /** Its numbers are worth showing. */
  onNumbers(): void;
}

/** What a link stands on. */
export interface LinkParts {
  readonly speaker: Pick<SpeakerSettings, "localAs" | "routerId">;
  readonly peer: PeerSettings;
  readonly rib: RibWriter;
  readonly clock: Pick<Clock, "now">;
  readonly slices: Slices;
  readonly deadlines: Deadlines;
  readonly choice: RouteChoice;
  readonly reports: LinkReports;
  readonly openSession: (events: SessionEvents) => Session;
}

/** One peer. */
export class PeerLink {
  readonly settings: PeerSettings;
  readonly session: Session;
  readonly out: AdjRibOut;
  readonly #parts: LinkParts;
  readonly #endOfRib: [boolean, boolean] = [false, false];
  /** By family: stale routes are kept from before a restart of the peer. */
  readonly #keepsStale: [boolean, boolean] = [false, false];
  /** By family: stale routes are being removed. */
  readonly #isSweeping: [boolean, boolean] = [false, false];
  /** Of the session that is up, or was up last. */
  #negotiated: Negotiated | null = null;
  #isDisabled = false;
  #isOverLimit = false;
  #updates = 0;

  constructor(parts: LinkParts) {
    const { peer, slices, clock, choice } = this.#parts = parts;
    this.settings = peer;
    this.out = new AdjRibOut(peer.index, choice, slices, clock);
    this.session = parts.openSession({
      onState: (state, reason) => parts.reports.onState(state, reason),
      onEstablished: (negotiated) => this.#onEstablished(negotiated),
      onUpdate: (update) => this.#onUpdate(update),
      onRefresh: (family, subtype) => this.#onRefresh(family, subtype),
      onDown: (incident, graceful) => this.#onDown(incident, graceful),
      onIncident: (incident) => parts.reports.onIncident(incident),
      onMalformed: (malformed) => parts.reports.onMalformed(malformed),
      onDrain: () => this.out.resume(),
    });
  }

  get isDisabled(): boolean {
    return this.#isDisabled;
  }

  /** What routes depend on: the session as agreed on, else as it can be expected. */
  get exportSession(): ExportSession {
    const { negotiated } = this.session;
    return negotiated === null
      ? expectedSession(this.#parts.speaker, this.settings)
      : { traits: negotiated.traits, localAddress: negotiated.localAddress };
  }

  get isEstablished(): boolean {
    return this.session.state === "Established";
  }

  /** Begins, or begins again. */
  enable(): void {
    this.#parts.deadlines.cancel(this.#key("limit"));
    this.#setDisabled(false);
    this.session.enable();
  }

  /** Ends the session with this text (RFC 9003); it stays down until it is enabled. */
  disable(text: string): void {
    this.#parts.deadlines.cancel(this.#key("limit"));
    this.#setDisabled(true);
    this.session.disable(text);
    this.#dropKept();
  }

  /** Asks for all routes of a family again (RFC 2918); false if the peer cannot or is down. */
  requestRefresh(family: FamilyIndex): boolean {
    const { negotiated } = this.session;
    if (!this.isEstablished || negotiated === null || !negotiated.routeRefresh) return false;
    if (!negotiated.traits.families[family]) return false;
    return this.session.send(encodeRouteRefresh(FAMILIES[family], 0));
  }

  /** Sends all routes again, between the marks of a refresh where the peer knows them (RFC 7313 §4). */
  sendAgain(): void {
    const { negotiated } = this.session;
    if (negotiated === null) return;
    for (const { index } of FAMILIES) {
      if (negotiated.traits.families[index]) this.#sendAgain(index, negotiated.enhancedRefresh);
    }
  }

  #onEstablished(negotiated: Negotiated): void {
    const { rib, peer, speaker, deadlines, reports } = this.#parts;
    this.#negotiated = negotiated;
    const { traits, gracefulRestart } = negotiated;
    deadlines.cancel(this.#key("restart"));
    this.#isOverLimit = false;
    this.#endOfRib.fill(false);
    rib.peerUp({
      index: peer.index,
      traits,
      routerId: negotiated.routerId,
      address: peer.address,
      localRouterId: routerIdNumber(speaker.routerId),
      localRole: traits.isEbgp ? peer.role : null,
      rejectAll: peer.importPolicy === "none" && traits.isEbgp,
    });
    for (const { index } of FAMILIES) {
      if (!this.#keepsStale[index]) continue;
      const isKept = gracefulRestart?.families[index] && gracefulRestart.forwarding[index];
      if (isKept) deadlines.set(this.#key("stale", index), STALE_MS, () => this.#drop(index));
      else this.#drop(index);
    }
    reports.onNegotiated(negotiated);
    reports.onEndOfRib(this.#endOfRib);
    this.out.open({ session: this.session, traits });
    for (const family of FAMILIES) {
      if (!traits.families[family.index]) continue;
      this.out.sendTable({
        family: family.index,
        before: null,
        behind: encodeEndOfRib(family.index),
      });
    }
    reports.onNumbers();
  }

  #onUpdate(update: UpdateParts): void {
    const { rib, peer, reports } = this.#parts;
    const { announced, withdrawn } = rib.ingest(peer.index, update);
    if (announced > 0) this.#checkLimit();
    if (announced > 0 || withdrawn > 0) reports.onRoutes();
    const family = update.endOfRib;
    if (family === 0 || family === 1) this.#onEndOfRib(family);
    if (++this.#updates % UPDATES_PER_REPORT === 0) reports.onNumbers();
  }

  #onEndOfRib(family: FamilyIndex): void {
    this.#endOfRib[family] = true;
    this.#parts.reports.onEndOfRib(this.#endOfRib);
    if (this.#keepsStale[family]) this.#drop(family);
  }

  #onRefresh(family: FamilyIndex, subtype: 0 | 1 | 2): void {
    const negotiated = this.#negotiated;
    if (negotiated === null || !negotiated.traits.families[family]) return;
    switch (subtype) {
      case 0:
        return this.#sendAgain(family, negotiated.enhancedRefresh);
      case 1:
        if (this.#mayBegin(family, negotiated)) this.#beginRefresh(family);
        return;
      case 2:
        if (this.#parts.deadlines.has(this.#key("refresh", family))) this.#drop(family);
    }
  }

  /** RFC 7313 §4: what a peer that can restart, helped or not, sends before its End-of-RIB is no refresh. */
  #mayBegin(family: FamilyIndex, { enhancedRefresh, theirs }: Negotiated): boolean {
    const canRestart = theirs.some(({ code }) => code === CAPABILITY.gracefulRestart);
    return enhancedRefresh && (!canRestart || this.#endOfRib[family]);
  }

  /** A peer that begins again and again has its routes marked once a second: a mark costs a walk. */
  #beginRefresh(family: FamilyIndex): void {
    const { deadlines } = this.#parts;
    if (deadlines.has(this.#key("begun", family))) return;
    deadlines.set(this.#key("begun", family), REFRESH_APART_MS, () => {});
    this.#markStale(family);
    deadlines.set(this.#key("refresh", family), REFRESH_MS, () => this.#drop(family));
  }

  #sendAgain(family: FamilyIndex, isMarked: boolean): void {
    const mark = (subtype: 1 | 2) =>
      isMarked ? encodeRouteRefresh(FAMILIES[family], subtype) : null;
    this.out.sendTable({ family, before: mark(1), behind: mark(2) });
  }

  #onDown(incident: SessionIncident, isGraceful: boolean): void {
    const { rib, peer, deadlines, reports } = this.#parts;
    const restart = isGraceful && peer.gracefulRestart
      ? this.#negotiated?.gracefulRestart ?? null
      : null;
    this.out.close();
    for (const { index } of FAMILIES) {
      deadlines.cancel(this.#key("refresh", index));
      deadlines.cancel(this.#key("stale", index));
      this.#keepsStale[index] = restart?.families[index] ?? false;
      if (this.#keepsStale[index]) this.#markStale(index);
      else {
        rib.markStale(peer.index, index);
        this.#drop(index);
      }
    }
    if (restart !== null) {
      const withinMs = restart.restartSec * 1000;
      deadlines.set(this.#key("restart"), withinMs, () => this.#dropKept());
    }
    reports.onNegotiated(null);
    reports.onIncident(incident);
    reports.onNumbers();
  }

  /**
   * Marks what is there as stale. What is stale already goes first, as RFC 4724 §4.2 wants it where a
   * peer restarts once more; that is the one sweep that does not stop for others.
   */
  #markStale(family: FamilyIndex): void {
    const { rib, peer, slices } = this.#parts;
    slices.cancel(this.#key("sweep", family));
    this.#isSweeping[family] = false;
    while (rib.sweep(peer.index, family, "stale", SWEEP_STEP));
    rib.markStale(peer.index, family);
  }

  /** Removes what is stale, in slices. */
  #drop(family: FamilyIndex): void {
    const { rib, peer, slices, deadlines, reports } = this.#parts;
    this.#keepsStale[family] = false;
    deadlines.cancel(this.#key("stale", family));
    deadlines.cancel(this.#key("refresh", family));
    this.#isSweeping[family] = true;
    slices.add(this.#key("sweep", family), () => {
      const isMore = rib.sweep(peer.index, family, "stale", SWEEP_STEP);
      reports.onRoutes();
      this.#isSweeping[family] = isMore;
      // What the routes had waits until those of both families are gone.
      if (!this.#isSweeping.includes(true)) {
        slices.add("collect", () => rib.collect(COLLECT_STEP));
      }
      return isMore;
    });
  }

  /** Removes what is kept for a peer that restarts: it is waited for no longer. */
  #dropKept(): void {
    this.#parts.deadlines.cancel(this.#key("restart"));
    for (const { index } of FAMILIES) if (this.#keepsStale[index]) this.#drop(index);
  }

  #checkLimit(): void {
    const { rib, reports, deadlines } = this.#parts;
    const { index, maxPrefixes, maxPrefixesAction, maxPrefixesRestartSec } = this.settings;
    if (maxPrefixes === null) return;
    const count = rib.freshPaths(index);
    if (count <= maxPrefixes) {
      this.#isOverLimit = false;
      return;
    }
    if (this.#isOverLimit) return;
    this.#isOverLimit = true;
    if (maxPrefixesAction === "warn") {
      if (deadlines.has(this.#key("warned"))) return;
      deadlines.set(this.#key("warned"), WARN_APART_MS, () => {});
      return reports.onTooMany(count);
    }
    reports.onTooMany(count);
    this.session.reset(NOTIFICATION.cease, CEASE.maxPrefixes, NO_DATA);
    this.session.disable("");
    this.#setDisabled(true);
    if (maxPrefixesAction === "idle") return;
    deadlines.set(this.#key("limit"), maxPrefixesRestartSec * 1000, () => this.enable());
  }

  #setDisabled(isDisabled: boolean): void {
    this.#isDisabled = isDisabled;
    this.#parts.reports.onDisabled(isDisabled);
  }

  #key(what: string, family: FamilyIndex | "" = ""): string {
    return `${what} ${this.settings.index} ${family}`;
  }
}

/** The limit is of both families together: RFC 4486 §4 has data for one only, and leaves it out gladly. */
const NO_DATA = new Uint8Array(0);

function routerIdNumber(dotted: string): number {
  return dotted.split(".").reduce((number, octet) => number * 256 + Number(octet), 0);
}
