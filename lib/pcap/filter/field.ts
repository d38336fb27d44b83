/**
 * What a field of the filter language is: its type, the header that it stands in, and how its
 * values are read from there.
 *
 * @module
 */
import type { PassBatch } from "../pass.ts";
import type { DerivedColumns } from "./derived_columns.ts";
import type { HeaderView } from "./header_view.ts";

/** Columns beside dissection that a field is read from. */
export type FieldNeed =
  | "flows"
  | "options"
  | "frame_number"
  | "relative_time"
  | "previous_time"
  | "udp_stream"
  | "relative_numbers"
  | "tcp_analysis";

/** Types as a filter's author meets them. */
export type FieldType =
  | "number"
  | "boolean"
  | "seconds"
  | "time"
  | "ipv4"
  | "ipv6"
  | "mac"
  | "bytes"
  | "text"
  | "protocol"
  /** Can only be there or not. */
  | "label";

/** Reads a number; NaN: this header has none. */
export type NumberReader = (header: HeaderView) => number;
/** Sets `from` and `to` of the view to the octets of the value; false: this header has none. */
export type RangeReader = (header: HeaderView) => boolean;
/** Reads a text, capped; null: this header has none. */
export type TextReader = (header: HeaderView) => string | null;

/** How values are read from one header, one reader per value. */
export type Readers =
  | { readonly kind: "number"; readonly of: readonly NumberReader[] }
  | { readonly kind: "range"; readonly of: readonly RangeReader[] }
  | { readonly kind: "text"; readonly of: readonly TextReader[] };

/**
 * Where the values of a field stand for a whole batch, which is faster than header by header: in a
 * column, for packets with one such header. What is less than `least` says that the header must be
 * read.
 */
export interface ValueColumn {
  readonly of: (pass: PassBatch, derived: DerivedColumns) => Readonly<NumberColumn>;
  readonly least: number;
  /** Bits of the value: moved down by `shift`, those of `bits` counting; null: all as it is. */
  readonly part: { readonly shift: number; readonly bits: number } | null;
}

/** A column of numbers. */
export type NumberColumn = Int32Array | Uint32Array | Uint16Array | Float64Array;

/** One row of the field table. */
export interface Field {
  /** Wireshark's name. */
  readonly name: string;
  readonly type: FieldType;
  /** Protocols (ids of `Protocol`) whose headers have the field; a packet may have several of them. */
  readonly layers: readonly number[];
  readonly readers: Readers;
  readonly needs: readonly FieldNeed[];
  /** One per reader, in the same order, if all have one. */
  readonly columns?: readonly ValueColumn[];
}

/** A row whose values are numbers that stand in columns too. */
export function columnField(field: Field, columns: readonly ValueColumn[]): Field {
  return { ...field, columns };
}

/** A row whose values are numbers. */
export function numberField(
  name: string,
  layers: readonly number[],
  of: readonly NumberReader[],
  type: FieldType = "number",
  needs: readonly FieldNeed[] = [],
): Field {
  return { name, type, layers, readers: { kind: "number", of }, needs };
}

/** A row whose values are octets of the packet. */
export function rangeField(
  name: string,
  type: FieldType,
  layers: readonly number[],
  of: readonly RangeReader[],
): Field {
  return { name, type, layers, readers: { kind: "range", of }, needs: [] };
}

/** A row whose values are texts. */
export function textField(
  name: string,
  layers: readonly number[],
  of: readonly TextReader[],
): Field {
  return { name, type: "text", layers, readers: { kind: "text", of }, needs: [] };
}
