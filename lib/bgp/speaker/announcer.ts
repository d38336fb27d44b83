/**
 * Our own routes on their way to the peers and back: announced, pending, withdrawn, expired, each
 * with a report of what the kernel took for which peer.
 *
 * @module
 */
import { InputError } from "../../errors/mod.ts";
import type { Clock } from "../../io/io.ts";
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import type { ExportPreview, Origination, SendReport, SpeakerEvent } from "../bgp_service.ts";
import type { FamilyIndex } from "../family.ts";
import type { OutboundRoute } from "../outbound_route.ts";
import type { SpeakerSettings } from "../settings.ts";
import { type Delivery, messagesOf } from "./adj_rib_out.ts";
import type { Deadlines } from "./deadlines.ts";
import { exportOrigination, familyOfPrefix } from "./export_rules.ts";
import { Originations } from "./originations.ts";
import type { PeerLink } from "./peer_link.ts";

/** An Established peer that has not taken a route by then reads too slowly: it is pending, milliseconds. */
const DELIVER_WITHIN_MS = 1_000;

/** What the announcer tells the speaker. */
export interface AnnouncerReports {
  onOriginations(all: readonly Origination[]): void;
  onEvent(event: SpeakerEvent): void;
}

/** What it stands on. */
export interface AnnouncerParts {
  readonly settings: Pick<SpeakerSettings, "localAs">;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  /** By the index of the peer. */
  readonly links: readonly PeerLink[];
  readonly reports: AnnouncerReports;
}

type Row = SendReport["peers"][number];

