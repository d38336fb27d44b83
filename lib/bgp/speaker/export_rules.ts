/**
 * What of ours goes to which peer, and as what: the rules between a route and an Adj-RIB-Out, pure.
 *
 * @module
 */
import type { Prefix } from "../../ip/prefix.ts";
import { isLinkLocalV6, parseAddress } from "../../ip/address.ts";
import type { Origination } from "../bgp_service.ts";
import type { CodecTraits } from "../codec/traits.ts";
import { FAMILIES, type Family } from "../family.ts";
import type { OutboundRoute } from "../outbound_route.ts";
import type { PeerSettings, Role, SpeakerSettings } from "../settings.ts";

/** A session as far as routes depend on it: agreed on, or as the configuration lets one expect it. */
export interface ExportSession {
  readonly traits: CodecTraits;
  /** Ours on the session, canonical; null where it is not known before there is one. */
  readonly localAddress: string | null;
}

/** A route for the wire, or why there is none. */
export type ExportVerdict =
  | { readonly route: OutboundRoute; readonly reason: null }
  | { readonly route: null; readonly reason: string };

/** To those who are, to us, customers, peers or clients of our route server: OTC is added (RFC 9234 §5). */
const MARKS_WITH_OTC: readonly Role[] = ["provider", "rs", "peer"];

/** The family of a prefix. */
export function familyOfPrefix({ family }: Prefix): Family {
  return family === 4 ? FAMILIES[0] : FAMILIES[1];
}

/** What `origination` is on the wire to `peer`. */
export function exportOrigination(
  origination: Origination,
  speaker: Pick<SpeakerSettings, "localAs">,
  peer: PeerSettings,
  session: ExportSession,
): ExportVerdict {
  const { prefix, prepend, med, communities } = origination;
  if (!origination.peers.includes(peer.index)) return refused("the route is not for this peer");
  const nextHop = nextHopFor(prefix, origination.nextHop, peer, session);
  if (nextHop.address === null) return refused(nextHop.reason);
  const { isEbgp } = session.traits;
  return {
    reason: null,
    route: {
      prefix,
      nextHop: nextHop.address,
      // RFC 4271 §5.1.2: towards our own AS the path of a route of ours is empty.
      asPath: isEbgp ? Array<number>(1 + prepend).fill(speaker.localAs) : [],
      origin: "igp",
      med,
      localPref: isEbgp ? null : origination.localPref,
      communities,
      otc: otcFor(speaker.localAs, peer, isEbgp),
    },
  };
}

/** OTC of a route that has none yet, towards this peer. */
export function otcFor(
  localAs: number,
  { role }: Pick<PeerSettings, "role">,
  isEbgp: boolean,
): number | null {
  return isEbgp && role !== null && MARKS_WITH_OTC.includes(role) ? localAs : null;
}

/** The next hop: the given one, else the peer's configured one, else ours on the session. */
export function nextHopFor(
  prefix: Prefix,
  given: string | null,
  peer: PeerSettings,
  { traits, localAddress }: ExportSession,
): { readonly address: string; readonly reason: null } | {
  readonly address: null;
  readonly reason: string;
} {
  const family = familyOfPrefix(prefix);
  const none = (reason: string) => ({ address: null, reason });
  if (!traits.families[family.index]) return none(`${family.name} is not agreed on with the peer`);
  const configured = family.version === 4 ? peer.nextHop.ipv4 : peer.nextHop.ipv6;
  const address = given ?? configured ?? localAddress;
  const key = family.version === 4 ? "next_hop.ipv4" : "next_hop.ipv6";
  if (address === null) {
    return none(`the next hop is our address on the session, and there is none yet: set ${key}`);
  }
  const parsed = parseAddress(address, { zone: true });
  if (isLinkLocalV6(parsed)) {
    return none(`its next hop would be link-local (RFC 2545 §3): set ${key}`);
  }
  const { family: version } = parsed;
  const mayDiffer = family.version === 4 && traits.extendedNextHop;
  if (version !== family.version && !mayDiffer) {
    return none(`no IPv${family.version} next hop: our address is ${address}, set ${key}`);
  }
  // RFC 4271 §5.1.3.
  if (address === peer.address) return none(`its next hop would be the peer itself, ${address}`);
  return { address, reason: null };
}

/**
 * The session that the configuration lets one expect: four-octet AS numbers, all configured
 * families, messages of 4,096 octets.
 */
export function expectedSession(
  { localAs }: Pick<SpeakerSettings, "localAs">,
  peer: PeerSettings,
): ExportSession {
  const families = FAMILIES.map(({ name }) => peer.families.includes(name));
  return {
    localAddress: peer.localAddress,
    traits: {
      as4: true,
      extendedMessage: false,
      families: [families[0] === true, families[1] === true],
      addPathReceive: [false, false],
      addPathSend: [false, false],
      extendedNextHop: false,
      isEbgp: peer.remoteAs !== localAs,
      localAs,
      peerAs: peer.remoteAs,
      localAddresses: peer.localAddress === null ? [] : [peer.localAddress],
    },
  };
}

function refused(reason: string): ExportVerdict {
  return { route: null, reason };
}
