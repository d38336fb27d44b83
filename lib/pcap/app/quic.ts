/**
 * The long header of QUIC (RFC 8999 §5.1): what can be told without keys.
 *
 * @module
 */
import { OctetCursor } from "./octet_cursor.ts";

/** Fields of a long header. */
export interface QuicLongHeader {
  /** `QUICv1`, `QUICv2`, a draft, or the number. */
  readonly version: string;
  /** Connection ids, hexadecimal; empty if they have no octets. */
  readonly destinationId: string;
  readonly sourceId: string;
}

/** Longest connection id of versions 1 and 2, octets (RFC 9000 §17.2). */
const ID_BYTES_MAX = 20;

/** The long header at the start of a datagram; null if there is none. */
export function readQuicLongHeader(octets: Uint8Array): QuicLongHeader | null {
  const cursor = new OctetCursor(octets);
  if ((cursor.uint(1) & 0x80) === 0) return null;
  const version = cursor.uint(4);
  const destination = cursor.vector(1);
  const source = cursor.vector(1);
  if (cursor.short || destination.left > ID_BYTES_MAX || source.left > ID_BYTES_MAX) return null;
  return {
    version: versionName(version),
    destinationId: destination.take(destination.left).toHex(),
    sourceId: source.take(source.left).toHex(),
  };
}

function versionName(version: number): string {
  if (version === 0) return "version negotiation";
  if (version === 1) return "QUICv1";
  // RFC 9369 §3.1.
  if (version === 0x6b3343cf) return "QUICv2";
  if (version >>> 8 === 0xff0000) return `draft-${version & 0xff}`;
  return `0x${version.toString(16).padStart(8, "0")}`;
}
