/**
 * Chains of protocols interned as small integers, so that a packet carries its whole protocol path
 * in one number and a tree of counters is an array.
 *
 * @module
 */

import { type ColumnMemory, separateMemory } from "../arena.ts";
import { Protocol, PROTOCOL_SLOTS, protocolName } from "./protocol.ts";

/** Most different paths of one capture. Hostile captures could otherwise make one per packet. */
export const PATHS_MAX = 4096;

/** Longest path in protocols; what lies deeper keeps the id of its ancestor. */
export const PATH_DEPTH_MAX = 64;

/**
 * Paths longer than this share the first half of the table, so that a capture full of nested
 * headers cannot take the room of ordinary paths.
 */
const PATH_DEPTH_ORDINARY = 12;

/** Path id of `frame`, the root that every packet has. */
export const ROOT_PATH = 0;

/** What another thread must know of a table that grows: the words in memory that both reach, and counts. */
export interface SeenPaths {
  /** What {@link sharedPaths} gives at the place of the table. */
  readonly words: PathWords;
  readonly size: number;
  readonly overflowed: number;
}

/** What carries each path, and its last protocol. */
export interface PathWords {
  readonly parents: Uint16Array;
  readonly protocols: Uint8Array;
}

/** Room for the words of a table, or those of the table that lies there. */
export function sharedPaths(memory: ColumnMemory): PathWords {
  return { parents: memory.uint16(PATHS_MAX), protocols: memory.uint8(PATHS_MAX) };
}

/** The interned paths of one scan. Node 0 is `frame`; a parent always has a smaller id. */
export class PathTable {
  #children: Uint16Array = new Uint16Array(64 * PROTOCOL_SLOTS);
  readonly #parent: Uint16Array;
  readonly #protocol: Uint8Array;
  readonly #depth = new Uint8Array(PATHS_MAX);
  #size = 1;
  #overflowed = 0;

  /** A table without paths, its words first in `memory`. */
  constructor(memory: ColumnMemory = separateMemory) {
    const { parents, protocols } = sharedPaths(memory);
    this.#parent = parents;
    this.#protocol = protocols;
  }

  /** Number of paths so far, `frame` included. */
  get size(): number {
    return this.#size;
  }

  /** How often a layer got the id of its ancestor because a bound was reached. */
  get overflowed(): number {
    return this.#overflowed;
  }

  /** Path of `protocol` carried by path `node`; `node` itself when a bound is reached. */
  child(node: number, protocol: number): number {
    const found = this.#children[(node * PROTOCOL_SLOTS + protocol) | 0];
    return found === undefined || found === 0 ? this.#add(node, protocol) : found;
  }

  /** The path that carries `path`; the root carries itself. */
  parentOf(path: number): number {
    return this.#parent[path] ?? ROOT_PATH;
  }

  /** The last protocol of a path. */
  protocolOf(path: number): number {
    return this.#protocol[path] ?? Protocol.frame;
  }

  /** Takes over the paths that another table came to have since; this one has no others. */
  follow({ words, size, overflowed }: SeenPaths): void {
    for (let path = this.#size; path < size; path++) {
      this.child(words.parents[path] ?? ROOT_PATH, words.protocols[path] ?? Protocol.frame);
    }
    this.#overflowed = overflowed;
  }

  /** Protocols of a path without `frame`, joined by colons, for example `eth:ip:tcp`. */
  nameOf(path: number): string {
    const names: string[] = [];
    for (let node = path; node !== ROOT_PATH; node = this.parentOf(node)) {
      names.unshift(protocolName(this.protocolOf(node)));
    }
    return names.join(":");
  }

  #add(node: number, protocol: number): number {
    const depth = this.#depth[node] ?? 0;
    const room = depth < PATH_DEPTH_ORDINARY ? PATHS_MAX : PATHS_MAX / 2;
    if (this.#size >= room || depth >= PATH_DEPTH_MAX) {
      this.#overflowed++;
      return node;
    }
    const id = this.#size++;
    if (id * PROTOCOL_SLOTS >= this.#children.length) {
      const wider = new Uint16Array(this.#children.length * 2);
      wider.set(this.#children);
      this.#children = wider;
    }
    this.#children[node * PROTOCOL_SLOTS + protocol] = id;
    this.#parent[id] = node;
    this.#protocol[id] = protocol;
    this.#depth[id] = depth + 1;
    return id;
  }
}
