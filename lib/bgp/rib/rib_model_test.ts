import { deepStrictEqual as assertEquals } from "node:assert/strict";
import fc from "fast-check";
import { parsePrefix, renderPrefix } from "../../ip/prefix.ts";
import { validateOrigin } from "../../route/origin_validation.ts";
import { type Vrp, VrpTable } from "../../route/vrp_table.ts";
import { LOCAL_AS, peerOf, sequence, SMALL, update } from "../../../tests/support/bgp_updates.ts";
import { OriginTable } from "./origin_table.ts";
import { Rib } from "./rib.ts";
import { createRibMemory } from "./rib_memory.ts";
import type { PathRef } from "./rib_reader.ts";
import { RibView } from "./rib_view.ts";

/** What a path of the model has; little enough that ties are frequent. */
interface Attributes {
  readonly neighbour: number;
  readonly hops: number;
  readonly origin: number;
  readonly med: number;
  readonly localPref: number;
  readonly originatorId: number;
  readonly community: number;
}

interface ModelPath extends Attributes {
  readonly peer: number;
  readonly pathId: number;
  isStale: boolean;
}

type Step =
  | {
    readonly kind: "announce";
    readonly peer: number;
    readonly prefixes: readonly number[];
    readonly pathId: number;
    readonly attributes: Attributes;
  }
  | {
    readonly kind: "withdraw";
    readonly peer: number;
    readonly prefixes: readonly number[];
    readonly pathId: number;
  }
  | { readonly kind: "stale" | "sweep" | "down"; readonly peer: number }
  | {
    readonly kind: "override";
    readonly peer: number | null;
    readonly prefix: number;
    readonly localPref: number | null;
  }
  | { readonly kind: "origins"; readonly vrps: readonly Vrp[] };

const PREFIXES = [
  "10.0.0.0/8",
  "10.1.0.0/16",
  "10.1.2.0/24",
  "10.1.2.0/25",
  "192.0.2.0/24",
  "2001:db8::/32",
  "2001:db8::/48",
  "2001:db8:0:1::/64",
  "2001:db8:0:1::1/128",
];

/** Peers 0 to 3 are eBGP, 4 and 5 iBGP; 3 and 5 send path ids. */
const PEERS = [0, 1, 2, 3, 4, 5] as const;
const ROUTER_IDS = [30, 20, 10, 40, 30, 10];
const isEbgp = (peer: number): boolean => peer < 4;
const hasPathIds = (peer: number): boolean => peer === 3 || peer === 5;

/** The tables as one would write them down: a map of maps, everything compared anew each time. */
class Model {
  readonly paths = new Map<string, ModelPath>();
  readonly overrides = new Map<string, number>();
  vrps: VrpTable | null = null;

  constructor(readonly rejectsInvalid: boolean) {}

  localPref(prefix: string, path: ModelPath): number {
    return this.overrides.get(`${prefix} ${path.peer}`) ?? this.overrides.get(`${prefix} null`) ??
      (isEbgp(path.peer) ? 100 : path.localPref);
  }

  rpki(prefix: string, path: ModelPath): string {
    if (this.vrps === null) return "unverified";
    return validateOrigin(parsePrefix(prefix).prefix, originOf(path), this.vrps).state;
  }

  isEligible(prefix: string, path: ModelPath): boolean {
    return !(this.rejectsInvalid && this.rpki(prefix, path) === "invalid");
  }

  of(prefix: string): ModelPath[] {
    return [...this.paths].filter(([key]) => key.startsWith(`${prefix} `)).map(([, path]) => path);
  }

  /** All paths in the order of the decision: again and again the best of those that are left. */
  ranked(prefix: string): ModelPath[] {
    const all = this.of(prefix);
    const left = all.filter((path) => this.isEligible(prefix, path));
    const others = all.filter((path) => !this.isEligible(prefix, path));
    return [...this.#rank(prefix, left), ...this.#rank(prefix, others)];
  }

  #rank(prefix: string, paths: ModelPath[]): ModelPath[] {
    const ranked: ModelPath[] = [];
    for (let left = paths; left.length > 0;) {
      const best = this.#best(prefix, left);
      ranked.push(best);
      left = left.filter((path) => path !== best);
    }
    return ranked;
  }

  #best(prefix: string, paths: readonly ModelPath[]): ModelPath {
    const key = (path: ModelPath) => [-this.localPref(prefix, path), lengthOf(path), path.origin];
    const first = lowest(paths, key);
    const afterMed = first.filter((path) =>
      !first.some((one) => neighbourOf(one) === neighbourOf(path) && one.med < path.med)
    );
    const [best] = lowest(afterMed, (path) => [
      isEbgp(path.peer) ? 0 : 1,
      !isEbgp(path.peer) && path.originatorId > 0 ? path.originatorId : ROUTER_IDS[path.peer] ?? 0,
      path.peer,
      path.pathId,
    ]);
    if (best === undefined) throw new Error("There is no path");
    return best;
  }
}

