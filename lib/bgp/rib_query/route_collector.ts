/**
 * One page of routes: filled prefix by prefix until its limits, with the place where it ends.
 *
 * @module
 */
import type { Prefix } from "../../ip/prefix.ts";
import type { PathRef, RibReader } from "../rib/rib_reader.ts";
import { comparePaths, type RouteCursor } from "./route_cursor.ts";
import type { RoutePage } from "./route_question.ts";

/** Collects what `isWanted` lets through. Prefixes come in the order of `compare`. */
export class RouteCollector<T> {
  readonly routes: T[] = [];
  /** Where the next page begins; null as long as nothing was left out. */
  next: RouteCursor | null = null;
  readonly #rib: Pick<RibReader, "prefixOf" | "paths">;
  readonly #isWanted: (id: number, path: PathRef) => boolean;
  readonly #page: RoutePage<T>;
  readonly #compare: (a: Prefix, b: Prefix) => number;
  #room: number;
  #last: RouteCursor | null;

  constructor(
    rib: Pick<RibReader, "prefixOf" | "paths">,
    isWanted: (id: number, path: PathRef) => boolean,
    page: RoutePage<T>,
    compare: (a: Prefix, b: Prefix) => number,
  ) {
    this.#rib = rib;
    this.#isWanted = isWanted;
    this.#page = page;
    this.#compare = compare;
    this.#room = page.maxChars;
    this.#last = page.after;
  }

  /** True once nothing more is wanted. */
  get isFull(): boolean {
    return this.next !== null || this.#page.limit === 0;
  }

  /** The paths of a prefix that are wanted, best first. */
  wantedOf(id: number): readonly PathRef[] {
    return this.#rib.paths(id).filter((path) => this.#isWanted(id, path));
  }

  /** Shows what is wanted of a prefix as far as there is room; nothing that a page before showed. */
  take(id: number, wanted?: readonly PathRef[]): void {
    if (this.isFull) return;
    const prefix = this.#rib.prefixOf(id);
    const { after } = this.#page;
    const order = after === null ? 1 : this.#compare(prefix, after.prefix);
    if (order < 0) return;
    const from = order === 0 ? after?.path ?? null : null;
    if (order === 0 && from === null) return;
    const waiting = (wanted ?? this.wantedOf(id))
      .filter((path) => from === null || comparePaths(path, from) > 0)
      .map((path, rank) => ({ path, rank }))
      .sort((a, b) => comparePaths(a.path, b.path));
    const shown: { readonly rank: number; readonly route: T }[] = [];
    for (const { path, rank } of waiting) {
      const route = this.#page.render(prefix, path);
      if (!this.#fits(route, this.routes.length + shown.length)) {
        this.next = this.#last;
        break;
      }
      shown.push({ rank, route });
      this.#last = { prefix, path };
    }
    if (this.next === null && waiting.length > 0) this.#last = { prefix, path: null };
    shown.sort((a, b) => a.rank - b.rank);
    this.routes.push(...shown.map(({ route }) => route));
  }

  #fits(route: T, count: number): boolean {
    if (count >= this.#page.limit) return false;
    const chars = JSON.stringify(route).length + 1;
    if (chars > this.#room && count > 0) return false;
    this.#room -= chars;
    return true;
  }
}
