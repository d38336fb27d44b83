/**
 * What a caller asks a route server about: an address or a prefix.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import {
  addressBits,
  type IpAddress,
  parseAddress,
  parseAddressOrNull,
  renderAddress,
} from "../ip/address.ts";
import { embeddedIpv4 } from "../ip/embedded_ipv4.ts";
import { parsePrefix, type Prefix, prefixOf, renderPrefix, unmapPrefix } from "../ip/prefix.ts";
import { IpSyntaxError, quoteText } from "../ip/syntax_error.ts";

/** A destination, read. */
export type Destination = {
  /** Canonical. */
  readonly text: string;
  /** What was changed to make it canonical, one sentence, or null. */
  readonly note: string | null;
} & ({ readonly prefix: Prefix } | { readonly address: IpAddress });

const EXAMPLE =
  "Give an address or a prefix, for example 192.0.2.10, 192.0.2.0/24 or 2001:db8::/32";

/**
 * Reads a destination. Bits behind the length and an IPv4 netmask are put right and noted; a wildcard
 * mask, a zone and everything that is not an address is refused.
 *
 * @throws {InputError} `input.destination`
 */
export function parseDestination(text: string): Destination {
  try {
    return text.includes("/") ? readPrefix(text) : readAddress(text);
  } catch (error) {
    if (!(error instanceof IpSyntaxError)) throw error;
    throw new InputError("destination", error.message, { hint: `${EXAMPLE}.` });
  }
}

function readAddress(text: string): Destination {
  const address = parseAddress(text);
  const mapped = embeddedIpv4(address).find(({ kind }) => kind === "ipv4_mapped");
  if (mapped === undefined) {
    const canonical = renderAddress(address);
    return { address, text: canonical, note: null };
  }
  const canonical = renderAddress(mapped.address);
  return { address: mapped.address, text: canonical, note: `Looked up as ${canonical}.` };
}

function readPrefix(text: string): Destination {
  const { prefix, hostBitsSet } = withMask(text) ?? parsePrefix(text);
  const unmapped = unmapPrefix(prefix);
  const canonical = renderPrefix(unmapped);
  const isChanged = hostBitsSet || unmapped !== prefix || text.includes("/255.");
  return {
    prefix: unmapped,
    text: canonical,
    note: isChanged ? `Looked up as ${canonical}.` : null,
  };
}

/** `192.0.2.0/255.255.255.0`, or null if there is no dotted mask. */
function withMask(text: string): { prefix: Prefix; hostBitsSet: boolean } | null {
  const slash = text.indexOf("/");
  const front = text.slice(0, slash);
  const back = text.slice(slash + 1);
  const mask = parseAddressOrNull(back);
  if (mask === null || mask.family !== 4) return null;
  const address = parseAddressOrNull(front);
  if (address === null || address.family !== 4) {
    throw new IpSyntaxError(
      `Cannot read ${quoteText(text)}: a dotted mask needs an IPv4 address in front`,
      EXAMPLE,
    );
  }
  const inverted = ~mask.value & 0xffff_ffffn;
  // A netmask is ones and then zeros, so its complement plus one is a power of two.
  if ((inverted & (inverted + 1n)) !== 0n) {
    throw new IpSyntaxError(`Cannot read ${quoteText(text)}: "${back}" is no netmask`, EXAMPLE);
  }
  const length = addressBits(4) - inverted.toString(2).replace(/^0$/, "").length;
  const prefix = prefixOf(address, length);
  return { prefix, hostBitsSet: prefix.value !== address.value };
}
