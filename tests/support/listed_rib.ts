/**
 * Tables of BGP made of plain objects: slow, small, and without a trick, to ask questions about and
 * to compare answers with.
 *
 * @module
 */
import { type IpAddress, parseAddress, renderAddress } from "../../lib/ip/address.ts";
import {
  comparePrefixes,
  contains,
  containsPrefix,
  parsePrefix,
  type Prefix,
  renderPrefix,
} from "../../lib/ip/prefix.ts";
import type { FamilyIndex } from "../../lib/bgp/family.ts";
import { step, stepSet } from "../../lib/bgp/rib/path_moves.ts";
import {
  type Ineligible,
  type LostBy,
  type PathAttributes,
  type PathOptions,
  type PathRef,
  type RibCounts,
  type RibReader,
  type RibScan,
  type RibUsage,
  SetMark,
} from "../../lib/bgp/rib/rib_reader.ts";
import { type AsPath, parseAsPath, pathLength, renderAsPath } from "../../lib/route/as_path.ts";

/** A path as a test writes it. */
export interface PlainPath {
  readonly prefix: string;
  readonly peer: number;
  readonly pathId?: number;
  /** `64496 {64497,64498}`; default empty. */
  readonly asPath?: string;
  readonly origin?: "igp" | "egp" | "incomplete";
  readonly nextHop?: string;
  readonly med?: number;
  /** In force; default 100. */
  readonly localPref?: number;
  readonly communities?: readonly string[];
  readonly largeCommunities?: readonly string[];
  readonly rpki?: PathRef["rpki"];
  readonly ineligible?: Ineligible;
  readonly isStale?: boolean;
  readonly receivedMs?: number;
}

const ORIGINS = ["igp", "egp", "incomplete"] as const;

/** A node of the trie of paths. */
interface Node {
  readonly parent: number;
  readonly asn: number;
  readonly members: readonly number[] | null;
}

interface Stored {
  readonly prefix: Prefix;
  readonly path: Required<PlainPath>;
  readonly attributes: number;
}

/** Tables that stand still unless a test changes them. */
export class ListedRib implements RibReader {
  version = 0;
  #paths: Stored[] = [];
  #ids: Prefix[] = [];
  #sets: PathAttributes[] = [];
  #setIds = new Map<string, number>();
  #ends: number[] = [];
  #nodes: Node[] = [{ parent: 0, asn: 0, members: null }];
  #nodeIds = new Map<string, number>();
  /** How often the lock was taken. */
  reads = 0;

  constructor(paths: readonly PlainPath[] = []) {
    for (const path of paths) this.put(path);
  }

  /** Adds a path, or replaces that of the same prefix, peer and path id. */
  put(plain: PlainPath): void {
    const path: Required<PlainPath> = {
      pathId: 0,
      asPath: "",
      origin: "igp",
      nextHop: "192.0.2.1",
      med: -1,
      localPref: 100,
      communities: [],
      largeCommunities: [],
      rpki: "unverified",
      ineligible: "none",
      isStale: false,
      receivedMs: 0,
      ...plain,
    };
    const { prefix } = parsePrefix(path.prefix);
    this.#drop(prefix, path.peer, path.pathId);
    this.#paths.push({ prefix, path, attributes: this.#setOf(path) });
    if (this.find(prefix) < 0) this.#ids.push(prefix);
    this.version++;
  }

  remove(prefixText: string, peer: number, pathId = 0): void {
    const { prefix } = parsePrefix(prefixText);
    this.#drop(prefix, peer, pathId);
    this.version++;
  }

