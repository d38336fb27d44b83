/**
 * What stands between every tool and the speaker's routes: rails first, then the lease, then the
 * order. Rails are judged when a change is planned and again when it is made.
 *
 * @module
 */
import { InputError } from "../../errors/mod.ts";
import type { Clock } from "../../io/io.ts";
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import type { BgpSpeaker, ExportPreview, SendReport, SpeakerEvent } from "../bgp_service.ts";
import { type BlastRadius, blastRadius, radiusWarnings } from "./blast_radius.ts";
import { refuseOther } from "./confirmed_octets.ts";
import { denied, takenBack, unlessGone } from "./denied.ts";
import { type Asker, type Caller, isLive, type Lease, LeaseBook, stateOf } from "./lease.ts";
import { judgeConnection } from "./disconnect_rule.ts";
import {
  type OriginJudge,
  type OriginOpinion,
  refuseInvalid,
  refuseUnjudged,
} from "./origin_judge.ts";
import { takenBackEvidence } from "./lease_report.ts";
import { OverrideGuard } from "./override_guard.ts";
import { ownAddresses } from "./own_addresses.ts";
import { Pace, restingPrefix, restingSession } from "./pace.ts";
import { originWarnings, previewWarnings } from "./plan_warnings.ts";
import { judgePrefix, type OwnAddress } from "./prefix_rules.ts";
import {
  type JudgedRoute,
  judgeLifetime,
  judgeNextHop,
  judgeRoute,
  type RouteWishes,
} from "./route_rules.ts";
import type { GuardSettings } from "./settings.ts";

/** What the guard stands on. */
export interface RouteGuardParts {
  readonly settings: GuardSettings;
  readonly speaker: BgpSpeaker;
  readonly clock: Pick<Clock, "now" | "monotonicMs">;
  readonly judgeOrigin: OriginJudge;
  /** Addresses beside those of sessions that no route may cover: ends of tunnels, where HTTP is served. */
  readonly protectedAddresses: () => Promise<readonly OwnAddress[]>;
}

/** A route that may be announced, and what it would do. */
export interface RoutePlan {
  readonly route: JudgedRoute;
  readonly previews: readonly ExportPreview[];
  readonly radius: BlastRadius;
  readonly origin: OriginOpinion;
  readonly warnings: readonly string[];
  /** How often everything had been taken back when it was made: plans from before that are void. */
  readonly era: number;
}

/** A longer life for a route of ours, which is sent anew. */
export interface RenewalPlan {
  readonly leaseId: string;
  readonly prefix: Prefix;
  readonly lifetimeSec: number;
  readonly previews: readonly ExportPreview[];
  readonly warnings: readonly string[];
}

/** The rails of one speaker. */
export class RouteGuard {
  readonly settings: GuardSettings;
  readonly overrides: OverrideGuard;
  readonly #parts: RouteGuardParts;
  readonly #book = new LeaseBook();
  readonly #pace: Pace;
  #speaker: BgpSpeaker;
  /** How often everything was taken back. */
  #era = 0;

