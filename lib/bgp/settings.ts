/**
 * What the speaker is told at its start, checked and whole: plain data that can be sent to a thread.
 *
 * @module
 */
import type { FamilyName } from "./family.ts";

/** RFC 9234 §3.1, as the configuration writes it: what WE are to the peer. */
export type Role = "provider" | "rs" | "rs-client" | "customer" | "peer";

/** One configured peer. */
export interface PeerSettings {
  /** Place in `SpeakerSettings.peers`; the tables know the peer by it. */
  readonly index: number;
  /** Unique, shown in answers. */
  readonly name: string;
  /** Canonical address; connections from another one are refused. */
  readonly address: string;
  /** Port that is dialled. */
  readonly port: number;
  readonly remoteAs: number;
  /** Canonical address that connections leave from and are accepted at, or null: the system chooses. */
  readonly localAddress: string | null;
  /** `passive`: wait for the peer; `active`: only dial; `both`. */
  readonly connect: "passive" | "active" | "both";
  /** Proposed, seconds; 0: none; 3 and more else. */
  readonly holdTimeSec: number;
  /** First wait between attempts, seconds; doubled after each failure up to 120 s. */
  readonly connectRetrySec: number;
  /** OPEN is held back so long, for the peer to send its own first (RFC 4271 §8.1.1), seconds; 0: not at all. */
  readonly delayOpenSec: number;
  readonly families: readonly FamilyName[];
  /** Most prefixes by family together; null: no limit. */
  readonly maxPrefixes: number | null;
  /** `warn`: keep; `restart`: Cease and try again after `maxPrefixesRestartSec`; `idle`: until enabled by hand. */
  readonly maxPrefixesAction: "warn" | "restart" | "idle";
  readonly maxPrefixesRestartSec: number;
  readonly role: Role | null;
  /** Refuse a peer that names no role (RFC 9234 §4.2). */
  readonly strictRole: boolean;
  readonly addPath: "off" | "receive";
  readonly extendedMessages: boolean;
  readonly extendedNextHop: boolean;
  /** Helper of the peer's graceful restart (RFC 4724 §4.2). */
  readonly gracefulRestart: boolean;
  /** `all`; `none`: an eBGP peer without import policy (RFC 8212): received, shown, never best. */
  readonly importPolicy: "all" | "none";
  /** Names of the peers whose routes are passed on to this one; empty: only our own routes are. */
  readonly transitFrom: readonly string[];
  /** Next hops of what we announce to it; null: our address on the session. */
  readonly nextHop: { readonly ipv4: string | null; readonly ipv6: string | null };
  readonly enabled: boolean;
}

/** The speaker. */
export interface SpeakerSettings {
  readonly localAs: number;
  /** Dotted; not 0.0.0.0. */
  readonly routerId: string;
  /** Canonical address and port, or null: dial only. Never an unspecified address by default. */
  readonly listen: { readonly address: string; readonly port: number } | null;
  readonly peers: readonly PeerSettings[];
  /** What a path of RPKI state Invalid is: `mark`: kept and shown; `reject`: not eligible. */
  readonly rpkiInvalid: "mark" | "reject";
  /** Most octets that wait for a peer that does not read, then Cease/8 (RFC 4486). */
  readonly sendQueueBytes: number;
  /** Bounds of the tables. */
  readonly limits: {
    readonly prefixes: readonly [number, number];
    readonly attributeSets: number;
    /** Entries of the change log. */
    readonly changes: number;
  };
}
