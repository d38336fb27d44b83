/**
 * What the tables take, part by part.
 *
 * @module
 */
import { ARENAS, Head, NODE_WORDS, SET_WORDS } from "./rib_memory.ts";
import type { RibUsage } from "./rib_reader.ts";
import type { RibViews } from "./rib_views.ts";

/**
 * Octets of the columns of a prefix: its address (of IPv6 the first half, as next to no memory is
 * taken for the second) and, of IPv6, its length.
 */
const COLUMNS_4 = 4, COLUMNS_6 = 9;

/** The parts in the order in which a route goes through them. */
export function usageOf(views: RibViews): RibUsage["parts"] {
  const { head, tables: [v4, v6], sets, nodes, best, pathCounts } = views;
  const { paths, pages, communities, others } = views;
  const [buckets4 = 0, buckets6 = 0, inCommunities = 0, inOthers = 0, inPaths = 0] = ARENAS.map(
    (_, index) => (head[Head.arenas + index] ?? 0) * 4,
  );
  const bound4 = head[Head.prefixBound] ?? 0, bound6 = head[Head.prefixBound + 1] ?? 0;
  const part = (name: string, usedBytes: number, ...buffers: readonly ArrayBufferView[]) => ({
    name,
    usedBytes,
    reservedBytes: buffers.reduce((sum, { byteLength }) => sum + byteLength, 0),
  });
  const bestBytes = (bound4 + bound6) * (best.BYTES_PER_ELEMENT + pathCounts.BYTES_PER_ELEMENT);
  const usedSets = (head[Head.attributeBound] ?? 0) * SET_WORDS * 4;
  const usedNodes = (head[Head.pathBound] ?? 0) * NODE_WORDS * 4;
  return [
    part("IPv4 prefixes", buckets4 + bound4 * COLUMNS_4, v4.buckets, v4.addresses, v4.lengths),
    part(
      "IPv6 prefixes",
      buckets6 + bound6 * COLUMNS_6,
      v6.buckets,
      v6.addresses,
      v6.lows,
      v6.lengths,
    ),
    part("best paths", bestBytes, best, pathCounts),
    part("Adj-RIB-In", inPaths, paths, pages),
    part("attribute sets", usedSets, sets),
    part("AS paths", usedNodes, nodes),
    part("communities", inCommunities, communities),
    part("other attributes", inOthers, others),
  ];
}
