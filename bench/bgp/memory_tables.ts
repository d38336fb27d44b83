/** Our tables in memory, without sockets, fed with whole messages. */
import { HEADER_BYTES, MESSAGE } from "../../lib/bgp/codec/message_header.ts";
import type { CodecTraits } from "../../lib/bgp/codec/traits.ts";
import { UpdateWalker } from "../../lib/bgp/codec/update_walk.ts";
import { Rib } from "../../lib/bgp/rib/rib.ts";
import { createRibMemory } from "../../lib/bgp/rib/rib_memory.ts";
import { RibView } from "../../lib/bgp/rib/rib_view.ts";
import { peerAs } from "./table.ts";

/** Whose tables they are. */
export const LOCAL_AS = 65_000;

/** Tables with room for full feeds of some peers. */
export class MemoryTables {
  readonly view: RibView;
  readonly rib: Rib;
  readonly #walkers: readonly UpdateWalker[];

  constructor(peers: number) {
    const memory = createRibMemory({
      peers,
      prefixes: [2_000_000, 500_000],
      attributeSets: 4_000_000,
      changes: 262_144,
    });
    this.view = new RibView(memory);
    this.rib = new Rib(memory, { rpkiInvalid: "mark" });
    this.#walkers = Array.from({ length: peers }, (_, peer) => {
      const traits = traitsOf(peer);
      this.rib.peerUp({
        index: peer,
        traits,
        routerId: peer + 1,
        address: `127.0.1.${peer + 1}`,
        localRouterId: 0x7f00_0007,
        localRole: null,
        rejectAll: false,
      });
      return new UpdateWalker(traits);
    });
  }

  /** Feeds a stream of a peer; returns how many prefixes it announced and withdrew. */
  feed(peer: number, octets: Uint8Array): number {
    const walker = this.#walkers[peer]!;
    const headers = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    let operations = 0;
    for (let at = 0, end; at < octets.length; at = end) {
      end = at + headers.getUint16(at + 16);
      if (octets[at + 18] !== MESSAGE.update) continue;
      const parts = walker.walk(octets, at + HEADER_BYTES, end);
      const { announced, withdrawn } = this.rib.ingest(peer, parts);
      operations += announced + withdrawn;
    }
    return operations;
  }
}

function traitsOf(peer: number): CodecTraits {
  return {
    as4: true,
    extendedMessage: false,
    families: [true, true],
    addPathReceive: [false, false],
    addPathSend: [false, false],
    extendedNextHop: false,
    isEbgp: true,
    localAs: LOCAL_AS,
    peerAs: peerAs(peer),
    localAddresses: ["127.0.0.7"],
  };
}
