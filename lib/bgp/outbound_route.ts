/**
 * A route that we announce.
 *
 * @module
 */
import type { Prefix } from "../ip/prefix.ts";
import type { Community } from "../route/community.ts";

/** One route as it goes to one peer. */
export interface OutboundRoute {
  /** Where to. */
  readonly prefix: Prefix;
  /** Canonical address: its octets are those of the wire. */
  readonly nextHop: string;
  /** Whole AS_SEQUENCE, ours first for eBGP; empty for iBGP. */
  readonly asPath: readonly number[];
  /** ORIGIN (RFC 4271 §5.1.1). */
  readonly origin: "igp" | "egp" | "incomplete";
  /** MULTI_EXIT_DISC, or null: none. */
  readonly med: number | null;
  /** Sent to iBGP peers only (RFC 4271 §5.1.5). */
  readonly localPref: number | null;
  /** Of all kinds. */
  readonly communities: readonly Community[];
  /** ONLY_TO_CUSTOMER (RFC 9234 §5), or null: none. */
  readonly otc: number | null;
  /** Types of its attributes that go with the Partial bit (RFC 4271 §5); absent: none. */
  readonly partial?: readonly number[];
  /** Attributes of a learned route that go along as they are, with their flags; absent: none. */
  readonly passedOn?: readonly {
    readonly type: number;
    readonly flags: number;
    readonly value: Uint8Array;
  }[];
}
