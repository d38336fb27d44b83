/**
 * A made-up internet table as its peers see it: the same prefixes, grouped by who originates them
 * and how, each peer with paths and communities of its own.
 */
import { writeHeader, writeSegment } from "./attribute_octets.ts";
import { type GroupedPrefixes, ipv4Prefixes, ipv6Prefixes } from "./table_prefixes.ts";
import { mix, Random } from "./random.ts";

/** What to make. */
export interface TableWish {
  readonly ipv4: number;
  readonly ipv6: number;
  /** Attribute sets of one peer's view. */
  readonly attributeSets: number;
  readonly seed: number;
}

/** The size of the public table when this was written. */
export const FULL_TABLE: TableWish = {
  ipv4: 1_050_000,
  ipv6: 230_000,
  attributeSets: 160_000,
  seed: 42,
};

const TIER_1 = [174, 701, 1299, 2914, 3257, 3320, 3356, 3491, 5511, 6453, 6461, 6762, 6830, 12956];
const TRANSITS = 6_000;
const ORIGINS = 78_000;
const COMMUNITY_SETS = 30_000;

/** AS number of the peer with this index. */
export function peerAs(peer: number): number {
  return 65010 + peer;
}

/** The table. */
export class Table {
  readonly ipv4: GroupedPrefixes;
  readonly ipv6: GroupedPrefixes;
  readonly #seed: number;
  readonly #transits: Uint32Array;
  readonly #origins: Uint32Array;
  readonly #communitySets: readonly Uint32Array[];

  constructor({ ipv4, ipv6, attributeSets, seed }: TableWish) {
    const random = new Random(seed);
    const sixes = ipv6 === 0 ? 0 : Math.max(1, Math.round(attributeSets * ipv6 / (ipv4 + ipv6)));
    const fours = ipv4 === 0 ? 0 : Math.max(1, attributeSets - sixes);
    this.#seed = seed;
    this.#transits = asNumbers(TRANSITS, random);
    this.#origins = asNumbers(ORIGINS, random);
    this.#communitySets = this.#drawCommunitySets(random);
    this.ipv4 = ipv4Prefixes(ipv4, Math.min(fours, ipv4), random);
    this.ipv6 = ipv6Prefixes(ipv6, Math.min(sixes, ipv6), random);
  }

  /** Number of groups of a family. */
  groups(family: 4 | 6): number {
    return (family === 4 ? this.ipv4 : this.ipv6).starts.length - 1;
  }

