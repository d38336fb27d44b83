/**
 * BGP communities: standard (RFC 1997), extended (RFC 4360) and large (RFC 8092).
 *
 * @module
 */

/** One community, its parts unsigned numbers. */
export type Community =
  | { readonly kind: "standard"; readonly high: number; readonly low: number }
  | {
    readonly kind: "large";
    readonly global: number;
    readonly local1: number;
    readonly local2: number;
  }
  /** `rt:64500:1` and its like: the administrator is an AS number or an IPv4 address. */
  | {
    readonly kind: "extended";
    readonly type: "rt" | "ro";
    readonly administrator: { readonly asn: number } | { readonly ipv4: string };
    readonly value: number;
  };
