import { deepStrictEqual as assertEquals } from "node:assert/strict";
import fc from "fast-check";
import { BlobReader } from "./blob_reader.ts";
import { BlobStore } from "./blob_store.ts";
import { PathInterner } from "./path_interner.ts";
import { PathTrie } from "./path_trie.ts";
import { NODE_WORDS } from "./rib_memory.ts";

const NODES = 64;

/** Segments by type: AS_SET 1, AS_SEQUENCE 2. */
type Segments = readonly (readonly [type: 1 | 2, asns: readonly number[]])[];

function octetsOf(path: Segments): Uint8Array {
  return Uint8Array.from(
    path.flatMap(([type, asns]) => [
      ...[type, asns.length],
      ...asns.flatMap((asn) => [asn >>> 24, asn >>> 16 & 255, asn >>> 8 & 255, asn & 255]),
    ]),
  );
}

/** As the trie gives it back: sequences in a row are one. */
function shown(path: Segments): { kind: string; asns: number[] }[] {
  const segments: { kind: string; asns: number[] }[] = [];
  for (const [type, asns] of path) {
    const last = segments.at(-1);
    if (type === 2 && last?.kind === "sequence") last.asns.push(...asns);
    else segments.push({ kind: type === 2 ? "sequence" : "set", asns: [...asns] });
  }
  return segments;
}

Deno.test("equal paths are one node, whatever came and went, and nothing is left of those that went", () => {
  const asn = fc.constantFrom(1, 2, 3, 0xffff_fffe);
  const segment = fc.tuple(
    fc.constantFrom<1 | 2>(2, 2, 2, 1),
    fc.array(asn, { minLength: 1, maxLength: 4 }),
  );
  const step = fc.tuple(fc.boolean(), fc.array(segment, { maxLength: 3 }), fc.nat());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: "max" }), (steps) => {
      const words = new Uint32Array(4096), nodes = new Uint32Array(NODES * NODE_WORDS);
      const usage = new Uint32Array(1);
      const sets = new BlobStore(words, NODES, usage, 0);
      const interner = new PathInterner(nodes, sets);
      const trie = new PathTrie(nodes, new BlobReader(words));
      const kept: { node: number; path: Segments }[] = [];
      for (const [isAdd, path, which] of steps) {
        if (!isAdd) {
          const [gone] = kept.splice(which % Math.max(1, kept.length), 1);
          if (gone !== undefined) interner.release(gone.node);
        } else {
          const octets = octetsOf(path);
          const node = interner.intern(octets, 0, octets.length, 99);
          if (node === -1) continue;
          for (let at = node; at > 0; at = trie.parent(at)) {
            assertEquals(trie.parent(at) < at, true);
          }
          // Some are not kept after all, as where there is no room for their attributes.
          if (which % 5 === 0) interner.discard(node);
          else {
            interner.retain(node);
            kept.push({ node, path });
          }
        }
        assertEquals(kept.map(({ node }) => trie.path(node)), kept.map(({ path }) => shown(path)));
        const texts = new Map(kept.map(({ node, path }) => [JSON.stringify(shown(path)), node]));
        assertEquals(
          kept.every(({ node, path }) => texts.get(JSON.stringify(shown(path))) === node),
          true,
        );
        texts.delete("[]");
        assertEquals(interner.live, texts.size);
      }
      for (const { node } of kept) interner.release(node);
      assertEquals([interner.live, interner.bound, sets.live, usage[0]], [0, 1, 0, 0]);
    }),
    { numRuns: 400 },
  );
});
