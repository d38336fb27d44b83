/**
 * Fields of BGP message headers and of what is short enough to read at a glance: OPEN and
 * NOTIFICATION (RFC 4271 §4).
 *
 * @module
 */
import type { LayerReader, Words } from "../layer_reader.ts";

const HEADER_BYTES = 19;
const OPEN = 1, UPDATE = 2, NOTIFICATION = 3;

const TYPES = { 1: "OPEN", 2: "UPDATE", 3: "NOTIFICATION", 4: "KEEPALIVE", 5: "ROUTE-REFRESH" };

/** Error codes (IANA bgp-parameters). */
const ERRORS = {
  1: "message header error",
  2: "OPEN message error",
  3: "UPDATE message error",
  4: "hold timer expired",
  5: "finite state machine error",
  6: "cease",
  7: "ROUTE-REFRESH message error",
};
const CEASE: Words = {
  1: "maximum number of prefixes reached",
  2: "administrative shutdown",
  3: "peer de-configured",
  4: "administrative reset",
  5: "connection rejected",
  6: "other configuration change",
  7: "connection collision resolution",
  8: "out of resources",
  9: "hard reset",
  10: "BFD down",
};

/** Most messages of a segment that are shown. */
const MESSAGES_MAX = 16;

/** Messages that begin in this segment. */
export function bgpFields(layer: LayerReader): void {
  let at = 0;
  for (let count = 0; count < MESSAGES_MAX && layer.has(at, HEADER_BYTES); count++) {
    if (!isMarker(layer, at)) {
      layer.note(at, "no message begins here: the middle of one");
      return;
    }
    const length = layer.number("bgp.length", at + 16, 2);
    const type = layer.number("bgp.type", at + 18, 1, TYPES);
    if (length < HEADER_BYTES) {
      layer.note(at + 16, `message length ${length} is below ${HEADER_BYTES}`);
      return;
    }
    message(layer, type, at + HEADER_BYTES);
    at += length;
  }
}

/** Sixteen octets of ones. */
function isMarker(layer: LayerReader, at: number): boolean {
  for (let index = 0; index < 16; index++) if (layer.uint(at + index, 1) !== 0xff) return false;
  return true;
}

function message(layer: LayerReader, type: number, at: number): void {
  if (type === OPEN) {
    layer.number("bgp.open.version", at, 1);
    layer.number("bgp.open.myas", at + 1, 2, { 23456: "AS_TRANS: see the capability" });
    layer.number("bgp.open.holdtime", at + 3, 2);
    layer.address("bgp.open.identifier", at + 5, 4);
    layer.number("bgp.open.opt.len", at + 9, 1);
  } else if (type === NOTIFICATION) {
    const error = layer.number("bgp.notify.major_error", at, 1, ERRORS);
    const name = error === 6 ? "bgp.notify.minor_error_cease" : "bgp.notify.minor_error";
    layer.number(name, at + 1, 1, error === 6 ? CEASE : undefined);
  } else if (type === UPDATE) {
    const withdrawn = layer.number("bgp.update.withdrawn_routes.length", at, 2);
    if (withdrawn >= 0) {
      layer.number("bgp.update.path_attributes.length", at + 2 + withdrawn, 2);
    }
  }
}