/** Those with the lowest keys, compared from the first number on. */
function lowest<T>(all: readonly T[], key: (one: T) => readonly number[]): T[] {
  const order = (a: T, b: T): number => {
    const ofA = key(a), ofB = key(b);
    return ofA.map((value, at) => value - (ofB[at] ?? 0)).find((value) => value !== 0) ?? 0;
  };
  const [best] = all.toSorted(order);
  return best === undefined ? [] : all.filter((one) => order(one, best) === 0);
}

/** No hops: an empty path, as iBGP has for what our own AS originates. */
const pathOf = ({ neighbour, hops }: Attributes) =>
  sequence(...(hops === 0 ? [] : [neighbour, ...Array(hops - 1).fill(65099)]));
const lengthOf = ({ hops }: Attributes): number => hops;
const neighbourOf = ({ neighbour, hops }: Attributes): number => hops === 0 ? 0 : neighbour;
const originOf = ({ neighbour, hops }: Attributes): number =>
  hops === 0 ? LOCAL_AS : hops === 1 ? neighbour : 65099;

function apply(rib: Rib, model: Model, step: Step): void {
  switch (step.kind) {
    case "announce":
    case "withdraw": {
      const pathId = hasPathIds(step.peer) ? step.pathId : 0;
      for (const family of [0, 1] as const) {
        const prefixes = step.prefixes.map((index) => PREFIXES[index] ?? "")
          .filter((prefix) => prefix.includes(":") === (family === 1));
        const nlri = prefixes.map((prefix) => ({ prefix, pathId }));
        const common = { family, hasPathIds: hasPathIds(step.peer) };
        if (step.kind === "withdraw") {
          rib.ingest(step.peer, update({ ...common, withdraw: nlri }));
          for (const prefix of prefixes) model.paths.delete(`${prefix} ${step.peer} ${pathId}`);
          continue;
        }
        const { attributes } = step;
        rib.ingest(
          step.peer,
          update({
            ...common,
            announce: nlri,
            asPath: pathOf(attributes),
            origin: attributes.origin,
            med: attributes.med,
            localPref: attributes.localPref,
            communities: [attributes.community],
            ...(isEbgp(step.peer) || attributes.originatorId === 0
              ? {}
              : { originatorId: attributes.originatorId }),
          }),
        );
        for (const prefix of prefixes) {
          model.paths.set(`${prefix} ${step.peer} ${pathId}`, {
            ...attributes,
            peer: step.peer,
            pathId,
            isStale: false,
          });
        }
      }
      return;
    }
    case "stale":
      rib.markStale(step.peer, 0);
      rib.markStale(step.peer, 1);
      for (const path of model.paths.values()) if (path.peer === step.peer) path.isStale = true;
      return;
    case "sweep":
    case "down": {
      const what = step.kind === "sweep" ? "stale" : "all";
      for (const family of [0, 1] as const) while (rib.sweep(step.peer, family, what, 2));
      for (const [key, path] of model.paths) {
        if (path.peer === step.peer && (what === "all" || path.isStale)) model.paths.delete(key);
      }
      return;
    }
    case "override": {
      const prefix = PREFIXES[step.prefix] ?? "";
      rib.overrideLocalPref(parsePrefix(prefix).prefix, step.peer, step.localPref);
      const key = `${prefix} ${step.peer}`;
      if (step.localPref === null) model.overrides.delete(key);
      else model.overrides.set(key, step.localPref);
      return;
    }
    case "origins": {
      rib.useOrigins(new OriginTable(step.vrps));
      while (rib.revalidate(3));
      model.vrps = new VrpTable();
      for (const vrp of step.vrps) model.vrps.add(vrp);
    }
  }
}

/** Compares everything that can be read. */
function compare(rib: Rib, view: RibView, model: Model): void {
  const found: string[] = [];
  for (const family of [0, 1] as const) {
    view.walk(family, { within: null, from: null }, (id) => {
      found.push(renderPrefix(view.prefixOf(id)));
    });
  }
  assertEquals(found, PREFIXES.filter((prefix) => model.of(prefix).length > 0));
  for (const prefix of found) {
    const id = view.find(parsePrefix(prefix).prefix);
    const ranked = model.ranked(prefix);
    const shown = (path: PathRef) => ({
      peer: path.peer,
      pathId: path.pathId,
      isStale: path.isStale,
      localPref: path.localPref,
      rpki: path.rpki,
      isEligible: path.ineligible === "none",
      isBest: path.isBest,
      med: view.attributes(path.attributes).med,
      communities: view.attributes(path.attributes).communities,
      asPath: view.attributes(path.attributes).asPath,
    });
    const wanted = ranked.map((path, index) => ({
      peer: path.peer,
      pathId: path.pathId,
      isStale: path.isStale,
      localPref: model.localPref(prefix, path),
      rpki: model.rpki(prefix, path),
      isEligible: model.isEligible(prefix, path),
      isBest: index === 0 && model.isEligible(prefix, path),
      med: path.med,
      communities: [`0:${path.community}`],
      asPath: pathOf(path),
    }));
    assertEquals(view.paths(id).map(shown), wanted);
    const best = view.best(id);
    assertEquals(best && shown(best), wanted.find(({ isBest }) => isBest) ?? null);
  }
  const all = [...model.paths.values()];
  for (const peer of PEERS) {
    const count = view.peerPaths(peer);
    const ofPeer = all.filter((path) => path.peer === peer);
    assertEquals(count[0] + count[1], ofPeer.length);
    assertEquals(rib.freshPaths(peer), ofPeer.filter(({ isStale }) => !isStale).length);
  }
}

