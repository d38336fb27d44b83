/**
 * What an announcement would touch, as our tables see it: what covers the prefix, what is inside of
 * it, who originates it now.
 *
 * @module
 */
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import { renderAsPath } from "../../route/as_path.ts";
import { type MoreSpecifics, moreSpecifics } from "../rib_query/more_specifics.ts";
import type { PathRef, RibReader } from "../rib/rib_reader.ts";
import type { PeerSettings } from "../settings.ts";

const MAX_SHOWN = 5;

/** A prefix of the tables and its best path. */
export interface SeenRoute {
  readonly network: string;
  readonly peer: string;
  readonly as_path: string;
  /** Null: the path is empty or ends in a set. */
  readonly origin_asn: number | null;
  readonly best: boolean;
}

/** What an announcement would touch. */
export interface BlastRadius {
  readonly [field: string]: unknown;
  /** The same prefix from somebody else: who originates it now. */
  readonly same_prefix: readonly SeenRoute[];
  /** Prefixes that this one is more specific of, longest first: it draws their traffic away. */
  readonly covering: readonly SeenRoute[];
  /** What is inside keeps its traffic; null: nothing is. */
  readonly more_specific: MoreSpecifics | null;
}

/** Reads it from the tables. */
export function blastRadius(
  prefix: Prefix,
  rib: RibReader,
  peers: readonly PeerSettings[],
): BlastRadius {
  return rib.read(() => {
    const seen = (id: number, path: PathRef): SeenRoute => seenRoute(rib, peers, id, path);
    const exact = rib.find(prefix);
    const inside = moreSpecifics(rib, prefix, MAX_SHOWN);
    return {
      same_prefix: exact === -1
        ? []
        : rib.paths(exact).slice(0, MAX_SHOWN).map((path) => seen(exact, path)),
      covering: rib.covering(prefix).filter((id) => id !== exact).slice(0, MAX_SHOWN)
        .flatMap((id) => {
          const best = rib.best(id);
          return best === null ? [] : [seen(id, best)];
        }),
      more_specific: inside.count === 0 ? null : inside,
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
    network: renderPrefix(rib.prefixOf(id)),
    peer: peers[path.peer]?.name ?? `peer ${path.peer}`,
    as_path: renderAsPath(asPath),
    origin_asn: last?.kind === "sequence" ? last.asns.at(-1) ?? null : null,
    best: path.isBest,
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
  const [around] = radius.covering;
  if (around !== undefined) {
    warnings.push(
      `${text} is more specific than ${around.network} of ${sayOrigin(around)}: ` +
        "whoever hears it sends us that traffic.",
    );
  }
  return warnings;
}

function sayOrigin({ origin_asn }: SeenRoute): string {
  return origin_asn === null ? "an unnamed AS" : `AS ${origin_asn}`;
}
