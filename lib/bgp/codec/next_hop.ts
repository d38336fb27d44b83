/**
 * Next hops as octets: which are no address of a host, and which are ours (RFC 4271 §6.3).
 *
 * @module
 */
import { addressToBytes, parseAddress } from "../../ip/address.ts";

/** What {@link NextHopJudge} says. */
export const NEXT_HOP = { usable: 0, invalid: 1, self: 2 } as const;

/** Judges next hops of one session. */
export class NextHopJudge {
  readonly #own: readonly Uint8Array[];

  /** `localAddresses` are canonical, ours on this session; a zone does not matter. */
  constructor(localAddresses: readonly string[]) {
    this.#own = localAddresses.map((text) => addressToBytes(parseAddress(text, { zone: true })));
  }

  /**
   * Judges 4 octets of IPv4, or 16 (of 32, the first 16) of IPv6; an IPv4-mapped address is judged as
   * the IPv4 address in it.
   */
  judge(octets: Uint8Array, start: number, end: number): 0 | 1 | 2 {
    const isV4 = end - start === 4;
    const at = isV4 || !isMapped(octets, start) ? start : start + 12;
    const size = isV4 || at !== start ? 4 : 16;
    if (size === 4 ? !isHost4(octets[at] ?? 0) : !isHost6(octets, at)) return NEXT_HOP.invalid;
    for (const own of this.#own) if (isEqual(own, octets, at, size)) return NEXT_HOP.self;
    return NEXT_HOP.usable;
  }
}

/** Not 0.0.0.0/8, not multicast, not 240.0.0.0/4 with the broadcast address. */
function isHost4(first: number): boolean {
  return first !== 0 && first < 224;
}

/** Neither `::` nor multicast. */
function isHost6(octets: Uint8Array, at: number): boolean {
  if (octets[at] === 0xff) return false;
  for (let index = at; index < at + 16; index++) if (octets[index] !== 0) return true;
  return false;
}

/** `::ffff:0:0/96` (RFC 4291 §2.5.5.2). */
function isMapped(octets: Uint8Array, at: number): boolean {
  for (let index = at; index < at + 10; index++) if (octets[index] !== 0) return false;
  return octets[at + 10] === 0xff && octets[at + 11] === 0xff;
}

function isEqual(own: Uint8Array, octets: Uint8Array, at: number, size: number): boolean {
  if (own.length !== size) return false;
  for (let index = 0; index < size; index++) if (own[index] !== octets[at + index]) return false;
  return true;
}
