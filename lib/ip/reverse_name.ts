/**
 * Names under in-addr.arpa and ip6.arpa, from an address and back.
 *
 * @module
 */
import { addressToBytes, type IpAddress, ipv6FromBits, parseAddress } from "./address.ts";
import { IpSyntaxError, quoteText } from "./syntax_error.ts";

const EXPECTED =
  "a whole reverse name, for example 10.2.0.192.in-addr.arpa, or 32 nibbles before .ip6.arpa";

/** The name whose PTR record names an address (RFC 1035 §3.5, RFC 3596 §2.5), without final dot. */
export function reverseName(address: IpAddress): string {
  const bytes = addressToBytes(address).reverse();
  if (address.family === 4) return `${bytes.join(".")}.in-addr.arpa`;
  const nibbles = Array.from(bytes, (b) => `${(b & 15).toString(16)}.${(b >> 4).toString(16)}`);
  return `${nibbles.join(".")}.ip6.arpa`;
}

/**
 * The address that a reverse name stands for. Case and one final dot do not matter; a name of a
 * whole zone (fewer labels) is refused.
 *
 * @throws {IpSyntaxError}
 */
export function parseReverseName(text: string): IpAddress {
  const name = text.toLowerCase().replace(/\.$/, "");
  const v6 = /^((?:[0-9a-f]\.){32})ip6\.arpa$/.exec(name)?.[1];
  if (v6 !== undefined) {
    return ipv6FromBits(BigInt(`0x${v6.split(".").reverse().join("")}`));
  }
  const v4 = /^((?:[0-9]{1,3}\.){4})in-addr\.arpa$/.exec(name)?.[1];
  if (v4 !== undefined) {
    try {
      return parseAddress(v4.split(".").reverse().slice(1).join("."));
    } catch (error) {
      if (!(error instanceof IpSyntaxError)) throw error;
    }
  }
  throw new IpSyntaxError(`Cannot read ${quoteText(text)} as a reverse name`, EXPECTED);
}
