/**
 * The shape of the sections `bgp` and `tunnels` of a loaded configuration.
 *
 * @module
 */

/** One entry of `bgp.peers`. */
export interface BgpPeerEntry {
  /** Shown and asked for, unique without regard to case. */
  readonly name: string;
  /** Canonical unicast address, unique among the peers. */
  readonly address: string;
  /** TCP port that is dialled. */
  readonly port: number;
  readonly remote_as: number;
  /** Canonical address that connections leave from and are accepted at, or null: the system chooses. */
  readonly local_address: string | null;
  /** Who opens the connection; `both` without `bgp.listen` is `active`. */
  readonly connect: "passive" | "active" | "both";
  /** Proposed, seconds; 0: none. Never 1 or 2 (RFC 4271 §4.2). */
  readonly hold_time_sec: number;
  readonly connect_retry_sec: number;
  /** OPEN is held back so long (RFC 4271 §8.1.1); 0: not at all. */
  readonly delay_open_sec: number;
  readonly families: readonly ("ipv4-unicast" | "ipv6-unicast")[];
  /** Of all families together, or null: no limit. */
  readonly max_prefixes: number | null;
  readonly max_prefixes_action: "idle" | "restart" | "warn";
  readonly max_prefixes_restart_sec: number;
  /** What we are to the peer (RFC 9234 §3.1), or null. */
  readonly role: "provider" | "rs" | "rs-client" | "customer" | "peer" | null;
  readonly strict_role: boolean;
  readonly add_path: "off" | "receive";
  readonly extended_messages: boolean;
  readonly extended_next_hop: boolean;
  readonly graceful_restart: boolean;
  /** null: `none` for a peer of another AS (RFC 8212), `all` within ours. */
  readonly import_policy: "none" | "all" | null;
  /** Names of the peers whose routes are passed on to this one. */
  readonly transit: readonly string[];
  /** Next hops of what we announce, or null: our address on the session. */
  readonly next_hop: { readonly ipv4: string | null; readonly ipv6: string | null };
  readonly enabled: boolean;
}

/** One entry of `bgp.originate.allowed_prefixes`. */
export interface AllowedPrefixEntry {
  /** Canonical prefix. */
  readonly prefix: string;
  /** Shortest and longest length that may be announced beneath it; null: its own. */
  readonly ge: number | null;
  readonly le: number | null;
  /** The AS that it may come from; null: ours, whichever that is. */
  readonly origin_as: number | null;
  /** Names of the peers that may have it; empty: every peer. */
  readonly peers: readonly string[];
  /** Communities that a caller may attach beside `bgp.originate.communities`. */
  readonly communities: readonly string[];
}

/** The section `bgp`. */
export interface BgpConfig {
  readonly enabled: boolean;
  /** Set wherever `enabled` is true; so is `router_id`. */
  readonly local_as: number | null;
  /** Dotted, not 0.0.0.0. */
  readonly router_id: string | null;
  /** `address:port`, or null: dial only. */
  readonly listen: string | null;
  /** Whether `listen` may be an unspecified address. */
  readonly listen_any: boolean;
  readonly peers: readonly BgpPeerEntry[];
  readonly rpki_invalid: "reject" | "mark";
  readonly thread: "worker" | "inline";
  readonly send_queue_bytes: number;
  readonly limits: {
    readonly ipv4_prefixes: number;
    readonly ipv6_prefixes: number;
    readonly attribute_sets: number;
    readonly changes: number;
  };
  readonly originate: {
    readonly enabled: boolean;
    /** Whether special-use prefixes may be announced. */
    readonly lab: boolean;
    readonly allowed_prefixes: readonly AllowedPrefixEntry[];
    /** Next hops that a caller may name beside our own address. */
    readonly allowed_next_hops: readonly string[];
    readonly max_routes: number;
    readonly max_changes_per_min: number;
    readonly cooldown_sec: number;
    readonly default_lifetime_sec: number;
    readonly max_lifetime_sec: number;
    /** Times that our AS number may be prepended beyond the once of eBGP. */
    readonly max_prepend: number;
    /** What becomes of what an HTTP session put out, when the session ends. */
    readonly on_disconnect: "withdraw" | "keep";
    /** Attached to every announcement. */
    readonly communities: readonly string[];
  };
}

/** The section `tunnels`. */
export interface TunnelsConfig {
  readonly manage: boolean;
  /** Interface names, `*` at the end for any ending. */
  readonly allowed_names: readonly string[];
  /** Addresses and ranges that a tunnel may lead to. */
  readonly allowed_remotes: readonly string[];
}
