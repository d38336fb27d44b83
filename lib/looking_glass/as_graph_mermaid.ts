/**
 * An AS graph as Mermaid text.
 *
 * @module
 */
import { sayCount } from "../words/amount.ts";
import type { AsGraph, GraphNode } from "./as_graph.ts";

/** Characters of a label's line. */
const LINE_CHARS = 60;

const CLASSES = [
  "classDef origin stroke-width:3px,font-weight:bold",
  "classDef neighbor stroke-dasharray:4",
];

/**
 * Draws a graph, vantage points left and origins right. Foreign words stand in quoted labels only,
 * with every character that means something to Mermaid or HTML written as a number or left out.
 * `names` are names of ASes.
 */
export function renderMermaid(
  { nodes, edges, paths_left_out }: AsGraph,
  names: ReadonlyMap<number, string> = new Map(),
): string {
  const marked = (name: string, isIn: (node: GraphNode) => boolean) => {
    const ids = nodes.filter(isIn).map(({ id }) => id);
    return ids.length === 0 ? [] : [`class ${ids.join(",")} ${name}`];
  };
  const lines = [
    ...nodes.map((node) => renderNode(node, names)),
    ...edges.map(({ from, to, path_count }) =>
      `${from} -->${path_count > 1 ? `|${path_count}|` : ""} ${to}`
    ),
    ...(paths_left_out > 0 ? [`more["${sayCount(paths_left_out, "more path")} left out"]`] : []),
    ...CLASSES,
    ...marked("origin", ({ is_origin }) => is_origin),
    ...marked("neighbor", ({ is_neighbor, is_origin }) => is_neighbor && !is_origin),
  ];
  return ["flowchart LR", ...lines.map((line) => `  ${line}`)].join("\n");
}

function renderNode(node: GraphNode, names: ReadonlyMap<number, string>): string {
  const { id, kind, label, asn, max_times } = node;
  const name = asn === null || kind !== "as" ? undefined : names.get(asn);
  const text = [
    escapeLabel(label),
    ...(name === undefined ? [] : [escapeLabel(name)]),
    ...(max_times > 1 ? [`up to ${max_times} times in a row`] : []),
  ].join("<br/>");
  return kind === "vantage" ? `${id}(["${text}"])` : `${id}["${text}"]`;
}

/** Kept as they are: letters and digits of all scripts, and marks that mean nothing in a quoted label. */
const PLAIN = /[\p{L}\p{M}\p{N} .,:/()+@_{}-]/u;
/** Written as Mermaid's entity codes. */
const CODED = /["'#&;]/;

function escapeLabel(text: string): string {
  const shown = [...text].slice(0, LINE_CHARS).map((character) =>
    PLAIN.test(character)
      ? character
      : CODED.test(character)
      ? `#${character.codePointAt(0)};`
      : " "
  ).join("").trim();
  return shown === "" ? "?" : shown;
}
