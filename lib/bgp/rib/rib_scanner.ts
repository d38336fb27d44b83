/**
 * Scans over columns: attribute sets, AS paths, and the paths of peers.
 *
 * @module
 */
import type { FamilyIndex } from "../family.ts";
import type { AttributeReader } from "./attribute_reader.ts";
import { CHAINED, ID_MASK, RPKI_STATES, rpkiOf } from "./path_word.ts";
import { Head, UNIT_WORDS } from "./rib_memory.ts";
import type { PathRef, RibScan } from "./rib_reader.ts";
import { ChainWord, type RibTables } from "./rib_tables.ts";

type ScanOptions = Parameters<RibScan["scanPaths"]>[1];
type ScanVisit = Parameters<RibScan["scanPaths"]>[2];

/** Scans. */
export class RibScanner implements RibScan {
  readonly #tables: RibTables;
  readonly #attributes: AttributeReader;
  readonly #head: Uint32Array;

  constructor(tables: RibTables, attributes: AttributeReader) {
    this.#tables = tables;
    this.#attributes = attributes;
    this.#head = tables.views.head;
  }

  attributeBound(): number {
    return this.#head[Head.attributeBound] ?? 0;
  }

  attributeInUse(id: number): boolean {
    return this.#attributes.isInUse(id);
  }

  originAs(id: number): number {
    return this.#attributes.originAs(id);
  }

  asPathId(id: number): number {
    return this.#attributes.pathId(id);
  }

  communitySet(id: number): number {
    return this.#attributes.communitySet(id);
  }

  communities(set: number): Uint32Array {
    return this.#attributes.communities(set);
  }

  extendedCommunities(id: number): Uint8Array {
    return this.#attributes.extendedCommunities(id);
  }

  largeCommunities(id: number): Uint8Array {
    return this.#attributes.largeCommunities(id);
  }

  pathBound(): number {
    return this.#head[Head.pathBound] ?? 0;
  }

  pathParent(node: number): number {
    return this.#attributes.trie.parent(node);
  }

  pathAs(node: number): number {
    return this.#attributes.trie.asn(node);
  }

  pathIsSet(node: number): boolean {
    return this.#attributes.trie.isSegment(node);
  }

  pathMembers(node: number): readonly number[] {
    return this.#attributes.trie.members(node);
  }

  rpkiOf(id: number, peer: number, attributes: number): PathRef["rpki"] {
    let state = 0;
    this.#tables.pathsOf(peer, id, (path) => {
      if (path.attributes === attributes) state = rpkiOf(path.word);
    });
    return RPKI_STATES[state] ?? "unverified";
  }

  scanPaths(wanted: Uint8Array, options: ScanOptions, visit: ScanVisit): number {
    const { family, fromId, limit } = options;
    const { firstId6 } = this.#tables.views;
    const end4 = family === 1 ? 0 : this.#head[Head.prefixBound] ?? 0;
    const end6 = family === 0 ? 0 : firstId6 + (this.#head[Head.prefixBound + 1] ?? 0);
    // There are no ids between those of the two families.
    const from = fromId >= end4 && fromId < firstId6 ? firstId6 : fromId;
    const last = from < firstId6 ? end4 : end6;
    const end = Math.min(from + limit, last);
    const next = options.bestOnly
      ? this.#scanBest(wanted, options.peer, from, end, visit)
      : this.#scanAll(wanted, options.peer, from, end, visit);
    if (next !== -1) return next;
    if (end < last) return end;
    return from < firstId6 && end6 > firstId6 ? firstId6 : -1;
  }

  /** Returns the id to go on from if `visit` stopped it, else -1. */
  #scanBest(
    wanted: Uint8Array,
    peer: number | null,
    from: number,
    end: number,
    visit: ScanVisit,
  ): number {
    const { best, paths } = this.#tables.views;
    const { adjRibIn } = this.#tables;
    for (let id = from; id < end; id++) {
      const found = (best[id] ?? 0) - 1;
      if (found === -1 || (peer !== null && found !== peer)) continue;
      let word = adjRibIn.word(found, id);
      if ((word & CHAINED) !== 0) word = paths[(word & ID_MASK) * UNIT_WORDS + ChainWord.word] ?? 0;
      const set = word & ID_MASK;
      if (wanted[set] === 1 && visit(id, found, set) === false) return id + 1;
    }
    return -1;
  }

  /** Returns the id to go on from if `visit` stopped it, else -1. */
  #scanAll(
    wanted: Uint8Array,
    peer: number | null,
    from: number,
    end: number,
    visit: ScanVisit,
  ): number {
    if (from >= end) return -1;
    const family = this.#tables.familyOf(from);
    const peers = peer === null ? this.#peersOf(family) : [peer];
    if (peers.length === 1) return this.#scanPeer(wanted, peers[0] ?? 0, from, end, visit);
    const { adjRibIn } = this.#tables;
    for (let id = from; id < end; id++) {
      for (const index of peers) {
        const word = adjRibIn.word(index, id);
        if (word === 0) continue;
        if (!this.#visitWord(wanted, id, index, word, visit)) return id + 1;
      }
    }
    return -1;
  }

  #peersOf(family: FamilyIndex): number[] {
    const { peers, views } = this.#tables;
    const found: number[] = [];
    for (let peer = 0; peer < views.limits.peers; peer++) {
      if (peers.paths(peer, family) > 0) found.push(peer);
    }
    return found;
  }

  #scanPeer(
    wanted: Uint8Array,
    peer: number,
    from: number,
    end: number,
    visit: ScanVisit,
  ): number {
    const { paths } = this.#tables.views;
    let stopped = -1;
    this.#tables.adjRibIn.scan(peer, from, end, (id, place) => {
      if (this.#visitWord(wanted, id, peer, paths[place] ?? 0, visit)) return true;
      stopped = id + 1;
      return false;
    });
    return stopped;
  }

  /** Visits the path, or the several, of a word; false: `visit` stopped it. */
  #visitWord(
    wanted: Uint8Array,
    id: number,
    peer: number,
    word: number,
    visit: ScanVisit,
  ): boolean {
    if ((word & CHAINED) === 0) {
      const set = word & ID_MASK;
      return wanted[set] !== 1 || visit(id, peer, set) !== false;
    }
    const { paths } = this.#tables.views;
    for (let link = word & ID_MASK; link !== 0;) {
      const at = link * UNIT_WORDS;
      const set = (paths[at + ChainWord.word] ?? 0) & ID_MASK;
      if (wanted[set] === 1 && visit(id, peer, set) === false) return false;
      link = paths[at + ChainWord.next] ?? 0;
    }
    return true;
  }
}
