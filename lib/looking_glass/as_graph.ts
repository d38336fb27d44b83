/**
 * The AS paths of many vantage points, merged into one graph.
 *
 * @module
 */
import { type AsPath, pathHops } from "../route/as_path.ts";
import type { RouteTarget } from "./dialects/route_match.ts";
import { compareText, type Sight, sightsOf } from "./sight.ts";
import type { VantageView } from "./vantage.ts";

/** One node; an AS stands in the graph once. */
export type GraphNode = {
  /** Letters and digits: `as3356`, `v0` for a vantage point, `set0`, `member65001`. */
  readonly id: string;
  readonly kind: "vantage" | "as" | "set" | "confederation_member";
  /** Name of the vantage point (remote words), `AS3356`, `{64510,64511}`. */
  readonly label: string;
  /** Of an AS or a member, else null. */
  readonly asn: number | null;
  readonly is_origin: boolean;
  /** Next to a vantage point. */
  readonly is_neighbor: boolean;
  /** Paths that go through it, prepends counted once. */
  readonly path_count: number;
  /** How often it stands in a row at most; more than 1: it is prepended. */
  readonly max_times: number;
};

/** One edge, from the vantage points towards the origin. */
export type GraphEdge = {
  readonly from: string;
  readonly to: string;
  readonly path_count: number;
};

/** The graph. Counts are of the paths in it. */
export type AsGraph = {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly path_count: number;
  /** Paths that there was no room for; a path is in the graph as a whole or not at all. */
  readonly paths_left_out: number;
};

/** Most nodes by default. Of edges there are twice as many at most. */
const NODES_MAX = 40;
/** Characters of a label. */
const LABEL_CHARS = 60;

/** Steps of a path by id, and what is known of each. */
interface Route {
  readonly steps: readonly Step[];
  readonly count: number;
  readonly isBest: boolean;
}
type Step = Pick<GraphNode, "kind" | "label" | "asn"> & { readonly times: number };

/** Merges the carried paths of all views; best paths first, then one of each vantage point in turn. */
export function buildAsGraph(
  target: RouteTarget,
  views: readonly VantageView[],
  maxNodes = NODES_MAX,
): AsGraph {
  const draft = new Draft(maxNodes);
  const routes = sightsOf(target, views).flatMap((sight) =>
    routesOf(sight).map((route, index) => ({ route, turn: route.isBest ? -1 : index }))
  ).sort((a, b) => a.turn - b.turn);
  let left = 0;
  for (const { route } of routes) if (!draft.add(route)) left += route.count;
  return draft.finish(left);
}

/** Different paths of a vantage point, those with most copies first. */
function routesOf({ label, paths }: Sight): Route[] {
  const alike = Map.groupBy(paths, ({ asPath }) => JSON.stringify(stepsOf(asPath)));
  const vantage: Step = { kind: "vantage", label, asn: null, times: 1 };
  return [...alike].flatMap(([text, members]) => {
    const [path] = members;
    return path === undefined ? [] : {
      text,
      steps: [vantage, ...stepsOf(path.asPath)],
      count: members.length,
      isBest: members.some(({ flags }) => flags.includes("best")),
    };
  }).sort((a, b) => b.count - a.count || compareText(a.text, b.text));
}

function stepsOf(asPath: AsPath): Step[] {
  return pathHops(asPath).map(({ asns, isSet, isConfed, times }) => {
    if (isSet) {
      return { kind: "set", label: `{${asns.join(",")}}`, asn: null, times };
    }
    const [asn = 0] = asns;
    const kind = isConfed ? "confederation_member" : "as";
    return { kind, label: `AS${asn}`, asn, times };
  });
}

type DraftNode = { -readonly [Field in keyof GraphNode]: GraphNode[Field] };

/** A graph that grows path by path. */
class Draft {
  readonly #nodes = new Map<string, DraftNode>();
  readonly #edges = new Map<string, { from: string; to: string; path_count: number }>();
  readonly #maxNodes: number;
  /** How many nodes of kinds that are numbered there are. */
  readonly #numbers = { v: 0, set: 0 };
  #paths = 0;

  constructor(maxNodes: number) {
    this.#maxNodes = maxNodes;
  }

  /** Adds a path, or returns false if it does not fit. */
  add({ steps, count }: Route): boolean {
    const keys = steps.map(({ kind, label }) => `${kind} ${label}`);
    const pairs = keys.slice(1).map((to, index) => [keys[index] ?? to, to] as const)
      .filter(([from, to]) => from !== to);
    const newNodes = [...new Set(keys)].filter((key) => !this.#nodes.has(key)).length;
    const links = new Map(pairs.map((pair) => [pair.join(" > "), pair]));
    const newEdges = [...links.keys()].filter((key) => !this.#edges.has(key)).length;
    if (
      this.#nodes.size + newNodes > this.#maxNodes ||
      this.#edges.size + newEdges > 2 * this.#maxNodes
    ) return false;
    this.#paths += count;
    const counted = new Set<DraftNode>();
    for (const [index, step] of steps.entries()) {
      const node = this.#node(keys[index] ?? "", step);
      node.max_times = Math.max(node.max_times, step.times);
      if (index === steps.length - 1) node.is_origin = true;
      if (index === 1) node.is_neighbor = true;
      if (!counted.has(node)) node.path_count += count;
      counted.add(node);
    }
    for (const [key, [from, to]] of links) {
      const edge = this.#edges.get(key) ??
        { from: this.#id(from), to: this.#id(to), path_count: 0 };
      edge.path_count += count;
      this.#edges.set(key, edge);
    }
    return true;
  }

  finish(left: number): AsGraph {
    return {
      nodes: [...this.#nodes.values()],
      edges: [...this.#edges.values()],
      path_count: this.#paths,
      paths_left_out: left,
    };
  }

  #id(key: string): string {
    return this.#nodes.get(key)?.id ?? "";
  }

  #node(key: string, { kind, label, asn }: Step): DraftNode {
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const node: DraftNode = {
      id: this.#newId(kind, asn),
      kind,
      label: label.length > LABEL_CHARS ? `${label.slice(0, LABEL_CHARS)}…` : label,
      asn,
      is_origin: false,
      is_neighbor: false,
      path_count: 0,
      max_times: 1,
    };
    this.#nodes.set(key, node);
    return node;
  }

  #newId(kind: GraphNode["kind"], asn: number | null): string {
    if (kind === "as") return `as${asn}`;
    if (kind === "confederation_member") return `member${asn}`;
    return kind === "vantage" ? `v${this.#numbers.v++}` : `set${this.#numbers.set++}`;
  }
}
