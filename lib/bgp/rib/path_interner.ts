/**
 * Keeping AS paths once: the nodes of the trie, with counts of who uses each.
 *
 * @module
 */
import type { BlobStore } from "./blob_store.ts";
import { FreeIds } from "./free_ids.ts";
import { IdHash, mixWord } from "./id_hash.ts";
import { Node, SEGMENT, SegmentType } from "./path_trie.ts";
import { NODE_WORDS } from "./rib_memory.ts";

/**
 * In the word of the set uses: the node behind this one is a child of it which is found by that alone.
 * The end of a path that nothing shares is made in one go: so it is in the hash once, not node by node.
 */
const HAS_NEXT = 0x8000_0000;
const SET_USES = 0x7fff_ffff;

/** Most members of a segment: its count is one octet (RFC 4271 §4.3). */
const MEMBERS_MAX = 255;

/** The nodes. {@link PathInterner.intern} leaves the counts as they are: who keeps a path calls `retain`. */
export class PathInterner {
  /** Of the path interned last: its length as the decision counts it (RFC 4271 §9.1.2.2, RFC 5065 §5.3). */
  length = 0;
  /** Its neighbour AS: the first one if a sequence begins the path, confederations aside; else 0. */
  neighbourAs = 0;
  /** Whether the own AS stands in it. */
  hasLoop = false;
  readonly #nodes: Uint32Array;
  readonly #segments: BlobStore;
  readonly #ids: FreeIds;
  readonly #hash: IdHash;
  readonly #members = new Uint32Array(1 + MEMBERS_MAX);
  #live = 0;

