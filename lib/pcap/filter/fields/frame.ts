/**
 * Fields of the frame itself: number, lengths, times.
 *
 * @module
 */
import { Protocol } from "../../dissect/protocol.ts";
import type { DerivedColumns } from "../derived_columns.ts";
import { columnField, type Field, type NumberColumn, numberField, textField } from "../field.ts";
import type { FieldNeed, FieldType } from "../field.ts";
import type { HeaderView } from "../header_view.ts";

const FRAME = [Protocol.frame];

function timeNs(h: HeaderView): number {
  return h.pass.packets.noTime[h.row] === 1 ? NaN : h.pass.flows.timeNs[h.row] ?? NaN;
}

/** A field that is a derived column; NaN where a packet has none. */
function derivedField(
  name: string,
  type: FieldType,
  need: FieldNeed,
  of: (derived: DerivedColumns) => NumberColumn,
): Field {
  const field = numberField(name, FRAME, [(h) => of(h.derived)[h.row] ?? NaN], type, [need]);
  return columnField(field, [
    { of: (_pass, derived) => of(derived), least: -Infinity, part: null },
  ]);
}

/** The rows. */
export const FRAME_FIELDS: readonly Field[] = [
  derivedField("frame.number", "number", "frame_number", (derived) => derived.frame),
  columnField(numberField("frame.len", FRAME, [(h) => h.pass.packets.wireLength[h.row] ?? NaN]), [
    { of: (pass) => pass.packets.wireLength, least: 0, part: null },
  ]),
  numberField("frame.cap_len", FRAME, [(h) => h.pass.packets.capturedLength[h.row] ?? NaN]),
  derivedField("frame.time_relative", "seconds", "relative_time", (one) => one.relativeSec),
  derivedField("frame.time_delta", "seconds", "previous_time", (derived) => derived.deltaSec),
  numberField("frame.time_epoch", FRAME, [timeNs], "time"),
  numberField("frame.time", FRAME, [timeNs], "time"),
  numberField("frame.interface_id", FRAME, [(h) => h.pass.packets.interfaceId[h.row] ?? NaN]),
  textField("frame.protocols", FRAME, [
    (h) => h.pass.dissected.paths.nameOf(h.pass.dissected.path[h.row] ?? 0),
  ]),
];
