/**
 * Many paths in few words: grouped by origin, neighbouring AS and AS path, with what they have in
 * common told once. All of each path is in {@link pathReport}.
 *
 * @module
 */
import { pathHops, renderFoldedPath } from "../route/as_path.ts";
import type { OriginValidation, PathFlag, RoutePath } from "../route/route.ts";
import { nameOrigin, sayOrigin } from "./say_routes.ts";
import { sayCount } from "../words/amount.ts";
import { sayList } from "../words/list.ts";
import { sharedAttributes } from "./shared_attributes.ts";
import { compareText } from "./sight.ts";
import { compareKeys } from "./tally.ts";

/** Paths with the same AS path. */
export type PathGroup = {
  /** `3356 15169x3`: a number behind an x counts how often the AS stands there in a row. */
  readonly as_path: string;
  /** Absent: one. */
  readonly count?: number;
  /** Present if the router's best path is among them. */
  readonly best?: true;
  /** What keeps them from being used (`dampened`, `filtered` …); absent if nothing does. */
  readonly flags?: readonly PathFlag[];
};

/** Paths by way of one neighbouring AS. */
export type NeighborGroup = {
  /** First AS of the path (RFC 4271 §9.1.2.2 c), or null if there is none or it is a set. */
  readonly asn: number | null;
  readonly count: number;
  readonly paths: readonly PathGroup[];
};

/** Paths of one origin. */
export type OriginGroup = {
  /** `15169`, `{64510,64511}`, or `local`: the router's own AS. */
  readonly origin: string;
  readonly count: number;
  /** What the router says of them, each state once; absent if it says nothing. */
  readonly rpki?: readonly OriginValidation[];
  readonly neighbors: readonly NeighborGroup[];
};

/** All paths. Counts are of all, also of those that are left out. */
export type PathGroups = {
  readonly path_count: number;
  /** Neighbouring ASes, each once; paths without one (own routes) count for none. */
  readonly neighbor_count: number;
  /** Attributes that all paths have; of lists, the members that all have. */
  readonly shared: Readonly<Record<string, unknown>>;
  /** Attributes in which they differ. */
  readonly differing: readonly string[];
  readonly origins: readonly OriginGroup[];
  /** What there was no room for, or null. */
  readonly left_out: {
    /** Origins and neighbours of which nothing is shown. */
    readonly origins: number;
    readonly neighbors: number;
    /** Paths that no shown group counts. */
    readonly paths: number;
  } | null;
};

/** Characters of JSON that the groups take at most by default: 60 paths by way of 60 neighbours. */
const MAX_CHARS = 5_200;
/** Names, counts and brackets around the groups, characters. */
const FRAME_CHARS = 150;
/** Groups that may be too long for what room is left before no more are tried. */
const MISSES_MAX = 50;

/** Flags that keep a path from being used. */
const UNUSED_FLAGS: ReadonlySet<PathFlag> = new Set<PathFlag>([
  "history",
  "dampened",
  "suppressed",
  "inaccessible",
  "filtered",
  "received_only",
  "removed",
  "stale",
]);

/** Paths of one line of the answer, and where it stands. */
interface Entry {
  readonly origin: string;
  readonly neighbor: number | null;
  readonly group: PathGroup;
  readonly paths: readonly RoutePath[];
}

/** Groups paths; `maxChars` bounds the characters of JSON. */
export function groupPaths(paths: readonly RoutePath[], maxChars = MAX_CHARS): PathGroups {
  const { shared, differing } = sharedAttributes(paths);
  const all = nest(entriesOf(paths));
  const room = maxChars - JSON.stringify({ shared, differing }).length - FRAME_CHARS;
  const shown = fitting(all, room);
  return {
    path_count: paths.length,
    neighbor_count: new Set(paths.map(neighborOf).filter((asn) => asn !== null)).size,
    shared,
    differing,
    origins: all.flatMap((origin) => render(origin, shown)),
    left_out: leftOut(all, shown),
  };
}

function entriesOf(paths: readonly RoutePath[]): Entry[] {
  const lines = paths.map((path) => ({
    path,
    as_path: renderFoldedPath(path.asPath),
    flags: unusedFlags(path),
  }));
  const alike = Map.groupBy(lines, ({ as_path, flags }) => `${as_path}|${flags}`);
  return [...alike.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const { path, as_path, flags } = first;
    return {
      origin: nameOrigin(path.asPath),
      neighbor: neighborOf(path),
      group: {
        as_path,
        ...(members.length > 1 ? { count: members.length } : {}),
        ...(members.some(({ path }) => path.flags.includes("best")) ? { best: true as const } : {}),
        ...(flags.length > 0 ? { flags } : {}),
      },
      paths: members.map(({ path }) => path),
    };
  });
}

function unusedFlags({ flags }: RoutePath): PathFlag[] {
  return [...new Set(flags)].filter((flag) => UNUSED_FLAGS.has(flag)).sort(compareText);
}

function neighborOf({ asPath }: RoutePath): number | null {
  const first = pathHops(asPath).find(({ isConfed }) => !isConfed);
  return first === undefined || first.isSet ? null : first.asns[0] ?? null;
}

