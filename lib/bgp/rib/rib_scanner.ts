/**
 * Scans over columns: attribute sets, AS paths, and the paths of peers.
 *
 * @module
 */
import type { FamilyIndex } from "../family.ts";
import { DENSE } from "./adj_rib_in.ts";
import type { AttributeReader } from "./attribute_reader.ts";
import { CHAINED, ID_MASK, RPKI_STATES, withRpki } from "./path_word.ts";
import { Head, PAGE_IDS, PAGE_LOG2, UNIT_WORDS } from "./rib_memory.ts";
import type { PathRef, RibScan, ScanFindings, ScanOptions } from "./rib_reader.ts";
import { ChainWord, type RibTables } from "./rib_tables.ts";

/** Scans. */
export class RibScanner implements RibScan {
  readonly #tables: RibTables;
  readonly #attributes: AttributeReader;
  readonly #head: Uint32Array;
  /** The ids of a page that were found. */
  readonly #isMet = new Uint8Array(PAGE_IDS);

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

  hasCommunity(set: number, community: number): boolean {
    return this.#attributes.hasCommunity(set, community);
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

  pathInUse(node: number): boolean {
    return this.#attributes.trie.isInUse(node);
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

  setsOf(id: number): readonly number[] {
    const sets: number[] = [];
    for (const peer of this.#peersOf(this.#tables.familyOf(id))) {
      this.#tables.pathsOf(peer, id, ({ attributes }) => sets.push(attributes));
    }
    return sets;
  }

  scanPaths(wanted: Uint8Array, options: ScanOptions, found: ScanFindings): number {
    const { fromId, limit, family } = options;
    const { from, end, next } = this.#rangeOf(fromId, limit, family);
    if (options.bestOnly) this.#scanBest(wanted, options, from, end, found);
    else this.#scanAll(wanted, options, from, end, found);
    return next;
  }

  countBest(uses: Uint32Array, fromId: number, limit: number): number {
    const { from, end, next } = this.#rangeOf(fromId, limit, null);
    const { best } = this.#tables.views;
    for (let id = from; id < end; id++) {
      const holder = best[id] ?? 0;
      if (holder !== 0) uses[this.#bestWord(holder - 1, id) & ID_MASK]! += 1;
    }
    return next;
  }

  /** The part of the ids that a scan takes, and where it goes on: there are none between families. */
  #rangeOf(
    fromId: number,
    limit: number,
    family: FamilyIndex | null,
  ): { readonly from: number; readonly end: number; readonly next: number } {
    const { firstId6 } = this.#tables.views;
    const end4 = family === 1 ? 0 : this.#head[Head.prefixBound] ?? 0;
    const end6 = family === 0 ? 0 : firstId6 + (this.#head[Head.prefixBound + 1] ?? 0);
    const from = fromId >= end4 && fromId < firstId6 ? firstId6 : fromId;
    const last = from < firstId6 ? end4 : end6;
    const end = Math.min(from + limit, last);
    const next = end < last ? end : from < firstId6 && end6 > firstId6 ? firstId6 : -1;
    return { from, end, next };
  }

  #scanBest(
    wanted: Uint8Array,
    { peer, rpki }: ScanOptions,
    from: number,
    end: number,
    found: ScanFindings,
  ): void {
    const { best } = this.#tables.views;
    const { mask, value } = rpkiBits(rpki);
    for (let id = from; id < end; id++) {
      const holder = (best[id] ?? 0) - 1;
      if (holder === -1 || (peer !== null && holder !== peer)) continue;
      const word = this.#bestWord(holder, id);
      if (wanted[word & ID_MASK] !== 1 || (word & mask) !== value) continue;
      found.prefixCount++;
      found.pathCount++;
      if (found.ids.length < found.mostIds) found.ids.push(id);
    }
  }

  /** The best of several paths is the first of them. */
  #bestWord(peer: number, id: number): number {
    const word = this.#tables.adjRibIn.word(peer, id);
    return (word & CHAINED) === 0
      ? word
      : this.#tables.views.paths[(word & ID_MASK) * UNIT_WORDS + ChainWord.word] ?? 0;
  }

  /** Page by page, and in a page peer by peer, so that memory is read in the order in which it lies. */
  #scanAll(
    wanted: Uint8Array,
    { peer, rpki }: ScanOptions,
    from: number,
    end: number,
    found: ScanFindings,
  ): void {
    if (from >= end) return;
    const peers = peer === null ? this.#peersOf(this.#tables.familyOf(from)) : [peer];
    const state = rpkiBits(rpki);
    for (let start = from, stop; start < end; start = stop) {
      stop = Math.min(((start >>> PAGE_LOG2) + 1) << PAGE_LOG2, end);
      const before = found.pathCount;
      for (const index of peers) this.#scanPage(wanted, state, index, start, stop, found);
      if (found.pathCount !== before) this.#isMet.fill(0);
    }
  }