/** Our routes. */
export class Announcer {
  readonly #parts: AnnouncerParts;
  readonly #table = new Originations();
  /** By index of the peer: ids of routes that were reported as pending. */
  readonly #pending = new Map<number, Set<string>>();

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
  }

  /** What the peer is told of a prefix, as far as it is ours. */
  choose(prefix: Prefix, link: PeerLink): OutboundRoute | null {
    const origination = this.#table.find(renderPrefix(prefix), link.settings.index);
    return origination === null ? null : this.#export(origination, link).route;
  }

  /** The prefixes of ours that a peer may be told of. */
  prefixesFor({ settings: { index } }: PeerLink, family: FamilyIndex): readonly Prefix[] {
    return this.#table.all().filter(({ prefix, peers }) =>
      peers.includes(index) && familyOfPrefix(prefix).index === family
    ).map(({ prefix }) => prefix);
  }

  /** What `announce` would send; nothing is sent. */
  preview(origination: Origination): readonly ExportPreview[] {
    return this.#linksOf(origination).map((link): ExportPreview => {
      const { route, reason } = this.#export(origination, link);
      const peer = link.settings.name;
      if (route === null) return { peer, verdict: "not_exported", reason, route, messages: [] };
      const messages = messagesOf([route], link.exportSession.traits);
      if (messages === null) {
        return { peer, verdict: "not_exported", reason: TOO_LONG, route: null, messages: [] };
      }
      return link.isEstablished
        ? { peer, verdict: "send", reason: null, route, messages }
        : { peer, verdict: "pending", reason: sayDown(link), route, messages };
    });
  }

  /**
   * Announces it, in the place of what had its id, until it expires.
   *
   * @throws {InputError} `input.expires_at` if it has expired already
   */
  async announce(origination: Origination): Promise<SendReport> {
    const { deadlines, links, clock } = this.#parts;
    const { id, expiresAtMs } = origination;
    if (expiresAtMs <= clock.now()) {
      const end = new Date(expiresAtMs).toISOString();
      throw new InputError("expires_at", `Cannot announce "${id}": it has expired at ${end}`);
    }
    for (const prefix of this.#table.put(origination)) {
      for (const { out } of links) out.mark(prefix);
    }
    this.#forget(id);
    deadlines.setAt(leaseKey(id), expiresAtMs, () => this.#expire(id));
    this.#tellOriginations();
    return await this.#collect(origination, (link) => this.#announceTo(link, origination));
  }

  /** @throws {InputError} `input.route_id` if nothing of ours has this id */
  async withdraw(id: string): Promise<SendReport> {
    const { deadlines } = this.#parts;
    const origination = this.#table.take(id);
    if (origination === null) {
      throw new InputError(
        "route_id",
        `Cannot withdraw "${id}": nothing that we announce has this id`,
        {
          hint: "bgp_leases lists what we announce.",
        },
      );
    }
    deadlines.cancel(leaseKey(id));
    this.#forget(id);
    this.#tellOriginations();
    return await this.#collect(origination, (link) => this.#withdrawFrom(link, origination));
  }

  async withdrawAll(): Promise<ReadonlyMap<string, SendReport>> {
    const ids = this.#table.all().map(({ id }) => id);
    return new Map(
      await Promise.all(ids.map(async (id) => [id, await this.withdraw(id)] as const)),
    );
  }

  /** Sends a peer everything again; tells of what is ours. */
  async sendAgain(link: PeerLink): Promise<SendReport> {
    const { name, index } = link.settings;
    const row = (rest: Omit<Row, "peer">): SendReport => ({ peers: [{ peer: name, ...rest }] });
    if (!link.isEstablished) return row(pending(sayDown(link)));
    const { families } = link.exportSession.traits;
    const prefixes = this.#table.all().filter(({ prefix, peers }) =>
      peers.includes(index) && families[familyOfPrefix(prefix).index]
    ).map(({ prefix }) => prefix);
    const delivering = prefixes.map((prefix) => this.#inTime(link.out.watch(prefix)));
    link.sendAgain();
    const deliveries = await Promise.all(delivering);
    if (deliveries.includes("late")) return row(pending(SLOW));
    if (deliveries.includes(null)) return row(pending(ENDED));
    // Neither late nor lost: these are all there are.
    const taken = (deliveries as Delivery[]).filter(({ messages }) => messages.length > 0);
    if (taken.length === 0) return row(notExported("nothing of ours goes to this peer"));
    return row(sent(together(taken)));
  }

  /** A session came up: what is ours goes out with the table, and is told. */
  onEstablished(link: PeerLink): void {
    this.#endOverdue();
    const pending = this.#pending.get(link.settings.index);
    const again: Origination[] = [];
    for (const origination of this.#table.all()) {
      if (this.#export(origination, link).route === null) continue;
      const { id, prefix } = origination;
      if (pending?.has(id) === true) this.#tellLater(link, id, link.out.watch(prefix));
      else again.push(origination);
    }
    if (again.length > 0) this.#tellAgain(link, again);
  }

  /** Ends what has expired by the wall clock: a host that slept has counted no time meanwhile. */
  #endOverdue(): void {
    const nowMs = this.#parts.clock.now();
    for (const { id, expiresAtMs } of this.#table.all()) {
      if (expiresAtMs <= nowMs) this.#expire(id);
    }
  }

  #export(origination: Origination, link: PeerLink) {
    return exportOrigination(
      origination,
      this.#parts.settings,
      link.settings,
      link.exportSession,
    );
  }

  async #announceTo(link: PeerLink, origination: Origination): Promise<Omit<Row, "peer">> {
    const { id, prefix } = origination;
    const { route, reason } = this.#export(origination, link);
    if (route === null) return notExported(reason);
    if (!link.isEstablished) {
      this.#pend(link, id);
      return pending(sayDown(link));
    }
    const delivering = link.out.deliver(prefix);
    const delivery = await this.#inTime(delivering);
    // What went out for the prefix is another order's then.
    if (this.#table.get(id) !== origination) return notExported("it was taken back meanwhile");
    if (delivery !== "late" && delivery !== null) {
      return delivery.messages.length === 0 ? notExported(TOO_LONG) : sent(delivery);
    }
    this.#pend(link, id);
    if (delivery === null) return pending(ENDED);
    this.#tellLater(link, id, delivering);
    return pending(SLOW);
  }

  async #withdrawFrom(link: PeerLink, { id, prefix }: Origination): Promise<Omit<Row, "peer">> {
    if (!link.isEstablished) return notExported(`${sayDown(link)}: nothing of ours is there`);
    const delivering = link.out.deliver(prefix);
    const delivery = await this.#inTime(delivering);
    if (delivery !== "late") return withdrawnBy(delivery);
    delivering.then((late) => this.#tellWithdrawn(link, id, prefix, late));
    return pending("it reads too slowly: the withdrawal waits in its queue");
  }

  /** Tells that a withdrawal which waited went out, unless something was announced over it. */
  #tellWithdrawn(link: PeerLink, id: string, prefix: Prefix, late: Delivery | null): void {
    const { name, index } = link.settings;
    if (this.#table.find(renderPrefix(prefix), index) !== null) return;
    const report = { peers: [{ peer: name, ...withdrawnBy(late) }] };
    this.#parts.reports.onEvent({ kind: "withdrawn", id, report });
  }

  async #collect(
    origination: Origination,
    act: (link: PeerLink) => Promise<Omit<Row, "peer">>,
  ): Promise<SendReport> {
    const rows = this.#linksOf(origination).map(async (link): Promise<Row> => ({
      peer: link.settings.name,
      ...await act(link),
    }));
    return { peers: await Promise.all(rows) };
  }

  #expire(id: string): void {
    this.withdraw(id).then((report) =>
      this.#parts.reports.onEvent({ kind: "expired", id, report })
    );
  }

  /** Tells that a pending route went out, once it has. */
  #tellLater(link: PeerLink, id: string, delivering: Promise<Delivery | null>): void {
    const { name, index } = link.settings;
    delivering.then((delivery) => {
      if (delivery === null || delivery.messages.length === 0) return;
      if (this.#pending.get(index)?.delete(id) !== true) return;
      const report = { peers: [{ peer: name, ...sent(delivery) }] };
      this.#parts.reports.onEvent({ kind: "sent", id, report });
    });
  }

  /** Tells of routes that go out once more, all in one: a peer that flaps has them sent each time. */
  async #tellAgain(link: PeerLink, again: readonly Origination[]): Promise<void> {
    const deliveries = await Promise.all(again.map(({ prefix }) => link.out.watch(prefix)));
    const went = deliveries.map((delivery) => delivery?.messages.length ? delivery : null);
    const taken = went.filter((delivery) => delivery !== null);
    if (taken.length === 0) return;
    const ids = again.flatMap(({ id }, at) => went[at] === null ? [] : [id]);
    const report = { peers: [{ peer: link.settings.name, ...sent(together(taken)) }] };
    this.#parts.reports.onEvent({ kind: "resent", ids, report });
  }

  /** The delivery, or `late`. */
  async #inTime(delivering: Promise<Delivery | null>): Promise<Delivery | null | "late"> {
    const done = new AbortController();
    const late = this.#parts.clock.sleep(DELIVER_WITHIN_MS, done.signal)
      .then(() => "late" as const, () => null);
    try {
      return await Promise.race([delivering, late]);
    } finally {
      done.abort();
    }
  }

  #pend({ settings: { index } }: PeerLink, id: string): void {
    const ids = this.#pending.get(index);
    if (ids === undefined) this.#pending.set(index, new Set([id]));
    else ids.add(id);
  }

  #forget(id: string): void {
    for (const ids of this.#pending.values()) ids.delete(id);
  }

  #linksOf({ peers }: Origination): readonly PeerLink[] {
    return this.#parts.links.filter(({ settings }) => peers.includes(settings.index));
  }

  #tellOriginations(): void {
    this.#parts.reports.onOriginations(this.#table.all());
  }
}

