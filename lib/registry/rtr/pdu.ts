/**
 * The messages of the RPKI to Router protocol, versions 0 and 1 (RFC 6810 §5, RFC 8210 §5), on the
 * wire: one PDU at a time.
 *
 * @module
 */
import { DecodeError } from "../../errors/mod.ts";
import { addressBits, addressFromBytes } from "../../ip/address.ts";
import { prefixOf } from "../../ip/prefix.ts";
import type { Vrp } from "../../route/vrp_table.ts";

/** The versions that are spoken. */
export type RtrVersion = 0 | 1;

/** Octets of the header that every PDU begins with. */
export const HEADER_BYTES = 8;
/** Longest PDU that is read: error reports and router keys have a length of their own. */
export const PDU_BYTES_MAX = 65_536;
/** Longest text of an error report that is kept, characters. */
const TEXT_MAX = 200;

/** How long data may be used, seconds (RFC 8210 §6). */
export interface RtrIntervals {
  readonly refreshSec: number;
  readonly retrySec: number;
  readonly expireSec: number;
}

/** A PDU that a cache sends. `version` is as it was sent; only 0 and 1 decode further. */
export type RtrPdu =
  & { readonly version: RtrVersion }
  & (
    | { readonly kind: "serial_notify"; readonly session: number; readonly serial: number }
    | { readonly kind: "cache_response"; readonly session: number }
    | { readonly kind: "prefix"; readonly announced: boolean; readonly vrp: Vrp }
    | {
      readonly kind: "end_of_data";
      readonly session: number;
      readonly serial: number;
      /** Null in version 0. */
      readonly intervals: RtrIntervals | null;
    }
    | { readonly kind: "cache_reset" }
    /** A BGPsec key, which is not looked at. */
    | { readonly kind: "router_key" }
    | {
      readonly kind: "error_report";
      readonly code: number;
      /** Remote words; empty if it gives none. */
      readonly text: string;
    }
  );

/** Codes of error reports (RFC 8210 §12). */
export const RTR_ERROR = {
  corruptData: 0,
  internalError: 1,
  noData: 2,
  invalidRequest: 3,
  unsupportedVersion: 4,
  unsupportedType: 5,
  unknownWithdrawal: 6,
  duplicateAnnouncement: 7,
  unexpectedVersion: 8,
} as const;

/** Numbers of the PDU types (RFC 8210 §14), and how long each is; null: it says so itself. */
const LENGTHS: Readonly<Record<number, { name: string; bytes: readonly [number, number] | null }>> =
  {
    0: { name: "Serial Notify", bytes: [12, 12] },
    3: { name: "Cache Response", bytes: [8, 8] },
    4: { name: "IPv4 Prefix", bytes: [20, 20] },
    6: { name: "IPv6 Prefix", bytes: [32, 32] },
    7: { name: "End of Data", bytes: [12, 24] },
    8: { name: "Cache Reset", bytes: [8, 8] },
    9: { name: "Router Key", bytes: null },
    10: { name: "Error Report", bytes: null },
  };

/**
 * The length of the PDU that `header` begins, octets.
 *
 * @throws {DecodeError} `decode.rtr_length`
 */
export function pduLength(header: Uint8Array): number {
  const length = viewOf(header).getUint32(4);
  if (length >= HEADER_BYTES && length <= PDU_BYTES_MAX) return length;
  throw bad("length", `it says that it has ${length} bytes`, { offset: 4, needed: length, had: 8 });
}

/**
 * Reads one whole PDU.
 *
 * @throws {DecodeError} `decode.rtr_version`, `decode.rtr_type`, `decode.rtr_length`, `decode.rtr_prefix`
 */
