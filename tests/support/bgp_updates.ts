/**
 * UPDATEs for the tests of the tables: made of values, as the walker would leave them.
 *
 * @module
 */
import { addressToBytes, parseAddress } from "../../lib/ip/address.ts";
import { firstAddress, parsePrefix } from "../../lib/ip/prefix.ts";
import type { AsPath } from "../../lib/route/as_path.ts";
import { encodeAsPath } from "../../lib/bgp/codec/as_path_octets.ts";
import type { CodecTraits } from "../../lib/bgp/codec/traits.ts";
import { OUTCOME, UpdateParts } from "../../lib/bgp/codec/update_parts.ts";
import type { RibLimits } from "../../lib/bgp/rib/rib_memory.ts";
import type { RibPeer } from "../../lib/bgp/rib/rib_writer.ts";

/** Small tables. */
export const SMALL: RibLimits = {
  peers: 8,
  prefixes: [5000, 5000],
  attributeSets: 5000,
  changes: 64,
};

export const LOCAL_AS = 64500;
export const LOCAL_ROUTER_ID = 0x0a00_0001;

/** A prefix in an UPDATE. */
export interface FedPrefix {
  readonly prefix: string;
  readonly pathId?: number;
}

/** What an UPDATE says; what is left out is absent. */
export interface Fed {
  readonly announce?: readonly FedPrefix[];
  readonly withdraw?: readonly FedPrefix[];
  /** Prefixes of IPv6 go into MP_REACH_NLRI and MP_UNREACH_NLRI. */
  readonly family?: 0 | 1;
  readonly hasPathIds?: boolean;
  readonly asPath?: AsPath;
  readonly nextHop?: string;
  readonly origin?: number;
  readonly med?: number;
  readonly localPref?: number;
  readonly otc?: number;
  readonly originatorId?: number;
  readonly clusterList?: readonly number[];
  readonly communities?: readonly number[];
  readonly largeCommunities?: readonly number[];
  readonly extendedCommunities?: readonly number[];
  readonly aggregator?: { readonly asn: number; readonly address: number };
  readonly unknown?: readonly Uint8Array[];
  readonly treatAsWithdraw?: boolean;
}

/** A peer: AS 64500 is iBGP, others are eBGP. */
export function peerOf(index: number, options: Partial<RibPeer & CodecTraits> = {}): RibPeer {
  const peerAs = options.peerAs ?? 65001 + index;
  const addPath = options.addPathReceive ?? [false, false];
  return {
    index,
    traits: {
      as4: true,
      extendedMessage: false,
      families: [true, true],
      addPathReceive: addPath,
      addPathSend: [false, false],
      extendedNextHop: false,
      isEbgp: peerAs !== LOCAL_AS,
      localAs: LOCAL_AS,
      peerAs,
      localAddresses: ["192.0.2.254"],
    },
    routerId: options.routerId ?? 100 - index,
    address: options.address ?? `192.0.2.${index + 1}`,
    localRouterId: LOCAL_ROUTER_ID,
    localRole: options.localRole ?? null,
    rejectAll: options.rejectAll ?? false,
  };
}

/** One of 65,536 prefixes of IPv4. */
export function numberedPrefix(n: number): string {
  return `10.${n >>> 8 & 255}.${n & 255}.0/24`;
}

/** One AS_SEQUENCE. */
export function sequence(...asns: readonly number[]): AsPath {
  return asns.length === 0 ? [] : [{ kind: "sequence", asns }];
}

/** The parts of an UPDATE. */
export function update(fed: Fed): UpdateParts {
  const octets: number[] = [];
  const append = (bytes: Iterable<number>): [number, number] => {
    const start = octets.length;
    octets.push(...bytes);
    return [start, octets.length];
  };
  const family = fed.family ?? 0;
  const hasPathIds = fed.hasPathIds ?? false;
  const parts = new UpdateParts();
  const nlri = append((fed.announce ?? []).flatMap((one) => nlriOf(one, hasPathIds)));
  const withdrawn = append((fed.withdraw ?? []).flatMap((one) => nlriOf(one, hasPathIds)));
  const nextHop = fed.nextHop ?? (family === 0 ? "198.51.100.1" : "2001:db8:ffff::1");
  const hop = append(nextHop.split(" ").flatMap((text) => [...addressToBytes(parseAddress(text))]));
  if (family === 0) {
    [parts.nlriStart, parts.nlriEnd] = nlri;
    [parts.withdrawnStart, parts.withdrawnEnd] = withdrawn;
    [parts.nextHopStart, parts.nextHopEnd] = hop;
  } else {
    parts.reachFamily = parts.unreachFamily = 1;
    [parts.reachStart, parts.reachEnd] = nlri;
    [parts.unreachStart, parts.unreachEnd] = withdrawn;
    [parts.mpNextHopStart, parts.mpNextHopEnd] = hop;
  }
  [parts.pathStart, parts.pathEnd] = append(encodeAsPath(fed.asPath ?? sequence(65001)));
  [parts.clusterListStart, parts.clusterListEnd] = append(words(fed.clusterList));
  [parts.communitiesStart, parts.communitiesEnd] = append(words(fed.communities));
  [parts.largeCommunitiesStart, parts.largeCommunitiesEnd] = append(words(fed.largeCommunities));
  [parts.extendedCommunitiesStart, parts.extendedCommunitiesEnd] = append(
    words(fed.extendedCommunities),
  );
  parts.unknownCount = fed.unknown?.length ?? 0;
  fed.unknown?.forEach((one, index) => {
    [parts.unknownStart[index], parts.unknownEnd[index]] = append(one);
  });
  parts.origin = fed.origin ?? 0;
  parts.med = fed.med ?? -1;
  parts.localPref = fed.localPref ?? -1;
  parts.otc = fed.otc ?? -1;
  parts.originatorId = fed.originatorId ?? -1;
  parts.aggregatorAs = fed.aggregator?.asn ?? -1;
  parts.aggregatorAddress = fed.aggregator?.address ?? 0;
  parts.outcome = fed.treatAsWithdraw === true ? OUTCOME.treatAsWithdraw : OUTCOME.ok;
  parts.octets = parts.pathOctets = Uint8Array.from(octets);
  return parts;
}

function nlriOf({ prefix: text, pathId = 0 }: FedPrefix, hasPathIds: boolean): number[] {
  const { prefix } = parsePrefix(text);
  const octets = addressToBytes(firstAddress(prefix)).subarray(0, Math.ceil(prefix.length / 8));
  return [...(hasPathIds ? words([pathId]) : []), prefix.length, ...octets];
}

function words(values: readonly number[] = []): number[] {
  return values.flatMap((word) => [word >>> 24, word >>> 16 & 255, word >>> 8 & 255, word & 255]);
}
