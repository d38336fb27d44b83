/**
 * Writes captures field by field, in either byte order, right or wrong in any field
 * (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng).
 *
 * @module
 */

/** Byte order of a file or section. */
export type ByteOrder = "little" | "big";

/** Joins bytes. */
export function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Words of 2, 4 or 8 octets, for example `words("little", [2, 1], [4, 0xffffffff])`. */
export function words(
  order: ByteOrder,
  ...fields: readonly (readonly [2 | 4 | 8, number | bigint])[]
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  const isLittle = order === "little";
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, Number(value), isLittle);
    else if (size === 4) view.setUint32(at, Number(value), isLittle);
    else view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), isLittle);
    at += size;
  }
  return bytes;
}

/** A record of a classic capture; lengths default to those of the data. */
export interface PcapRecord {
  readonly data: Uint8Array;
  readonly sec?: number;
  /** Microseconds or nanoseconds, as the file counts. */
  readonly fraction?: number;
  readonly captured?: number;
  readonly wire?: number;
}

/** What a classic capture's header says. */
export interface PcapShape {
  readonly order?: ByteOrder;
  /** Default: microseconds. `modified` is the variant with longer records (Kuznetsov). */
  readonly kind?: "microsecond" | "nanosecond" | "modified";
  /** The whole link type word, FCS bits included. Default 1, Ethernet. */
  readonly linkType?: number;
  readonly snapLength?: number;
}

const MAGIC = { microsecond: 0xa1b2c3d4, nanosecond: 0xa1b23c4d, modified: 0xa1b2cd34 };

/** The 24 octets of a classic file header. */
export function pcapHeader(shape: PcapShape = {}): Uint8Array<ArrayBuffer> {
  const { order = "little", kind = "microsecond", linkType = 1, snapLength = 262_144 } = shape;
  return words(
    order,
    ...[[4, MAGIC[kind]], [2, 2], [2, 4], [4, 0], [4, 0], [4, snapLength], [4, linkType]] as const,
  );
}

/** One record of a classic capture. */
export function pcapRecord(
  { data, sec = 1_700_000_000, fraction = 0, captured = data.length, wire = captured }: PcapRecord,
  { order = "little", kind }: PcapShape = {},
): Uint8Array<ArrayBuffer> {
  const head = words(order, [4, sec], [4, fraction], [4, captured], [4, wire]);
  return kind === "modified" ? join(head, new Uint8Array(8), data) : join(head, data);
}

/** A classic capture; bytes stand for a record of them. */
export function pcap(
  records: readonly (PcapRecord | Uint8Array)[],
  shape: PcapShape = {},
): Uint8Array<ArrayBuffer> {
  const asRecord = (one: PcapRecord | Uint8Array) =>
    one instanceof Uint8Array ? { data: one } : one;
  return join(pcapHeader(shape), ...records.map((one) => pcapRecord(asRecord(one), shape)));
}

/** A pcapng block around a body, padded; `length` and `trailer` default to the right ones. */
export function block(
  order: ByteOrder,
  type: number,
  body: Uint8Array,
  { length, trailer }: { readonly length?: number; readonly trailer?: number } = {},
): Uint8Array<ArrayBuffer> {
  const padded = join(body, new Uint8Array(-body.length & 3));
  const right = 12 + padded.length;
  return join(
    words(order, [4, type], [4, length ?? right]),
    padded,
    words(order, [4, trailer ?? length ?? right]),
  );
}

/** A pcapng option, padded. */
export function option(order: ByteOrder, code: number, value: Uint8Array): Uint8Array<ArrayBuffer> {
  return join(
    words(order, [2, code], [2, value.length]),
    value,
    new Uint8Array(-value.length & 3),
  );
}

/** A section header block. */
export function section(order: ByteOrder = "little"): Uint8Array<ArrayBuffer> {
  return block(
    order,
    0x0a0d0d0a,
    words(order, [4, 0x1a2b3c4d], [2, 1], [2, 0], [8, 0xffffffffffffffffn]),
  );
}

/** An interface description block. */
export function interfaceBlock(
  linkType: number,
  options: readonly Uint8Array[] = [],
  order: ByteOrder = "little",
): Uint8Array<ArrayBuffer> {
  return block(order, 1, join(words(order, [2, linkType], [2, 0], [4, 0]), ...options));
}

/** An enhanced packet block. */
export function packetBlock(
  data: Uint8Array,
  {
    from = 0,
    time = 1_700_000_000_000_000n,
    captured = data.length,
    options = [],
    order = "little",
  }: {
    /** Interface id. */
    readonly from?: number;
    /** In units of the interface. */
    readonly time?: bigint;
    readonly captured?: number;
    readonly options?: readonly Uint8Array[];
    readonly order?: ByteOrder;
  } = {},
): Uint8Array<ArrayBuffer> {
  const head = words(order, [4, from], [4, time >> 32n], [4, time & 0xffffffffn], [4, captured], [
    4,
    Math.max(captured, data.length),
  ]);
  return block(order, 6, join(head, data, new Uint8Array(-data.length & 3), ...options));
}
