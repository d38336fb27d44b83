/**
 * The protocol hierarchy: frames and wire bytes per protocol path, counted from path ids and folded
 * into a tree at the end.
 *
 * @module
 */

import { type ColumnMemory, separateMemory } from "../arena.ts";
import type { PacketBatch } from "../batch.ts";
import type { DissectColumns } from "./columns.ts";
import { PATHS_MAX, type PathTable, ROOT_PATH } from "./path_table.ts";
import { protocolName } from "./protocol.ts";

/** A protocol at one place of the tree. */
export interface HierarchyNode {
  /** Protocol name as tshark prints it. */
  readonly name: string;
  /** Frames that contain this path. */
  readonly frames: number;
  /** Wire bytes of those frames, whole frames. */
  readonly bytes: number;
  /** What this protocol carried, most frames first. */
  readonly children: readonly HierarchyNode[];
}

/** Counts paths of one scan. */
export class Hierarchy {
  readonly #paths: PathTable;
  readonly #frames: Float64Array;
  readonly #bytes: Float64Array;

  /** A hierarchy over the path table that the columns are filled with; its counts lie in `memory`. */
  constructor(paths: PathTable, memory: ColumnMemory = separateMemory) {
    this.#paths = paths;
    this.#frames = memory.float64(PATHS_MAX);
    this.#bytes = memory.float64(PATHS_MAX);
  }

  /** Addresses of frames and bytes by path, in their memory: compiled code can count there. */
  get addresses(): readonly [frames: number, bytes: number] {
    return [this.#frames.byteOffset, this.#bytes.byteOffset];
  }

  /** Counts the packets of a dissected batch. */
  addBatch(batch: PacketBatch, columns: DissectColumns): void {
    const frames = this.#frames;
    const bytes = this.#bytes;
    const path = columns.path;
    const wireLength = batch.wireLength;
    for (let row = 0; row < batch.count; row++) {
      const id = path[row] ?? ROOT_PATH;
      frames[id] = (frames[id] ?? 0) + 1;
      bytes[id] = (bytes[id] ?? 0) + (wireLength[row] ?? 0);
    }
  }

  /** The tree so far; its root is `frame`. May be asked for again after further batches. */
  finish(): HierarchyNode {
    const paths = this.#paths;
    const frames = this.#frames.slice(0, paths.size);
    const bytes = this.#bytes.slice(0, paths.size);
    const children: HierarchyNode[][] = Array.from({ length: paths.size }, () => []);
    for (let id = paths.size - 1; id > ROOT_PATH; id--) {
      const parent = paths.parentOf(id);
      const node = nodeOf(paths, id, frames, bytes, children);
      frames[parent] = (frames[parent] ?? 0) + node.frames;
      bytes[parent] = (bytes[parent] ?? 0) + node.bytes;
      if (node.frames > 0) children[parent]?.push(node);
    }
    return nodeOf(paths, ROOT_PATH, frames, bytes, children);
  }
}

/** The node of a path whose children, having higher ids, are complete. */
function nodeOf(
  paths: PathTable,
  id: number,
  frames: Float64Array,
  bytes: Float64Array,
  children: readonly HierarchyNode[][],
): HierarchyNode {
  const below = [...(children[id] ?? [])];
  below.sort((a, b) => b.frames - a.frames || (a.name < b.name ? -1 : 1));
  return {
    name: protocolName(paths.protocolOf(id)),
    frames: frames[id] ?? 0,
    bytes: bytes[id] ?? 0,
    children: below,
  };
}
