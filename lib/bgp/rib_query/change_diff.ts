/**
 * What is other at the end of a window than at its start, path by path: what came and went in
 * between leaves no trace here.
 *
 * @module
 */
import { renderPrefix } from "../../ip/prefix.ts";
import type { RouteChange } from "../bgp_service.ts";
import { pathKey, PrefixTexts } from "./prefix_texts.ts";

/** One path or best path that is other than it was. */
export interface Difference {
  readonly prefix: string;
  /** `best`: another peer's path is best; `replaced`: it was there all the time or again, changed meanwhile. */
  readonly kind: "added" | "removed" | "replaced" | "best";
  readonly peer: number;
  readonly pathId: number;
  /** For `best`: the peer at the start, -1 for none. `peer` is -1 where none is left. */
  readonly before: number;
  readonly last: RouteChange;
}

/** Compares both ends of a window. */
export class Diff {
  readonly #texts = new PrefixTexts();
  readonly #paths = new Map<string, { readonly first: RouteChange; last: RouteChange }>();
  readonly #bests = new Map<string, { readonly first: RouteChange; last: RouteChange }>();

  add(change: RouteChange): void {
    const text = this.#texts.of(change.prefix);
    const isBest = change.kind === "best";
    const ends = isBest ? this.#bests : this.#paths;
    const key = isBest ? text : pathKey(text, change.peer, change.pathId);
    const known = ends.get(key);
    if (known === undefined) ends.set(key, { first: change, last: change });
    else known.last = change;
  }

  /** What differs, the paths before the best paths, each in the order of their first change. */
  differences(): Difference[] {
    const found: Difference[] = [];
    for (const { first, last } of this.#paths.values()) {
      const wasThere = first.kind !== "announce";
      const isThere = last.kind !== "withdraw";
      if (!wasThere && !isThere) continue;
      const kind = wasThere ? isThere ? "replaced" : "removed" : "added";
      found.push(differenceOf(last, kind, -1));
    }
    for (const { first, last } of this.#bests.values()) {
      if (first.before !== last.peer) found.push(differenceOf(last, "best", first.before));
    }
    return found;
  }
}

function differenceOf(
  last: RouteChange,
  kind: Difference["kind"],
  before: number,
): Difference {
  const { prefix, peer, pathId } = last;
  return { prefix: renderPrefix(prefix), kind, peer, pathId, before, last };
}
