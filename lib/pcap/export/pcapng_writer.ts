/**
 * Writes packets as pcapng (draft-ietf-opsawg-pcapng §4): one section, an interface per link type
 * and interface of the original, enhanced packet blocks with nanoseconds.
 *
 * @module
 */

/** Bytes of one chunk; a larger packet gets a chunk of its own. */
const CHUNK_BYTES = 1_048_576;

/** Block types and option codes of the draft. */
const SECTION_HEADER = 0x0a0d0d0a, INTERFACE = 1, ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const OPTION_COMMENT = 1, OPTION_USER_APPLICATION = 4;
const OPTION_TIME_RESOLUTION = 9, OPTION_FCS_LENGTH = 13;
/** Decimal digits of a second that times have. */
const NANOSECONDS = 9;

/** Header and trailer of an enhanced packet block, octets. */
const PACKET_OVERHEAD = 32;

/** What packets of one interface have in common. */
export interface PacketInterface {
  /** Number of the interface in the original. */
  readonly id: number;
  /** LINKTYPE_ registry. */
  readonly linkType: number;
  /** Octets of frame check sequence at the end of each packet. */
  readonly fcsLength: number;
}

/** One packet. */
export interface ExportedPacket {
  readonly bytes: Uint8Array;
  /** Octets on the wire. */
  readonly wireLength: number;
  /** Seconds since the Unix epoch, not negative, and nanoseconds of the second. */
  readonly timeSec: number;
  readonly timeNsec: number;
}

const utf8 = new TextEncoder();

/** A pcapng file in the making, in chunks. */
export class PcapngWriter {
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  #chunk: Uint8Array<ArrayBuffer> = new Uint8Array(CHUNK_BYTES);
  #view = new DataView(this.#chunk.buffer);
  #used = 0;
  #sizeBytes = 0;
  /** Numbers of interfaces that have been written. */
  readonly #interfaces = new Map<string, number>();

  /** Begins the section; `comment` is filed in its header. */
  constructor(application: string, comment: string) {
    const options = [
      option(OPTION_COMMENT, utf8.encode(comment)),
      option(OPTION_USER_APPLICATION, utf8.encode(application)),
    ];
    const body = new Uint8Array(16);
    const view = new DataView(body.buffer);
    view.setUint32(0, BYTE_ORDER_MAGIC, true);
    view.setUint16(4, 1, true);
    // Length of the section: not told.
    view.setBigInt64(8, -1n, true);
    this.#block(SECTION_HEADER, body, options);
  }

  /** Octets so far. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Octets that a packet of `length` captured octets adds at most, a new interface included. */
  static sizeOf(length: number): number {
    return PACKET_OVERHEAD + padded(length) + 64;
  }

  /** Adds a packet. */
  add(on: PacketInterface, packet: ExportedPacket): void {
    const id = this.#interface(on);
    const { bytes, wireLength, timeSec, timeNsec } = packet;
    const size = PACKET_OVERHEAD + padded(bytes.length);
    const at = this.#reserve(size);
    const view = this.#view;
    const ns = BigInt(timeSec) * 1_000_000_000n + BigInt(timeNsec);
    view.setUint32(at, ENHANCED_PACKET, true);
    view.setUint32(at + 4, size, true);
    view.setUint32(at + 8, id, true);
    view.setUint32(at + 12, Number(ns >> 32n), true);
    view.setUint32(at + 16, Number(ns & 0xffffffffn), true);
    view.setUint32(at + 20, bytes.length, true);
    view.setUint32(at + 24, Math.min(wireLength, 0xffffffff), true);
    this.#chunk.set(bytes, at + 28);
    view.setUint32(at + size - 4, size, true);
  }

  /** The chunks of the file, in order. Nothing may be added afterwards. */
  finish(): Uint8Array<ArrayBuffer>[] {
    this.#chunks.push(this.#chunk.subarray(0, this.#used));
    return this.#chunks;
  }

  #interface({ id, linkType, fcsLength }: PacketInterface): number {
    const key = `${id} ${linkType} ${fcsLength}`;
    const known = this.#interfaces.get(key);
    if (known !== undefined) return known;
    const number = this.#interfaces.size;
    this.#interfaces.set(key, number);
    const body = new Uint8Array(8);
    // Link type, reserved, and a snap length of 0: no limit is told.
    new DataView(body.buffer).setUint16(0, linkType, true);
    const options = [option(OPTION_TIME_RESOLUTION, Uint8Array.of(NANOSECONDS))];
    if (fcsLength > 0) options.push(option(OPTION_FCS_LENGTH, Uint8Array.of(fcsLength)));
    this.#block(INTERFACE, body, options);
    return number;
  }

  /** Writes a block with options, the end of options after them. */
  #block(type: number, body: Uint8Array, options: readonly Uint8Array[]): void {
    const optionBytes = options.reduce((sum, one) => sum + one.length, 4);
    const size = 12 + body.length + optionBytes;
    let at = this.#reserve(size);
    this.#view.setUint32(at, type, true);
    this.#view.setUint32(at + 4, size, true);
    this.#view.setUint32(at + size - 4, size, true);
    at += 8;
    for (const piece of [body, ...options]) {
      this.#chunk.set(piece, at);
      at += piece.length;
    }
  }

  /** Room for `size` octets, all zero, in one piece; returns where. */
  #reserve(size: number): number {
    if (this.#used + size > this.#chunk.length) {
      if (this.#used > 0) this.#chunks.push(this.#chunk.subarray(0, this.#used));
      this.#chunk = new Uint8Array(Math.max(CHUNK_BYTES, size));
      this.#view = new DataView(this.#chunk.buffer);
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += size;
    this.#sizeBytes += size;
    return at;
  }
}

/** Lengths in pcapng are filled up to 32 bits. */
function padded(length: number): number {
  return (length + 3) & ~3;
}

/** An option with its header, its value cut to what a length can tell. */
function option(code: number, value: Uint8Array): Uint8Array {
  const kept = value.subarray(0, 0xfff0);
  const bytes = new Uint8Array(4 + padded(kept.length));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, kept.length, true);
  bytes.set(kept, 4);
  return bytes;
}