  #peersOf(family: FamilyIndex): number[] {
    const { peers, views } = this.#tables;
    const found: number[] = [];
    for (let peer = 0; peer < views.limits.peers; peer++) {
      if (peers.paths(peer, family) > 0) found.push(peer);
    }
    return found;
  }

  /** The paths of a peer for ids of one page. */
  #scanPage(
    wanted: Uint8Array,
    state: RpkiBits,
    peer: number,
    start: number,
    stop: number,
    found: ScanFindings,
  ): void {
    const { pages, paths, pagesOfPeer } = this.#tables.views;
    const page = pages[peer * pagesOfPeer + (start >>> PAGE_LOG2)] ?? 0;
    if (page === 0) return;
    if ((page & DENSE) === 0) {
      this.#tables.adjRibIn.scan(peer, start, stop, (id, place) => {
        this.#take(wanted, state, id, paths[place] ?? 0, found);
      });
      return;
    }
    const { mask, value } = state;
    let place = page - DENSE + (start & (PAGE_IDS - 1)) * 2;
    for (let id = start; id < stop; id++, place += 2) {
      const word = paths[place] ?? 0;
      if ((word & CHAINED) !== 0) this.#take(wanted, state, id, word, found);
      else if (wanted[word & ID_MASK] === 1 && word !== 0 && (word & mask) === value) {
        this.#add(id, found);
      }
    }
  }

  /** Adds the path, or the several, of a word. */
  #take(
    wanted: Uint8Array,
    { mask, value }: RpkiBits,
    id: number,
    word: number,
    found: ScanFindings,
  ): void {
    const isWanted = (one: number): boolean =>
      wanted[one & ID_MASK] === 1 && (one & mask) === value;
    if ((word & CHAINED) === 0) {
      if (isWanted(word)) this.#add(id, found);
      return;
    }
    const { paths } = this.#tables.views;
    for (let link = word & ID_MASK; link !== 0;) {
      const at = link * UNIT_WORDS;
      if (isWanted(paths[at + ChainWord.word] ?? 0)) this.#add(id, found);
      link = paths[at + ChainWord.next] ?? 0;
    }
  }

  #add(id: number, found: ScanFindings): void {
    found.pathCount++;
    const inPage = id & (PAGE_IDS - 1);
    if (this.#isMet[inPage] === 1) return;
    this.#isMet[inPage] = 1;
    found.prefixCount++;
    if (found.ids.length < found.mostIds) found.ids.push(id);
  }
}

/** Bits of a path's word that say its state of origin validation; none where any is meant. */
interface RpkiBits {
  readonly mask: number;
  readonly value: number;
}

function rpkiBits(state: PathRef["rpki"] | null): RpkiBits {
  return state === null
    ? { mask: 0, value: 0 }
    : { mask: withRpki(0, 3), value: withRpki(0, RPKI_STATES.indexOf(state)) };
}
