/**
 * Whether octets can be the header of a DNS message (RFC 1035 4.1.1).
 *
 * @module
 */

import type { Walk } from "../walk.ts";

/** Highest operation code in use: 6, DSO (RFC 8490). */
const OPCODE_MAX = 6;

/** Most questions of a message that is taken for DNS by its header. */
const QUESTIONS_MAX = 64;

/** True if a DNS header can stand at `pos`; with fewer than twelve octets, false. */
export function isDnsHeader(walk: Walk, pos: number): boolean {
  if (walk.end - pos < 12) return false;
  const view = walk.view;
  const opcode = (view.getUint8(pos + 2) >> 3) & 15;
  return opcode <= OPCODE_MAX && view.getUint16(pos + 4) <= QUESTIONS_MAX;
}
