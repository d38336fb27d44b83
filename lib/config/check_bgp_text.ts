/**
 * What one text of the sections `bgp` and `tunnels` must look like: each check answers null, or what
 * is wanted instead.
 *
 * @module
 */
import { parseAddressOrNull, renderAddress } from "../ip/address.ts";
import { parsePrefix, renderPrefix } from "../ip/prefix.ts";
import { specialUse } from "../ip/special_use.ts";
import { IpSyntaxError } from "../ip/syntax_error.ts";
import { parseEndpoint } from "./endpoint.ts";

/** A unicast address as it is written canonically, so that two spellings are not two peers. */
export function checkUnicastAddress(text: string): string | null {
  const wanted = "a unicast address without zone, such as 192.0.2.1 or 2001:db8::1";
  const address = parseAddressOrNull(text);
  if (address === null) return wanted;
  const kind = specialUse(address)?.kind;
  if (kind === "multicast" || kind === "broadcast" || kind === "unspecified") return wanted;
  const canonical = renderAddress(address);
  return canonical === text ? null : `the address as ${canonical}`;
}

/** A BGP identifier (RFC 6286 §2.1): four octets, not all zero. */
export function checkRouterId(text: string): string | null {
  const address = parseAddressOrNull(text);
  return address?.family === 4 && address.value !== 0n && renderAddress(address) === text
    ? null
    : "four octets such as 192.0.2.1, and not 0.0.0.0 (RFC 6286)";
}

/** Where sessions are accepted. */
export function checkBgpListen(text: string): string | null {
  const endpoint = parseEndpoint(text);
  return endpoint !== null && endpoint.port !== null && endpoint.port !== 0
    ? null
    : 'an address with a port, such as "192.0.2.1:179" or "[2001:db8::1]:179"';
}

/** A prefix without bits behind its length, as it is written canonically. */
export function checkPrefix(text: string): string | null {
  try {
    const canonical = renderPrefix(parsePrefix(text).prefix);
    return canonical === text ? null : `the prefix as ${canonical}`;
  } catch (error) {
    if (error instanceof IpSyntaxError) return error.expected;
    throw error;
  }
}

/** An address or a range, as it is written canonically. */
export function checkRange(text: string): string | null {
  return text.includes("/") ? checkPrefix(text) : checkUnicastAddress(text);
}

/** Names that stand for a community (IANA, BGP Well-known Communities), as `lib/route` reads them. */
const COMMUNITY_NAMES =
  /^(?:no-export|no-advertise|no-export-subconfed|nopeer|graceful-shutdown|blackhole|llgr-stale|no-llgr)$/;

/** A community: two numbers, three for a large one, `rt:` or `ro:` and two, or a well-known name. */
export function checkCommunity(text: string): string | null {
  const numbers = /^(?:(?:rt|ro):)?(?:0|[1-9]\d{0,9})(?::(?:0|[1-9]\d{0,9})){1,2}$/.exec(text);
  const wanted =
    'two numbers up to 65535 ("64500:1"), three up to 4294967295 ("64500:1:2"), "rt:64500:1", or a well-known name such as no-export';
  if (COMMUNITY_NAMES.test(text)) return null;
  if (numbers === null) return wanted;
  const isExtended = /^r/.test(text);
  const parts = text.split(":").slice(isExtended ? 1 : 0).map(Number);
  if (isExtended && parts.length !== 2) return wanted;
  // RFC 5668 §2: an administrator of four octets leaves two for the value.
  const max = parts.length === 3 ? 0xffff_ffff : 0xffff;
  const fits = isExtended
    ? parts.every((part) => part <= 0xffff_ffff) && parts.some((part) => part <= max)
    : parts.every((part) => part <= max);
  return fits ? null : wanted;
}

/** The name of an interface of Linux (IFNAMSIZ: 15 characters), perhaps with `*` at its end. */
export function checkInterfacePattern(text: string): string | null {
  return /^(?=.{1,15}$)[A-Za-z0-9][A-Za-z0-9_.-]*\*?$/.test(text)
    ? null
    : "an interface name of at most 15 letters, digits, dots, hyphens and underscores, or its beginning and a *, such as gre-*";
}
