/**
 * Feeds that differ in little: for the same prefixes, paths that are often equal in one step of the
 * decision after the other, so that every step decides somewhere. Some sessions are external, some
 * internal.
 */
import { writeHeader, writeSegment } from "./attribute_octets.ts";
import { mix, Random } from "./random.ts";
import type { Table } from "./table.ts";
import { type AttributeWriter, type GroupWish, UpdateStream } from "./table_stream.ts";

/** AS number of the receiver. */
export const RECEIVER_AS = 65_002;

/** A sending peer. */
export interface ContestedFeed {
  readonly asn: number;
  /** Four octets. */
  readonly routerId: readonly [number, number, number, number];
}

/**
 * Two of one neighbour AS, so that MED counts; two with the same BGP identifier, so that addresses
 * decide (RFC 6286 allows them where the AS numbers differ); two internal ones.
 */
export const CONTESTED_FEEDS: readonly ContestedFeed[] = [
  { asn: 65_010, routerId: [10, 9, 0, 3] },
  { asn: 65_010, routerId: [10, 9, 0, 2] },
  { asn: 65_012, routerId: [10, 9, 0, 2] },
  { asn: RECEIVER_AS, routerId: [10, 9, 0, 5] },
  { asn: RECEIVER_AS, routerId: [10, 9, 0, 4] },
];

/** Share of the groups that a feed does not have, and of paths that loop through the receiver. */
const MISSING = 0.15, LOOPS = 0.02;
/** Neighbours of the internal peers. */
const NEIGHBOURS = [65_010, 65_012, 65_013];

/** What is announced last: a prefix of each feed's own. */
export function lastPrefix(feed: number): string {
  return `198.18.0.${feed}/32`;
}

/** What a feed sends: its share of the table, `changes` changes, and its last prefix. */
export function contestedStream(
  table: Table,
  feed: number,
  changes: number,
): Uint8Array<ArrayBuffer> {
  const stream = new UpdateStream(table, feed, writerOf(feed));
  play(stream, feed, changes);
  return finished(stream, feed);
}

/** What stands of that in the end, each prefix sent once. */
export function settledStream(
  table: Table,
  feed: number,
  changes: number,
): Uint8Array<ArrayBuffer> {
  const outcome = new Outcome(table, feed);
  play(outcome, feed, changes);
  const stream = new UpdateStream(table, feed, writerOf(feed));
  for (const family of [4, 6] as const) {
    const { starts } = family === 4 ? table.ipv4 : table.ipv6;
    const rounds = outcome.rounds[family];
    for (let group = 0; group < table.groups(family); group++) {
      for (let first = starts[group]!, end; first < starts[group + 1]!; first = end) {
        end = first + 1;
        while (end < starts[group + 1]! && rounds[end] === rounds[first]) end++;
        if (rounds[first] !== -1) stream.announce(family, group, rounds[first]!, first, end);
      }
    }
  }
  return finished(stream, feed);
}

function play(stream: UpdateStream, feed: number, changes: number): void {
  const random = new Random(feed + 501);
  stream.announceAll(random, () => !random.chance(MISSING));
  stream.change(random, changes);
}

function finished(stream: UpdateStream, feed: number): Uint8Array<ArrayBuffer> {
  stream.announceHost(0xc6120000 + feed);
  stream.endOfRib();
  return stream.octets.taken();
}

/** Writes nothing, but keeps the round that each prefix is left in; -1: it is not announced. */
class Outcome extends UpdateStream {
  readonly rounds: Readonly<Record<4 | 6, Int8Array>>;

  constructor(table: Table, feed: number) {
    super(table, feed);
    this.rounds = {
      4: new Int8Array(table.ipv4.lengths.length).fill(-1),
      6: new Int8Array(table.ipv6.lengths.length).fill(-1),
    };
  }

  override announce(
    family: 4 | 6,
    _group: number,
    round: number,
    first: number,
    end: number,
  ): void {
    this.rounds[family].fill(round, first, end);
  }

  override withdraw(family: 4 | 6, first: number, end: number): void {
    this.rounds[family].fill(-1, first, end);
  }
}

