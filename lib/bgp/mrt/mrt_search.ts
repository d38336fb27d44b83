/**
 * Finds routes in an MRT file: counts all that match and keeps a page of them.
 *
 * @module
 */
import { DumpText } from "./dump_text.ts";
import { type FoundRoute, foundRoute } from "./found_route.ts";
import type { MrtRoute } from "./mrt_route.ts";
import type { MrtVisitor } from "./mrt_walk.ts";
import { type RouteCriteria, routeTest } from "./route_criteria.ts";

/** What is wanted of what is found. Plain data. */
export interface MrtSearch {
  readonly criteria: RouteCriteria;
  /** Matches left out at the start. */
  readonly skip: number;
  /** Most routes that are kept; 0: only count. */
  readonly limit: number;
  /** `bgpdump`: each with its line of `bgpdump -m` instead of attributes. */
  readonly format: "routes" | "bgpdump";
}

/** What was found. */
export interface MrtMatches {
  readonly count: number;
  readonly routes: FoundRoute[];
}

/** A search while the file is read. */
export class SearchVisitor implements MrtVisitor {
  readonly #search: MrtSearch;
  readonly #isWanted: (route: MrtRoute) => boolean;
  readonly #isLongest: boolean;
  readonly #lines: LineWriter | null;
  #count = 0;
  #longestBits = -1;
  #routes: FoundRoute[] = [];

  constructor(search: MrtSearch) {
    this.#search = search;
    this.#isWanted = routeTest(search.criteria);
    this.#lines = search.format === "bgpdump" ? new LineWriter() : null;
    this.#isLongest = search.criteria.prefix?.match === "longest";
  }

  onRoute(route: MrtRoute): void {
    if (!this.#isWanted(route)) return;
    if (this.#isLongest) {
      if (route.prefixBits < this.#longestBits) return;
      if (route.prefixBits > this.#longestBits) this.#startAgain(route.prefixBits);
    }
    const { skip, limit } = this.#search;
    const place = this.#count++ - skip;
    if (place < 0 || place >= limit) return;
    this.#routes.push(foundRoute(route, this.#lines?.line(route) ?? null));
  }

  /** What was found so far. */
  matches(): MrtMatches {
    return { count: this.#count, routes: this.#routes };
  }

  #startAgain(bits: number): void {
    this.#longestBits = bits;
    this.#count = 0;
    this.#routes = [];
  }
}

/** Lines of `bgpdump -m`, without their ends, one at a time. */
class LineWriter {
  #line = "";
  readonly #decoder = new TextDecoder();
  readonly #text = new DumpText((octets) => {
    this.#line = this.#decoder.decode(octets.subarray(0, -1));
  });

  /** Empty for what bgpdump does not print. */
  line(route: MrtRoute): string {
    this.#line = "";
    this.#text.route(route);
    this.#text.flush();
    return this.#line;
  }
}
