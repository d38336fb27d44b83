/**
 * Packets that were captured twice: from a mirror port that copies both directions of a link, or on
 * both sides of a router. They look like retransmissions, but are the same packet, down to its
 * identification and checksum.
 *
 * @module
 */
import { type Arena, separateMemory } from "../arena.ts";
import type { PacketBatch } from "../batch.ts";
import type { DissectColumns } from "../dissect/columns.ts";
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
  /** Median time from a packet to its copy, microseconds; null without copies. */
  readonly medianDelayUsec: number | null;
}

/** Compiled code for packets that are no copies. */
export interface CopyKernel {
  readonly arena: Arena;
  /** Told once the address in the arena of the recent packets. */
  bindCopies(slots: number): void;
  /** Remembers packets from row `from` on; the row that needs more than that, or `batch.count`. */
  rememberPackets(batch: PacketBatch, from: number): number;
}

/** Recent packets that are remembered, a power of two: as many as fit the first-level cache. */
const SLOTS = 2048;

/** Words of a slot: hash, check, time, and TTL with the interface. */
const SLOT_WORDS = 4;

/** A copy comes within this time, microseconds; identifications are used again much later. */
export const COPY_WINDOW_USEC = 50_000;

/**
 * The same for packets without identification (IPv6, IPv4 with 0), microseconds: a stack that sends
 * a segment anew does so later than this.
 */
export const COPY_WINDOW_WITHOUT_ID_USEC = 1_000;

/** Delays that the median is taken of: the first ones. */
const DELAYS_KEPT = 1024;

const TCP = 6, UDP = 17, ICMP = 1, ICMPV6 = 58;
const SYN_FIN = 0x03;

/** Offset of the checksum in the transport header by protocol; 255: none is read. */
const CHECKSUM_AT = new Uint8Array(256).fill(255);
CHECKSUM_AT[TCP] = 16;
CHECKSUM_AT[UDP] = 6;
CHECKSUM_AT[ICMP] = 2;
CHECKSUM_AT[ICMPV6] = 2;

/** Looks for copies among the last packets. */
export class DuplicateWatch implements Analyzer {
  readonly #kernel: CopyKernel | null;
  readonly #slots: Int32Array;
  readonly #delaysUsec: number[] = [];
  readonly #copies = new Evidence();
  #otherTtl = 0;
  #otherInterface = 0;

  /** A watch; compiled code, if there is any, takes most packets to the same result. */
  constructor(kernel: CopyKernel | null = null) {
    this.#kernel = kernel;
    this.#slots = (kernel?.arena ?? separateMemory).int32(SLOTS * SLOT_WORDS);
    kernel?.bindCopies(this.#slots.byteOffset);
  }

  addBatch(batch: PassBatch): void {
    const { packets } = batch;
    if (this.#kernel === null) return this.#addRows(batch, 0, packets.count);
    let row = this.#kernel.rememberPackets(packets, 0);
    while (row < packets.count) {
      this.#addRows(batch, row, row + 1);
      row = this.#kernel.rememberPackets(packets, row + 1);
    }
  }

  #addRows({ packets, dissected, flows }: PassBatch, from: number, to: number): void {
    const { flow, direction, timeNs } = flows;
    const { malformed, ipId, ttl, seq, payloadWire } = dissected;
    const { interfaceId } = packets;
    const slots = this.#slots;
    for (let row = from; row < to; row++) {
      const id = flow[row] ?? -1;
      // A header that was cut counts as malformed as well.
      if (id < 0 || malformed[row] !== 0) continue;
      const identification = ipId[row] ?? 0;
      const hasId = identification !== 0;
      if (!hasId && !isSegment(dissected, row)) continue;
      const check = identification << 16 ^ checksumOf(packets, dissected, row);
      // Identification and checksum can be constant: of some stacks, and of segments to be offloaded.
      let hash = Math.imul(id << 1 | (direction[row] ?? 0), 0x9e3779b1) ^
        Math.imul(check, 0x27d4eb2f) ^
        Math.imul((seq[row] ?? 0) ^ (payloadWire[row] ?? 0) << 16, 0x85ebca6b);
      // Bit 0 tells a packet from a slot that was never filled.
      hash = (hash ^ hash >>> 15) | 1;
      const at = (hash >>> 1 & (SLOTS - 1)) * SLOT_WORDS;
      const usec = (timeNs[row] ?? 0) * 1e-3 | 0;
      const origin = (ttl[row] ?? 0) | (interfaceId[row] ?? 0) << 8;
      if (slots[at] === hash && slots[at + 1] === check) {
        const delayUsec = usec - (slots[at + 2] ?? 0) | 0;
        const window = hasId ? COPY_WINDOW_USEC : COPY_WINDOW_WITHOUT_ID_USEC;
        if (delayUsec >= 0 && delayUsec <= window) {
          this.#found(packets.firstFrame + row, delayUsec, origin ^ (slots[at + 3] ?? 0));
          continue;
        }
      }
      slots[at] = hash;
      slots[at + 1] = check;
      slots[at + 2] = usec;
      slots[at + 3] = origin;
    }
  }

  /** What was seen. */
  finish(): DuplicateFacts {
    const delays = this.#delaysUsec.toSorted((a, b) => a - b);
    return {
      copies: this.#copies.counted(),
      otherTtl: this.#otherTtl,
      otherInterface: this.#otherInterface,
      medianDelayUsec: delays[delays.length >> 1] ?? null,
    };
  }

  /** `differs` has the bits in which TTL and interface are not those of the first. */
  #found(frame: number, delayUsec: number, differs: number): void {
    this.#copies.add(frame);
    if ((differs & 0xff) !== 0) this.#otherTtl++;
    if (differs >>> 8 !== 0) this.#otherInterface++;
    if (this.#delaysUsec.length < DELAYS_KEPT) this.#delaysUsec.push(delayUsec);
  }
}

/** True for a TCP segment that takes room in sequence space: a copy of an ACK proves nothing. */
function isSegment(columns: DissectColumns, row: number): boolean {
  return columns.l4Protocol[row] === TCP &&
    ((columns.payloadWire[row] ?? 0) > 0 || ((columns.tcpFlags[row] ?? 0) & SYN_FIN) !== 0);
}

/** The transport checksum, which stands for the payload; of later fragments, their offset. */
function checksumOf(packets: PacketBatch, columns: DissectColumns, row: number): number {
  const header = columns.l4Offset[row] ?? -1;
  const at = CHECKSUM_AT[(columns.l4Protocol[row] ?? 0) & 255] ?? 255;
  if (header < 0 || at === 255) return columns.fragmentOffset[row] ?? 0;
  return packets.view.getUint16(header + at);
}
