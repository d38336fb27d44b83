/**
 * What the tables are made of: sizes, reuse, lengths of prefixes, and who originates most.
 *
 * @module
 */
import type { RibReader } from "../rib/rib_reader.ts";
import type { Turns } from "./turns.ts";

/** Prefixes of one length. */
export interface LengthCount {
  readonly length: number;
  readonly prefixes: number;
}

/** An AS and the prefixes whose best path it originates. */
export interface Origin {
  readonly asn: number;
  readonly prefixes: number;
}

/** By family: the lengths that occur, ascending. */
export function lengthHistogram(
  rib: RibReader,
): { readonly ipv4: LengthCount[]; readonly ipv6: LengthCount[] } {
  const { lengths: [ipv4, ipv6] } = rib.usage();
  const countsOf = (lengths: readonly number[]): LengthCount[] =>
    lengths.flatMap((prefixes, length) => prefixes === 0 ? [] : [{ length, prefixes }]);
  return { ipv4: countsOf(ipv4), ipv6: countsOf(ipv6) };
}

/**
 * The ASes that originate most best paths, most first. Paths that end in a set, or are empty, have
 * no such AS.
 */
export async function topOrigins(
  rib: RibReader,
  turns: Turns,
  limit: number,
): Promise<Origin[]> {
  const hold: RibReader["read"] = (act) => rib.read(act);
  const { scan } = rib;
  const uses = new Uint32Array(scan.attributeBound());
  let fromId = 0;
  await turns.repeat((count) => {
    fromId = scan.countBest(uses, fromId, count);
    return fromId >= 0;
  }, hold);
  // Many sets share a path, so that paths are added up by their AS, not sets.
  const byPath = new Uint32Array(scan.pathBound());
  let set = 0;
  await turns.repeat((count) => {
    for (const end = Math.min(set + count, uses.length); set < end; set++) {
      const prefixes = uses[set] ?? 0;
      if (prefixes !== 0) byPath[scan.partOf(set, "path")]! += prefixes;
    }
    return set < uses.length;
  }, hold);
  const origins = new Map<number, number>();
  let node = 1;
  await turns.repeat((count) => {
    for (const end = Math.min(node + count, byPath.length); node < end; node++) {
      const prefixes = byPath[node] ?? 0;
      if (prefixes === 0 || scan.pathIsSet(node)) continue;
      const asn = scan.pathAs(node);
      origins.set(asn, (origins.get(asn) ?? 0) + prefixes);
    }
    return node < byPath.length;
  }, hold);
  return largest(origins, limit);
}

/** The entries with the largest counts, without sorting the others. */
function largest(
  origins: ReadonlyMap<number, number>,
  limit: number,
): Origin[] {
  const top: Origin[] = [];
  for (const [asn, prefixes] of origins) {
    const origin = { asn, prefixes };
    const least = top[limit - 1];
    if (limit === 0 || (least !== undefined && compareOrigins(origin, least) > 0)) continue;
    top.push(origin);
    top.sort(compareOrigins);
    if (top.length > limit) top.pop();
  }
  return top;
}

function compareOrigins(a: Origin, b: Origin): number {
  return b.prefixes - a.prefixes || a.asn - b.asn;
}
