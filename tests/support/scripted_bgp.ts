/**
 * Scripted peers that dial a speaker over loopback, each from an address of its own, and what they
 * announce.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { encodeAnnouncements } from "../../lib/bgp/codec/update_encode.ts";
import { dial } from "../../lib/io/dial.ts";
import { parsePrefix } from "../../lib/ip/prefix.ts";
import type { Community } from "../../lib/route/community.ts";
import { bgpTraits } from "./bgp_octets.ts";
import { BgpPeer, type PeerVoice } from "./bgp_peer.ts";

/** Where a speaker listens. */
export interface SpeakerPlace {
  readonly address: string;
  readonly port: number;
}

/** Connects to `place` from `localAddress`; the peer has said nothing yet. */
export async function dialSpeaker(
  { address, port }: SpeakerPlace,
  localAddress: string,
  voice: PeerVoice = {},
): Promise<BgpPeer> {
  const { signal } = new AbortController();
  const connection = await dial({ address, port, judged: [address], localAddress, signal });
  return new BgpPeer(connection, voice);
}

/** `count` prefixes of length 24, from 10.`block`.0.0 on. */
export function blockOfPrefixes(block: number, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `10.${block + (n >>> 8)}.${n & 255}.0/24`);
}

/** UPDATEs that announce these prefixes with one path. */
export function announcementOf(
  prefixes: readonly string[],
  asPath: readonly number[],
  communities: readonly Community[] = [],
): Uint8Array {
  const routes = prefixes.map((text) => ({
    prefix: parsePrefix(text).prefix,
    nextHop: "192.0.2.2",
    asPath,
    origin: "igp" as const,
    med: null,
    localPref: null,
    communities,
    otc: null,
  }));
  return Buffer.concat(encodeAnnouncements(routes, bgpTraits()));
}

/** `count` prefixes, each in an UPDATE of its own of some 3,600 octets. */
export function fatAnnouncements(count: number, asPath: readonly number[]): Uint8Array {
  return Buffer.concat(
    blockOfPrefixes(100, count).map((prefix, number) =>
      announcementOf(
        [prefix],
        asPath,
        Array.from({ length: 290 }, (_, n) => ({
          kind: "large" as const,
          global: 64_500,
          local1: number,
          local2: n,
        })),
      )
    ),
  );
}
