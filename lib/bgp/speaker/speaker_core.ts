/**
 * The speaker itself: sessions, tables and our routes, told what to do by orders and telling what
 * happens by reports. It runs in a thread of its own, or in the one that asks.
 *
 * @module
 */
import type { Clock, Listener, ListenRequest } from "../../io/io.ts";
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import type { BgpSpeaker, LocalPrefOverride } from "../bgp_service.ts";
import type { FamilyIndex } from "../family.ts";
import { OriginTable } from "../rib/origin_table.ts";
import type { RibReader } from "../rib/rib_reader.ts";
import type { RibWriter } from "../rib/rib_writer.ts";
import type { Session, SessionEvents } from "../session/session.ts";
import type { PeerSettings, SpeakerSettings } from "../settings.ts";
import type { RouteChoice } from "./adj_rib_out.ts";
import { Announcer } from "./announcer.ts";
import { Deadlines } from "./deadlines.ts";
import { Door } from "./door.ts";
import { type LinkReports, PeerLink } from "./peer_link.ts";
import { unpackPayloads } from "./packed_payloads.ts";
import type { PeerNumbers } from "./peer_numbers.ts";
import { Slices } from "./slices.ts";
import type { Order, Replies, Report } from "./speaker_messages.ts";
import { Transit } from "./transit.ts";

/** The numbers of all peers are shown anew so often, milliseconds. */
const NUMBERS_EVERY_MS = 100;

/** Prefixes whose origins one step judges anew: some 0.2 ms. */
const REVALIDATE_STEP = 512;

/** What the speaker stands on. */
export interface CoreParts {
  readonly settings: SpeakerSettings;
  readonly clock: Clock;
  readonly rib: RibWriter;
  readonly reader: RibReader;
  readonly changes: BgpSpeaker["changes"];
  readonly numbers: PeerNumbers;
  readonly openSession: (peer: PeerSettings, events: SessionEvents) => Session;
  /** @throws {PermissionMissing} @throws {Unavailable} */
  readonly listen: (request: ListenRequest) => Listener;
  readonly report: (report: Report) => void;
  /** Told of faults of our own that no order waits for. */
  readonly onFault: (error: unknown) => void;
}

/** The speaker. */
export class SpeakerCore {
  readonly #parts: CoreParts;
  readonly #slices: Slices;
  readonly #deadlines: Deadlines;
  readonly #links: PeerLink[] = [];
  readonly #announcer: Announcer;
  readonly #transit: Transit;
  readonly #door: Door;
  readonly #overrides = new Map<string, LocalPrefOverride>();
  #stopping: Promise<null> | null = null;

