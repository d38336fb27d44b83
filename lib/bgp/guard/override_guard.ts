/**
 * LOCAL_PREF overrides on import: how far they go, how long, and what they do to the decision.
 *
 * @module
 */
import { InputError } from "../../errors/mod.ts";
import type { Clock } from "../../io/io.ts";
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import type { BgpSpeaker } from "../bgp_service.ts";
import { findPeer } from "../find_peer.ts";
import { type Decision, decisionOf } from "./decision_preview.ts";
import { denied, takenBack, unlessGone } from "./denied.ts";
import { judgeConnection } from "./disconnect_rule.ts";
import type { Pace } from "./pace.ts";
import { judgeLifetime } from "./route_rules.ts";
import type { GuardSettings } from "./settings.ts";

/** What the overrides stand on. */
export interface OverrideGuardParts {
  readonly settings: GuardSettings;
  readonly speaker: BgpSpeaker;
  readonly clock: Pick<Clock, "now">;
}

/** An override that may be set, and what it would do. */
export interface OverridePlan {
  readonly prefix: Prefix;
  /** Index; null: the paths of every peer. */
  readonly peer: number | null;
  readonly peerName: string | null;
  readonly localPref: number;
  readonly lifetimeSec: number;
  readonly before: Decision;
  /** Computed, not decided. */
  readonly after: Decision;
  readonly warnings: readonly string[];
  /** How often all had been lifted when it was made: plans from before that are void. */
  readonly era: number;
}

/** What an override is of. */
type Place = Pick<OverridePlan, "prefix" | "peer">;

/** An override of ours. */
interface Ours extends Place {
  /** Of the plan that it was made by. */
  readonly id: string;
  /** As in `Asker`. */
  readonly connection: string | null;
  /** The speaker has said that it is in force. */
  isSet: boolean;
}

/** The overrides of one speaker. */
export class OverrideGuard {
  readonly #parts: OverrideGuardParts;
  readonly #pace: Pace;
  /** Those in force and those that are being set: what the speaker reports comes a moment later. */
  readonly #ours = new Map<string, Ours>();
  #speaker: BgpSpeaker;
  /** How often all were lifted. */
  #era = 0;

  constructor(parts: OverrideGuardParts, pace: Pace) {
    this.#parts = parts;
    this.#pace = pace;
    this.#speaker = parts.speaker;
    this.#listen();
  }

  /** As `RouteGuard.follow`: the overrides of a speaker ended with it. */
  follow(speaker: BgpSpeaker): void {
    this.#speaker = speaker;
    this.#era++;
    this.#ours.clear();
    this.#listen();
  }

