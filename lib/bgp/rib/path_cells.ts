/**
 * The paths of a peer for a prefix: one in its cell of Adj-RIB-In, or, where path ids tell several
 * apart (RFC 7911), a chain.
 *
 * @module
 */
import type { AdjRibInWriter } from "./adj_rib_in_writer.ts";
import type { BlockArena } from "./block_arena.ts";
import { CHAINED, ID_MASK, STALE } from "./path_word.ts";
import { CHAIN_MAX, UNIT_WORDS } from "./rib_memory.ts";
import { ChainWord } from "./rib_tables.ts";

const LINK_WORDS = 4;

/** Putting paths in and taking them out. */
export class PathCells {
  /** Whether the cell of the last call is, or was, a chain. */
  isChained = false;
  /** Whether the last call changed the first path of a chain, or took it out. */
  isHead = false;
  readonly #adjRibIn: AdjRibInWriter;
  readonly #paths: Uint32Array;
  readonly #arena: BlockArena;

  constructor(adjRibIn: AdjRibInWriter, paths: Uint32Array, arena: BlockArena) {
    this.#adjRibIn = adjRibIn;
    this.#paths = paths;
    this.#arena = arena;
  }

  /**
   * Puts a path in; returns the word that it had, 0 if it is new, or -1: there is no room. One that
   * is as before only loses its staleness.
   */
  put(peer: number, id: number, pathId: number, word: number, time: number): number {
    const paths = this.#paths;
    const place = this.#adjRibIn.place(peer, id);
    const cell = place === 0 ? 0 : paths[place] ?? 0;
    this.isChained = pathId !== 0 || (cell & CHAINED) !== 0;
    if (this.isChained) return this.#putInChain(peer, id, place, pathId, word, time);
    if (cell === 0) return this.#adjRibIn.add(peer, id, word, time) ? 0 : -1;
    this.#overwrite(place, word, time);
    return cell;
  }

  /** Takes a path out; returns its word, or 0: it is not there. */
  remove(peer: number, id: number, pathId: number): number {
    const paths = this.#paths;
    const place = this.#adjRibIn.place(peer, id);
    const cell = place === 0 ? 0 : paths[place] ?? 0;
    this.isChained = (cell & CHAINED) !== 0;
    if (this.isChained) return this.#removeFromChain(peer, id, place, pathId);
    if (cell === 0 || pathId !== 0) return 0;
    this.#adjRibIn.remove(peer, id);
    return cell;
  }

  /** Makes a path of a chain its first one; true if it was not. */
  promote(peer: number, id: number, pathId: number): boolean {
    const paths = this.#paths;
    const place = this.#adjRibIn.place(peer, id);
    const cell = paths[place] ?? 0;
    if ((cell & CHAINED) === 0) return false;
    let before = 0;
    for (
      let link = cell & ID_MASK;
      link !== 0;
      link = paths[link * UNIT_WORDS + ChainWord.next] ?? 0
    ) {
      const at = link * UNIT_WORDS;
      if (paths[at + ChainWord.pathId] === pathId) {
        if (before === 0) return false;
        paths[before + ChainWord.next] = paths[at + ChainWord.next] ?? 0;
        paths[at + ChainWord.next] = cell & ID_MASK;
        paths[place] = CHAINED | link;
        return true;
      }
      before = at;
    }
    return false;
  }

  /** Visits the places of the words of a cell. */
  visitWords(place: number, visit: (pathId: number, place: number) => void): void {
    const paths = this.#paths;
    const cell = paths[place] ?? 0;
    if ((cell & CHAINED) === 0) return visit(0, place);
    for (let link = cell & ID_MASK; link !== 0;) {
      const at = link * UNIT_WORDS;
      link = paths[at + ChainWord.next] ?? 0;
      visit(paths[at + ChainWord.pathId] ?? 0, at + ChainWord.word);
    }
  }

  /** The word and the time stand beside each other in cells and links. */
  #overwrite(place: number, word: number, time: number): void {
    const isSame = (((this.#paths[place] ?? 0) & ~STALE) >>> 0) === word;
    this.#paths[place] = word;
    if (!isSame) this.#paths[place + 1] = time;
  }

  #putInChain(
    peer: number,
    id: number,
    place: number,
    pathId: number,
    word: number,
    time: number,
  ): number {
    const paths = this.#paths;
    const cell = place === 0 ? 0 : paths[place] ?? 0;
    this.isHead = true;
    if (cell === 0) {
      const link = this.#makeLink(pathId, word, time, 0);
      if (link === 0) return -1;
      if (this.#adjRibIn.add(peer, id, CHAINED | link, 0)) return 0;
      this.#arena.release(link * UNIT_WORDS, LINK_WORDS);
      return -1;
    }
    if ((cell & CHAINED) === 0) {
      const link = this.#makeLink(0, cell, paths[place + 1] ?? 0, 0);
      if (link === 0) return -1;
      paths[place] = CHAINED | link;
    }
    let count = 0, last = 0;
    for (let link = (paths[place] ?? 0) & ID_MASK; link !== 0; count++) {
      last = link * UNIT_WORDS;
      if (paths[last + ChainWord.pathId] === pathId) {
        const old = paths[last + ChainWord.word] ?? 0;
        this.#overwrite(last + ChainWord.word, word, time);
        this.isHead = count === 0;
        return old;
      }
      link = paths[last + ChainWord.next] ?? 0;
    }
    this.isHead = false;
    const link = count < CHAIN_MAX ? this.#makeLink(pathId, word, time, 0) : 0;
    if (link === 0) return -1;
    paths[last + ChainWord.next] = link;
    return 0;
  }

  #makeLink(pathId: number, word: number, time: number, next: number): number {
    const at = this.#arena.allocate(LINK_WORDS);
    if (at !== 0) this.#paths.set([pathId, word, time, next], at);
    return at / UNIT_WORDS;
  }

  #removeFromChain(peer: number, id: number, place: number, pathId: number): number {
    const paths = this.#paths;
    let before = 0;
    for (let link = (paths[place] ?? 0) & ID_MASK; link !== 0;) {
      const at = link * UNIT_WORDS;
      const next = paths[at + ChainWord.next] ?? 0;
      if (paths[at + ChainWord.pathId] !== pathId) {
        before = at;
        link = next;
        continue;
      }
      const word = paths[at + ChainWord.word] ?? 0;
      this.isHead = before === 0;
      if (before !== 0) paths[before + ChainWord.next] = next;
      else if (next !== 0) paths[place] = CHAINED | next;
      else this.#adjRibIn.remove(peer, id);
      this.#arena.release(at, LINK_WORDS);
      return word;
    }
    return 0;
  }
}
