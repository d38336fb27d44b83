/**
 * The decision for one prefix before and after a LOCAL_PREF override, path by path.
 *
 * @module
 */
import type { Prefix } from "../../ip/prefix.ts";
import { renderAsPath } from "../../route/as_path.ts";
import type { PathRef, RibReader } from "../rib/rib_reader.ts";
import type { PeerSettings } from "../settings.ts";

const MAX_PATHS = 20;

/** One path as the decision sees it. */
export interface DecidedPath {
  readonly peer: string;
  readonly next_hop: string;
  readonly as_path: string;
  readonly local_pref: number;
  /** The decision is for it. */
  readonly best: boolean;
  /** Why it is not best, or null. */
  readonly reason: string | null;
}

/** A decision: best first as long as there is one. */
export interface Decision {
  /** Name of the peer of the best path, or null. */
  readonly best: string | null;
  readonly paths: readonly DecidedPath[];
  readonly path_count: number;
}

/** An override as it would be set; peer null: of every peer. */
export interface WishedOverride {
  readonly peer: number | null;
  readonly localPref: number;
}

/**
 * The decision as it is, or as it would be with `wished` in force; null if nothing is known of the
 * prefix.
 */
export function decisionOf(
  prefix: Prefix,
  rib: RibReader,
  peers: readonly PeerSettings[],
  wished: WishedOverride | null,
): Decision | null {
  return rib.read(() => {
    const id = rib.find(prefix);
    if (id === -1) return null;
    const paths = rib.paths(id).map((path): PathRef =>
      wished === null || (wished.peer !== null && wished.peer !== path.peer)
        ? path
        : { ...path, localPref: wished.localPref }
    );
    const best = wished === null ? paths.find(({ isBest }) => isBest) ?? null : winner(rib, paths);
    const ordered = best === null ? paths : [best, ...paths.filter((path) => path !== best)];
    return {
      best: best === null ? null : nameOf(peers, best),
      path_count: paths.length,
      paths: ordered.slice(0, MAX_PATHS).map((path) => {
        const { asPath, nextHop } = rib.attributes(path.attributes);
        return {
          peer: nameOf(peers, path),
          next_hop: nextHop,
          as_path: renderAsPath(asPath),
          local_pref: path.localPref,
          best: path === best,
          reason: path === best
            ? null
            : path.ineligible !== "none"
            ? path.ineligible
            : best === null
            ? null
            : rib.lostBy(best, path),
        };
      }),
    };
  });
}

/** The path that loses to no other. */
function winner(rib: RibReader, paths: readonly PathRef[]): PathRef | null {
  return paths.filter(({ ineligible }) => ineligible === "none").reduce<PathRef | null>(
    (best, path) => best === null || rib.lostBy(best, path) === null ? path : best,
    null,
  );
}

function nameOf(peers: readonly PeerSettings[], { peer }: PathRef): string {
  return peers[peer]?.name ?? `peer ${peer}`;
}
