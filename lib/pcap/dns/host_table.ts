/**
 * Hosts that ask or are asked, each address kept once.
 *
 * @module
 */
import { addressFromBytes, renderAddress } from "../../ip/address.ts";
import { type ColumnMemory, separateMemory } from "../arena.ts";
import { FlowHash } from "../flow/flow_hash.ts";
import type { DnsHostPlaces } from "./dns_kernel.ts";
import { SearchIndex } from "./search_index.ts";

/** One address. */
export class Host {
  /** Octets of the address: 4 or 16. */
  readonly length: number;
  /** The address in words of four octets, zero where there is none. */
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
  readonly hash: number;
  /** Number in the table, so that what is counted of it stays together; -1 if it is not kept. */
  readonly id: number;
  #text: string | null = null;

  /** A host of the table, or by default one that is not kept. */
  constructor(
    length: number,
    w0: number,
    w1: number,
    w2: number,
    w3: number,
    hash: number,
    id = -1,
  ) {
    this.id = id;
    this.length = length;
    this.w0 = w0;
    this.w1 = w1;
    this.w2 = w2;
    this.w3 = w3;
    this.hash = hash;
  }

  /** The address, canonical. */
  get text(): string {
    return this.#text ??= this.length === 4 ? dotted(this.w0) : this.#render();
  }

  #render(): string {
    const octets = new Uint8Array(16);
    const view = new DataView(octets.buffer);
    [this.w0, this.w1, this.w2, this.w3].forEach((word, at) => view.setInt32(at * 4, word));
    return renderAddress(addressFromBytes(octets.subarray(0, this.length)));
  }

  /** True if it is the same address. */
  equals(other: Host): boolean {
    return this === other ||
      this.is(other.length, other.w0, other.w1, other.w2, other.w3);
  }

  /** True if that is its address. */
  is(length: number, w0: number, w1: number, w2: number, w3: number): boolean {
    return this.w0 === w0 && this.w3 === w3 && this.w1 === w1 && this.w2 === w2 &&
      this.length === length;
  }
}

/** The unspecified address, where there is none. */
export const NOBODY: Host = new Host(4, 0, 0, 0, 0, 0);

/** Addresses that are kept; others are made anew each time. */
const HOSTS_MAX = 16_384;
/** Words that a host is found by: its address, the length of it, and the hash; then its numbers. */
const KEY_WORDS = 8;
const LENGTH = 4, HASH = 5, CLIENT = 6, SERVER = 7;

/** Hosts of a pass. */
export class HostTable {
  readonly #hash = new FlowHash();
  /** Those of which somebody asked for more than the number. */
  readonly #hosts: Host[] = [];
  readonly #count: Int32Array;
  /** Their addresses side by side, so that a search needs no host that is not the right one. */
  readonly #keys: Int32Array;
  readonly #index: SearchIndex;

  /** No hosts; what they are found by lies in `memory`. */
  constructor(memory: ColumnMemory = separateMemory) {
    const keys = this.#keys = memory.int32(HOSTS_MAX * KEY_WORDS);
    const hashOf = (id: number): number => keys[id * KEY_WORDS + HASH] ?? 0;
    this.#index = new SearchIndex(hashOf, { most: HOSTS_MAX }, memory);
    this.#count = memory.int32(1);
  }

  /** Addresses in the memory, for compiled code. */
  get places(): DnsHostPlaces {
    const { slots, mask } = this.#index;
    return [this.#keys.byteOffset, slots.byteOffset, mask, this.#count.byteOffset];
  }

  /** The host of a number. */
  at(id: number): Host {
    return this.#hosts[id] ??= this.#make(id);
  }

  /** Number of a host among the clients, -1 until it was counted as one. */
  clientOf({ id }: Host): number {
    return id < 0 ? -1 : this.#keys[id * KEY_WORDS + CLIENT] ?? -1;
  }

  /** Gives a host that is kept its number among the clients. */
  setClient({ id }: Host, client: number): void {
    this.#keys[id * KEY_WORDS + CLIENT] = client;
  }

  /** Number of a host among the servers, -1 until it was counted as one. */
  serverOf({ id }: Host): number {
    return id < 0 ? -1 : this.#keys[id * KEY_WORDS + SERVER] ?? -1;
  }

  /** Gives a host that is kept its number among the servers. */
  setServer({ id }: Host, server: number): void {
    this.#keys[id * KEY_WORDS + SERVER] = server;
  }

  /** The host whose address of `length` octets, 4 or 16, is in `words` from `at` on. */
  of(words: Int32Array, at: number, length: number): Host {
    const w0 = words[at] ?? 0;
    if (length === 4) return this.#find(4, w0, 0, 0, 0, this.#hash.end4(w0, 4));
    const w1 = words[at + 1] ?? 0, w2 = words[at + 2] ?? 0, w3 = words[at + 3] ?? 0;
    return this.#find(length, w0, w1, w2, w3, this.#hash.endOfWords(w0, w1, w2, w3, length));
  }

  #find(length: number, w0: number, w1: number, w2: number, w3: number, hash: number): Host {
    const index = this.#index;
    const keys = this.#keys;
    for (let id = index.first(hash); id >= 0; id = index.next()) {
      const at = id * KEY_WORDS;
      const isIt = keys[at] === w0 && keys[at + 1] === w1 && keys[at + 2] === w2 &&
        keys[at + 3] === w3 && keys[at + LENGTH] === length;
      if (isIt) return this.at(id);
    }
    const id = this.#count[0] ?? 0;
    if (id >= HOSTS_MAX || !index.hasRoom(hash)) return new Host(length, w0, w1, w2, w3, hash);
    index.insert(hash, id);
    this.#count[0] = id + 1;
    const at = id * KEY_WORDS;
    keys[at] = w0;
    keys[at + 1] = w1;
    keys[at + 2] = w2;
    keys[at + 3] = w3;
    keys[at + LENGTH] = length;
    keys[at + HASH] = hash;
    keys[at + CLIENT] = keys[at + SERVER] = -1;
    return this.at(id);
  }

  #make(id: number): Host {
    const word = (index: number): number => this.#keys[id * KEY_WORDS + index] ?? 0;
    return new Host(word(LENGTH), word(0), word(1), word(2), word(3), word(HASH), id);
  }
}

/** An address of IPv4, of which there are many: without the way through a bigint. */
function dotted(word: number): string {
  return `${word >>> 24}.${word >>> 16 & 255}.${word >>> 8 & 255}.${word & 255}`;
}

/** Four octets as one word, the first most significant. */
export function wordAt(octets: Uint8Array, at: number): number {
  return (octets[at] ?? 0) << 24 | (octets[at + 1] ?? 0) << 16 | (octets[at + 2] ?? 0) << 8 |
    (octets[at + 3] ?? 0);
}
