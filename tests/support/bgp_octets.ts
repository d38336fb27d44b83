/**
 * BGP octets made by hand: what an encoder would never send.
 *
 * @module
 */
import type { CodecTraits } from "../../lib/bgp/codec/traits.ts";

/** An external session of AS 65000 (127.0.0.1, fd00::1) with AS 65010: both families, four-octet AS numbers. */
export function bgpTraits(changes: Partial<CodecTraits> = {}): CodecTraits {
  return {
    as4: true,
    extendedMessage: false,
    families: [true, true],
    addPathReceive: [false, false],
    addPathSend: [false, false],
    extendedNextHop: false,
    isEbgp: true,
    localAs: 65_000,
    peerAs: 65_010,
    localAddresses: ["127.0.0.1", "fd00::1"],
    ...changes,
  };
}

/** Octets from hexadecimal; blanks part them for the eye. */
export function octetsOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(hex.replaceAll(/\s/g, ""));
}

/** A path attribute as hexadecimal: flags, type, and a length that is right unless it is given. */
export function attributeHex(flags: number, type: number, value: string, length?: number): string {
  const size = length ?? octetsOf(value).length;
  const long = (flags & 0x10) !== 0;
  return `${digits(flags, 2)}${digits(type, 2)}${digits(size, long ? 4 : 2)}${value}`;
}

/** The body of an UPDATE from its parts in hexadecimal. */
export function updateBody(
  { withdrawn = "", attributes = "", nlri = "" }: {
    readonly withdrawn?: string;
    readonly attributes?: string;
    readonly nlri?: string;
  },
): Uint8Array<ArrayBuffer> {
  const lengthOf = (hex: string): string => digits(octetsOf(hex).length, 4);
  return octetsOf(
    lengthOf(withdrawn) + withdrawn + lengthOf(attributes) + attributes + nlri,
  );
}

/** A whole message around a body; `length` lies about it, `marker` replaces the sixteen ones. */
export function messageOf(
  type: number,
  body: Uint8Array,
  { length = 19 + body.length, marker = "ff".repeat(16) } = {},
): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(...octetsOf(marker + digits(length, 4) + digits(type, 2)), ...body);
}

function digits(value: number, count: number): string {
  return value.toString(16).padStart(count, "0");
}
