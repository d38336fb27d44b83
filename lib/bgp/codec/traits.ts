/**
 * What two speakers agreed on, as far as it decides how octets are read and written.
 *
 * @module
 */

/** Traits of one session. Per-family pairs are indexed by `FamilyIndex`. */
export interface CodecTraits {
  /** AS numbers of four octets in AS_PATH and AGGREGATOR (RFC 6793 §4). */
  readonly as4: boolean;
  /** Messages up to 65,535 octets (RFC 8654), by what the peer announced. */
  readonly extendedMessage: boolean;
  /** Families that both announced. */
  readonly families: readonly [boolean, boolean];
  /** NLRI of the peer carry a path identifier (RFC 7911 §3). */
  readonly addPathReceive: readonly [boolean, boolean];
  /** Ours do. */
  readonly addPathSend: readonly [boolean, boolean];
  /** IPv4 NLRI may have an IPv6 next hop (RFC 8950). */
  readonly extendedNextHop: boolean;
  /** The two are of different ASes. */
  readonly isEbgp: boolean;
  /** AS numbers, whole. */
  readonly localAs: number;
  /** That of the peer, whole. */
  readonly peerAs: number;
  /** Our addresses on this session, canonical: a next hop that is one of them is not usable. */
  readonly localAddresses: readonly string[];
}
