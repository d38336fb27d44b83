/**
 * Texts by which changes are told apart.
 *
 * @module
 */
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";

/** Texts of prefixes that come one after the other: a path and the best path change together. */
export class PrefixTexts {
  #last: Prefix | null = null;
  #text = "";

  of(prefix: Prefix): string {
    const last = this.#last;
    const isSame = last !== null && last.value === prefix.value && last.length === prefix.length &&
      last.family === prefix.family;
    if (!isSame) {
      this.#last = prefix;
      this.#text = renderPrefix(prefix);
    }
    return this.#text;
  }
}

/** The path of a peer to a prefix. */
export function pathKey(prefix: string, peer: number, pathId: number): string {
  return `${prefix} ${peer} ${pathId}`;
}