  /**
   * Writes the path attributes of a group as `peer` announces them, without NEXT_HOP and
   * MP_REACH_NLRI, in the order of their types from AS_PATH on: `nextHop`, where given, is put in its
   * place as NEXT_HOP. `round` 0 is the table; others are what churn changes it to. Returns the end.
   */
  writeAttributes(
    into: DataView,
    at: number,
    of: {
      readonly peer: number;
      readonly family: 4 | 6;
      readonly group: number;
      readonly round: number;
      readonly nextHop: number | null;
    },
  ): number {
    const { peer, family, group, round, nextHop } = of;
    // The origin's side of the attributes is the same for every peer.
    const far = new Random(mix(this.#seed + family, group));
    const near = new Random(mix(mix(peer, this.#seed), mix(group, round)));
    const origin = this.#origins[far.below(ORIGINS)]!;
    at = writeHeader(into, at, 0x40, 1, 1);
    const roll = far.unit();
    into.setUint8(at++, roll < 0.84 ? 0 : roll < 0.99 ? 2 : 1);
    at = this.#writePath(into, at, { peer, origin, far, near });
    if (nextHop !== null) {
      at = writeHeader(into, at, 0x40, 3, 4);
      into.setUint32(at, nextHop);
      at += 4;
    }
    if (near.chance(0.38)) {
      at = writeHeader(into, at, 0x80, 4, 4);
      into.setUint32(at, near.chance(0.6) ? 0 : near.below(5_000));
      at += 4;
    }
    if (far.chance(0.04)) at = writeHeader(into, at, 0x40, 6, 0);
    if (far.chance(0.07)) {
      at = writeHeader(into, at, 0xc0, 7, 8);
      into.setUint32(at, origin);
      into.setUint32(at + 4, 0x0b000000 + far.below(0xc0000000));
      at += 8;
    }
    at = this.#writeCommunities(into, at, peer, far, near);
    if (far.chance(0.04)) {
      const count = 1 + far.below(3);
      at = writeHeader(into, at, 0xc0, 16, 8 * count);
      for (let n = 0; n < count; n++, at += 8) {
        into.setUint16(at, 0x0002);
        into.setUint16(at + 2, 1 + far.below(64_000));
        into.setUint32(at + 4, far.bits());
      }
    }
    if (far.chance(0.12)) {
      const count = 1 + far.below(4);
      at = writeHeader(into, at, 0xc0, 32, 12 * count);
      const who = this.#transits[far.skewed(TRANSITS)]!;
      for (let n = 0; n < count; n++, at += 12) {
        into.setUint32(at, who);
        into.setUint32(at + 4, n + 1);
        into.setUint32(at + 8, far.below(2_000));
      }
    }
    return at;
  }

  /** The peer, its way to a tier-1, transits towards the origin, the origin and its prepends. */
  #writePath(
    into: DataView,
    at: number,
    { peer, origin, far, near }: { peer: number; origin: number; far: Random; near: Random },
  ): number {
    const path = [peerAs(peer)];
    const direct = near.chance(0.12);
    if (!direct) path.push(TIER_1[(peer * 5 + near.skewed(TIER_1.length)) % TIER_1.length]!);
    if (!direct && near.chance(0.3)) path.push(TIER_1[near.below(TIER_1.length)]!);
    for (let hops = far.skewed(4); hops > 0; hops--) {
      path.push(this.#transits[far.skewed(TRANSITS)]!);
    }
    path.push(origin);
    if (far.chance(0.15)) {
      const times = far.chance(0.02) ? 20 + far.below(30) : 1 + far.below(4);
      for (let n = 0; n < times; n++) path.push(origin);
    }
    const set = far.chance(0.003) ? 1 + far.below(5) : 0;
    const length = 2 + 4 * path.length + (set === 0 ? 0 : 2 + 4 * set);
    at = writeHeader(into, at, 0x40, 2, length);
    at = writeSegment(into, at, 2, path);
    if (set === 0) return at;
    return writeSegment(
      into,
      at,
      1,
      Array.from({ length: set }, () => this.#origins[far.below(ORIGINS)]!),
    );
  }

  /** What the origin and its transits said, and where the peer learned it. */
  #writeCommunities(into: DataView, at: number, peer: number, far: Random, near: Random): number {
    const theirs = far.chance(0.72) ? this.#communitySets[far.skewed(COMMUNITY_SETS)]! : null;
    const ours = near.chance(0.45) ? 2 : 0;
    const count = (theirs?.length ?? 0) + ours;
    if (count === 0) return at;
    at = writeHeader(into, at, 0xc0, 8, 4 * count);
    for (const community of theirs ?? []) {
      into.setUint32(at, community);
      at += 4;
    }
    if (ours === 0) return at;
    const city = near.skewed(24);
    into.setUint32(at, peerAs(peer) << 16 | 3000 + city);
    into.setUint32(at + 4, peerAs(peer) << 16 | 100 + city % 5);
    return at + 8;
  }

  #drawCommunitySets(random: Random): readonly Uint32Array[] {
    return Array.from({ length: COMMUNITY_SETS }, () => {
      const count = 1 + random.skewed(22);
      const set = Uint32Array.from({ length: count }, () => {
        const asn = random.chance(0.5)
          ? TIER_1[random.below(TIER_1.length)]!
          : 1_000 + random.skewed(60_000);
        return (asn << 16 | 1 + random.skewed(9_999)) >>> 0;
      });
      return set.sort();
    });
  }
}

/** Different AS numbers as they are given out: half of two octets, half of four. */
function asNumbers(count: number, random: Random): Uint32Array {
  const numbers = new Set<number>();
  while (numbers.size < count) {
    numbers.add(
      random.chance(0.5) ? 1_000 + random.below(63_000) : 196_608 + random.below(205_000),
    );
  }
  return Uint32Array.from(numbers);
}
