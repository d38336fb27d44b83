/**
 * The shared memory of the tables as typed arrays: the same on every thread.
 *
 * @module
 */
import type { AdjRibInViews } from "./adj_rib_in.ts";
import type { PrefixTableViews } from "./prefix_table.ts";
import {
  firstId6,
  pagesOfPeer,
  prefixIdEnd,
  type RibLimits,
  type RibMemory,
} from "./rib_memory.ts";

/** Typed arrays over the buffers of {@link RibMemory}. */
export interface RibViews extends AdjRibInViews {
  readonly limits: RibLimits;
  /** The first prefix id of IPv6. */
  readonly firstId6: number;
  readonly head: Uint32Array;
  readonly peers: Uint32Array;
  readonly tables: readonly [PrefixTableViews, PrefixTableViews];
  readonly lengthCounts: Uint32Array;
  readonly best: SmallColumn;
  readonly pathCounts: SmallColumn;
  readonly judgedAs: Uint32Array;
  readonly verdicts: Uint8Array;
  readonly sets: Uint32Array;
  readonly nodes: Uint32Array;
  readonly communities: Uint32Array;
  readonly others: Uint32Array;
  readonly overrides: Uint32Array;
  readonly changes: Uint32Array;
  readonly changes6: Uint32Array;
  readonly changeRests: Uint32Array;
}

/** A cell for each prefix id, of one octet or two. */
export type SmallColumn = Uint8Array | Uint16Array;

function smallColumn(buffer: SharedArrayBuffer, limits: RibLimits): SmallColumn {
  return buffer.byteLength === prefixIdEnd(limits)
    ? new Uint8Array(buffer)
    : new Uint16Array(buffer);
}

const NO_WORDS = new Uint32Array(0);

/** The arrays of a memory. */
export function viewRib({ limits, buffers }: RibMemory): RibViews {
  const words = (name: keyof RibMemory["buffers"]): Uint32Array => new Uint32Array(buffers[name]);
  return {
    limits,
    firstId6: firstId6(limits),
    head: words("head"),
    peers: words("peers"),
    tables: [
      {
        isV6: false,
        buckets: words("buckets4"),
        shorts: words("shorts4"),
        addresses: words("addresses4"),
        lows: NO_WORDS,
        lengths: new Uint8Array(buffers.lengths4),
      },
      {
        isV6: true,
        buckets: words("buckets6"),
        shorts: words("shorts6"),
        addresses: words("addresses6"),
        lows: words("lows6"),
        lengths: new Uint8Array(buffers.lengths6),
      },
    ],
    lengthCounts: words("lengthCounts"),
    best: smallColumn(buffers.best, limits),
    pathCounts: smallColumn(buffers.pathCounts, limits),
    judgedAs: words("judgedAs"),
    verdicts: new Uint8Array(buffers.verdicts),
    sets: words("sets"),
    nodes: words("nodes"),
    communities: words("communities"),
    others: words("others"),
    pages: words("pages"),
    paths: words("paths"),
    pagesOfPeer: pagesOfPeer(limits),
    overrides: words("overrides"),
    changes: words("changes"),
    changes6: words("changes6"),
    changeRests: words("changeRests"),
  };
}
