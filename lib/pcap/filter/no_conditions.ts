/**
 * Conditions that a caller can give one by one.
 *
 * @module
 */

/** What a packet must satisfy; null: anything. */
export interface Conditions {
  /** A filter in either grammar. */
  readonly filter: string | null;
  /** An address or prefix, IPv4 or IPv6. */
  readonly src_ip: string | null;
  readonly dst_ip: string | null;
  /** Name of a protocol. */
  readonly protocol: string | null;
  /** Source or destination port. */
  readonly port: number | null;
  /** Numbers of packets, from 1, both included. */
  readonly first_frame: number | null;
  readonly last_frame: number | null;
  /** Seconds since the first packet; `until` excluded. */
  readonly since: number | null;
  readonly until: number | null;
}

/** The filter that every packet satisfies: what no condition at all comes to. */
export const ANY_PACKET = "frame";

/** Any packet. */
export const NO_CONDITIONS: Conditions = {
  filter: null,
  src_ip: null,
  dst_ip: null,
  protocol: null,
  port: null,
  first_frame: null,
  last_frame: null,
  since: null,
  until: null,
};
