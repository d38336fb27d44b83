/**
 * Datagrams put together from the fragments of IPv4 (RFC 791 §3.2) and IPv6 (RFC 8200 §4.5), with
 * bounded memory, and counts of what could not be put together.
 *
 * @module
 */
import { oldestEntries } from "../oldest_entries.ts";
import type { Analyzer, PassBatch } from "../pass.ts";

/** A datagram that the packet of `row` completed. Its addresses are those of that packet. */
export interface WholeDatagram {
  /** Row of the packet in the batch. */
  readonly row: number;
  /** IP protocol number of what it carries. */
  readonly protocol: number;
  /** What all fragments together carried, transport header first. */
  readonly payload: Uint8Array;
  /** Frame of the fragment that came first. */
  readonly firstFrame: number;
}

/** What of a batch is looked at. */
export type DatagramBatch = Pick<PassBatch, "packets" | "dissected" | "flows">;

/** Compiled code that looks for fragments. */
export interface FragmentKernel {
  /** True if one of the first `count` rows is a fragment, or seems to be. */
  hasFragments(count: number): boolean;
}

/** What became of fragments. */
export interface FragmentFacts {
  readonly fragments: number;
  readonly reassembled: number;
  /** Datagrams of which fragments are missing: never captured, cut, or too old. */
  readonly incomplete: number;
  /** Incomplete ones that were given up to make room for others. */
  readonly evicted: number;
  /**
   * Datagrams with fragments that overlap without being the same, or lie beyond the last one. What
   * came first counts in IPv4; IPv6 drops such a datagram (RFC 5722 §4).
   */
  readonly overlaps: number;
  /** Fragments that came again. */
  readonly duplicates: number;
  /** Datagrams that would be longer than 65,535 octets ("ping of death"). */
  readonly oversized: number;
  /** Fragments before the last that carry 8 octets or less, which no link needs. */
  readonly tiny: number;
  /** First frames of what was incomplete, overlapping or oversized, at most 8. */
  readonly frames: readonly number[];
}

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly octets: Uint8Array;
}

interface Datagram {
  readonly key: string;
  readonly firstFrame: number;
  readonly firstNs: number;
  /** Sorted by `from`, never overlapping. */
  pieces: Piece[];
  held: number;
  /** Length of the payload, -1 until the last fragment came. */
  length: number;
  hasOverlap: boolean;
  /** True once it was dropped; what still comes of it is passed over. */
  isDead: boolean;
}

/** Longest payload of an IP packet, octets. */
const PAYLOAD_MAX = 65_535;
/** Most datagrams in the making. */
const DATAGRAMS_MAX = 1024;
/** Most octets of all of them, with what a piece costs beside its octets. */
const HELD_BYTES_MAX = 8_388_608;
const PIECE_BYTES = 128;
/** Most fragments of a datagram: 65,535 octets in fragments of the least link (RFC 791: 68 octets). */
const PIECES_MAX = 1400;
/** How long hosts wait for the rest, nanoseconds (RFC 8200 §4.5: 60 s). */
const AGE_NS = 60e9;
/** And in frames, for captures whose clock stands still. */
const AGE_FRAMES = 1_000_000;
/** Least that every link carries of a datagram at once: 68 octets with a header of 60 (RFC 791). */
const TINY_BYTES = 8;
/** Time and frames between two looks at what is too old. */
const EXPIRY_STEP_NS = 1e9;
const EXPIRY_STEP_FRAMES = 4096;
const FRAMES_KEPT = 8;

const latin1 = new TextDecoder("latin1");

/** Puts fragments together; {@link DatagramAssembler.completed} is for analyzers that come after it. */
export class DatagramAssembler implements Analyzer {
  /** Datagrams that packets of the current batch completed, by row. */
  completed: WholeDatagram[] = [];
  readonly #kernel: FragmentKernel | null;
  readonly #open = new Map<string, Datagram>();
  #heldBytes = 0;
  #expiredNs = 0;
  #expiredFrame = 0;
  #fragments = 0;
  #reassembled = 0;
  #incomplete = 0;
  #evicted = 0;
  #overlaps = 0;
  #duplicates = 0;
  #oversized = 0;
  #tiny = 0;
  readonly #frames: number[] = [];

