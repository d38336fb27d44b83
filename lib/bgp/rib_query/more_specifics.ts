/**
 * What our tables hold inside of a prefix: a bounded count, and the first few.
 *
 * @module
 */
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import type { RibReader } from "../rib/rib_reader.ts";

/** Most that are counted: each is read while the writer waits. */
const COUNTED_MAX = 1_000;

/** More specific prefixes, as answers show them. */
export interface MoreSpecifics {
  readonly count: number;
  /** False: there are more than were counted. */
  readonly count_is_exact: boolean;
  /** In the order of the addresses. */
  readonly first: readonly string[];
}

/** Looks inside of `around`; to be called within `rib.read`. */
export function moreSpecifics(rib: RibReader, around: Prefix, shownMax: number): MoreSpecifics {
  const first: string[] = [];
  let count = 0, isExact = true;
  rib.walk(around.family === 4 ? 0 : 1, { within: around, from: null }, (id) => {
    const prefix = rib.prefixOf(id);
    if (prefix.length === around.length) return;
    isExact = count < COUNTED_MAX;
    if (!isExact) return false;
    count++;
    if (first.length < shownMax) first.push(renderPrefix(prefix));
  });
  return { count, count_is_exact: isExact, first };
}
