import { deepEqual } from "node:assert/strict";
import { type Fed, peerOf, SMALL, update } from "../../../tests/support/bgp_updates.ts";
import { peerSettings } from "../../../tests/support/speaker_settings.ts";
import { renderPrefix } from "../../ip/prefix.ts";
import { Rib } from "../rib/rib.ts";
import { createRibMemory } from "../rib/rib_memory.ts";
import { RibView } from "../rib/rib_view.ts";
import type { PeerLink } from "./peer_link.ts";
import type { Slices, Work } from "./slices.ts";
import { Transit } from "./transit.ts";

/** Two sources, whose routes go to a third peer; the prefixes that the third one is told of again. */
function stage() {
  const memory = createRibMemory(SMALL);
  const rib = new Rib(memory, { rpkiInvalid: "mark" });
  const reader = new RibView(memory);
  const settings = {
    localAs: 64_500,
    peers: [
      peerSettings({ index: 0, name: "first" }),
      peerSettings({ index: 1, name: "second" }),
      peerSettings({ index: 2, name: "target", transitFrom: ["first", "second"] }),
    ],
  };
  for (const index of [0, 1]) rib.peerUp(peerOf(index));
  const marked: string[] = [];
  const out = {
    mark: (prefix: Parameters<typeof renderPrefix>[0]) => marked.push(renderPrefix(prefix)),
  };
  let work: Work | null = null;
  const transit = new Transit({
    settings,
    reader,
    changes: reader.changes,
    slices: { add: (_key: string, one: Work) => void (work = one) } as unknown as Slices,
    links: settings.peers.map((peer) => ({ settings: peer, out }) as unknown as PeerLink),
  });
  return (peer: number, fed: Fed): readonly string[] => {
    marked.length = 0;
    rib.ingest(peer, update({ announce: [{ prefix: "10.0.0.0/8" }], ...fed }));
    transit.follow();
    while (work?.() === true);
    return [...marked];
  };
}

Deno.test("a peer is told of the best path alone: of what changes about the others it hears nothing (RFC 4271 section 9.2)", () => {
  const feed = stage();
  deepEqual(feed(0, { origin: 0 }), ["10.0.0.0/8"]);
  // The second path is worse and stays so.
  deepEqual(feed(1, { origin: 2 }), []);
  deepEqual(feed(1, { origin: 2, med: 7 }), []);
  deepEqual(feed(0, { origin: 0, communities: [0xfdf2_0001] }), ["10.0.0.0/8"]);
  deepEqual(feed(1, { origin: 2, announce: [], withdraw: [{ prefix: "10.0.0.0/8" }] }), []);
  deepEqual(feed(0, { announce: [], withdraw: [{ prefix: "10.0.0.0/8" }] }), ["10.0.0.0/8"]);
});
