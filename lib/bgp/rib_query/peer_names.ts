/**
 * Peers as answers about routes name them.
 *
 * @module
 */
import type { PeerStatus } from "../bgp_service.ts";

/** What answers say of a peer. */
export interface NamedPeer {
  readonly name: string;
  readonly remoteAs: number;
  readonly address: string;
}

/** The peers by their index in the tables. */
export class PeerNames {
  readonly #peers = new Map<number, NamedPeer>();

  constructor(statuses: readonly PeerStatus[]) {
    for (const { settings: { index, name, remoteAs, address } } of statuses) {
      this.#peers.set(index, { name, remoteAs, address });
    }
  }

  of(index: number): NamedPeer {
    return this.#peers.get(index) ?? { name: `peer ${index}`, remoteAs: 0, address: "" };
  }
}