function writerOf(feed: number): AttributeWriter {
  const { asn } = CONTESTED_FEEDS[feed]!;
  return (into, of) => writeAttributes(into, feed, asn, of);
}

function writeAttributes(into: DataView, feed: number, asn: number, of: GroupWish): number {
  const { family, group, round, nextHop } = of;
  // What the origin says is the same from every feed.
  const far = new Random(mix(family, group));
  const near = new Random(mix(mix(feed + 9, family), mix(group, round)));
  const isInternal = asn === RECEIVER_AS;
  let at = writeHeader(into, 0, 0x40, 1, 1);
  into.setUint8(at++, near.chance(0.9) ? 0 : 1 + near.below(2));
  at = writePath(into, at, { asn, isInternal, far, near });
  if (nextHop !== null) {
    at = writeHeader(into, at, 0x40, 3, 4);
    into.setUint32(at, nextHop);
    at += 4;
  }
  if (near.chance(0.6)) {
    at = writeHeader(into, at, 0x80, 4, 4);
    into.setUint32(at, 10 * near.below(3));
    at += 4;
  }
  if (isInternal) {
    at = writeHeader(into, at, 0x40, 5, 4);
    into.setUint32(at, near.chance(0.85) ? 100 : 90 + 20 * near.below(2));
    at += 4;
  }
  if (far.chance(0.04)) at = writeHeader(into, at, 0x40, 6, 0);
  if (far.chance(0.07)) {
    at = writeHeader(into, at, 0xc0, 7, 8);
    into.setUint32(at, 64_600 + far.below(100));
    into.setUint32(at + 4, 0x0b000000 + far.below(0xffff));
    at += 8;
  }
  if (far.chance(0.7)) {
    const count = 1 + far.below(4);
    at = writeHeader(into, at, 0xc0, 8, 4 * count);
    for (let n = 0; n < count; n++, at += 4) {
      into.setUint32(at, (64_600 + n << 16 | near.below(3)) >>> 0);
    }
  }
  if (isInternal && near.chance(0.4)) at = writeReflection(into, at, near);
  if (far.chance(0.1)) {
    at = writeHeader(into, at, 0xc0, 32, 12);
    for (const value of [196_700, 1, near.below(3)]) {
      into.setUint32(at, value);
      at += 4;
    }
  }
  return at;
}

/** Of nearly the same length from every feed; now and then empty, behind an AS_SET, or a loop. */
function writePath(
  into: DataView,
  at: number,
  { asn, isInternal, far, near }: {
    readonly asn: number;
    readonly isInternal: boolean;
    readonly far: Random;
    readonly near: Random;
  },
): number {
  if (isInternal && near.chance(0.03)) return writeHeader(into, at, 0x40, 2, 0);
  const path = [isInternal ? NEIGHBOURS[near.below(NEIGHBOURS.length)]! : asn];
  for (let hops = 1 + far.below(2); hops > 0; hops--) path.push(64_700 + near.below(4));
  if (near.chance(0.15)) path.push(64_710);
  if (!isInternal && near.chance(LOOPS)) path.push(RECEIVER_AS);
  path.push(64_800 + far.below(150));
  const set = far.chance(0.05) ? [64_960, 64_961, 64_962].slice(0, 1 + near.below(3)) : [];
  const isFirst = isInternal && near.chance(0.2);
  const length = 2 + 4 * path.length + (set.length === 0 ? 0 : 2 + 4 * set.length);
  at = writeHeader(into, at, 0x40, 2, length);
  if (set.length > 0 && isFirst) at = writeSegment(into, at, 1, set);
  at = writeSegment(into, at, 2, path);
  return set.length > 0 && !isFirst ? writeSegment(into, at, 1, set) : at;
}

/** ORIGINATOR_ID, one of a few, and CLUSTER_LIST (RFC 4456 §8). */
function writeReflection(into: DataView, at: number, near: Random): number {
  at = writeHeader(into, at, 0x80, 9, 4);
  into.setUint32(at, 0x0a090001 + near.below(4));
  at += 4;
  const clusters = 1 + near.below(3);
  at = writeHeader(into, at, 0x80, 10, 4 * clusters);
  for (let n = 0; n < clusters; n++, at += 4) into.setUint32(at, 0x0a080001 + n);
  return at;
}
