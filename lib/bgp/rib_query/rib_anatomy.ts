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
  const bound = rib.scan.attributeBound();
  const uses = new Uint32Array(bound);
  let fromId = 0;
  await turns.repeat((count) => {
    fromId = rib.scan.countBest(uses, fromId, count);
    return fromId >= 0;
  }, hold);
  const origins = new Map<number, number>();
  let id = 0;
  await turns.repeat((count) => {
    for (const end = Math.min(id + count, bound); id < end; id++) {
      const prefixes = uses[id] ?? 0;
      if (prefixes === 0) continue;
      const node = rib.scan.partOf(id, "path");
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