const attributes: fc.Arbitrary<Attributes> = fc.record({
  neighbour: fc.constantFrom(65010, 65020),
  hops: fc.constantFrom(0, 1, 1, 1, 1, 1, 2),
  origin: fc.constantFrom(0, 0, 0, 0, 1),
  med: fc.nat(2),
  localPref: fc.constantFrom(100, 100, 100, 100, 200),
  originatorId: fc.constantFrom(0, 0, 10, 20),
  community: fc.nat(1),
});
const peer = fc.constantFrom(0, 0, 1, 1, 2, 2, 3, 4, 5);
const prefixes = fc.uniqueArray(fc.nat(PREFIXES.length - 1), { minLength: 1, maxLength: 5 });
const vrp: fc.Arbitrary<Vrp> = fc.record({
  prefix: fc.constantFrom(...PREFIXES).map((text) => parsePrefix(text).prefix),
  longer: fc.nat(16),
  asn: fc.constantFrom(0, LOCAL_AS, 65010, 65020, 65099),
}).map(({ prefix, longer, asn }) => ({
  prefix,
  maxLength: Math.min(prefix.length + longer, prefix.family === 4 ? 32 : 128),
  asn,
}));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("announce"),
      peer,
      prefixes,
      pathId: fc.nat(3),
      attributes,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("withdraw"), peer, prefixes, pathId: fc.nat(3) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("stale", "sweep", "down"), peer }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("override"),
      peer: fc.option(peer),
      prefix: fc.nat(PREFIXES.length - 1),
      localPref: fc.option(fc.constantFrom(50, 100, 300)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("origins"),
      vrps: fc.array(vrp, { maxLength: 6 }),
    }),
  },
);

Deno.test("the tables say after any steps what a plain model says", () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60, size: "max" }),
      fc.boolean(),
      (steps, rejectsInvalid) => {
        const memory = createRibMemory({ ...SMALL, prefixes: [40, 40], attributeSets: 500 });
        const rib = new Rib(memory, { rpkiInvalid: rejectsInvalid ? "reject" : "mark" });
        const view = new RibView(memory);
        const model = new Model(rejectsInvalid);
        for (const index of PEERS) {
          const addPath = hasPathIds(index);
          rib.peerUp(peerOf(index, {
            peerAs: isEbgp(index) ? 65001 + index : LOCAL_AS,
            routerId: ROUTER_IDS[index] ?? 0,
            addPathReceive: [addPath, addPath],
          }));
        }
        for (const one of steps) {
          apply(rib, model, one);
          compare(rib, view, model);
        }
        // What everybody has withdrawn leaves no memory in use, but for what the change log holds.
        for (const index of PEERS) apply(rib, model, { kind: "down", peer: index });
        assertEquals(view.counts().prefixes, [0, 0]);
        assertEquals(view.counts().attributeSets <= SMALL.changes, true);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("memory is given back once everything is withdrawn", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const memory = createRibMemory({ ...SMALL, changes: 0 });
      const rib = new Rib(memory, { rpkiInvalid: "mark" });
      const view = new RibView(memory);
      const model = new Model(false);
      for (const index of PEERS) {
        const addPath = hasPathIds(index);
        rib.peerUp(peerOf(index, {
          peerAs: isEbgp(index) ? 65001 + index : LOCAL_AS,
          addPathReceive: [addPath, addPath],
        }));
      }
      for (const one of steps) apply(rib, model, one);
      for (const index of PEERS) apply(rib, model, { kind: "down", peer: index });
      while (rib.collect(3));
      assertEquals(view.counts(), {
        prefixes: [0, 0],
        paths: [0, 0],
        attributeSets: 0,
        asPaths: 0,
        communitySets: 0,
        refused: 0,
      });
      // The first id of sets and AS paths is 1, so a bound of 1 is an empty table.
      const empty = new Map([["attribute sets", 32], ["AS paths", 16]]);
      for (const { name, usedBytes } of view.usage().parts) {
        assertEquals(usedBytes <= (empty.get(name) ?? 0), true, `${name} ${usedBytes}`);
      }
    }),
    { numRuns: 60 },
  );
});
