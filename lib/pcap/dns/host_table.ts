/**
 * Hosts that ask or are asked, each address kept once with what is counted of it.
 *
 * @module
 */
import { addressFromBytes, renderAddress } from "../../ip/address.ts";
import type { ClientTally } from "./outcome_tally.ts";
import type { ServerTally } from "./server_tally.ts";

/** One address. */
export class Host {
  /** 4 or 16 octets. */
  readonly octets: Uint8Array;
  readonly hash: number;
  /** Set for those that were counted as a client. */
  client: ClientTally | null = null;
  /** Set for those that were counted as a server. */
  server: ServerTally | null = null;
  /** True if the table keeps it, so that what is counted of it stays together. */
  isKept = false;
  #text: string | null = null;

  /** A host nothing is known of. */
  constructor(octets: Uint8Array, hash: number) {
    this.octets = octets;
    this.hash = hash;
  }

  /** The address, canonical. */
  get text(): string {
    this.#text ??= renderAddress(addressFromBytes(this.octets));
    return this.#text;
  }

  /** True if it is the same address. */
  equals(other: Host): boolean {
    return this === other || (this.hash === other.hash &&
      this.octets.length === other.octets.length && this.is(other.octets, 0));
  }

  /** True if the octets from `start` on are its address. */
  is(octets: Uint8Array, start: number): boolean {
    for (let index = 0; index < this.octets.length; index++) {
      if (this.octets[index] !== octets[start + index]) return false;
    }
    return true;
  }
}

/** Addresses that are kept; others are made anew each time. */
const HOSTS_MAX = 16_384;

/** Hosts of a pass. */
export class HostTable {
  readonly #hosts = new Map<number, Host>();

  /** The host whose address of `length` octets begins at `start`. */
  of(octets: Uint8Array, start: number, length: number): Host {
    let hash = length;
    for (let at = start; at < start + length; at++) {
      hash = Math.imul(hash ^ (octets[at] ?? 0), 0x01000193);
    }
    hash ^= hash >>> 15;
    const known = this.#hosts.get(hash);
    if (known !== undefined && known.octets.length === length && known.is(octets, start)) {
      return known;
    }
    const host = new Host(octets.slice(start, start + length), hash);
    // Of two with one hash the first stays, with what was counted of it.
    if (known === undefined && this.#hosts.size < HOSTS_MAX) {
      host.isKept = true;
      this.#hosts.set(hash, host);
    }
    return host;
  }
}
