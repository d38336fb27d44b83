/**
 * What the packets of a protocol path have in common: the protocols. The specimen of a path is the
 * first of its packets.
 *
 * @module
 */
import type { DerivedColumns } from "../filter/derived_columns.ts";
import type { PacketBatch } from "../batch.ts";
import { PATHS_MAX } from "../dissect/path_table.ts";
import type { FrameBatch, PlacedFrame } from "./frame_batch.ts";
import type { Dictionary } from "./specimens.ts";

/** Paths by id. */
export class PathDictionary implements Dictionary {
  readonly #isKnown = new Uint8Array(PATHS_MAX);
  readonly #frames: (PlacedFrame & { readonly octets: Uint8Array })[] = [];

  get size(): number {
    return this.#frames.length;
  }

  /** True if the path has a specimen. */
  has(path: number): boolean {
    return this.#isKnown[path] === 1;
  }

  /** Copies a packet as the specimen of its path. */
  add(path: number, packets: PacketBatch, row: number): void {
    const offset = packets.offset[row] ?? 0;
    const capturedLength = packets.capturedLength[row] ?? 0;
    this.#isKnown[path] = 1;
    this.#frames[path] = {
      octets: packets.bytes.slice(offset, offset + capturedLength),
      offset: 0,
      capturedLength,
      wireLength: packets.wireLength[row] ?? 0,
      linkType: packets.linkType[row] ?? 0,
      fcsLength: packets.fcsLength[row] ?? 0,
    };
  }

  fill(batch: FrameBatch, _derived: DerivedColumns, from: number, count: number): void {
    const frames = this.#frames.slice(from, from + count);
    const octets = new Uint8Array(
      frames.reduce((sum, { capturedLength }) => sum + capturedLength, 0),
    );
    batch.begin(octets);
    let offset = 0;
    for (let row = 0; row < count; row++) {
      const frame = frames[row] ?? NO_FRAME;
      octets.set(frame.octets, offset);
      batch.add({ ...frame, offset });
      offset += frame.capturedLength;
    }
    batch.dissect();
  }
}

/** In place of paths that no packet ends in. */
const NO_FRAME = {
  octets: new Uint8Array(0),
  offset: 0,
  capturedLength: 0,
  wireLength: 0,
  linkType: 0,
  fcsLength: 0,
};
