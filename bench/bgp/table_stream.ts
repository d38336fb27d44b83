/** A table as the octets that a peer sends: UPDATE messages (RFC 4271 §4.3), then End-of-RIB. */
import { Random } from "./random.ts";
import type { Table } from "./table.ts";
import type { GroupedPrefixes } from "./table_prefixes.ts";

/** Longest message without RFC 8654. */
const MESSAGE_MAX = 4096;
const HEADER = 19;
const UPDATE = 2;
/** Room for the attributes of any group. */
const ATTRIBUTES_MAX = 2048;

/** Next hops of a peer's announcements: 192.0.2.0/24 and fd00::/64, by its index. */
function nextHop4(peer: number): number {
  return 0xc0000200 + 1 + peer % 250;
}

/** Grows as it is written to. */
class Octets {
  #octets = new Uint8Array(1 << 20);
  view: DataView = new DataView(this.#octets.buffer);
  length = 0;

  /** Makes room for one more message. */
  reserve(): number {
    if (this.length + 2 * MESSAGE_MAX > this.#octets.length) {
      const larger = new Uint8Array(this.#octets.length * 2);
      larger.set(this.#octets.subarray(0, this.length));
      this.#octets = larger;
      this.view = new DataView(larger.buffer);
    }
    return this.length;
  }

  copy(source: Uint8Array, length: number, at: number): void {
    this.#octets.set(source.subarray(0, length), at);
  }

  taken(): Uint8Array<ArrayBuffer> {
    return this.#octets.slice(0, this.length);
  }
}

/** Prefixes by number. */
type Prefixes = Pick<GroupedPrefixes, "lengths" | "high"> & Partial<Pick<GroupedPrefixes, "low">>;

/** What the attributes of a group depend on. */
export interface GroupWish {
  readonly family: 4 | 6;
  readonly group: number;
  /** 0: the table; others are what churn changes it to. */
  readonly round: number;
  /** To be put in as NEXT_HOP, or null. */
  readonly nextHop: number | null;
}

/** Writes the path attributes of a group but MP_REACH_NLRI to the beginning; returns their end. */
export type AttributeWriter = (into: DataView, of: GroupWish) => number;

/** Writes UPDATEs of one peer. */
export class UpdateStream {
  readonly octets = new Octets();
  readonly #table: Table;
  readonly #peer: number;
  readonly #writeAttributes: AttributeWriter;
  readonly #attributes = new Uint8Array(ATTRIBUTES_MAX);
  readonly #view = new DataView(this.#attributes.buffer);

  /** `writeAttributes`: by default as the table has them. */
  constructor(
    table: Table,
    peer: number,
    writeAttributes: AttributeWriter = (into, of) =>
      table.writeAttributes(into, 0, { ...of, peer }),
  ) {
    this.#table = table;
    this.#peer = peer;
    this.#writeAttributes = writeAttributes;
  }

  /** All groups, shuffled, but those that `keep` turns down. */
  announceAll(random: Random, keep: () => boolean = () => true): void {
    for (const family of [4, 6] as const) {
      const { starts } = family === 4 ? this.#table.ipv4 : this.#table.ipv6;
      for (const group of shuffled(this.#table.groups(family), random)) {
        if (keep()) this.announce(family, group, 0, starts[group]!, starts[group + 1]!);
      }
    }
  }

  /** `operations` prefixes withdrawn (13 per cent) or announced otherwise, a few at a time. */
  change(random: Random, operations: number): void {
    const { ipv4, ipv6 } = this.#table;
    const share = ipv4.lengths.length / (ipv4.lengths.length + ipv6.lengths.length);
    for (let done = 0; done < operations;) {
      const family = random.chance(share) ? 4 : 6;
      const { starts } = family === 4 ? ipv4 : ipv6;
      const group = random.below(this.#table.groups(family));
      const first = starts[group]! + random.below(starts[group + 1]! - starts[group]!);
      const end = Math.min(
        starts[group + 1]!,
        first + 1 + random.skewed(5),
        first + operations - done,
      );
      if (random.chance(0.13)) this.withdraw(family, first, end);
      else this.announce(family, group, 1 + random.below(6), first, end);
      done += end - first;
    }
  }

  /** Announces the prefixes of a group from `first` to `end`. */
  announce(family: 4 | 6, group: number, round: number, first: number, end: number): void {
    const length = this.#write(family, group, round);
    for (let next = first; next < end;) {
      next = family === 4 ? this.#announce4(length, next, end) : this.#announce6(length, next, end);
    }
  }

  /** Announces one IPv4 address as a /32, as group 0 is announced. */
  announceHost(address: number): void {
    this.#announce4(this.#write(4, 0, 0), 0, 1, hostPrefix(address));
  }

  /** Withdraws what `announceHost` announced. */
  withdrawHost(address: number): void {
    this.#withdraw4(0, 1, hostPrefix(address));
  }

  /** Withdraws the prefixes of a family from `first` to `end`, in one message as far as they fit. */
  withdraw(family: 4 | 6, first: number, end: number): void {
    if (family === 4) this.#withdraw4(first, end);
    else this.#withdraw6(first, end);
  }

  /** RFC 4724 §2, for the families that the table has. */
  endOfRib(): void {
    for (const family of [4, 6] as const) {
      if (this.#table.groups(family) > 0) this.#endOfRib(family);
    }
  }

  #endOfRib(family: 4 | 6): void {
    const start = this.octets.reserve();
    const { view } = this.octets;
    view.setUint16(start + HEADER, 0);
    view.setUint16(start + HEADER + 2, family === 4 ? 0 : 6);
    if (family === 6) {
      view.setUint32(start + HEADER + 4, 0x800f0300);
      view.setUint16(start + HEADER + 8, 0x0201);
    }
    this.#close(start, start + HEADER + (family === 4 ? 4 : 10));
  }

  /** Attributes of a group into the scratch; returns their length. */
  #write(family: 4 | 6, group: number, round: number): number {
    const nextHop = family === 4 ? nextHop4(this.#peer) : null;
    return this.#writeAttributes(this.#view, { family, group, round, nextHop });
  }

  #announce4(
    length: number,
    first: number,
    end: number,
    prefixes: Prefixes = this.#table.ipv4,
  ): number {
    const start = this.octets.reserve();
    const { view } = this.octets;
    view.setUint16(start + HEADER, 0);
    view.setUint16(start + HEADER + 2, length);
    this.octets.copy(this.#attributes, length, start + HEADER + 4);
    let at = start + HEADER + 4 + length;
    let next = first;
    for (; next < end && at + 5 <= start + MESSAGE_MAX; next++) {
      at = writeNlri(view, at, prefixes, next);
    }
    this.#close(start, at);
    return next;
  }

  /** MP_REACH_NLRI stands first (RFC 7606 §5.1). */
  #announce6(length: number, first: number, end: number): number {
    const start = this.octets.reserve();
    const { view } = this.octets;
    view.setUint16(start + HEADER, 0);
    const attribute = start + HEADER + 4;
    let at = attribute + 4;
    view.setUint16(at, 2);
    view.setUint16(at + 2, 0x0110);
    view.setBigUint64(at + 4, 0xfd00000000000000n);
    view.setBigUint64(at + 12, BigInt(0x10 + this.#peer));
    view.setUint8(at + 20, 0);
    at += 21;
    let next = first;
    for (; next < end && at + 9 + length <= start + MESSAGE_MAX; next++) {
      at = writeNlri(view, at, this.#table.ipv6, next);
    }
    view.setUint16(attribute, 0x900e);
    view.setUint16(attribute + 2, at - attribute - 4);
    this.octets.copy(this.#attributes, length, at);
    at += length;
    view.setUint16(attribute - 2, at - attribute);
    this.#close(start, at);
    return next;
  }

  #withdraw4(first: number, end: number, prefixes: Prefixes = this.#table.ipv4): void {
    const start = this.octets.reserve();
    const { view } = this.octets;
    const routes = start + HEADER + 2;
    let at = routes;
    for (let n = first; n < end; n++) at = writeNlri(view, at, prefixes, n);
    view.setUint16(routes - 2, at - routes);
    view.setUint16(at, 0);
    this.#close(start, at + 2);
  }

  #withdraw6(first: number, end: number): void {
    const start = this.octets.reserve();
    const { view } = this.octets;
    view.setUint16(start + HEADER, 0);
    const attributes = start + HEADER + 4;
    let at = attributes + 7;
    for (let n = first; n < end; n++) at = writeNlri(view, at, this.#table.ipv6, n);
    view.setUint16(attributes - 2, at - attributes);
    view.setUint16(attributes, 0x900f);
    view.setUint16(attributes + 2, at - attributes - 4);
    view.setUint16(attributes + 4, 2);
    view.setUint8(attributes + 6, 1);
    this.#close(start, at);
  }

  #close(start: number, end: number): void {
    const { view } = this.octets;
    for (let n = 0; n < 16; n += 4) view.setUint32(start + n, 0xffffffff);
    view.setUint16(start + 16, end - start);
    view.setUint8(start + 18, UPDATE);
    this.octets.length = end;
  }
}

/** One IPv4 address, a /32. */
function hostPrefix(address: number): Prefixes {
  return { lengths: Uint8Array.of(32), high: Uint32Array.of(address) };
}

/** Length in bits, then as many octets as it takes; returns the end. */
function writeNlri(view: DataView, at: number, prefixes: Prefixes, n: number): number {
  const length = prefixes.lengths[n]!;
  view.setUint8(at, length);
  view.setUint32(at + 1, prefixes.high[n]!);
  if (length > 32) view.setUint32(at + 5, prefixes.low![n]!);
  return at + 1 + Math.ceil(length / 8);
}

/** The whole table of a peer, groups shuffled: as a router sends it after a restart of the session. */
export function tableStream(table: Table, peer: number): Uint8Array<ArrayBuffer> {
  const stream = new UpdateStream(table, peer);
  stream.announceAll(new Random(peer + 1));
  stream.endOfRib();
  return stream.octets.taken();
}

/** What follows a table: see {@link UpdateStream.change}. */
export function churnStream(
  table: Table,
  peer: number,
  operations: number,
): Uint8Array<ArrayBuffer> {
  const stream = new UpdateStream(table, peer);
  stream.change(new Random(peer + 77), operations);
  return stream.octets.taken();
}

/** What a small peer has: about `prefixes` prefixes of the table, whole groups of it. */
export function smallStream(
  table: Table,
  peer: number,
  prefixes: number,
): Uint8Array<ArrayBuffer> {
  const stream = new UpdateStream(table, peer);
  const all = table.ipv4.lengths.length + table.ipv6.lengths.length;
  const random = new Random(peer + 301);
  stream.announceAll(random, () => random.chance(prefixes / all));
  stream.endOfRib();
  return stream.octets.taken();
}

function shuffled(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
