/**
 * What the decision must know of a peer, in shared memory.
 *
 * @module
 */
import { parseAddress } from "../../ip/address.ts";
import { AddressWords } from "./prefix_words.ts";
import { PEER_WORDS } from "./rib_memory.ts";
import type { RibPeer } from "./rib_writer.ts";

/** Words of a peer: flags, its BGP identifier, the family of its address and four words of that, paths by family. */
const FLAGS = 0, ROUTER_ID = 1, ADDRESS_FAMILY = 2, PATHS = 7;
const EBGP = 1;

/** The peers of the tables. */
export class PeerRecords {
  readonly #words: Uint32Array;

  constructor(words: Uint32Array) {
    this.#words = words;
  }

  isEbgp(peer: number): boolean {
    return ((this.#words[peer * PEER_WORDS + FLAGS] ?? 0) & EBGP) !== 0;
  }

  routerId(peer: number): number {
    return this.#words[peer * PEER_WORDS + ROUTER_ID] ?? 0;
  }

  /** Orders peers by address: negative if `a` has the lower one. */
  compareAddresses(a: number, b: number): number {
    const words = this.#words;
    for (let word = ADDRESS_FAMILY; word < PATHS; word++) {
      const order = (words[a * PEER_WORDS + word] ?? 0) - (words[b * PEER_WORDS + word] ?? 0);
      if (order !== 0) return order;
    }
    return 0;
  }

  /** Paths of a peer, by family index. */
  paths(peer: number, family: number): number {
    return this.#words[peer * PEER_WORDS + PATHS + family] ?? 0;
  }

  /** For the writer: counts a path more or less. */
  addPaths(peer: number, family: number, count: number): void {
    const at = peer * PEER_WORDS + PATHS + family;
    this.#words[at] = (this.#words[at] ?? 0) + count;
  }

  /** For the writer: puts down what a session that came up said; true if that was something else before. */
  set({ index, traits, routerId, address }: RibPeer): boolean {
    const { family, value } = parseAddress(address);
    const { w0, w1, w2, w3 } = new AddressWords().setValue(family, value);
    const at = index * PEER_WORDS;
    const record = [traits.isEbgp ? EBGP : 0, routerId, family, w0, w1, w2, w3];
    const isOther = record.some((word, i) => this.#words[at + i] !== word);
    this.#words.set(record, at);
    return isOther;
  }
}
