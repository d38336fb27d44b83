/**
 * A route that we announce.
 *
 * @module
 */
import type { Prefix } from "../ip/prefix.ts";
import type { Community } from "../route/community.ts";

/** One route as it goes to one peer. */
export interface OutboundRoute {
  readonly prefix: Prefix;
  /** Canonical address: its octets are those of the wire. */
  readonly nextHop: string;
  /** Whole AS_SEQUENCE, ours first for eBGP; empty for iBGP. */
  readonly asPath: readonly number[];
  readonly origin: "igp" | "egp" | "incomplete";
  readonly med: number | null;
  /** Sent to iBGP peers only (RFC 4271 §5.1.5). */
  readonly localPref: number | null;
  readonly communities: readonly Community[];
  readonly otc: number | null;
  /** Attributes of a learned route that go along as they are, with their flags; absent: none. */
  readonly passedOn?: readonly {
    readonly type: number;
    readonly flags: number;
    readonly value: Uint8Array;
  }[];
}