  /** An empty trie in `nodes`; segments that are no AS_SEQUENCE go to `segments`. */
  constructor(nodes: Uint32Array, segments: BlobStore) {
    this.#nodes = nodes;
    this.#segments = segments;
    this.#ids = new FreeIds(1, nodes.length / NODE_WORDS);
    this.#hash = new IdHash(nodes.length / NODE_WORDS, (ids, count, hashes) => {
      for (let i = 0; i < count; i++) {
        const at = (ids[i] ?? 0) * NODE_WORDS;
        hashes[i] = hashOf(nodes[at] ?? 0, nodes[at + Node.asn] ?? 0);
      }
    });
  }

  /** One past the largest id. */
  get bound(): number {
    return this.#ids.bound;
  }

  /** Paths that are kept, beginnings of others aside. */
  get live(): number {
    return this.#live;
  }

  /** The node of a path of segments with AS numbers of four octets; -1: there is no room. */
  intern(octets: Uint8Array, start: number, end: number, localAs: number): number {
    this.length = 0;
    this.neighbourAs = 0;
    this.hasLoop = false;
    this.#fresh = 0;
    let node = 0;
    let isFirst = true;
    for (let at = start; at + 2 <= end;) {
      const type = octets[at] ?? 0;
      const count = octets[at + 1] ?? 0;
      at += 2;
      if (at + count * 4 > end) break;
      const isConfed = type >= SegmentType.confedSequence;
      if (isFirst && !isConfed) {
        isFirst = false;
        if (type === SegmentType.sequence) this.neighbourAs = wordAt(octets, at);
      }
      node = type === SegmentType.sequence
        ? this.#addSequence(node, octets, at, count, localAs)
        : this.#addSegment(node, type, octets, at, count, localAs);
      if (node === -1) return -1;
      at += count * 4;
    }
    return node;
  }

  /** One more set has this path. */
  retain(node: number): void {
    if (node === 0) return;
    const nodes = this.#nodes, at = node * NODE_WORDS;
    nodes[at + Node.uses] = (nodes[at + Node.uses] ?? 0) + 1;
    const word = (nodes[at + Node.setUses] ?? 0) + 1;
    nodes[at + Node.setUses] = word;
    if ((word & SET_USES) === 1) this.#live++;
  }

  /** One set less has this path. */
  release(node: number): void {
    if (node === 0) return;
    const at = node * NODE_WORDS;
    const word = (this.#nodes[at + Node.setUses] ?? 0) - 1;
    this.#nodes[at + Node.setUses] = word;
    if ((word & SET_USES) === 0) this.#live--;
    this.#drop(node);
  }

  /** Takes away what was interned and is not used after all. */
  discard(node: number): void {
    if (node <= 0) return;
    const at = node * NODE_WORDS + Node.uses;
    if (this.#nodes[at] !== 0) return;
    this.#nodes[at] = 1;
    this.#drop(node);
  }

  /** One use less; without any the node goes, and its use of its parent. */
  #drop(node: number): void {
    const nodes = this.#nodes;
    for (let id = node; id !== 0;) {
      const at = id * NODE_WORDS;
      const uses = (nodes[at + Node.uses] ?? 0) - 1;
      nodes[at + Node.uses] = uses;
      if (uses > 0) return;
      const parent = nodes[at] ?? 0, asn = nodes[at + Node.asn] ?? 0;
      const parentId = (parent & ~SEGMENT) >>> 0;
      if (id === this.#next(parentId)) this.#setNext(parentId, false);
      else this.#hash.remove(hashOf(parent, asn), id);
      if (parent >= SEGMENT) this.#segments.release(asn);
      this.#ids.release(id);
      id = parentId;
    }
  }

  #addSequence(
    parent: number,
    octets: Uint8Array,
    start: number,
    count: number,
    localAs: number,
  ): number {
    let node = parent;
    for (let i = 0, at = start; i < count; i++, at += 4) {
      const asn = wordAt(octets, at);
      if (asn === localAs) this.hasLoop = true;
      const next = this.#add(node, asn);
      if (next === -1) {
        this.discard(node);
        return -1;
      }
      node = next;
    }
    this.length += count;
    return node;
  }

  #addSegment(
    parent: number,
    type: number,
    octets: Uint8Array,
    start: number,
    count: number,
    localAs: number,
  ): number {
    const members = this.#members;
    members[0] = type;
    for (let i = 0; i < count; i++) {
      const asn = wordAt(octets, start + i * 4);
      if (asn === localAs) this.hasLoop = true;
      members[i + 1] = asn;
    }
    if (type === SegmentType.set) this.length++;
    const blob = this.#segments.intern(members, count + 1);
    const node = blob === -1 ? -1 : this.#add((parent | SEGMENT) >>> 0, blob);
    if (node === -1) {
      this.#segments.discard(blob);
      this.discard(parent);
    } else if (this.#fresh === node) this.#segments.retain(blob);
    return node;
  }

  /** The node that the last {@link PathInterner.#add} of this path made; 0: it found one. */
  #fresh = 0;

  #add(parent: number, asn: number): number {
    const parentId = (parent & ~SEGMENT) >>> 0;
    const isChildless = parentId !== 0 && parentId === this.#fresh;
    this.#fresh = 0;
    if (isChildless && this.#ids.peek(parentId) === parentId + 1) {
      this.#setNext(parentId, true);
      return this.#make(parent, asn);
    }
    const next = this.#next(parentId);
    if (next !== 0 && this.#isNode(next, parent, asn)) return next;
    for (let node = this.#hash.first(hashOf(parent, asn)); node !== 0; node = this.#hash.next()) {
      if (this.#isNode(node, parent, asn)) return node;
    }
    const node = this.#make(parent, asn);
    if (node !== -1) this.#hash.add(node);
    return node;
  }

  #isNode(node: number, parent: number, asn: number): boolean {
    const at = node * NODE_WORDS;
    return this.#nodes[at] === parent && this.#nodes[at + Node.asn] === asn;
  }

  /** The child that is not in the hash, or 0. */
  #next(node: number): number {
    return (this.#nodes[node * NODE_WORDS + Node.setUses] ?? 0) >= HAS_NEXT ? node + 1 : 0;
  }

  #setNext(node: number, isThere: boolean): void {
    const at = node * NODE_WORDS + Node.setUses;
    const uses = (this.#nodes[at] ?? 0) & SET_USES;
    this.#nodes[at] = isThere ? uses | HAS_NEXT : uses;
  }

  /** A new node; -1: there is no room. */
  #make(parent: number, asn: number): number {
    const nodes = this.#nodes;
    const parentId = (parent & ~SEGMENT) >>> 0;
    // Readers go through the nodes once, parents first.
    const node = this.#ids.take(parentId);
    if (node === -1) return -1;
    const at = node * NODE_WORDS;
    nodes[at] = parent;
    nodes[at + Node.asn] = asn;
    nodes[at + Node.uses] = 0;
    nodes[at + Node.setUses] = 0;
    if (parentId !== 0) {
      const above = parentId * NODE_WORDS + Node.uses;
      nodes[above] = (nodes[above] ?? 0) + 1;
    }
    this.#fresh = node;
    return node;
  }
}

function hashOf(parent: number, asn: number): number {
  return mixWord(mixWord(0, parent), asn);
}

function wordAt(octets: Uint8Array, at: number): number {
  return ((octets[at] ?? 0) << 24 | (octets[at + 1] ?? 0) << 16 | (octets[at + 2] ?? 0) << 8 |
    (octets[at + 3] ?? 0)) >>> 0;
}