const SLOW = "it reads too slowly: the route waits in its queue";
const TOO_LONG = "its attributes do not fit a message";
const ENDED = "the session ended";

function sent({ messages, sentAtMs }: Delivery): Omit<Row, "peer"> {
  return { state: "sent", reason: null, messages, sentAtMs };
}

/** Several at once: routes with the same attributes share their messages. */
function together(deliveries: readonly Delivery[]): Delivery {
  return {
    messages: [...new Set(deliveries.flatMap(({ messages }) => messages))],
    sentAtMs: Math.max(...deliveries.map(({ sentAtMs }) => sentAtMs)),
  };
}

function pending(reason: string): Omit<Row, "peer"> {
  return { state: "pending", reason, messages: [], sentAtMs: null };
}

function notExported(reason: string): Omit<Row, "peer"> {
  return { state: "not_exported", reason, messages: [], sentAtMs: null };
}

/** What a withdrawal came to; null: the session ended before. */
function withdrawnBy(delivery: Delivery | null): Omit<Row, "peer"> {
  if (delivery === null) return notExported(`${ENDED}, and with it the route`);
  return delivery.messages.length === 0
    ? notExported("it was not sent to this peer")
    : sent(delivery);
}

function sayDown(link: PeerLink): string {
  return link.isDisabled ? "the peer is disabled" : `the session is in state ${link.session.state}`;
}

function leaseKey(id: string): string {
  return `lease ${id}`;
}
