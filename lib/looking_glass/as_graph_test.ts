import { deepEqual, equal, match } from "node:assert/strict";
import fc from "fast-check";
import { samplePath as path, sampleView as view } from "../../tests/support/sample_routes.ts";
import { parsePrefix } from "../ip/prefix.ts";
import { type AsGraph, buildAsGraph } from "./as_graph.ts";
import { renderMermaid } from "./as_graph_mermaid.ts";

const target = { prefix: parsePrefix("192.0.2.0/24").prefix };

Deno.test("an AS stands in the graph once, however many paths go through it", () => {
  const graph = buildAsGraph(target, [
    view("ams", [path("3356 64500 64500"), path("174 3356 64500"), path("174 3356 64500")]),
    view("chi", [path("3356 {64510,64511}")]),
  ]);
  deepEqual(
    graph.nodes.map((
      { id, label, is_origin, is_neighbor, path_count, max_times },
    ) => [id, label, is_origin, is_neighbor, path_count, max_times]),
    [
      ["v0", "ams", false, false, 3, 1],
      ["as174", "AS174", false, true, 2, 1],
      ["as3356", "AS3356", false, true, 4, 1],
      ["as64500", "AS64500", true, false, 3, 2],
      ["v1", "chi", false, false, 1, 1],
      ["set0", "{64510,64511}", true, false, 1, 1],
    ],
  );
  deepEqual(graph.edges, [
    { from: "v0", to: "as174", path_count: 2 },
    { from: "as174", to: "as3356", path_count: 2 },
    { from: "as3356", to: "as64500", path_count: 3 },
    { from: "v1", to: "as3356", path_count: 1 },
    { from: "as3356", to: "set0", path_count: 1 },
    { from: "v0", to: "as3356", path_count: 1 },
  ]);
  equal(graph.path_count, 4);
  equal(graph.paths_left_out, 0);
});

Deno.test("the graph is drawn with its origin and neighbours marked", () => {
  const graph = buildAsGraph(target, [view("ams", [path("3356 64500 64500"), path("3356 64500")])]);
  equal(
    renderMermaid(graph, new Map([[3356, 'A "B" & <C>`']])),
    [
      "flowchart LR",
      '  v0(["ams"])',
      '  as3356["AS3356<br/>A #34;B#34; #38;  C"]',
      '  as64500["AS64500<br/>up to 2 times in a row"]',
      "  v0 -->|2| as3356",
      "  as3356 -->|2| as64500",
      "  classDef origin stroke-width:3px,font-weight:bold",
      "  classDef neighbor stroke-dasharray:4",
      "  class as64500 origin",
      "  class as3356 neighbor",
    ].join("\n"),
  );
});

Deno.test("a path that does not fit is left out as a whole, and it is said", () => {
  const paths = Array.from({ length: 100 }, (_, index) => path(`${index + 1} 64500`));
  const graph = buildAsGraph(target, [
    view("ams", [...paths, path("999 64500", { flags: ["best"] })]),
  ]);
  equal(graph.nodes.length, 40);
  equal(graph.nodes[1]?.id, "as999");
  equal(graph.path_count, 38);
  equal(graph.paths_left_out, 63);
  match(renderMermaid(graph), /^ {2}more\["63 more paths left out"\]$/m);
});

Deno.test("a route of the vantage point's own AS is a node alone", () => {
  const graph = buildAsGraph(target, [view("ams", [path("")])]);
  deepEqual(graph.nodes.map(({ id, is_origin }) => [id, is_origin]), [["v0", true]]);
  deepEqual(graph.edges, []);
});

Deno.test("confederation members are nodes apart from ASes of the same number", () => {
  const { nodes } = buildAsGraph(target, [view("ams", [path("(65001) 65001 64500")])]);
  deepEqual(nodes.map(({ id }) => id), ["v0", "member65001", "as65001", "as64500"]);
});

const segments = fc.record({
  kind: fc.constantFrom("sequence", "set", "confed_sequence", "confed_set"),
  asns: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 4 }),
});
const anyViews = fc.array(
  fc.array(fc.array(segments, { maxLength: 4 }), { maxLength: 6 }),
  { maxLength: 4 },
).map((list) =>
  list.map((paths, index) => view(`v${index}`, paths.map((asPath) => path("", { asPath }))))
);

Deno.test("any views make a graph within its bounds, whatever their order", () => {
  fc.assert(fc.property(anyViews, fc.integer({ min: 1, max: 20 }), (views, maxNodes) => {
    const graph = buildAsGraph(target, views, maxNodes);
    const total = views.reduce((sum, { paths }) => sum + paths.length, 0);
    equal(graph.path_count + graph.paths_left_out, total);
    equal(graph.nodes.length <= maxNodes, true);
    const ids = new Set(graph.nodes.map(({ id }) => id));
    equal(ids.size, graph.nodes.length);
    for (const { from, to } of graph.edges) equal(ids.has(from) && ids.has(to), true);
    const turned = views.toReversed().map((each) => ({ ...each, paths: each.paths.toReversed() }));
    deepEqual(buildAsGraph(target, turned, maxNodes), graph);
  }));
});

/** All that a line of ours can be; labels hold no quote, backtick, angle bracket or line end. */
const LINE = new RegExp(
  [
    "flowchart LR",
    String.raw`  [a-z]+[0-9]+\(?\[(?<quoted>"(?:[^"<>\`\n\r\\]|<br/>)+")\]\)?`,
    String.raw`  [a-z]+[0-9]+ -->(?:\|[0-9]+\|)? [a-z]+[0-9]+`,
    "  classDef (?:origin|neighbor) [a-z0-9:,-]+",
    "  class [a-z0-9,]+ (?:origin|neighbor)",
  ].map((line) => `^(?:${line})$`).join("|"),
);

Deno.test("names from elsewhere cannot leave their label", () => {
  const words = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."\"'`#;<>&%{}[]()|\n\r\\ -=x~click") }),
  );
  fc.assert(fc.property(words, words, (vantage, name) => {
    const graph: AsGraph = buildAsGraph(target, [view(vantage, [path("3356 64500")])]);
    for (const line of renderMermaid(graph, new Map([[3356, name]])).split("\n")) match(line, LINE);
  }));
  const graph = buildAsGraph(target, [view('x"]) --> y\nclick y "javascript:1"', [path("1")])]);
  equal(
    renderMermaid(graph).split("\n")[1],
    '  v0(["x#34; ) --  y click y #34;javascript:1#34;"])',
  );
});
