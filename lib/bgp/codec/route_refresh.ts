/**
 * ROUTE-REFRESH (RFC 2918 §3, RFC 7313 §3.2).
 *
 * @module
 */
import type { Family } from "../family.ts";
import type { MessageFault } from "./fault.ts";
import { encodeMessage, MESSAGE } from "./message_header.ts";
import { uint16At } from "./octets.ts";
import { NOTIFICATION } from "./notification_codes.ts";

/** What it asks for or marks. */
export const REFRESH = {
  /** Send everything again. */
  request: 0,
  /** Beginning-of-Route-Refresh. */
  begin: 1,
  /** End-of-Route-Refresh. */
  end: 2,
} as const;

/** A ROUTE-REFRESH. */
export interface RouteRefreshMessage {
  /** Address family, as registered with IANA. */
  readonly afi: number;
  /** Subsequent address family, likewise. */
  readonly safi: number;
  /** One of {@link REFRESH}; others are to be ignored (RFC 7313 §5). */
  readonly subtype: number;
}

/**
 * Reads the body (behind the header): four octets at least, as the framing has made sure. With a subtype
 * of RFC 7313 it must have no more than these; an ORF behind a request (RFC 5291) is not read. Where
 * that RFC was not agreed on (`isEnhanced` false) the octet is reserved: every message is a request.
 */
export function decodeRouteRefresh(
  octets: Uint8Array,
  start: number,
  end: number,
  isEnhanced = true,
): { readonly refresh: RouteRefreshMessage } | { readonly fault: MessageFault } {
  const subtype = isEnhanced ? octets[start + 2] ?? 0 : REFRESH.request;
  if ((subtype === REFRESH.begin || subtype === REFRESH.end) && end - start !== 4) {
    // The data is the whole message (RFC 7313 §5).
    const data = encodeMessage(MESSAGE.routeRefresh, octets.subarray(start, end));
    const why = `a ROUTE-REFRESH of subtype ${subtype} has ${end - start} octets, want 4`;
    return { fault: { code: NOTIFICATION.routeRefresh, subcode: 1, data, why } };
  }
  const afi = uint16At(octets, start);
  return { refresh: { afi, safi: octets[start + 3] ?? 0, subtype } };
}

/** Writes a ROUTE-REFRESH. */
export function encodeRouteRefresh(
  { afi, safi }: Pick<Family, "afi" | "safi">,
  subtype: 0 | 1 | 2,
): Uint8Array<ArrayBuffer> {
  return encodeMessage(MESSAGE.routeRefresh, Uint8Array.of(0, afi, subtype, safi));
}
