/**
 * The decision about one prefix, step by step: who was asked, who lost where, and what stands in the
 * way where nothing matches.
 *
 * @module
 */
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import { pathLength } from "../../route/as_path.ts";
import type { LocalPrefOverride, PeerStatus } from "../bgp_service.ts";
import type { LostBy, PathAttributes, PathRef, RibReader } from "../rib/rib_reader.ts";
import { DECISION_ORDER, DECISION_RULES, INELIGIBLE_RULES } from "./decision_rules.ts";
import { type MoreSpecifics, moreSpecifics } from "./more_specifics.ts";
import { type NamedPeer, PeerNames } from "./peer_names.ts";
import { type RouteRow, routeRow } from "./route_row.ts";

/** Most paths and neighbouring prefixes that are shown. */
const CANDIDATES_MAX = 30;
const PREFIXES_MAX = 8;
/** Losers that are named at a step. */
const LOSERS_MAX = 10;

/** What the decision is explained from. */
export interface ExplainSource {
  readonly rib: RibReader;
  readonly peers: readonly PeerStatus[];
  readonly overrides: readonly LocalPrefOverride[];
  readonly nowMs: number;
}

/** A path and how it fared. */
export type Candidate = RouteRow & {
  readonly lost_at: LostBy | null;
  /** Peer that it lost to. */
  readonly lost_to: string | null;
  /** Rule that forbids it, in words, with its source; null: it may be best. */
  readonly rule: string | null;
};

/** One step that took paths out. */
export interface DecisionStep {
  readonly step: LostBy;
  readonly rule: string;
  readonly source: string;
  /** What the best path has there. */
  readonly best_value: string | number | null;
  /** At most 10 of them. */
  readonly lost: readonly { readonly peer: string; readonly value: string | number | null }[];
  readonly lost_count: number;
  /** Paths that are left, the best among them. */
  readonly remaining: number;
}

/** The decision. */
export interface Explanation {
  /** The prefix in the table that was decided about, or null. */
  readonly matched: Prefix | null;
  readonly match: "exact" | "longest" | "none";
  readonly pathCount: number;
  /** Best first. */
  readonly candidates: readonly Candidate[];
  readonly steps: readonly DecisionStep[];
  readonly overrides: readonly LocalPrefOverride[];
  /** Prefixes in the table around it, longest first. */
  readonly covering: readonly string[];
  readonly moreSpecific: MoreSpecifics;
  readonly peersDown: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * Explains the route of a prefix, and of the longest one around it where it is not in the table. For
 * an address (`asked` holds it alone), prefixes without a best path are passed over, as a router does.
 */
export function explainRoute(
  source: ExplainSource,
  asked: Prefix,
  isAddress: boolean,
): Explanation {
  return source.rib.read(() => {
    const { rib } = source;
    const id = matchedId(rib, asked, isAddress);
    const matched = id < 0 ? null : rib.prefixOf(id);
    const paths = id < 0 ? [] : rib.paths(id);
    const isExact = !isAddress && matched?.length === asked.length;
    const names = new PeerNames(source.peers);
    return {
      matched,
      match: matched === null ? "none" : isExact ? "exact" : "longest",
      pathCount: paths.length,
      candidates: matched === null ? [] : candidatesOf(source, names, matched, paths),
      steps: stepsOf(rib, names, paths),
      overrides: matched === null
        ? []
        : source.overrides.filter(({ prefix }) => renderPrefix(prefix) === renderPrefix(matched)),
      covering: rib.covering(asked).map((one) => rib.prefixOf(one))
        .filter(({ length }) => length !== matched?.length)
        .slice(0, PREFIXES_MAX).map(renderPrefix),
      moreSpecific: moreSpecifics(rib, asked, PREFIXES_MAX),
      peersDown: source.peers.filter(({ state }) => state !== "Established")
        .map(({ settings, state, reason }) => ({
          name: settings.name,
          reason: `${state}: ${reason}`,
        })),
    };
  });
}

function matchedId(rib: RibReader, asked: Prefix, isAddress: boolean): number {
  const exact = isAddress ? -1 : rib.find(asked);
  if (exact >= 0) return exact;
  const around = rib.covering(asked);
  return around.find((id) => rib.best(id) !== null) ?? around[0] ?? -1;
}

function candidatesOf(
  { rib, nowMs }: ExplainSource,
  names: PeerNames,
  prefix: Prefix,
  paths: readonly PathRef[],
): Candidate[] {
  return paths.slice(0, CANDIDATES_MAX).map((path) => {
    const lost = lossOf(rib, paths, path);
    const forbids = path.ineligible === "none" ? null : INELIGIBLE_RULES[path.ineligible];
    return {
      ...routeRow(prefix, path, rib.attributes(path.attributes), names, nowMs),
      lost_at: lost?.by ?? null,
      lost_to: lost === null ? null : names.of(lost.to.peer).name,
      rule: forbids === null ? null : `${forbids.rule} (${forbids.source})`,
    };
  });
}

/**
 * Where an eligible path lost, and to whom. MED is compared within a neighbour AS only, so that the
 * best path need not be the one that took it out.
 */
function lossOf(
  rib: RibReader,
  paths: readonly PathRef[],
  path: PathRef,
): { readonly by: LostBy; readonly to: PathRef } | null {
  const [best] = paths;
  if (best === undefined || path.isBest || path.ineligible !== "none") return null;
  const by = rib.lostBy(best, path);
  if (by !== null) return { by, to: best };
  const to = paths.find((other) =>
    other.ineligible === "none" && rib.lostBy(other, path) === "med-higher"
  );
  return to === undefined ? null : { by: "med-higher", to };
}

function stepsOf(rib: RibReader, names: PeerNames, paths: readonly PathRef[]): DecisionStep[] {
  const [best] = paths;
  if (best === undefined || !best.isBest) return [];
  const losses = paths.map((path) => ({ path, by: lossOf(rib, paths, path)?.by ?? null }));
  let remaining = paths.filter(({ ineligible }) => ineligible === "none").length;
  const steps: DecisionStep[] = [];
  for (const step of DECISION_ORDER) {
    const lost = losses.filter(({ by }) => by === step);
    if (lost.length === 0) continue;
    remaining -= lost.length;
    const valueOf = (path: PathRef) =>
      comparedValue(step, path, rib.attributes(path.attributes), names.of(path.peer));
    const { rule, source } = DECISION_RULES[step];
    steps.push({
      step,
      rule,
      source,
      best_value: valueOf(best),
      lost: lost.slice(0, LOSERS_MAX).map(({ path }) => ({
        peer: names.of(path.peer).name,
        value: valueOf(path),
      })),
      lost_count: lost.length,
      remaining,
    });
  }
  return steps;
}

/** What a step looks at; null where the peer's session had it and is gone. */
function comparedValue(
  step: LostBy,
  path: PathRef,
  { asPath, origin, med, clusterList, originatorId }: PathAttributes,
  { address, session }: NamedPeer,
): string | number | null {
  switch (step) {
    case "local-pref-lower":
      return path.localPref;
    case "as-path-longer":
      return pathLength(asPath);
    case "origin-higher":
      return origin;
    case "med-higher":
      return med ?? 0;
    case "ebgp-preferred":
      return session === null ? null : session.isEbgp ? "ebgp" : "ibgp";
    case "router-id-higher":
      return originatorId ?? session?.routerId ?? null;
    case "cluster-list-longer":
      return clusterList.length;
    case "peer-address-higher":
      return address;
    case "path-id-higher":
      return path.pathId;
  }
}
