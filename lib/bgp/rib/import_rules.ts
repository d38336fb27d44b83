/**
 * Why a path from a peer may not become best, as far as its attributes and its session say.
 *
 * @module
 */
import { NEXT_HOP, NextHopJudge } from "../codec/next_hop.ts";
import { uint32At } from "../codec/octets.ts";
import type { UpdateParts } from "../codec/update_parts.ts";
import { Reason } from "./path_word.ts";
import type { RibPeer } from "./rib_writer.ts";

/** 65535:0, which says that a session will be shut down (RFC 8326 §3). */
const GRACEFUL_SHUTDOWN = 0xffff_0000;

/** The rules of one session. */
export class ImportRules {
  readonly peer: RibPeer;
  readonly #nextHops: NextHopJudge;

  constructor(peer: RibPeer) {
    this.peer = peer;
    this.#nextHops = new NextHopJudge(peer.traits.localAddresses);
  }

  /**
   * LOCAL_PREF of an iBGP peer, else -1: from an eBGP peer it means nothing (RFC 4271 §5.1.5), and a
   * path that is about to go has the lowest (RFC 8326 §4).
   */
  localPref(parts: UpdateParts): number {
    if (!this.peer.traits.isEbgp) return parts.localPref;
    const { octets, communitiesStart, communitiesEnd } = parts;
    for (let at = communitiesStart; at < communitiesEnd; at += 4) {
      if (octets[at] === 0xff && uint32At(octets, at) === GRACEFUL_SHUTDOWN) return 0;
    }
    return -1;
  }

  /** Only-To-Customer in force: what comes from a provider, peer or route server gets it (RFC 9234 §5). */
  otc({ otc }: UpdateParts): number {
    const { localRole, traits } = this.peer;
    const isFromAbove = localRole === "customer" || localRole === "peer" ||
      localRole === "rs-client";
    return otc === -1 && isFromAbove ? traits.peerAs : otc;
  }

  /** Number of the first reason (see `Reason`), origin validation aside. `hasLoop`: our AS is in the path. */
  reason(
    parts: UpdateParts,
    hasLoop: boolean,
    nextHopStart: number,
    nextHopEnd: number,
  ): number {
    const { localRouterId, rejectAll } = this.peer;
    if (hasLoop) return Reason.asLoop;
    if (parts.originatorId === localRouterId) return Reason.originatorLoop;
    const { octets, clusterListStart, clusterListEnd } = parts;
    for (let at = clusterListStart; at < clusterListEnd; at += 4) {
      if (uint32At(octets, at) === localRouterId) return Reason.clusterLoop;
    }
    const isUsable = nextHopEnd > nextHopStart &&
      this.#nextHops.judge(octets, nextHopStart, nextHopEnd) === NEXT_HOP.usable;
    if (!isUsable) return Reason.nextHopUnusable;
    if (this.#isLeak(parts.otc)) return Reason.otcLeak;
    return rejectAll ? Reason.importRejected : Reason.none;
  }

  /** RFC 9234 §5, ingress rules 1 and 2. */
  #isLeak(otc: number): boolean {
    const { localRole, traits } = this.peer;
    if (otc === -1) return false;
    if (localRole === "provider" || localRole === "rs") return true;
    return localRole === "peer" && otc !== traits.peerAs;
  }
}