/** An origin or a neighbour with everything below it, greatest first. */
interface Branch<Key, Member> {
  readonly key: Key;
  readonly count: number;
  readonly members: readonly Member[];
}
type NeighborBranch = Branch<number | null, Entry>;
type OriginBranch = Branch<string, NeighborBranch>;

function nest(entries: readonly Entry[]): OriginBranch[] {
  return branches(
    entries,
    ({ origin }) => origin,
    (ofOrigin) =>
      branches(ofOrigin, ({ neighbor }) => neighbor, (ofNeighbor) => ofNeighbor.toSorted(byRank)),
  );
}

function branches<Key extends string | number | null, Member>(
  entries: readonly Entry[],
  keyOf: (entry: Entry) => Key,
  below: (entries: readonly Entry[]) => readonly Member[],
): Branch<Key, Member>[] {
  return [...Map.groupBy(entries, keyOf)].map(([key, members]) => ({
    key,
    count: members.reduce((sum, { paths }) => sum + paths.length, 0),
    members: below(members),
  })).sort((a, b) => b.count - a.count || compareKeys(a.key, b.key));
}

function byRank(a: Entry, b: Entry): number {
  return Number(b.group.best ?? false) - Number(a.group.best ?? false) ||
    b.paths.length - a.paths.length || compareText(a.group.as_path, b.group.as_path) ||
    compareText(String(a.group.flags ?? ""), String(b.group.flags ?? ""));
}

/** The entries that there is room for: best paths, then the first of each origin, the second … */
function fitting(origins: readonly OriginBranch[], room: number): ReadonlySet<Entry> {
  const queue = origins.flatMap((origin) =>
    origin.members.flatMap((neighbor) =>
      neighbor.members.map((entry) => ({ origin, neighbor, entry }))
    )
      .map((place, turn) => ({ ...place, turn: place.entry.group.best ? -1 : turn }))
  ).sort((a, b) => a.turn - b.turn);
  const shown = new Set<Entry>();
  const opened = new Set<OriginBranch | NeighborBranch>();
  let left = room;
  let misses = 0;
  for (const { origin, neighbor, entry } of queue) {
    const cost = JSON.stringify(entry.group).length + 1 +
      (opened.has(neighbor) ? 0 : JSON.stringify(renderNeighbor(neighbor, [])).length + 1) +
      (opened.has(origin) ? 0 : JSON.stringify(renderOriginGroup(origin, [])).length + 1);
    if (cost > left) {
      if (++misses === MISSES_MAX) break;
      continue;
    }
    left -= cost;
    shown.add(entry);
    opened.add(origin).add(neighbor);
  }
  return shown;
}

function render(origin: OriginBranch, shown: ReadonlySet<Entry>): OriginGroup[] {
  const neighbors = origin.members.flatMap((neighbor) => {
    const entries = neighbor.members.filter((entry) => shown.has(entry));
    return entries.length === 0 ? [] : renderNeighbor(neighbor, entries);
  });
  return neighbors.length === 0 ? [] : [renderOriginGroup(origin, neighbors)];
}

function renderNeighbor({ key, count }: NeighborBranch, entries: readonly Entry[]): NeighborGroup {
  return { asn: key, count, paths: entries.map(({ group }) => group) };
}

function renderOriginGroup(
  { key, count, members }: OriginBranch,
  neighbors: readonly NeighborGroup[],
): OriginGroup {
  const states = members.flatMap((neighbor) => neighbor.members)
    .flatMap(({ paths }) => paths.flatMap(({ rpki }) => rpki ?? []));
  const rpki = [...new Set(states)].sort(compareText);
  return { origin: key, count, ...(rpki.length > 0 ? { rpki } : {}), neighbors };
}

function leftOut(origins: readonly OriginBranch[], shown: ReadonlySet<Entry>) {
  const isHidden = ({ members }: NeighborBranch) => members.every((entry) => !shown.has(entry));
  const neighbors = origins.flatMap(({ members }) => members);
  const paths = neighbors.flatMap(({ members }) => members)
    .reduce((sum, entry) => sum + (shown.has(entry) ? 0 : entry.paths.length), 0);
  return paths === 0 ? null : {
    origins: origins.filter(({ members }) => members.every(isHidden)).length,
    neighbors: neighbors.filter(isHidden).length,
    paths,
  };
}

/** One sentence: how many paths, from which origins, by way of how many neighbours. */
export function sayPaths(
  target: string,
  { path_count, neighbor_count, origins, left_out }: PathGroups,
): string {
  const [first] = origins;
  if (first === undefined) return `${sayCount(path_count, "path")} to ${target}`;
  const count = origins.length + (left_out?.origins ?? 0);
  const from = count === 1
    ? `${path_count === 1 ? "" : "all "}from ${sayOrigin(first.origin)}`
    : `from ${count} origins: ${
      sayList(origins.map(({ origin, count }) => `${sayOrigin(origin)} (${count})`), count)
    }`;
  const by = neighbor_count === 0
    ? ""
    : `, by way of ${sayCount(neighbor_count, "neighbouring AS", "neighbouring ASes")}`;
  return `${sayCount(path_count, "path")} to ${target}, ${from}${by}`;
}