export function decodePdu(bytes: Uint8Array): RtrPdu {
  const view = viewOf(bytes);
  const version = view.getUint8(0), type = view.getUint8(1), session = view.getUint16(2);
  // An error report is read whatever its version: a newer cache says by it what it does not speak.
  if (version !== 0 && version !== 1) {
    if (type === 10) return { version: 1, ...errorReport(view, bytes) };
    throw bad("version", `version ${version} is not known`);
  }
  const known = LENGTHS[type];
  if (known === undefined || (type === 9 && version === 0)) {
    throw bad("type", `a PDU of type ${type} is not for a router`, { offset: 1 });
  }
  const wanted = known.bytes?.[version];
  if (wanted !== undefined && bytes.length !== wanted) {
    throw bad("length", `${known.name} has ${bytes.length} bytes, want ${wanted}`, {
      offset: 4,
      needed: wanted,
      had: bytes.length,
    });
  }
  switch (type) {
    case 0:
      return { version, kind: "serial_notify", session, serial: view.getUint32(8) };
    case 3:
      return { version, kind: "cache_response", session };
    case 4:
    case 6:
      return { version, ...prefixPdu(view, bytes) };
    case 7:
      return {
        version,
        kind: "end_of_data",
        session,
        serial: view.getUint32(8),
        intervals: version === 0 ? null : {
          refreshSec: view.getUint32(12),
          retrySec: view.getUint32(16),
          expireSec: view.getUint32(20),
        },
      };
    case 8:
      return { version, kind: "cache_reset" };
    case 9:
      return { version, kind: "router_key" };
    default:
      return { version, ...errorReport(view, bytes) };
  }
}

/** Asks for everything (RFC 8210 §5.4). */
export function encodeResetQuery(version: RtrVersion): Uint8Array<ArrayBuffer> {
  return pdu(version, 2, 0, HEADER_BYTES).bytes;
}

/** Asks for what has changed since `serial` (RFC 8210 §5.3). */
export function encodeSerialQuery(
  version: RtrVersion,
  session: number,
  serial: number,
): Uint8Array<ArrayBuffer> {
  const { bytes, view } = pdu(version, 1, session, 12);
  view.setUint32(8, serial);
  return bytes;
}

/** Says what was wrong, and with which PDU (RFC 8210 §5.11). `text` is ASCII. */
export function encodeErrorReport(
  version: RtrVersion,
  code: number,
  about: Uint8Array,
  text: string,
): Uint8Array<ArrayBuffer> {
  // An encapsulated PDU may be cut; nobody needs more of it than this.
  const copy = about.subarray(0, 512);
  const words = new TextEncoder().encode(text);
  const { bytes, view } = pdu(version, 10, code, 16 + copy.length + words.length);
  view.setUint32(8, copy.length);
  bytes.set(copy, 12);
  view.setUint32(12 + copy.length, words.length);
  bytes.set(words, 16 + copy.length);
  return bytes;
}

function pdu(version: RtrVersion, type: number, field: number, length: number) {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, version);
  view.setUint8(1, type);
  view.setUint16(2, field);
  view.setUint32(4, length);
  return { bytes, view };
}

/** RFC 8210 §5.6, §5.7: flags, length, longest length, zero, prefix, AS number. */
function prefixPdu(view: DataView, bytes: Uint8Array) {
  const octets = bytes.subarray(12, bytes.length - 4);
  const address = addressFromBytes(octets);
  const length = view.getUint8(9), maxLength = view.getUint8(10);
  const bits = addressBits(address.family);
  if (length > maxLength || maxLength > bits) {
    throw bad("prefix", `a prefix of length ${length} to ${maxLength} of ${bits}`, { offset: 9 });
  }
  const prefix = prefixOf(address, length);
  if (prefix.value !== address.value) {
    throw bad("prefix", `bits are set behind the length of ${length}`, { offset: 12 });
  }
  return {
    kind: "prefix" as const,
    announced: (view.getUint8(8) & 1) === 1,
    vrp: { prefix, maxLength, asn: view.getUint32(bytes.length - 4) },
  };
}

function errorReport(view: DataView, bytes: Uint8Array) {
  const code = view.getUint16(2);
  const had = bytes.length;
  const pduBytes = had < 16 ? had : view.getUint32(8);
  const textBytes = pduBytes > had - 16 ? had : view.getUint32(12 + pduBytes);
  if (16 + pduBytes + textBytes !== had) {
    throw bad("length", "the parts of an Error Report do not fill it", {
      offset: 8,
      needed: 16 + pduBytes + textBytes,
      had,
    });
  }
  const text = new TextDecoder().decode(bytes.subarray(16 + pduBytes))
    .replace(/[\p{C}\p{Z}]+/gu, " ").trim().slice(0, TEXT_MAX);
  return { kind: "error_report" as const, code, text };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bad(
  reason: string,
  why: string,
  { offset = 0, needed = 0, had = 0 }: { offset?: number; needed?: number; had?: number } = {},
): DecodeError {
  return new DecodeError(`rtr_${reason}`, `Cannot read a PDU of RTR: ${why}`, {
    layer: "rtr",
    offset,
    needed,
    had,
    limitedBy: "PDU length",
  });
}
