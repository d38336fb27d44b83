/**
 * Adding paths to Adj-RIB-In and taking them out.
 *
 * @module
 */
import {
  AdjRibIn,
  type AdjRibInViews,
  DENSE,
  DENSE_WORDS,
  ENTRY_WORDS,
  LIST_HEAD,
} from "./adj_rib_in.ts";
import type { BlockArena } from "./block_arena.ts";
import { PAGE_IDS, PAGE_LOG2 } from "./rib_memory.ts";

/**
 * Entries from which a page has a cell for each id. Longer lists would be smaller yet (12 octets an
 * entry, 8 a cell), but full feeds in any order would move half of one with every route, and leave
 * the blocks of all lengths behind that their lists went through.
 */
const LIST_MAX = 64;

/** Adj-RIB-In of all peers, to be written. */
export class AdjRibInWriter extends AdjRibIn {
  readonly #arena: BlockArena;
  /** Paths of each dense page, by its place in the directory. */
  readonly #counts: Uint16Array;

  constructor(views: AdjRibInViews, arena: BlockArena) {
    super(views);
    this.#arena = arena;
    this.#counts = new Uint16Array(views.pages.length);
  }

  /** Adds a path that is not there; false: there is no room. */
  add(peer: number, id: number, word: number, time: number): boolean {
    const at = peer * this.pagesOfPeer + (id >>> PAGE_LOG2);
    const inPage = id & (PAGE_IDS - 1);
    const page = this.pages[at] ?? 0;
    if ((page & DENSE) === 0) return this.#addToList(at, page, inPage, word, time);
    const place = page - DENSE + inPage * 2;
    this.paths[place] = word;
    this.paths[place + 1] = time;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    return true;
  }

  /** Removes a path that is there. */
  remove(peer: number, id: number): void {
    const at = peer * this.pagesOfPeer + (id >>> PAGE_LOG2);
    const inPage = id & (PAGE_IDS - 1);
    const page = this.pages[at] ?? 0;
    if ((page & DENSE) === 0) return this.#removeFromList(at, page, inPage);
    this.paths[page - DENSE + inPage * 2] = 0;
    const count = (this.#counts[at] ?? 0) - 1;
    this.#counts[at] = count;
    if (count > 0) return;
    this.#arena.release(page - DENSE, DENSE_WORDS);
    this.pages[at] = 0;
  }

  #addToList(at: number, page: number, inPage: number, word: number, time: number): boolean {
    const { paths } = this;
    const head = page === 0 ? 0 : paths[page] ?? 0;
    const count = head & 0xffff, room = head >>> 16;
    if (count === room) {
      if (!(count >= LIST_MAX ? this.#makeDense(at, page) : this.#growList(at, page))) return false;
      return count >= LIST_MAX
        ? this.#addToCell(at, inPage, word, time)
        : this.#addToList(at, this.pages[at] ?? 0, inPage, word, time);
    }
    const end = page + LIST_HEAD + count * ENTRY_WORDS;
    let entry = end;
    // New prefixes get rising ids: most belong at the end.
    if (count > 0 && (paths[end - ENTRY_WORDS] ?? 0) > inPage) {
      entry = page + LIST_HEAD + this.search(page, inPage) * ENTRY_WORDS;
      paths.copyWithin(entry + ENTRY_WORDS, entry, end);
    }
    paths[entry] = inPage;
    paths[entry + 1] = word;
    paths[entry + 2] = time;
    paths[page] = head + 1;
    return true;
  }

  #addToCell(at: number, inPage: number, word: number, time: number): boolean {
    const place = (this.pages[at] ?? 0) - DENSE + inPage * 2;
    this.paths[place] = word;
    this.paths[place + 1] = time;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    return true;
  }

  #growList(at: number, page: number): boolean {
    const { paths } = this;
    const head = page === 0 ? 0 : paths[page] ?? 0;
    const count = head & 0xffff, room = head >>> 16;
    const grown = room < 16 ? room + 5 : Math.min(LIST_MAX, room + (room >>> 1));
    const block = this.#arena.allocate(LIST_HEAD + grown * ENTRY_WORDS);
    if (block === 0) return false;
    paths[block] = grown << 16 | count;
    paths.copyWithin(block + LIST_HEAD, page + LIST_HEAD, page + LIST_HEAD + count * ENTRY_WORDS);
    if (page !== 0) this.#arena.release(page, LIST_HEAD + room * ENTRY_WORDS);
    this.pages[at] = block;
    return true;
  }

  #makeDense(at: number, page: number): boolean {
    const { paths } = this;
    const head = paths[page] ?? 0;
    const count = head & 0xffff, room = head >>> 16;
    const block = this.#arena.allocate(DENSE_WORDS);
    if (block === 0) return false;
    paths.fill(0, block, block + DENSE_WORDS);
    for (let i = 0; i < count; i++) {
      const entry = page + LIST_HEAD + i * ENTRY_WORDS;
      const place = block + (paths[entry] ?? 0) * 2;
      paths[place] = paths[entry + 1] ?? 0;
      paths[place + 1] = paths[entry + 2] ?? 0;
    }
    this.#arena.release(page, LIST_HEAD + room * ENTRY_WORDS);
    this.pages[at] = block + DENSE;
    this.#counts[at] = count;
    return true;
  }

  #removeFromList(at: number, page: number, inPage: number): void {
    const { paths } = this;
    const head = paths[page] ?? 0;
    const count = head & 0xffff, room = head >>> 16;
    if (count === 1) {
      this.#arena.release(page, LIST_HEAD + room * ENTRY_WORDS);
      this.pages[at] = 0;
      return;
    }
    const entry = page + LIST_HEAD + this.search(page, inPage) * ENTRY_WORDS;
    const end = page + LIST_HEAD + count * ENTRY_WORDS;
    paths.copyWithin(entry, entry + ENTRY_WORDS, end);
    // The one behind the last is not to look like the one that a scan has just visited.
    paths[end - ENTRY_WORDS] = PAGE_IDS;
    paths[page] = head - 1;
  }
}
