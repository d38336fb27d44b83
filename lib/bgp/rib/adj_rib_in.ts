/**
 * Adj-RIB-In (RFC 4271 §3.2) of all peers: by peer and prefix id the word of the path and when it
 * came. A page holds 1,024 ids: as a list sorted by id while few of them are there, else one cell for
 * each, so that a full feed takes 8 octets a path and five thousand scattered routes need no more
 * than theirs.
 *
 * @module
 */
import { PAGE_IDS, PAGE_LOG2 } from "./rib_memory.ts";

/** Words of a page with a cell for each id: the word and the time, in turn. */
export const DENSE_WORDS = PAGE_IDS * 2;
/** A place in the directory is a multiple of four: the lowest bit says that the page is dense. */
export const DENSE = 1;
/** Words of an entry of a list: the id in its page, the word, the time. */
export const ENTRY_WORDS = 3;
/** In front of a list: the count in the low half, the room above. */
export const LIST_HEAD = 1;
const ID_IN_PAGE = PAGE_IDS - 1;

/** Views of the memory. */
export interface AdjRibInViews {
  readonly pages: Uint32Array;
  readonly paths: Uint32Array;
  readonly pagesOfPeer: number;
}

/** Reading. */
export class AdjRibIn {
  protected readonly pages: Uint32Array;
  protected readonly paths: Uint32Array;
  protected readonly pagesOfPeer: number;

  constructor({ pages, paths, pagesOfPeer }: AdjRibInViews) {
    this.pages = pages;
    this.paths = paths;
    this.pagesOfPeer = pagesOfPeer;
  }

  /** Place of the word of a path, its time behind it; 0: there is none. Valid until one is added or removed. */
  place(peer: number, id: number): number {
    const page = this.pages[peer * this.pagesOfPeer + (id >>> PAGE_LOG2)] ?? 0;
    const inPage = id & ID_IN_PAGE;
    if ((page & DENSE) !== 0) {
      const place = page - DENSE + inPage * 2;
      return this.paths[place] === 0 ? 0 : place;
    }
    if (page === 0) return 0;
    const at = this.search(page, inPage);
    const count = (this.paths[page] ?? 0) & 0xffff;
    const entry = page + LIST_HEAD + at * ENTRY_WORDS;
    return at < count && this.paths[entry] === inPage ? entry + 1 : 0;
  }

  /** The word of a path, or 0. */
  word(peer: number, id: number): number {
    const page = this.pages[peer * this.pagesOfPeer + (id >>> PAGE_LOG2)] ?? 0;
    if ((page & DENSE) !== 0) return this.paths[page - DENSE + (id & ID_IN_PAGE) * 2] ?? 0;
    return page === 0 ? 0 : this.paths[this.place(peer, id)] ?? 0;
  }

  /**
   * Visits the paths of a peer by id, from `from` to below `end`, with the place of the word, until
   * `visit` returns false. The path that is visited may be removed, none may be added.
   */
  scan(
    peer: number,
    from: number,
    end: number,
    visit: (id: number, place: number) => boolean | void,
  ): void {
    const { pages, paths } = this;
    const first = peer * this.pagesOfPeer;
    for (let index = from >>> PAGE_LOG2; index << PAGE_LOG2 < end; index++) {
      const page = pages[first + index] ?? 0;
      if (page === 0) continue;
      const base = index << PAGE_LOG2;
      const start = Math.max(from - base, 0), stop = Math.min(end - base, PAGE_IDS);
      if ((page & DENSE) !== 0) {
        let place = page - DENSE + start * 2;
        for (let inPage = start; inPage < stop; inPage++, place += 2) {
          if (paths[place] !== 0 && visit(base + inPage, place) === false) return;
          // The last path of the page was removed, and the page with it.
          if (pages[first + index] !== page) break;
        }
      } else if (this.#scanList(first + index, page, base, start, stop, visit)) return;
    }
  }

  /** True: it is to stop. */
  #scanList(
    directoryAt: number,
    page: number,
    base: number,
    start: number,
    stop: number,
    visit: (id: number, place: number) => boolean | void,
  ): boolean {
    const { paths } = this;
    let at = this.search(page, start);
    while (this.pages[directoryAt] === page && at < ((paths[page] ?? 0) & 0xffff)) {
      const entry = page + LIST_HEAD + at * ENTRY_WORDS;
      const inPage = paths[entry] ?? 0;
      if (inPage >= stop) return false;
      if (visit(base + inPage, entry + 1) === false) return true;
      if (paths[entry] === inPage) at++;
    }
    return false;
  }

  /** Where the first entry of a list stands that is not before `inPage`. */
  protected search(page: number, inPage: number): number {
    const { paths } = this;
    let low = 0, high = (paths[page] ?? 0) & 0xffff;
    if (high > 0 && (paths[page + LIST_HEAD + (high - 1) * ENTRY_WORDS] ?? 0) < inPage) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((paths[page + LIST_HEAD + middle * ENTRY_WORDS] ?? 0) < inPage) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
