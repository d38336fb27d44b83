import { deepStrictEqual as assertEquals } from "node:assert/strict";
import fc from "fast-check";
import { peerOf, SMALL } from "../../../tests/support/bgp_updates.ts";
import { OUTCOME } from "../codec/update_parts.ts";
import { UpdateWalker } from "../codec/update_walk.ts";
import { Rib } from "./rib.ts";
import { createRibMemory } from "./rib_memory.ts";
import { RibView } from "./rib_view.ts";

/** ORIGIN, AS_PATH 65001, NEXT_HOP 198.51.100.1; then NLRI. */
const WHOLE = Uint8Array.from([
  ...[0, 0, 0, 20],
  ...[0x40, 1, 1, 0],
  ...[0x40, 2, 6, 2, 1, 0, 0, 0xfd, 0xe9],
  ...[0x40, 3, 4, 198, 51, 100, 1],
  ...[8, 10, 24, 192, 0, 2, 0],
]);

Deno.test("whatever the walker lets through is taken in and can be swept without a trace", () => {
  const damage = fc.array(fc.tuple(fc.nat(WHOLE.length - 1), fc.nat(255)), { maxLength: 6 });
  const bodies = fc.array(
    fc.oneof(
      damage.map((changes) => {
        const octets = WHOLE.slice();
        for (const [at, octet] of changes) octets[at] = octet;
        return octets;
      }),
      fc.uint8Array({ maxLength: 80, size: "max" }),
    ),
    { maxLength: 60, size: "max" },
  );
  fc.assert(
    fc.property(bodies, fc.boolean(), (all, hasPathIds) => {
      const memory = createRibMemory({ ...SMALL, prefixes: [30, 30], changes: 0 });
      const rib = new Rib(memory, { rpkiInvalid: "mark" });
      const view = new RibView(memory);
      const peer = peerOf(0, { addPathReceive: [hasPathIds, hasPathIds] });
      rib.peerUp(peer);
      const walker = new UpdateWalker(peer.traits);
      for (const body of all) {
        const parts = walker.walk(body, 0, body.length);
        if (parts.outcome !== OUTCOME.reset) rib.ingest(0, parts);
      }
      view.walk(0, { within: null, from: null }, (id) => {
        for (const { attributes } of view.paths(id)) view.attributes(attributes);
      });
      for (const family of [0, 1] as const) while (rib.sweep(0, family, "all", 100));
      while (rib.collect(100));
      const { refused: _, ...counts } = view.counts();
      assertEquals(counts, {
        prefixes: [0, 0],
        paths: [0, 0],
        attributeSets: 0,
        asPaths: 0,
        communitySets: 0,
      });
    }),
    { numRuns: 150 },
  );
});
