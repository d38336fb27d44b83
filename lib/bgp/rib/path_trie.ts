/**
 * AS paths as a trie: a node adds one AS, or one segment that is no AS_SEQUENCE, to its parent, so
 * that paths which begin alike share what they have in common.
 *
 * @module
 */
import type { AsPath, AsPathSegment } from "../../route/as_path.ts";
import type { BlobReader } from "./blob_reader.ts";
import { NODE_WORDS } from "./rib_memory.ts";

/**
 * Words of a node: the parent below {@link SEGMENT}, the AS or the blob of the segment, and two that
 * are for who writes: uses, and those by sets, below a bit of its own.
 */
export const Node = { parent: 0, asn: 1, uses: 2, setUses: 3 } as const;
/** In the word of the parent: a segment that is no AS_SEQUENCE; its blob is the kind, then the ASes. */
export const SEGMENT = 0x8000_0000;

/** Segment types of RFC 4271 §4.3 and RFC 5065 §3. */
export const SegmentType = { set: 1, sequence: 2, confedSequence: 3, confedSet: 4 } as const;

const KINDS: readonly AsPathSegment["kind"][] = [
  "sequence",
  "set",
  "sequence",
  "confed_sequence",
  "confed_set",
];

/** Reading. Node 0 is the empty path. */
export class PathTrie {
  readonly #nodes: Uint32Array;
  readonly #segments: BlobReader;
  /** Nodes on the way to the root, for one call. */
  readonly #way: number[] = [];

  constructor(nodes: Uint32Array, segments: BlobReader) {
    this.#nodes = nodes;
    this.#segments = segments;
  }

  parent(node: number): number {
    return ((this.#nodes[node * NODE_WORDS] ?? 0) & ~SEGMENT) >>> 0;
  }

  /** True if the node is a segment of another type than AS_SEQUENCE. */
  isSegment(node: number): boolean {
    return (this.#nodes[node * NODE_WORDS] ?? 0) >= SEGMENT;
  }

  /** The AS of a node, 0 for a segment and for the root. */
  asn(node: number): number {
    return this.isSegment(node) ? 0 : this.#nodes[node * NODE_WORDS + Node.asn] ?? 0;
  }

  /** The ASes of a segment; none for another node. */
  members(node: number): readonly number[] {
    return this.isSegment(node) ? [...this.#segment(node).subarray(1)] : [];
  }

  /**
   * The origin AS (RFC 6811 §2): the last AS; `localAs` for an empty path or one that ends in a
   * confederation; 0 for one that ends in an AS_SET.
   */
  origin(node: number, localAs: number): number {
    if (node === 0) return localAs;
    if (!this.isSegment(node)) return this.asn(node);
    return this.#segment(node)[0] === SegmentType.set ? 0 : localAs;
  }

  /** The path as segments. */
  path(node: number): AsPath {
    const way = this.#way;
    let length = 0;
    for (let at = node; at !== 0; at = this.parent(at)) way[length++] = at;
    const segments: AsPathSegment[] = [];
    let sequence: number[] | null = null;
    while (length > 0) {
      const at = way[--length] ?? 0;
      if (this.isSegment(at)) {
        const [type = 0, ...asns] = this.#segment(at);
        segments.push({ kind: KINDS[type] ?? "set", asns });
        sequence = null;
      } else if (sequence === null) {
        sequence = [this.asn(at)];
        segments.push({ kind: "sequence", asns: sequence });
      } else sequence.push(this.asn(at));
    }
    return segments;
  }

  #segment(node: number): Uint32Array {
    return this.#segments.words(this.#nodes[node * NODE_WORDS + Node.asn] ?? 0);
  }
}
