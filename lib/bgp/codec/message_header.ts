/**
 * The header that every BGP message begins with (RFC 4271 §4.1): marker, length, type.
 *
 * @module
 */

/** Octets of the header. */
export const HEADER_BYTES = 19;
/** Longest message without, and with RFC 8654, octets. */
export const MESSAGE_BYTES_MAX = 4_096;
export const EXTENDED_MESSAGE_BYTES_MAX = 65_535;

/** Message types. */
export const MESSAGE = {
  open: 1,
  update: 2,
  notification: 3,
  keepalive: 4,
  /** RFC 2918. */
  routeRefresh: 5,
} as const;

/** One type of message and its bounds. */
export interface MessageKind {
  readonly type: number;
  /** As the RFC writes it. */
  readonly name: string;
  /** Shortest whole message, octets. */
  readonly minBytes: number;
  /** Longest, octets, where RFC 8654 §4 lets it be no longer than before; null: as negotiated. */
  readonly maxBytes: number | null;
  readonly source: string;
}

/** Types 1 to 5, in that order. */
export const MESSAGE_KINDS: readonly MessageKind[] = [
  { type: 1, name: "OPEN", minBytes: 29, maxBytes: MESSAGE_BYTES_MAX, source: "RFC 4271 §4.2" },
  { type: 2, name: "UPDATE", minBytes: 23, maxBytes: null, source: "RFC 4271 §4.3" },
  { type: 3, name: "NOTIFICATION", minBytes: 21, maxBytes: null, source: "RFC 4271 §4.5" },
  {
    type: 4,
    name: "KEEPALIVE",
    minBytes: HEADER_BYTES,
    maxBytes: HEADER_BYTES,
    source: "RFC 4271 §4.4",
  },
  { type: 5, name: "ROUTE-REFRESH", minBytes: 23, maxBytes: null, source: "RFC 2918 §3" },
];

/**
 * A whole message of this type around `body`.
 *
 * @throws {RangeError} if it would be longer than any message may be
 */
export function encodeMessage(type: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = HEADER_BYTES + body.length;
  if (length > EXTENDED_MESSAGE_BYTES_MAX) {
    throw new RangeError(`Cannot encode a BGP message of ${length} octets: 65535 are possible`);
  }
  const message = new Uint8Array(length).fill(0xff, 0, 16);
  message[16] = length >>> 8;
  message[17] = length & 0xff;
  message[18] = type;
  message.set(body, HEADER_BYTES);
  return message;
}

/** A KEEPALIVE (RFC 4271 §4.4), a new copy. */
export function encodeKeepalive(): Uint8Array<ArrayBuffer> {
  return encodeMessage(MESSAGE.keepalive, new Uint8Array(0));
}
