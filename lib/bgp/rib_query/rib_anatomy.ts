/**
 * What the tables are made of: sizes, reuse, lengths of prefixes, and who originates most.
 *
 * @module
 */
import { FAMILIES } from "../family.ts";
import type { RibReader } from "../rib/rib_reader.ts";
import type { Turns } from "./turns.ts";

/** Prefixes of one length. */
export interface LengthCount {
  readonly length: number;
  readonly prefixes: number;
}

/** By family: the lengths that occur, ascending. */
export function lengthHistogram(rib: RibReader): Record<string, LengthCount[]> {
  const { lengths } = rib.usage();
  return Object.fromEntries(FAMILIES.map(({ index, name }) => [
    name,
    lengths[index].flatMap((prefixes, length) => prefixes === 0 ? [] : [{ length, prefixes }]),
  ]));
}

/**
 * The ASes that originate most best paths, most first. Paths that end in a set, or are empty, have
 * no such AS.
 */
export async function topOrigins(
  rib: RibReader,
  turns: Turns,
  limit: number,
): Promise<{ readonly asn: number; readonly prefixes: number }[]> {
  const hold: RibReader["read"] = (act) => rib.read(act);
  const bound = rib.scan.attributeBound();
  const uses = new Uint32Array(bound);
  const all = new Uint8Array(bound).fill(1);
  let fromId = 0;
  await turns.repeat((count) => {
    const options = { peer: null, family: null, bestOnly: true, fromId, limit: count };
    fromId = rib.scan.scanPaths(all, options, (_id, _peer, attributes) => {
      uses[attributes]! += 1;
    });
    return fromId >= 0;
  }, hold);
  const origins = new Map<number, number>();
  let id = 0;
  await turns.repeat((count) => {
    for (const end = Math.min(id + count, bound); id < end; id++) {
      const prefixes = uses[id] ?? 0;
      if (prefixes === 0) continue;
      const node = rib.scan.asPathId(id);
      if (node === 0 || rib.scan.pathIsSet(node)) continue;
      const asn = rib.scan.pathAs(node);
      origins.set(asn, (origins.get(asn) ?? 0) + prefixes);
    }
    return id < bound;
  }, hold);
  return largest(origins, limit);
}

/** The entries with the largest counts, without sorting the others. */
function largest(
  origins: ReadonlyMap<number, number>,
  limit: number,
): { readonly asn: number; readonly prefixes: number }[] {
  const top: { asn: number; prefixes: number }[] = [];
  for (const [asn, prefixes] of origins) {
    const least = top.at(-1);
    if (top.length === limit && (least === undefined || prefixes < least.prefixes)) continue;
    top.push({ asn, prefixes });
    top.sort((a, b) => b.prefixes - a.prefixes || a.asn - b.asn);
    if (top.length > limit) top.pop();
  }
  return top;
}
