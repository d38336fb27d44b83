/**
 * What an announcement would touch, as our tables see it: what covers the prefix, what is inside of
 * it, who originates it now.
 *
 * @module
 */
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import { renderAsPath } from "../../route/as_path.ts";
import type { PathRef, RibReader } from "../rib/rib_reader.ts";
import type { PeerSettings } from "../settings.ts";

/** Most prefixes inside that are counted: each is read while the writer waits. */
const MAX_COUNTED = 1_000;
const MAX_SHOWN = 5;

/** A prefix of the tables and its best path. */
export interface SeenRoute {
  readonly prefix: string;
  readonly peer: string;
  readonly as_path: string;
  /** Null: the path is empty or ends in a set. */
  readonly origin_as: number | null;
  readonly is_best: boolean;
}

/** What an announcement would touch. */
export interface BlastRadius {
  readonly [field: string]: unknown;
  /** The same prefix from somebody else: who originates it now. */
  readonly same_prefix: readonly SeenRoute[];
  /** Prefixes that this one is more specific of, longest first: it draws their traffic away. */
  readonly covered_by: readonly SeenRoute[];
  /** More specific prefixes inside: they keep their traffic. */
  readonly inside: readonly string[];
  readonly inside_count: number;
  /** There are more than were counted. */
  readonly inside_is_cut: boolean;
}

/** Reads it from the tables. */
export function blastRadius(
  prefix: Prefix,
  rib: RibReader,
  peers: readonly PeerSettings[],
): BlastRadius {
  return rib.read(() => {
    const text = renderPrefix(prefix);
    const seen = (id: number, path: PathRef): SeenRoute => seenRoute(rib, peers, id, path);
    const exact = rib.find(prefix);
    const inside: string[] = [];
    let count = 0;
    let isCut = false;
    rib.walk(prefix.family === 4 ? 0 : 1, { within: prefix, from: null }, (id) => {
      const found = renderPrefix(rib.prefixOf(id));
      if (found === text) return;
      if (count === MAX_COUNTED) {
        isCut = true;
        return false;
      }
      count++;
      if (inside.length < MAX_SHOWN) inside.push(found);
    });
    return {
      same_prefix: exact === -1
        ? []
        : rib.paths(exact).slice(0, MAX_SHOWN).map((path) => seen(exact, path)),
      covered_by: rib.covering(prefix).filter((id) => id !== exact).slice(0, MAX_SHOWN)
        .flatMap((id) => {
          const best = rib.best(id);
          return best === null ? [] : [seen(id, best)];
        }),
      inside,
      inside_count: count,
      inside_is_cut: isCut,
    };
  });
}

function seenRoute(
  rib: RibReader,
  peers: readonly PeerSettings[],
  id: number,
  path: PathRef,
): SeenRoute {
  const { asPath } = rib.attributes(path.attributes);
  const last = asPath.at(-1);
  return {
    prefix: renderPrefix(rib.prefixOf(id)),
    peer: peers[path.peer]?.name ?? `peer ${path.peer}`,
    as_path: renderAsPath(asPath),
    origin_as: last?.kind === "sequence" ? last.asns.at(-1) ?? null : null,
    is_best: path.isBest,
  };
}

/** What of it whoever confirms should know, a sentence each. */
export function radiusWarnings(text: string, radius: BlastRadius): readonly string[] {
  const warnings: string[] = [];
  const [now] = radius.same_prefix;
  if (now !== undefined) {
    warnings.push(
      `${text} is announced already, by ${sayOrigin(now)} through ${now.peer}: traffic may move.`,
    );
  }
  const [around] = radius.covered_by;
  if (around !== undefined) {
    warnings.push(
      `${text} is more specific than ${around.prefix} of ${sayOrigin(around)}: ` +
        "whoever hears it sends us that traffic.",
    );
  }
  return warnings;
}

function sayOrigin({ origin_as }: SeenRoute): string {
  return origin_as === null ? "an unnamed AS" : `AS ${origin_as}`;
}
