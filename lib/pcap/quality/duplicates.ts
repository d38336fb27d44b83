/**
 * Packets that were captured twice: from a mirror port that copies both directions of a link, or on
 * both sides of a router. They look like retransmissions, but are the same packet, down to its
 * identification and checksum.
 *
 * @module
 */
import type { PacketBatch } from "../batch.ts";
import { Cut, type DissectColumns } from "../dissect/columns.ts";
import type { Analyzer, PassBatch } from "../pass.ts";
import { type Counted, Evidence } from "./evidence.ts";

/** Packets seen again. */
export interface DuplicateFacts {
  /** Copies of packets that are already there. */
  readonly copies: Counted;
  /** Of these, with another TTL or hop limit: seen on both sides of a router. */
  readonly otherTtl: number;
  /** Of these, on another interface of the capture. */
  readonly otherInterface: number;
  /** Median time from the first of them to its copy, nanoseconds; null without copies. */
  readonly medianDelayNs: number | null;
}

/** Recent packets that are remembered, a power of two. */
const SLOTS = 4096;

/** A copy comes within this time, nanoseconds; identifications are used again much later. */
export const COPY_WINDOW_NS = 50e6;

/**
 * The same for packets without identification (IPv6, IPv4 with 0), nanoseconds: a stack that sends
 * a segment anew does so later than this.
 */
export const COPY_WINDOW_WITHOUT_ID_NS = 1e6;

/** Delays that the median is taken of: the first ones. */
const DELAYS_KEPT = 1024;

const TCP = 6, UDP = 17, ICMP = 1, ICMPV6 = 58;
const SYN_FIN = 0x03;

/** Looks for copies among the last packets. */
export class DuplicateWatch implements Analyzer {
  readonly #hash = new Int32Array(SLOTS);
  /** A second word of each packet, independent of the hash. */
  readonly #check = new Int32Array(SLOTS);
  readonly #timeNs = new Float64Array(SLOTS).fill(-Infinity);
  readonly #ttl = new Uint8Array(SLOTS);
  readonly #interface = new Uint16Array(SLOTS);
  readonly #delays: number[] = [];
  readonly #copies = new Evidence();
  #otherTtl = 0;
  #otherInterface = 0;

  addBatch({ packets, dissected, flows }: PassBatch): void {
    const { ipVersion, malformed, cut, ipId } = dissected;
    for (let row = 0; row < packets.count; row++) {
      if (ipVersion[row] === 0 || malformed[row] !== 0 || cut[row] === Cut.header) continue;
      if (packets.noTime[row] === 1) continue;
      const hasId = ipId[row] !== 0;
      if (!hasId && !isSegment(dissected, row)) continue;
      const check = checkOf(packets, dissected, row);
      const hash = hashOf(packets, dissected, row, check);
      const slot = hash & (SLOTS - 1);
      const now = flows.timeNs[row] ?? 0;
      const delay = now - (this.#timeNs[slot] ?? 0);
      if (
        this.#hash[slot] === hash && this.#check[slot] === check && delay >= 0 &&
        delay <= (hasId ? COPY_WINDOW_NS : COPY_WINDOW_WITHOUT_ID_NS)
      ) {
        this.#found(packets, dissected, row, slot, delay);
        continue;
      }
      this.#hash[slot] = hash;
      this.#check[slot] = check;
      this.#timeNs[slot] = now;
      this.#ttl[slot] = dissected.ttl[row] ?? 0;
      this.#interface[slot] = packets.interfaceId[row] ?? 0;
    }
  }

  /** What was seen. */
  finish(): DuplicateFacts {
    const delays = this.#delays.toSorted((a, b) => a - b);
    return {
      copies: this.#copies.counted(),
      otherTtl: this.#otherTtl,
      otherInterface: this.#otherInterface,
      medianDelayNs: delays[delays.length >> 1] ?? null,
    };
  }

  #found(
    packets: PacketBatch,
    columns: DissectColumns,
    row: number,
    slot: number,
    delayNs: number,
  ): void {
    this.#copies.add(packets.firstFrame + row);
    if (this.#ttl[slot] !== columns.ttl[row]) this.#otherTtl++;
    if (this.#interface[slot] !== packets.interfaceId[row]) this.#otherInterface++;
    if (this.#delays.length < DELAYS_KEPT) this.#delays.push(delayNs);
  }
}

/** True for a TCP segment that takes room in sequence space: a copy of an ACK proves nothing. */
function isSegment(columns: DissectColumns, row: number): boolean {
  return columns.l4Protocol[row] === TCP &&
    ((columns.payloadWire[row] ?? 0) > 0 || ((columns.tcpFlags[row] ?? 0) & SYN_FIN) !== 0);
}

/** Identification and transport checksum, which stands for the payload. */
function checkOf(packets: PacketBatch, columns: DissectColumns, row: number): number {
  const id = (columns.ipId[row] ?? 0) << 16;
  const at = columns.l4Offset[row] ?? -1;
  if (at < 0) return id;
  switch (columns.l4Protocol[row]) {
    case TCP:
      return id | packets.view.getUint16(at + 16);
    case UDP:
      return id | packets.view.getUint16(at + 6);
    case ICMP:
    case ICMPV6:
      return id | packets.view.getUint16(at + 2);
    default:
      return id;
  }
}

function hashOf(
  packets: PacketBatch,
  columns: DissectColumns,
  row: number,
  check: number,
): number {
  const { view } = packets;
  const src = columns.srcOffset[row] ?? 0;
  const dst = columns.dstOffset[row] ?? 0;
  const length = columns.addressLength[row] ?? 0;
  let hash = mix(check, (columns.l4Protocol[row] ?? 0) ^ (columns.fragmentOffset[row] ?? 0));
  for (let at = 0; at < length; at += 4) {
    hash = mix(hash, view.getInt32(src + at));
    hash = mix(hash, view.getInt32(dst + at));
  }
  hash = mix(hash, (columns.srcPort[row] ?? 0) << 16 ^ (columns.dstPort[row] ?? 0));
  hash = mix(hash, columns.seq[row] ?? 0);
  hash = mix(hash, columns.ack[row] ?? 0);
  hash = mix(hash, (columns.tcpFlags[row] ?? 0) << 20 ^ (columns.payloadWire[row] ?? 0));
  return hash ^ (hash >>> 15);
}

function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 13);
}