  #listen(): void {
    this.#speaker.onEvent((event) => {
      if (event.kind !== "override_expired") return;
      const key = keyOf(event.override);
      // One that is being set is another than the one that ended.
      if (this.#ours.get(key)?.isSet === true) this.#ours.delete(key);
    });
  }

  /**
   * Judges an override and says what it would do.
   *
   * @throws {InputError} `input.network` if nothing is known of the prefix, `input.peer`
   * @throws {PolicyDenied} `policy.no_session`, `policy.lifetime`, `policy.max_routes`,
   *   `policy.rate`
   */
  plan(
    prefix: Prefix,
    wished: {
      readonly peer: string | null;
      readonly localPref: number;
      readonly lifetimeSec: number | null;
    },
    connection: string | null,
  ): OverridePlan {
    const { settings } = this.#parts;
    judgeConnection(connection, settings);
    const speaker = this.#speaker;
    const { peers } = speaker.settings;
    const peer = wished.peer === null ? null : findPeer(speaker, wished.peer);
    const index = peer?.settings.index ?? null;
    const override = { peer: index, localPref: wished.localPref };
    const before = decisionOf(prefix, speaker.rib, peers, null);
    const after = decisionOf(prefix, speaker.rib, peers, override);
    if (before === null || after === null) {
      throw new InputError(
        "network",
        `Cannot adjust ${renderPrefix(prefix)}: no peer announces it`,
        {
          hint: "bgp_get_rib lists what there is.",
        },
      );
    }
    const lifetimeSec = judgeLifetime(wished.lifetimeSec, settings);
    this.#judgeRoom({ prefix, peer: index });
    this.#pace.judge(null);
    const passedOn = peers.filter(({ transitFrom }) => transitFrom.length > 0);
    return {
      prefix,
      peer: index,
      peerName: peer?.settings.name ?? null,
      localPref: wished.localPref,
      lifetimeSec,
      before,
      after,
      warnings: [
        ...(before.best === after.best ? ["The best path stays the same."] : []),
        ...(passedOn.length > 0 && before.best !== after.best
          ? ["Peers that we pass routes on to (transit) would hear of the change."]
          : []),
      ],
      era: this.#era,
    };
  }

  /**
   * Sets it under the id of its plan; it lifts itself when its time is over. Returns the decision
   * that came of it.
   *
   * @throws {PolicyDenied} `policy.no_session`, `policy.taken_back`, `policy.max_routes`,
   *   `policy.rate`
   */
  async set(
    { prefix, peer, localPref, lifetimeSec, era }: OverridePlan,
    { id, connection }: { readonly id: string; readonly connection: string | null },
  ): Promise<{ readonly decision: Decision | null; readonly expiresAtMs: number }> {
    const { clock } = this.#parts;
    const speaker = this.#speaker;
    judgeConnection(connection, this.#parts.settings);
    if (era !== this.#era) throw takenBack(`adjust ${renderPrefix(prefix)}`);
    this.#judgeRoom({ prefix, peer });
    this.#pace.judge(null);
    this.#pace.count();
    const mine: Ours = { id, connection, prefix, peer, isSet: false };
    this.#ours.set(keyOf(mine), mine);
    const expiresAtMs = clock.now() + lifetimeSec * 1_000;
    try {
      await speaker.overrideLocalPref({ id, prefix, peer, localPref, expiresAtMs });
    } catch (error) {
      // Whether it is in force is not known, so it is lifted.
      await this.#lift(mine).catch(() => this.#ours.delete(keyOf(mine)));
      throw error;
    }
    mine.isSet = true;
    if (era !== this.#era) throw takenBack(`adjust ${renderPrefix(prefix)}`);
    const decision = decisionOf(prefix, speaker.rib, speaker.settings.peers, null);
    return { decision, expiresAtMs };
  }

  /** Lifts those of a prefix; returns their ids. */
  async lift(prefix: Prefix): Promise<readonly string[]> {
    const text = renderPrefix(prefix);
    return await this.#liftWhere((one) => renderPrefix(one.prefix) === text);
  }

  /** Lifts those that hang on a connection; returns their ids. */
  async liftOf(connection: string): Promise<readonly string[]> {
    return await this.#liftWhere((one) => one.connection === connection);
  }

  /** Lifts all; returns their ids. */
  async liftAll(): Promise<readonly string[]> {
    this.#era++;
    return await this.#liftWhere(() => true);
  }

  async #liftWhere(isMeant: (ours: Ours) => boolean): Promise<readonly string[]> {
    const meant = [...this.#ours.values()].filter(isMeant);
    // All orders go out in this moment, before any that sets one again.
    await Promise.all(meant.map((one) => this.#lift(one)));
    return meant.map(({ id }) => id);
  }

  /** Forgotten once it is lifted; one that took its place meanwhile stays. */
  async #lift(ours: Ours): Promise<void> {
    await this.#speaker.liftLocalPref(ours.prefix, ours.peer).catch(unlessGone);
    if (this.#ours.get(keyOf(ours)) === ours) this.#ours.delete(keyOf(ours));
  }

  #judgeRoom(place: Place): void {
    const { settings } = this.#parts;
    if (this.#ours.has(keyOf(place)) || this.#ours.size < settings.maxRoutes) return;
    throw denied({
      reason: "max_routes",
      message: `Cannot adjust ${renderPrefix(place.prefix)}: ${this.#ours.size} overrides are in ` +
        "force, and that is the most",
      hint: "Withdraw one first; bgp_leases lists them.",
      configKey: "bgp.originate.max_routes",
    });
  }
}

function keyOf({ prefix, peer }: Place): string {
  return `${renderPrefix(prefix)} ${peer}`;
}
