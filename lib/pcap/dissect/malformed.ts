/**
 * Why a layer could not be read to its end, as one 16-bit code: the protocol and what limited it.
 *
 * @module
 */

import { protocolName } from "./protocol.ts";

/** What stopped or contradicted a layer. 1 to 7 name the boundary that the header crossed. */
export const Reason = {
  none: 0,
  /** The capture kept fewer bytes than were on the wire. */
  captured: 1,
  /** The frame ends there on the wire. */
  frameEnd: 2,
  /** IPv4 total length (RFC 791 3.1). */
  ipv4TotalLength: 3,
  /** IPv6 payload length or jumbo payload length (RFC 8200 3, RFC 2675 2). */
  ipv6PayloadLength: 4,
  /** UDP length (RFC 768). */
  udpLength: 5,
  /** Length of a link layer: IEEE 802.3 length, PPPoE, NFLOG or A-MSDU. */
  linkLength: 6,
  /** Length of a tunnel header: GTP-U. */
  tunnelLength: 7,
  /** A header length field smaller than the fixed header. */
  headerLengthTooSmall: 8,
  /** A total length field smaller than its own header. */
  lengthTooSmall: 9,
  /** A length field larger than what encloses it; dissection went on within the enclosure. */
  lengthBeyondEnclosure: 10,
  /** A version field that the protocol does not have. */
  version: 11,
  /** More nested tags, headers or tunnels than are followed. */
  depth: 12,
  /** A field value that the protocol forbids. */
  field: 13,
} as const;

const REASON_TEXT: readonly string[] = [
  "",
  "cut by the capture length",
  "cut by the end of the frame",
  "cut by the IPv4 total length",
  "cut by the IPv6 payload length",
  "cut by the UDP length",
  "cut by the length of the link layer",
  "cut by the length of the tunnel header",
  "header length field is smaller than the header",
  "length field is smaller than the header",
  "length field is larger than what encloses it",
  "version field is unknown",
  "nested deeper than is followed",
  "field value is not allowed",
];

/** Code of protocol and reason; 0 is well-formed. */
export function malformedCode(protocol: number, reason: number): number {
  return (protocol << 8) | reason;
}

/** Protocol of a code, an id of `Protocol`. */
export function malformedProtocol(code: number): number {
  return code >> 8;
}

/** Reason of a code, a value of {@link Reason}. */
function malformedReason(code: number): number {
  return code & 0xff;
}

/** A code in words, `ip: header length field is smaller than the header`; empty for 0. */
export function describeMalformed(code: number): string {
  if (code === 0) return "";
  return `${protocolName(malformedProtocol(code))}: ${REASON_TEXT[malformedReason(code)] ?? ""}`;
}