  #drop(prefix: Prefix, peer: number, pathId: number): void {
    this.#paths = this.#paths.filter((one) =>
      !same(one.prefix, prefix) || one.path.peer !== peer || one.path.pathId !== pathId
    );
  }

  #setOf(path: Required<PlainPath>): number {
    const { asPath: text, origin, nextHop, med, communities, largeCommunities } = path;
    const key = JSON.stringify([text, origin, nextHop, med, communities, largeCommunities]);
    const known = this.#setIds.get(key);
    if (known !== undefined) return known;
    const asPath = parseAsPath(text);
    if (asPath === null) throw new TypeError(`"${text}" is no AS path`);
    this.#sets.push({
      asPath,
      origin,
      nextHop: renderAddress(parseAddress(nextHop)),
      nextHopLinkLocal: null,
      med: med < 0 ? null : med,
      localPref: null,
      otc: null,
      atomicAggregate: false,
      aggregator: null,
      originatorId: null,
      clusterList: [],
      communities,
      extendedCommunities: [],
      largeCommunities,
      partial: [],
      unknown: [],
    });
    this.#ends.push(this.#nodeOf(asPath));
    this.#setIds.set(key, this.#sets.length - 1);
    return this.#sets.length - 1;
  }

  #nodeOf(path: AsPath): number {
    let node = 0;
    for (const { kind, asns } of path) {
      const steps = kind === "sequence"
        ? asns.map((asn) => ({ asn, members: null }))
        : [{ asn: 0, members: asns }];
      for (const step of steps) {
        const key = JSON.stringify([node, step]);
        let next = this.#nodeIds.get(key);
        if (next === undefined) {
          next = this.#nodes.push({ parent: node, ...step }) - 1;
          this.#nodeIds.set(key, next);
        }
        node = next;
      }
    }
    return node;
  }

  counts(): RibCounts {
    const count = (family: 4 | 6) => this.#live().filter((one) => one.family === family).length;
    const paths = (family: 4 | 6) =>
      this.#paths.filter(({ prefix }) => prefix.family === family).length;
    return {
      prefixes: [count(4), count(6)],
      paths: [paths(4), paths(6)],
      attributeSets: this.#sets.length,
      asPaths: new Set(this.#ends).size,
      communitySets: new Set(this.#sets.map(({ communities }) => communities.join(" "))).size,
      refused: 0,
    };
  }

  usage(): RibUsage {
    const lengths = (family: 4 | 6) => {
      const counts = new Array<number>(family === 4 ? 33 : 129).fill(0);
      for (const prefix of this.#live()) if (prefix.family === family) counts[prefix.length]!++;
      return counts;
    };
    return {
      parts: [{
        name: "plain objects",
        usedBytes: this.#paths.length * 100,
        reservedBytes: 65_536,
      }],
      lengths: [lengths(4), lengths(6)],
    };
  }

  peerPaths(peer: number): readonly [number, number] {
    const of = (family: 4 | 6) =>
      this.#paths.filter(({ prefix, path }) => prefix.family === family && path.peer === peer)
        .length;
    return [of(4), of(6)];
  }

  read<T>(act: () => T): T {
    this.reads++;
    return act();
  }

  find(prefix: Prefix): number {
    return this.#paths.some((one) => same(one.prefix, prefix))
      ? this.#ids.findIndex((one) => same(one, prefix))
      : -1;
  }

  longest(address: IpAddress, anyPath = false): number {
    const holding = this.#live().filter((one) =>
      contains(one, address) && (anyPath || this.best(this.find(one)) !== null)
    );
    const [longest] = holding.sort((a, b) => b.length - a.length);
    return longest === undefined ? -1 : this.find(longest);
  }

  covering(prefix: Prefix): readonly number[] {
    return this.#live().filter((one) => containsPrefix(one, prefix))
      .sort((a, b) => b.length - a.length).map((one) => this.find(one));
  }

  walk(
    family: FamilyIndex,
    { within, from }: { readonly within: Prefix | null; readonly from: Prefix | null },
    visit: (id: number) => boolean | void,
  ): void {
    const wanted = this.#live().filter((one) =>
      one.family === (family === 0 ? 4 : 6) &&
      (within === null || containsPrefix(within, one)) &&
      (from === null || comparePrefixes(one, from) >= 0)
    ).sort(comparePrefixes);
    for (const one of wanted) if (visit(this.find(one)) === false) return;
  }

  prefixOf(id: number): Prefix {
    const prefix = this.#ids[id];
    if (prefix === undefined) throw new RangeError(`There is no prefix ${id}`);
    return prefix;
  }

  best(id: number): PathRef | null {
    return this.paths(id).find(({ isBest }) => isBest) ?? null;
  }

  paths(id: number): readonly PathRef[] {
    const prefix = this.prefixOf(id);
    const ranked = rankedPaths(this.#paths.filter((one) => same(one.prefix, prefix)));
    return ranked.map((one, rank) =>
      this.#refOf(one, rank === 0 && one.path.ineligible === "none")
    );
  }

  #refOf({ path, attributes }: Stored, isBest: boolean): PathRef {
    const { peer, pathId, receivedMs, isStale, ineligible, localPref, rpki } = path;
    return { peer, pathId, attributes, receivedMs, isBest, isStale, ineligible, localPref, rpki };
  }

  lostBy(winner: PathRef, loser: PathRef): LostBy | null {
    const storedOf = (ref: PathRef) =>
      this.#paths.find(({ path, attributes }) =>
        path.peer === ref.peer && path.pathId === ref.pathId && attributes === ref.attributes
      );
    const [first, second] = [storedOf(winner), storedOf(loser)];
    if (first === undefined || second === undefined) return null;
    // As the tables do: by the preference that the references name.
    const { order, by } = decide(
      { ...first, path: { ...first.path, localPref: winner.localPref } },
      { ...second, path: { ...second.path, localPref: loser.localPref } },
    );
    return order < 0 ? by : null;
  }

  attributes(id: number): PathAttributes {
    const set = this.#sets[id];
    if (set === undefined) throw new RangeError(`There is no attribute set ${id}`);
    return set;
  }

  readonly scan: RibScan = {
    attributeBound: () => this.#sets.length,
    partOf: (set, part) => part === "path" ? this.#ends[set] ?? 0 : set,
    hasCommunity: (set, community) =>
      this.attributes(set).communities.includes(`${community >>> 16}:${community & 0xffff}`),
    restHolds: (set, words) => this.attributes(set).largeCommunities.includes(words.join(":")),
    extendedCommunities: () => new Uint8Array(0),
    keepSets: (marks, verdicts, from, end) => {
      for (let set = from; set < end; set++) {
        const isUsed = this.#paths.some(({ attributes }) => attributes === set);
        const value = verdicts.judge(this.scan.partOf(set, verdicts.part));
        if (marks[set] === SetMark.wanted && !(isUsed && (value & verdicts.wanted) !== 0)) {
          marks[set] = SetMark.unwanted;
        }
      }
    },
    pathBound: () => this.#nodes.length,
    pathParent: (node) => this.#nodes[node]?.parent ?? 0,
    pathAs: (node) => this.#nodes[node]?.asn ?? 0,
    pathIsSet: (node) => (this.#nodes[node]?.members ?? null) !== null,
    stepPaths: (moves, states, from, end) => {
      for (let node = from; node < end; node++) {
        const before = states[this.scan.pathParent(node)] ?? 0;
        states[node] = this.scan.stepPath(moves, before, node);
      }
    },
    stepPath: (moves, state, id) => {
      const { asn, members } = this.#nodes[id] ?? { asn: 0, members: null };
      return members === null ? step(moves, state, asn) : stepSet(moves, state, members);
    },
    prefixEnd: () => 1 << 16,
    countPaths: (ids, sets, options) =>
      ids.map((id) => this.#meant(id, options, (set) => sets.judge(set) === SetMark.wanted).length),
    scanPaths: (marks, { fromId, limit, family, ...options }, found) => {
      const end = Math.min(fromId + limit, this.#ids.length);
      for (let id = fromId; id < end; id++) {
        if (family !== null && this.prefixOf(id).family !== (family === 0 ? 4 : 6)) continue;
        const { length } = this.#meant(id, options, (set) => marks[set] === SetMark.wanted);
        if (length === 0) continue;
        found.prefixCount++;
        found.pathCount += length;
        found.met[id >>> 5]! |= 1 << (id & 31);
      }
      return end === this.#ids.length ? -1 : end;
    },
    countBest: (uses, fromId, limit) => {
      const end = Math.min(fromId + limit, this.#ids.length);
      for (let id = fromId; id < end; id++) {
        const best = this.best(id);
        if (best !== null) uses[best.attributes]! += 1;
      }
      return end === this.#ids.length ? -1 : end;
    },
  };

  #meant(
    id: number,
    { peer, rpki, bestOnly }: PathOptions,
    isWanted: (set: number) => boolean,
  ): readonly PathRef[] {
    return this.paths(id).filter((path) =>
      isWanted(path.attributes) && (peer === null || path.peer === peer) &&
      (rpki === null || path.rpki === rpki) && (!bestOnly || path.isBest)
    );
  }

  /** Prefixes with a path. */
  #live(): Prefix[] {
    return this.#ids.filter((prefix) => this.find(prefix) >= 0);
  }
}

function same(a: Prefix, b: Prefix): boolean {
  return comparePrefixes(a, b) === 0;
}

/** Best first: each is the best of those that are left, whatever order they came in. */
function rankedPaths(stored: readonly Stored[]): Stored[] {
  const left = new Set(stored);
  const ranked: Stored[] = [];
  while (left.size > 0) {
    const unbeaten = (steps: readonly LostBy[], among: readonly Stored[]) =>
      among.filter((one) =>
        !among.some((other) => {
          const { order, by } = decide(other, one);
          return order < 0 && steps.includes(by);
        })
      );
    const leaders = unbeaten(["local-pref-lower", "as-path-longer", "origin-higher"], [...left]);
    const [best] = unbeaten(["med-higher"], leaders).sort((a, b) => decideLast(a, b));
    if (best === undefined) throw new TypeError("Of some paths, one is the best");
    left.delete(best);
    ranked.push(best);
  }
  return ranked;
}

function decideLast(a: Stored, b: Stored): number {
  return a.path.peer - b.path.peer || a.path.pathId - b.path.pathId;
}

/** The steps of RFC 4271 §9.1.2.2 that plain paths have values for, all of them from eBGP peers. */
function decide(a: Stored, b: Stored): { readonly order: number; readonly by: LostBy } {
  const first = a.path;
  const second = b.path;
  const neighbor = (text: string) => parseAsPath(text)?.[0]?.asns[0] ?? 0;
  const isSameNeighbor = neighbor(first.asPath) === neighbor(second.asPath);
  const eligible = Number(first.ineligible !== "none") - Number(second.ineligible !== "none");
  const length = (text: string) => pathLength(parseAsPath(text) ?? []);
  const steps: readonly (readonly [number, LostBy])[] = [
    [eligible, "local-pref-lower"],
    [second.localPref - first.localPref, "local-pref-lower"],
    [length(first.asPath) - length(second.asPath), "as-path-longer"],
    [ORIGINS.indexOf(first.origin) - ORIGINS.indexOf(second.origin), "origin-higher"],
    [isSameNeighbor ? Math.max(first.med, 0) - Math.max(second.med, 0) : 0, "med-higher"],
    [first.peer - second.peer, "peer-address-higher"],
    [first.pathId - second.pathId, "path-id-higher"],
  ];
  const [order, by] = steps.find(([difference]) => difference !== 0) ?? [0, "path-id-higher"];
  return { order, by };
}

/** What a test says of a path found: `192.0.2.0/24 via 1 (64496 64500)`. */
export function sayPath(rib: RibReader, prefix: Prefix, path: PathRef): string {
  const { asPath } = rib.attributes(path.attributes);
  const pathId = path.pathId === 0 ? "" : `.${path.pathId}`;
  return `${renderPrefix(prefix)} via ${path.peer}${pathId} (${renderAsPath(asPath)})`;
}
