/**
 * What the operator lets anybody announce, made from the configuration.
 *
 * @module
 */
import type { BgpConfig } from "../../config/bgp_config.ts";
import { parsePrefix, type Prefix } from "../../ip/prefix.ts";
import { type Community, parseCommunity, renderCommunity } from "../../route/community.ts";

/** One entry of the allow-list. */
export interface AllowedPrefix {
  readonly prefix: Prefix;
  /** Shortest and longest length that may be announced beneath it. */
  readonly ge: number;
  readonly le: number;
  /** The AS that it may come from; null: ours. */
  readonly originAs: number | null;
  /** Names of the peers that may have it, lower case; empty: every peer. */
  readonly peers: readonly string[];
  /** Canonical texts of what a caller may attach. */
  readonly communities: readonly string[];
}

/** The rails. */
export interface GuardSettings {
  /** Null only where BGP is not enabled. */
  readonly localAs: number | null;
  /** Permits special-use space that the allow-list names. */
  readonly lab: boolean;
  readonly allowed: readonly AllowedPrefix[];
  /** Canonical addresses that a caller may name beside our own. */
  readonly nextHops: readonly string[];
  /** Live routes and LOCAL_PREF overrides, each. */
  readonly maxRoutes: number;
  readonly maxChangesPerMin: number;
  readonly cooldownSec: number;
  readonly defaultLifetimeSec: number;
  readonly maxLifetimeSec: number;
  readonly maxPrepend: number;
  /** What becomes of what an HTTP session put out, when the session ends. */
  readonly onDisconnect: "withdraw" | "keep";
  /** Attached to every announcement. */
  readonly communities: readonly Community[];
}

/** The rails of a checked configuration. */
export function guardSettings({ bgp }: { readonly bgp: BgpConfig }): GuardSettings {
  const { originate } = bgp;
  return {
    localAs: bgp.local_as,
    lab: originate.lab,
    allowed: originate.allowed_prefixes.map((entry) => {
      const { prefix } = parsePrefix(entry.prefix);
      const ge = entry.ge ?? prefix.length;
      return {
        prefix,
        ge,
        le: entry.le ?? ge,
        originAs: entry.origin_as,
        peers: entry.peers.map((name) => name.toLowerCase()),
        communities: entry.communities.map((text) => renderCommunity(parseCommunity(text))),
      };
    }),
    nextHops: originate.allowed_next_hops,
    maxRoutes: originate.max_routes,
    maxChangesPerMin: originate.max_changes_per_min,
    cooldownSec: originate.cooldown_sec,
    defaultLifetimeSec: originate.default_lifetime_sec,
    maxLifetimeSec: originate.max_lifetime_sec,
    maxPrepend: originate.max_prepend,
    onDisconnect: originate.on_disconnect,
    communities: originate.communities.map(parseCommunity),
  };
}
