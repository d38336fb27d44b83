/**
 * Peers as answers about routes name them.
 *
 * @module
 */
import type { PeerStatus } from "../bgp_service.ts";
import { dottedAddress } from "../codec/octets.ts";

/** What answers say of a peer. */
export interface NamedPeer {
  readonly name: string;
  readonly remoteAs: number;
  readonly address: string;
  /** As agreed on in the session that is up; null: none is. */
  readonly session: { readonly routerId: string; readonly isEbgp: boolean } | null;
}

/** The peers by their index in the tables. */
export class PeerNames {
  readonly #peers = new Map<number, NamedPeer>();

  constructor(statuses: readonly PeerStatus[]) {
    for (const { settings: { index, name, remoteAs, address }, negotiated } of statuses) {
      const session = negotiated === null ? null : {
        routerId: dottedAddress(negotiated.routerId),
        isEbgp: negotiated.traits.isEbgp,
      };
      this.#peers.set(index, { name, remoteAs, address, session });
    }
  }

  of(index: number): NamedPeer {
    return this.#peers.get(index) ??
      { name: `peer ${index}`, remoteAs: 0, address: "", session: null };
  }
}
