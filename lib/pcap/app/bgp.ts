/**
 * BGP messages at the start of a session (RFC 4271 §4): types and what OPEN says of the speaker.
 *
 * @module
 */
import { OctetCursor } from "./octet_cursor.ts";

/** What a run of messages says. */
export interface BgpFacts {
  /** AS number of the OPEN, of four octets where the capability has it (RFC 6793 §4), or null. */
  readonly asNumber: number | null;
  /** Type of the last message that begins in the octets; NOTIFICATION with code and subcode. */
  readonly lastMessage: string;
}

/** Marker, length and type (RFC 4271 §4.1). */
const HEADER_BYTES = 19;
const OPEN = 1, NOTIFICATION = 3;
const MESSAGES = ["OPEN", "UPDATE", "NOTIFICATION", "KEEPALIVE", "ROUTE-REFRESH"];
/** Parameter of an OPEN that holds capabilities (RFC 5492 §4). */
const CAPABILITIES = 2;
/** RFC 6793 §3. */
const FOUR_OCTET_AS = 65;
/** Messages that are looked at; a segment of updates has more, and nothing new in them. */
const MESSAGES_READ = 32;

/** The messages at the start; null if none begins there. */
export function readBgp(octets: Uint8Array): BgpFacts | null {
  const cursor = new OctetCursor(octets);
  let asNumber: number | null = null;
  let lastMessage: string | null = null;
  for (let read = 0; read < MESSAGES_READ && cursor.left >= HEADER_BYTES; read++) {
    if (!cursor.take(16).every((octet) => octet === 0xff)) break;
    const length = cursor.uint(2);
    const type = cursor.uint(1);
    const name = MESSAGES[type - 1];
    if (length < HEADER_BYTES || name === undefined) break;
    const body = cursor.part(length - HEADER_BYTES);
    lastMessage = name;
    if (type === OPEN) asNumber = asNumberOf(body) ?? asNumber;
    else if (type === NOTIFICATION && body.left >= 2) {
      lastMessage = `${name} ${body.uint(1)}/${body.uint(1)}`;
    }
  }
  return lastMessage === null ? null : { asNumber, lastMessage };
}

function asNumberOf(open: OctetCursor): number | null {
  open.skip(1);
  const twoOctets = open.uint(2);
  open.skip(6);
  if (open.short) return null;
  const parameters = open.vector(1);
  while (parameters.left > 0) {
    const type = parameters.uint(1);
    const value = parameters.vector(1);
    while (type === CAPABILITIES && value.left > 0) {
      const code = value.uint(1);
      const data = value.vector(1);
      if (code === FOUR_OCTET_AS && data.left === 4) return data.uint(4);
    }
  }
  return twoOctets;
}
