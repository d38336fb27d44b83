/**
 * What the other side of a session has to be told, made from our configuration.
 *
 * @module
 */
import type { AllowedPrefixEntry, BgpConfig, BgpPeerEntry } from "../../config/bgp_config.ts";
import { InputError } from "../../errors/mod.ts";
import { type IpAddress, parseAddress, renderAddress } from "../../ip/address.ts";
import { parsePrefix } from "../../ip/prefix.ts";
import { parseHostPort } from "../../ip/service_place.ts";
import { OTHER_ROLE } from "../role.ts";

/** A GRE tunnel that the session runs through, as the other side sees it. */
export interface TunnelDesign {
  /** Interface of the router, for example `Tunnel0`. */
  readonly name: string;
  /** Outer addresses: of the router, and of this host. */
  readonly source: string;
  readonly destination: string;
  /** Length of the inner network. */
  readonly length: number;
  readonly key: number | null;
  readonly mtu: number;
}

/** One prefix that the other side takes from us. */
export interface DesignPrefix {
  readonly family: 4 | 6;
  readonly prefix: string;
  readonly length: number;
  readonly ge: number;
  readonly le: number;
}

/** The session as the other side configures it. Every text is an address, a word or a number. */
export interface PeerDesign {
  readonly peerName: string;
  readonly ourAs: number;
  readonly theirAs: number;
  readonly ourAddress: string;
  readonly theirAddress: string;
  /** Families of the routes: `ipv4-unicast`, `ipv6-unicast`. */
  readonly families: BgpPeerEntry["families"];
  /** What they are to us (RFC 9234), or null. */
  readonly theirRole: BgpPeerEntry["role"];
  /** We dial, so they may wait. */
  readonly isPassive: boolean;
  /** The port that they dial, where they dial. */
  readonly ourPort: number;
  /** The port that they listen at. */
  readonly theirPort: number;
  readonly holdTimeSec: number;
  /** Most prefixes that we announce. */
  readonly maxPrefixes: number;
  /** LOCAL_PREF that they give to our routes. */
  readonly localPref: number;
  readonly prefixes: readonly DesignPrefix[];
  /** Hops between the two of an eBGP session that is not on one link, or null. */
  readonly multihop: number | null;
  readonly tunnel: TunnelDesign | null;
}

/** What the configuration does not say. */
export interface DesignOptions {
  /** Our address as the peer sees it; needed where `local_address` is null. */
  readonly ourAddress: string | null;
  readonly localPref: number;
  readonly multihop: number | null;
  readonly tunnel: TunnelDesign | null;
}

/** IANA, Service Name and Transport Protocol Port Number Registry. */
export const BGP_PORT = 179;

/**
 * The design of one peer of a checked configuration.
 *
 * @throws {InputError} `input.peer_config` if our AS number or our address is not known
 */
export function designOf(bgp: BgpConfig, peer: BgpPeerEntry, options: DesignOptions): PeerDesign {
  if (bgp.local_as === null) {
    throw new InputError("peer_config", "Cannot write the other side: bgp.local_as is not set", {
      hint: "Set bgp.local_as in the configuration, for example 65099.",
    });
  }
  const ourAddress = options.ourAddress ?? peer.local_address;
  if (ourAddress === null) {
    throw new InputError(
      "peer_config",
      `Cannot write the other side of "${peer.name}": our address is not known`,
      { hint: 'Give our_address, for example "10.255.255.1", or set local_address of the peer.' },
    );
  }
  const ours = parseAddress(ourAddress);
  if (ours.family !== parseAddress(peer.address).family) {
    throw new InputError(
      "peer_config",
      `Cannot write the other side of "${peer.name}": ${ourAddress} is of another family than ${peer.address}`,
      { hint: `Give an IPv${parseAddress(peer.address).family} address as our_address.` },
    );
  }
  const listen = bgp.listen === null ? null : parseHostPort(bgp.listen);
  return {
    peerName: peer.name,
    ourAs: bgp.local_as,
    theirAs: peer.remote_as,
    ourAddress: renderAddress(ours),
    theirAddress: peer.address,
    families: peer.families,
    theirRole: peer.role === null ? null : OTHER_ROLE[peer.role],
    isPassive: peer.connect === "active" || listen === null,
    ourPort: listen?.port ?? BGP_PORT,
    theirPort: peer.port,
    holdTimeSec: peer.hold_time_sec,
    maxPrefixes: bgp.originate.max_routes,
    localPref: options.localPref,
    prefixes: bgp.originate.allowed_prefixes
      .filter(({ origin_as }) => origin_as === null || origin_as === bgp.local_as)
      .filter(({ peers }) =>
        peers.length === 0 || peers.some((name) => name.toLowerCase() === peer.name.toLowerCase())
      ).map(designPrefix),
    multihop: peer.remote_as === bgp.local_as ? null : options.multihop,
    tunnel: options.tunnel,
  };
}

function designPrefix(entry: AllowedPrefixEntry): DesignPrefix {
  const { family, length } = parsePrefix(entry.prefix).prefix;
  const ge = entry.ge ?? length;
  return { family, prefix: entry.prefix, length, ge, le: entry.le ?? ge };
}

/** The prefixes of one family, or of none if the session does not carry it. */
export function prefixesOf(design: PeerDesign, family: 4 | 6): readonly DesignPrefix[] {
  return design.prefixes.filter((one) => one.family === family);
}

/** The families of the session's routes, by their version. */
export function versionsOf(design: PeerDesign): readonly (4 | 6)[] {
  return design.families.map((family) => family === "ipv4-unicast" ? 4 : 6);
}

/** True for a session within one AS. */
export function isInternal({ ourAs, theirAs }: PeerDesign): boolean {
  return ourAs === theirAs;
}

/** Family of the addresses of the session. */
export function sessionFamily({ theirAddress }: PeerDesign): IpAddress["family"] {
  return parseAddress(theirAddress).family;
}