  constructor(parts: CoreParts) {
    const { settings, clock, report } = this.#parts = parts;
    this.#slices = new Slices(clock, parts.onFault);
    this.#deadlines = new Deadlines(clock);
    this.#announcer = new Announcer({
      settings,
      clock,
      deadlines: this.#deadlines,
      links: this.#links,
      reports: {
        onOriginations: (all) => report({ kind: "originations", all }),
        onEvent: (event) => report({ kind: "event", event }),
      },
    });
    this.#transit = new Transit({
      settings,
      reader: parts.reader,
      changes: parts.changes,
      slices: this.#slices,
      links: this.#links,
    });
    for (const peer of settings.peers) this.#links.push(this.#link(peer));
    this.#door = new Door({
      settings,
      clock,
      listen: parts.listen,
      welcome: ({ index }, connection) => this.#linkOf(index).session.accept(connection),
      report: (status) => report({ kind: "listener", status }),
    });
  }

  /** The links, by the index of the peer. */
  get links(): readonly PeerLink[] {
    return this.#links;
  }

  /** Sets the sessions going. */
  start(): void {
    for (const link of this.#links) {
      if (link.settings.enabled) link.enable();
      else link.disable("");
    }
    this.#showNumbers();
    this.#door.open();
  }

  /** Does what an order says. */
  async run<K extends Order["kind"]>(order: Extract<Order, { kind: K }>): Promise<Replies[K]> {
    // The reply of each kind is the one that `Replies` names.
    return await this.#do(order) as Replies[K];
  }

  async #do(order: Order): Promise<Replies[keyof Replies]> {
    switch (order.kind) {
      case "preview":
        return this.#announcer.preview(order.origination);
      case "announce":
        return await this.#announcer.announce(order.origination);
      case "withdraw":
        return await this.#announcer.withdraw(order.id);
      case "withdraw_all":
        return await this.#announcer.withdrawAll();
      case "override":
        return this.#override(order.override);
      case "lift_override":
        return this.#lift(order.prefix, order.peer);
      case "refresh":
        return this.#linkOf(order.peer).requestRefresh(order.family);
      case "enable":
        this.#linkOf(order.peer).enable();
        return null;
      case "disable":
        this.#linkOf(order.peer).disable(order.text);
        return null;
      case "soft_out":
        return await this.#announcer.sendAgain(this.#linkOf(order.peer));
      case "payloads":
        this.#parts.rib.useOrigins(new OriginTable(unpackPayloads(order.words)));
        this.#slices.add("revalidate", () => this.#parts.rib.revalidate(REVALIDATE_STEP));
        return null;
      case "stop":
        return await (this.#stopping ??= this.#stop(order.text));
    }
  }

  /** Withdraws and tells of it, says goodbye, closes. */
  async #stop(text: string): Promise<null> {
    const { clock, report } = this.#parts;
    this.#door.close();
    const patience = new AbortController();
    const within = clock.sleep(WITHDRAW_WITHIN_MS, patience.signal).catch(() => {});
    const withdrawing = this.#announcer.withdrawAll();
    await Promise.race([withdrawing, within]);
    patience.abort();
    await Promise.all(this.#links.map(({ session }) => session.stop(text)));
    // With the sessions ends whatever still waited for a peer.
    for (const [id, sent] of await withdrawing) {
      report({ kind: "event", event: { kind: "withdrawn", id, report: sent } });
    }
    this.#deadlines.clear();
    this.#slices.clear();
    return null;
  }

  #link(peer: PeerSettings): PeerLink {
    const { settings, clock, rib, openSession } = this.#parts;
    const link: PeerLink = new PeerLink({
      speaker: settings,
      peer,
      rib,
      clock,
      slices: this.#slices,
      deadlines: this.#deadlines,
      choice: this.#choiceOf(() => link),
      reports: this.#reportsOf(peer, () => link),
      openSession: (events) => openSession(peer, events),
    });
    return link;
  }

  #choiceOf(linkOf: () => PeerLink): RouteChoice {
    const [announcer, transit] = [this.#announcer, this.#transit];
    return {
      choose: (prefix) => announcer.choose(prefix, linkOf()) ?? transit.choose(prefix, linkOf()),
      *candidates(family: FamilyIndex): Generator<readonly Prefix[], undefined> {
        yield announcer.prefixesFor(linkOf(), family);
        yield* transit.candidates(linkOf(), family);
      },
    };
  }

  #reportsOf(peer: PeerSettings, linkOf: () => PeerLink): LinkReports {
    const { report, clock } = this.#parts;
    const { index } = peer;
    return {
      onState: (state, reason) =>
        report({ kind: "state", peer: index, state, reason, atMs: clock.now() }),
      onNegotiated: (negotiated) => {
        report({ kind: "negotiated", peer: index, negotiated });
        if (negotiated !== null) queueMicrotask(() => this.#announcer.onEstablished(linkOf()));
      },
      onIncident: (incident) => report({ kind: "incident", peer: index, incident }),
      onMalformed: (malformed) => report({ kind: "malformed", peer: index, malformed }),
      onEndOfRib: ([ipv4, ipv6]) =>
        report({ kind: "end_of_rib", peer: index, endOfRib: [ipv4, ipv6] }),
      onDisabled: (isDisabled) => report({ kind: "disabled", peer: index, isDisabled }),
      onTooMany: (count) =>
        report({ kind: "event", event: { kind: "max_prefixes", peer: peer.name, count } }),
      onRoutes: () => this.#transit.follow(),
      onNumbers: () => this.#showNumbersOf(linkOf()),
    };
  }

  #override(override: LocalPrefOverride): null {
    const { rib, report } = this.#parts;
    const { prefix, peer, localPref, expiresAtMs } = override;
    const key = overrideKey(prefix, peer);
    rib.overrideLocalPref(prefix, peer, localPref);
    this.#overrides.set(key, override);
    this.#deadlines.setAt(key, expiresAtMs, () => {
      this.#lift(prefix, peer);
      report({ kind: "event", event: { kind: "override_expired", override } });
    });
    this.#tellOverrides();
    return null;
  }

  #lift(prefix: Prefix, peer: number | null): null {
    const key = overrideKey(prefix, peer);
    this.#parts.rib.overrideLocalPref(prefix, peer, null);
    this.#overrides.delete(key);
    this.#deadlines.cancel(key);
    this.#tellOverrides();
    return null;
  }

  #tellOverrides(): void {
    this.#parts.report({ kind: "overrides", all: [...this.#overrides.values()] });
  }

  #showNumbers(): void {
    for (const link of this.#links) this.#showNumbersOf(link);
    this.#deadlines.set("numbers", NUMBERS_EVERY_MS, () => this.#showNumbers());
  }

  #showNumbersOf({ settings: { index }, session: { counters }, out }: PeerLink): void {
    this.#parts.numbers.write(index, counters, out.counts);
  }

  #linkOf(peer: number): PeerLink {
    const link = this.#links[peer];
    if (link === undefined) throw new RangeError(`There is no peer ${peer}`);
    return link;
  }
}

function overrideKey(prefix: Prefix, peer: number | null): string {
  return `override ${peer ?? "all"} ${renderPrefix(prefix)}`;
}

/** What a stop waits for the withdrawals to go out, milliseconds: with the goodbye less than two seconds. */
const WITHDRAW_WITHIN_MS = 500;
