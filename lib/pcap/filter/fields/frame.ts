/**
 * Fields of the frame itself: number, lengths, times.
 *
 * @module
 */
import { Protocol } from "../../dissect/protocol.ts";
import { type Field, numberField, textField } from "../field.ts";
import type { HeaderView } from "../header_view.ts";

const FRAME = [Protocol.frame];

function timeNs(h: HeaderView): number {
  return h.pass.packets.noTime[h.row] === 1 ? NaN : h.pass.flows.timeNs[h.row] ?? NaN;
}

/** The rows. */
export const FRAME_FIELDS: readonly Field[] = [
  numberField("frame.number", FRAME, [(h) => h.pass.packets.firstFrame + h.row]),
  numberField("frame.len", FRAME, [(h) => h.pass.packets.wireLength[h.row] ?? NaN]),
  numberField("frame.cap_len", FRAME, [(h) => h.pass.packets.capturedLength[h.row] ?? NaN]),
  numberField(
    "frame.time_relative",
    FRAME,
    [(h) => (timeNs(h) - h.derived.firstNs) / 1e9],
    "seconds",
  ),
  numberField(
    "frame.time_delta",
    FRAME,
    [(h) => (h.derived.deltaNs[h.row] ?? NaN) / 1e9],
    "seconds",
    ["previous_time"],
  ),
  numberField("frame.time_epoch", FRAME, [timeNs], "time"),
  numberField("frame.time", FRAME, [timeNs], "time"),
  numberField("frame.interface_id", FRAME, [(h) => h.pass.packets.interfaceId[h.row] ?? NaN]),
  textField("frame.protocols", FRAME, [
    (h) => h.pass.dissected.paths.nameOf(h.pass.dissected.path[h.row] ?? 0),
  ]),
];