  /** Nothing put together yet; compiled code, if there is any, tells where there is nothing to do. */
  constructor(kernel: FragmentKernel | null = null) {
    this.#kernel = kernel;
  }

  addBatch(batch: DatagramBatch): void {
    if (this.completed.length > 0) this.completed = [];
    const { fragment } = batch.dissected;
    const { count } = batch.packets;
    if (this.#kernel?.hasFragments(count) === false) return;
    for (let row = 0; row < count; row++) {
      if (fragment[row] !== 0) this.#addPacket(batch, row);
    }
  }

  /** What became of the fragments; datagrams still in the making are incomplete. */
  finish(): FragmentFacts {
    for (const datagram of this.#open.values()) this.#giveUp(datagram);
    return {
      fragments: this.#fragments,
      reassembled: this.#reassembled,
      incomplete: this.#incomplete,
      evicted: this.#evicted,
      overlaps: this.#overlaps,
      duplicates: this.#duplicates,
      oversized: this.#oversized,
      tiny: this.#tiny,
      frames: this.#frames,
    };
  }

  #addPacket({ packets, dissected, flows }: DatagramBatch, row: number): void {
    this.#fragments++;
    const { bytes, view } = packets;
    const l3 = dissected.l3Offset[row] ?? -1;
    const isLater = dissected.fragment[row] === 2;
    const start = (isLater ? dissected.payloadOffset[row] : dissected.l4Offset[row]) ?? -1;
    if (l3 < 0 || start < 0) return;
    const frameStart = packets.offset[row] ?? 0;
    const captured = frameStart + (packets.capturedLength[row] ?? 0);
    const wire = frameStart + Math.min(packets.wireLength[row] ?? 0, 0x1fffffff);
    // The header is there: dissection came past it.
    const isV4 = dissected.ipVersion[row] === 4;
    const total = isV4 ? view.getUint16(l3 + 2) : view.getUint16(l3 + 4) + 40;
    const end = total === 0 ? wire : Math.min(wire, l3 + total);
    const isLast = dissected.fragmentMore[row] === 0;
    const from = dissected.fragmentOffset[row] ?? 0;
    // All but the last carry a multiple of eight octets; what is over does not count.
    const length = isLast ? end - start : (end - start) & ~7;
    if (length <= 0) return;
    if (!isLast && length <= TINY_BYTES) this.#tiny++;
    const frame = packets.firstFrame + row;
    const protocol = dissected.l4Protocol[row] ?? -1;
    const addressLength = dissected.addressLength[row] ?? 0;
    const src = dissected.srcOffset[row] ?? 0;
    const dst = dissected.dstOffset[row] ?? 0;
    // RFC 8200 §4.5: IPv6 knows them by addresses and identification alone.
    const key = `${isV4 ? protocol : 6e3} ${dissected.ipId[row]} ${dissected.tunnelId[row]} ` +
      latin1.decode(bytes.subarray(src, src + addressLength)) +
      latin1.decode(bytes.subarray(dst, dst + addressLength));
    const ns = flows.timeNs[row] ?? 0;
    this.#expire(ns, frame);
    const datagram = this.#open.get(key) ?? this.#begin(key, frame, ns);
    if (datagram.isDead) return;
    if (from + length > PAYLOAD_MAX) {
      this.#oversized++;
      this.#kill(datagram);
      return;
    }
    if (isLast && datagram.length < 0) datagram.length = from + length;
    const octets = bytes.subarray(start, Math.min(captured, start + length));
    if (octets.length < length || !this.#insert(datagram, from, octets, isV4)) return;
    if (datagram.length !== datagram.held) return;
    this.#open.delete(key);
    this.#heldBytes -= costOf(datagram);
    this.#reassembled++;
    this.completed.push({
      row,
      protocol,
      payload: joined(datagram),
      firstFrame: datagram.firstFrame,
    });
  }

  #begin(key: string, firstFrame: number, firstNs: number): Datagram {
    for (const [, oldest] of oldestEntries(this.#open, DATAGRAMS_MAX)) this.#evict(oldest);
    const datagram: Datagram = {
      key,
      firstFrame,
      firstNs,
      pieces: [],
      held: 0,
      length: -1,
      hasOverlap: false,
      isDead: false,
    };
    this.#open.set(key, datagram);
    return datagram;
  }

  /** Puts a piece in its place; false if the datagram had to be dropped. What came first counts. */
  #insert(datagram: Datagram, start: number, octets: Uint8Array, isV4: boolean): boolean {
    const { pieces } = datagram;
    const end = start + octets.length;
    if (pieces.some((piece) => piece.from === start && piece.to === end)) {
      this.#duplicates++;
      return true;
    }
    const before = pieces.findLastIndex((piece) => piece.from <= start);
    const overlaps = (pieces[before]?.to ?? 0) > start ||
      (pieces[before + 1]?.from ?? Infinity) < end;
    const isBeyond = datagram.length >= 0 &&
      Math.max(end, pieces.at(-1)?.to ?? 0) > datagram.length;
    if (overlaps || isBeyond) {
      if (!datagram.hasOverlap) this.#overlaps++;
      datagram.hasOverlap = true;
      if (!isV4 || isBeyond) {
        this.#kill(datagram);
        return false;
      }
    }
    let from = Math.max(start, pieces[before]?.to ?? 0);
    let index = before + 1;
    while (from < end) {
      const next = pieces[index];
      const to = next === undefined ? end : Math.min(end, next.from);
      if (to > from) {
        if (pieces.length >= PIECES_MAX) {
          this.#kill(datagram);
          return false;
        }
        pieces.splice(index++, 0, { from, to, octets: octets.slice(from - start, to - start) });
        datagram.held += to - from;
        this.#heldBytes += to - from + PIECE_BYTES;
      }
      if (next === undefined) break;
      from = Math.max(to, next.to);
      index++;
    }
    if (this.#heldBytes > HELD_BYTES_MAX) {
      for (const [, oldest] of oldestEntries(this.#open, this.#open.size)) this.#evict(oldest);
    }
    return this.#open.has(datagram.key);
  }

  #expire(ns: number, frame: number): void {
    const isSoon = Math.abs(ns - this.#expiredNs) < EXPIRY_STEP_NS;
    if (isSoon && frame - this.#expiredFrame < EXPIRY_STEP_FRAMES) return;
    this.#expiredNs = ns;
    this.#expiredFrame = frame;
    for (const datagram of this.#open.values()) {
      const isOld = ns - datagram.firstNs > AGE_NS || frame - datagram.firstFrame > AGE_FRAMES;
      if (!isOld) return;
      this.#giveUp(datagram);
    }
  }

  #evict(datagram: Datagram): void {
    if (!datagram.isDead) this.#evicted++;
    this.#giveUp(datagram);
  }

  /** Forgets a datagram that will not be whole. */
  #giveUp(datagram: Datagram): void {
    if (!datagram.isDead) {
      this.#incomplete++;
      this.#note(datagram);
    }
    this.#heldBytes -= costOf(datagram);
    this.#open.delete(datagram.key);
  }

  /** Drops what a datagram has, and what may still come of it. */
  #kill(datagram: Datagram): void {
    this.#note(datagram);
    this.#heldBytes -= costOf(datagram);
    datagram.pieces = [];
    datagram.held = 0;
    datagram.isDead = true;
  }

  #note({ firstFrame }: Datagram): void {
    if (this.#frames.length < FRAMES_KEPT && !this.#frames.includes(firstFrame)) {
      this.#frames.push(firstFrame);
    }
  }
}

function costOf(datagram: Datagram): number {
  return datagram.held + datagram.pieces.length * PIECE_BYTES;
}

function joined(datagram: Datagram): Uint8Array {
  const payload = new Uint8Array(datagram.length);
  for (const piece of datagram.pieces) payload.set(piece.octets, piece.from);
  return payload;
}
