/**
 * What a router can be asked. Queries are values, never text: a dialect renders each part in its
 * canonical form, so nothing that a caller wrote reaches the wire as it was written.
 *
 * @module
 */
import type { IpAddress } from "../ip/address.ts";
import type { Prefix } from "../ip/prefix.ts";
import type { AsPathPattern } from "../route/as_path_pattern.ts";
import type { Community } from "../route/community.ts";

/** One read-only question. */
export type RouterQuery =
  /** All paths, with every attribute, for exactly a prefix, or for the longest match of an address. */
  | {
    readonly kind: "route";
    readonly target: { readonly prefix: Prefix } | { readonly address: IpAddress };
  }
  /** Neighbours and their states. */
  | { readonly kind: "summary"; readonly family: 4 | 6 }
  /** A prefix and everything inside it, one row a path. */
  | { readonly kind: "longer"; readonly prefix: Prefix }
  /** Paths whose AS path matches. */
  | { readonly kind: "as_path"; readonly family: 4 | 6; readonly pattern: AsPathPattern }
  /** Paths that carry a community. */
  | { readonly kind: "community"; readonly family: 4 | 6; readonly community: Community }
  /** Paths of one neighbour: as received before policy, as accepted, or as we announce to it. */
  | {
    readonly kind: "neighbor_routes";
    readonly neighbor: IpAddress;
    readonly family: 4 | 6;
    readonly direction: "received" | "accepted" | "advertised";
  }
  | { readonly kind: "ping"; readonly address: IpAddress }
  | { readonly kind: "traceroute"; readonly address: IpAddress };

/** The name of a question. */
export type QueryKind = RouterQuery["kind"];
