/**
 * The one header that a field is being read from; aimed at header after header.
 *
 * @module
 */
import type { PassBatch } from "../pass.ts";
import type { DerivedColumns } from "./derived_columns.ts";

/** Where a reader stands. */
export class HeaderView {
  /** The batch of the packet. */
  pass!: PassBatch;
  readonly derived: DerivedColumns;
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  /** The packet within the batch. */
  row = 0;
  /** Offset of the header. */
  pos = 0;
  /** End of the octets that may be read. */
  end = 0;
  /** End of what encloses the header, on the wire. */
  wireEnd = 0;
  /** Octets that a range reader has found. */
  from = 0;
  to = 0;

  /** A view over no packet yet. */
  constructor(derived: DerivedColumns) {
    this.derived = derived;
  }

  /** Turns to the packets of another batch. */
  begin(pass: PassBatch): void {
    this.pass = pass;
    this.bytes = pass.packets.bytes;
    this.view = pass.packets.view;
  }

  /** True if the header is the transport header that the columns of the batch tell of. */
  get isInnermost(): boolean {
    return this.pos === this.pass.dissected.l4Offset[this.row];
  }

  /** True if `length` octets from the header's start can be read. */
  has(length: number): boolean {
    return this.pos + length <= this.end;
  }

  /** Takes octets `from` to `to` as the value, cut to what can be read; false if none are left. */
  take(from: number, to: number): boolean {
    this.from = from;
    this.to = Math.min(to, this.end);
    return this.to > from;
  }
}

/** An unsigned octet of the header: the bits of `mask`, moved down by `shift`. */
export function u8(at: number, shift = 0, mask = 0xff): (header: HeaderView) => number {
  return (h) => h.has(at + 1) ? (h.view.getUint8(h.pos + at) >> shift) & mask : NaN;
}

/** Two octets, big-endian: the bits of `mask`, moved down by `shift`. */
export function u16(at: number, shift = 0, mask = 0xffff): (header: HeaderView) => number {
  return (h) => h.has(at + 2) ? (h.view.getUint16(h.pos + at) >> shift) & mask : NaN;
}

/** Four octets, big-endian: the bits of `mask`, moved down by `shift`. */
export function u32(at: number, shift = 0, mask = 0xffffffff): (header: HeaderView) => number {
  return (h) => h.has(at + 4) ? ((h.view.getUint32(h.pos + at) >>> shift) & mask) >>> 0 : NaN;
}

/** `length` octets of the header. */
export function octets(at: number, length: number): (header: HeaderView) => boolean {
  return (h) => h.has(at + length) && h.take(h.pos + at, h.pos + at + length);
}