  constructor(parts: RouteGuardParts) {
    this.#parts = parts;
    this.settings = parts.settings;
    this.#pace = new Pace(parts.settings, parts.clock);
    this.overrides = new OverrideGuard(parts, this.#pace);
    this.#speaker = parts.speaker;
    parts.speaker.onEvent((event) => this.#onEvent(event));
  }

  get speaker(): BgpSpeaker {
    return this.#speaker;
  }

  /**
   * Stands in front of another speaker from now on, where that of before has died: what it announced
   * ended with its sessions. Pace and rest go on.
   */
  follow(speaker: BgpSpeaker): void {
    if (speaker === this.#speaker) return;
    this.#speaker = speaker;
    this.#era++;
    for (const lease of this.#book.live()) {
      this.#end(lease, "withdrawn", NOTHING_SENT);
      lease.note = "the speaker that announced it has ended";
    }
    this.overrides.follow(speaker);
    speaker.onEvent((event) => this.#onEvent(event));
  }

  /** Changes that are left in this minute. */
  get changesLeft(): number {
    return this.#pace.left;
  }

  /**
   * Counts a change of another kind, such as the beginning of a session.
   *
   * @throws {PolicyDenied} `policy.rate`
   */
  admitChange(): void {
    this.#pace.judge(null);
    this.#pace.count();
  }

  /**
   * Counts the end of a session, which every route of ours flaps with.
   *
   * @throws {PolicyDenied} `policy.rate`, `policy.cooldown`
   */
  admitSessionEnd(peer: string): void {
    const session = restingSession(peer);
    this.#pace.judge(session);
    this.#pace.count();
    this.#pace.rest(session);
  }

  /** Every lease, in the order in which they were made; `announced` only while a peer holds it. */
  leases(): readonly Lease[] {
    const up = new Set(
      this.speaker.peers().filter(({ state }) => state === "Established")
        .map(({ settings }) => settings.name),
    );
    return this.#book.all().map((lease) => {
      if (lease.state !== "announced") return { ...lease };
      const holders = (lease.report?.peers ?? []).filter(({ state }) => state === "sent");
      return holders.some(({ peer }) => up.has(peer))
        ? { ...lease }
        : { ...lease, state: "pending" as const, note: "its sessions are down" };
    });
  }

  /**
   * Judges a route and says what it would do; sends nothing.
   *
   * @throws {PolicyDenied} @throws {InputError} whichever rail refuses
   */
  async planRoute(prefix: Prefix, wishes: RouteWishes, caller: Caller): Promise<RoutePlan> {
    judgeConnection(caller.connection, this.settings);
    const entry = judgePrefix(prefix, this.settings, await this.#own());
    const route = judgeRoute(prefix, wishes, entry, this.settings, this.speaker);
    this.#judgeRoom(prefix);
    this.#pace.judge(restingPrefix(renderPrefix(prefix)));
    const { localAs, peers } = this.speaker.settings;
    const origin = await this.#parts.judgeOrigin(prefix, localAs, caller.signal);
    refuseUnjudged(prefix, localAs, origin);
    const previews = await this.speaker.preview(this.#origination(route, "plan"));
    const radius = blastRadius(prefix, this.speaker.rib, peers);
    const warnings = [
      ...radiusWarnings(renderPrefix(prefix), radius),
      ...originWarnings(origin),
      ...previewWarnings(previews),
    ];
    return { route, previews, radius, origin, warnings, era: this.#era };
  }

  /**
   * Announces a route that was planned, under the id of its plan.
   *
   * @throws {PolicyDenied} what has come to forbid it since
   */
  async announce(
    { route, era, previews }: RoutePlan,
    id: string,
    asker: Asker,
    signal: AbortSignal,
  ): Promise<Lease> {
    const { prefix } = route;
    const { localAs } = this.speaker.settings;
    judgeConnection(asker.connection, this.settings);
    judgePrefix(prefix, this.settings, await this.#own());
    refuseUnjudged(prefix, localAs, await this.#parts.judgeOrigin(prefix, localAs, signal));
    refuseOther(prefix, previews, await this.speaker.preview(this.#origination(route, id)));
    // From here to the lease nothing waits, so that two calls of one moment cannot both pass.
    signal.throwIfAborted();
    const mayHave = this.speaker.peers().filter(({ settings: { index } }) =>
      route.peers.includes(index)
    );
    judgeNextHop(route.nextHop, mayHave, this.settings.nextHops);
    if (era !== this.#era) throw takenBack(`announce ${renderPrefix(prefix)}`);
    this.#judgeRoom(prefix);
    this.#pace.judge(restingPrefix(renderPrefix(prefix)));
    this.#pace.count();
    const lease: Lease = {
      id,
      asker,
      createdMs: this.#parts.clock.now(),
      route: this.#origination(route, id),
      state: "planned",
      note: null,
      report: null,
      renewals: 0,
      endedMs: null,
    };
    this.#book.add(lease);
    return await this.#send(lease);
  }

  /**
   * Says what a renewal would send. A source of ROAs that cannot be read forbids none: the route was
   * judged when it was announced.
   *
   * @throws {InputError} `input.not_ours`
   * @throws {PolicyDenied} `policy.own_address`, `policy.rpki_invalid`, `policy.lifetime`, `policy.rate`
   */
  async planRenewal(
    prefix: Prefix,
    wishedSec: number | null,
    { connection, signal }: Caller,
  ): Promise<RenewalPlan> {
    judgeConnection(connection, this.settings);
    const { id, route } = this.#mine(prefix);
    const lifetimeSec = judgeLifetime(wishedSec, this.settings);
    this.#pace.judge(null);
    judgePrefix(prefix, this.settings, await this.#own());
    const { localAs } = this.speaker.settings;
    const origin = await this.#parts.judgeOrigin(prefix, localAs, signal);
    refuseInvalid(prefix, localAs, origin);
    const previews = await this.speaker.preview(route);
    const warnings = [...originWarnings(origin), ...previewWarnings(previews)];
    return { leaseId: id, prefix, lifetimeSec, previews, warnings };
  }

  /**
   * Gives a route of ours a new end, counted from now; it hangs on the caller's connection then.
   *
   * @throws {InputError} `input.not_ours` if it has ended since
   * @throws {PolicyDenied} what has come to forbid it since
   */
  async renew(plan: RenewalPlan, { connection, signal }: Caller): Promise<Lease> {
    const { prefix } = plan;
    judgeConnection(connection, this.settings);
    const { localAs } = this.speaker.settings;
    const lease = this.#mine(prefix);
    if (lease.id !== plan.leaseId) throw notOurs(prefix);
    judgePrefix(prefix, this.settings, await this.#own());
    refuseInvalid(prefix, localAs, await this.#parts.judgeOrigin(prefix, localAs, signal));
    refuseOther(prefix, plan.previews, await this.speaker.preview(lease.route));
    signal.throwIfAborted();
    if (!isLive(lease)) throw notOurs(prefix);
    this.#pace.judge(null);
    this.#pace.count();
    lease.asker = { ...lease.asker, connection };
    lease.route = { ...lease.route, expiresAtMs: this.#endOf(plan.lifetimeSec) };
    lease.renewals++;
    return await this.#send(lease);
  }

  /**
   * Takes back what is ours for a prefix, first the route (null: there was none), then its overrides,
   * whose ids it returns; never refused for pace.
   *
   * @throws {InputError} `input.not_ours`
   */
  async withdraw(
    prefix: Prefix,
  ): Promise<{ readonly lease: Lease | null; readonly overrides: readonly string[] }> {
    const lease = this.#book.liveOf(prefix);
    if (lease !== null) await this.#withdraw(lease);
    const overrides = await this.overrides.lift(prefix);
    if (lease === null && overrides.length === 0) throw notOurs(prefix);
    return { lease, overrides };
  }

  /** Takes everything back: routes, and overrides, whose ids it returns. */
  async withdrawAll(): Promise<
    { readonly leases: readonly Lease[]; readonly overrides: readonly string[] }
  > {
    this.#era++;
    const live = this.#book.live();
    // Neither waits for the other.
    const [reports, overrides] = await Promise.all([
      this.speaker.withdrawAll(),
      this.overrides.liftAll(),
    ]);
    for (const lease of live) {
      this.#end(lease, "withdrawn", reports.get(lease.id) ?? NOTHING_SENT);
    }
    return { leases: live, overrides };
  }

  /**
   * Takes back what hangs on a connection that has ended, where the configuration wants that; returns
   * what the audit record keeps of it, or null if there was nothing.
   */
  async disconnect(connection: string): Promise<Readonly<Record<string, unknown>> | null> {
    if (this.settings.onDisconnect === "keep") return null;
    const leases = this.#book.live().filter(({ asker }) => asker.connection === connection);
    const [overrides] = await Promise.all([
      this.overrides.liftOf(connection),
      ...leases.map((lease) => this.#withdraw(lease)),
    ]);
    return leases.length + overrides.length === 0 ? null : takenBackEvidence(leases, overrides);
  }

  async #withdraw(lease: Lease): Promise<void> {
    const report = await this.#takeBack(lease);
    if (isLive(lease)) this.#end(lease, "withdrawn", report);
  }

  async #own(): Promise<readonly OwnAddress[]> {
    return ownAddresses(this.speaker, await this.#parts.protectedAddresses());
  }

  #endOf(lifetimeSec: number): number {
    return this.#parts.clock.now() + lifetimeSec * 1_000;
  }

  #origination({ lifetimeSec, ...route }: JudgedRoute, id: string): Lease["route"] {
    return { ...route, id, expiresAtMs: this.#endOf(lifetimeSec) };
  }

  #judgeRoom(prefix: Prefix): void {
    const text = renderPrefix(prefix);
    if (this.#book.liveOf(prefix) !== null) {
      throw denied({
        reason: "already_announced",
        message: `Cannot announce ${text}: it is announced already, by us`,
        hint: "Give renew: true for a longer life, or withdraw it first.",
        configKey: null,
      });
    }
    const live = this.#book.live().length;
    if (live < this.settings.maxRoutes) return;
    throw denied({
      reason: "max_routes",
      message: `Cannot announce ${text}: ${live} routes of ours are out, and that is the most`,
      hint: "Withdraw one first; bgp_leases lists them.",
      configKey: "bgp.originate.max_routes",
    });
  }

  #mine(prefix: Prefix): Lease {
    const lease = this.#book.liveOf(prefix);
    if (lease === null) throw notOurs(prefix);
    return lease;
  }

  async #send(lease: Lease): Promise<Lease> {
    let report: SendReport;
    try {
      report = await this.speaker.announce(lease.route);
    } catch (error) {
      // Whether it went out is not known, so it is taken back.
      this.#end(lease, "withdrawn", await this.#takeBack(lease).catch(() => NOTHING_SENT));
      throw error;
    }
    if (isLive(lease)) Object.assign(lease, stateOf(report), { report });
    // Its end was on the way when a renewal set out, which announced it anew.
    else await this.#takeBack(lease);
    return lease;
  }

  /** Withdraws; a route that ended in this moment, by itself or with its thread, is withdrawn already. */
  async #takeBack({ id }: Lease): Promise<SendReport> {
    try {
      return await this.speaker.withdraw(id);
    } catch (error) {
      if (!(error instanceof InputError && error.code === "input.route_id")) unlessGone(error);
      return NOTHING_SENT;
    }
  }

  #end(lease: Lease, state: "withdrawn" | "expired", report: SendReport): void {
    if (isLive(lease)) this.#pace.rest(restingPrefix(renderPrefix(lease.route.prefix)));
    lease.state = state;
    lease.note = null;
    lease.report = report;
    lease.endedMs = this.#parts.clock.now();
  }

  #onEvent(event: SpeakerEvent): void {
    if (event.kind === "resent") {
      for (const id of event.ids) this.#take(id, { kind: "sent", id, report: event.report });
    } else if (event.kind === "sent" || event.kind === "expired" || event.kind === "withdrawn") {
      this.#take(event.id, event);
    }
  }

  /** What the speaker did with a route by itself. */
  #take(
    id: string,
    event: Extract<SpeakerEvent, { readonly kind: "sent" | "expired" | "withdrawn" }>,
  ): void {
    const lease = this.#book.get(id);
    if (lease === null) return;
    if (event.kind === "withdrawn") {
      if (isLive(lease)) {
        this.#end(lease, "withdrawn", event.report);
        lease.note = event.report.peers.find(({ state }) => state !== "sent")?.reason ?? null;
      } else lease.report = merged(lease.report, event.report);
    } else if (!isLive(lease)) return;
    else if (event.kind === "expired") {
      // Renewed in that moment: it is out again, and the lease with it.
      if (this.speaker.originations().some(({ id }) => id === lease.id)) return;
      this.#end(lease, "expired", event.report);
    } else {
      const report = merged(lease.report, event.report);
      Object.assign(lease, stateOf(report), { report });
    }
  }
}

const NOTHING_SENT: SendReport = { peers: [] };

/** What is known of each peer, the newer word of it. */
function merged(before: SendReport | null, news: SendReport): SendReport {
  const rows = [...before?.peers ?? [], ...news.peers];
  return { peers: [...new Map(rows.map((row) => [row.peer, row])).values()] };
}

function notOurs(prefix: Prefix): InputError {
  return new InputError(
    "not_ours",
    `Cannot change ${renderPrefix(prefix)}: it is no route that we announce`,
    { hint: "Only routes of ours can be renewed and withdrawn; bgp_leases lists them." },
  );
}
