import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { answerOf, QUESTIONS, routeTo } from "../../../../tests/support/looking_glass_questions.ts";
import { recordedFrr } from "../../../../tests/support/recorded_frr.ts";
import { cutsOf, mangled, recordedOutput } from "../../../../tests/support/recorded_output.ts";
import { parsePrefix } from "../../../ip/prefix.ts";
import type { RouterQuery } from "../../query.ts";
import { frr } from "../frr/frr.ts";
import { ios } from "../ios/ios.ts";

const TABLE: RouterQuery = { kind: "longer", prefix: parsePrefix("0.0.0.0/0").prefix };

/** Details that announce how many paths they have. */
const DETAILS = [
  ...(["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24", "10.50.0.0/24", "172.16.5.0/24"] as const)
    .map((asked) => ({ dialect: frr, asked, output: recordedFrr(`show ip bgp ${asked}`, "v") })),
  {
    dialect: frr,
    asked: "2001:db8:2::/48",
    output: recordedFrr("show bgp ipv6 unicast 2001:db8:2::/48"),
  },
  {
    dialect: ios,
    asked: "203.0.113.0/24",
    output: recordedOutput("ios/show_ip_bgp_203.0.113.0.txt"),
  },
  {
    dialect: ios,
    asked: "2001:db8:100::/40",
    output: recordedOutput("ios/show_bgp_ipv6_unicast_2001_db8_100.txt"),
  },
].filter(({ output }) => output.length > 0);

Deno.test("a detail that was cut anywhere before its last path ended is never complete", () => {
  for (const { dialect, asked, output } of DETAILS) {
    equal(dialect.parse(routeTo(asked), output, "text").complete, true, asked);
    for (const cut of cutsOf(output)) {
      // IOS-XE adds the time behind the line that ends a path: without it the path is whole.
      if (cut.endsWith("tx pathid: 0\n") && !/rx pathid.*\n$/.test(output)) continue;
      const { complete } = dialect.parse(routeTo(asked), cut, "text");
      equal(complete, false, `${asked} cut behind ${JSON.stringify(cut.slice(-60))}`);
    }
  }
});

Deno.test("a table of FRR that was cut behind its first line is never complete", () => {
  const output = recordedFrr("show ip bgp 10.0.0.0/8 longer-prefixes", "v");
  equal(frr.parse(TABLE, output, "text").complete, true);
  const first = output.indexOf("\n") + 1;
  for (const cut of cutsOf(output)) {
    if (cut.length >= first) equal(frr.parse(TABLE, cut, "text").complete, false);
  }
});

Deno.test("a summary of FRR that was cut anywhere is never complete", () => {
  const output = recordedFrr("show ip bgp summary");
  for (const cut of cutsOf(output)) {
    equal(frr.parse({ kind: "summary", family: 4 }, cut, "text").complete, false);
  }
});

Deno.test("a row that is taken out of a table of FRR with its prefix is missed", () => {
  const lines = recordedFrr("show ip bgp neighbors 192.0.2.12 routes").split("\n");
  for (let at = lines.findIndex((line) => /^[VIN]\*/.test(line)); lines[at] !== ""; at++) {
    const output = lines.filter((_, i) => i !== at).join("\n");
    equal(frr.parse(TABLE, output, "text").complete, false, lines[at]);
  }
});

Deno.test("mangled outputs of every kind are answered, not thrown over", () => {
  const outputs = [
    ...DETAILS.map(({ output }) => output),
    recordedFrr("show ip bgp 10.0.0.0/8 longer-prefixes", "v"),
    recordedFrr("show bgp summary"),
    recordedFrr("show ip bgp 10.0.0.0/24 json"),
    recordedFrr("show bgp ipv4 unicast neighbors 192.0.2.12 routes json"),
    recordedFrr("show ip bgp summary json"),
    recordedOutput("ios/show_ip_bgp_longer.txt"),
    recordedOutput("ios/show_ip_bgp_summary.txt"),
  ];
  const questions = [...QUESTIONS, ...DETAILS.map(({ asked }) => routeTo(asked))];
  const anyOutput = fc.oneof(...outputs.map(mangled), fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(anyOutput, fc.constantFrom(...questions), (output, query) => {
      for (const dialect of [frr, ios]) {
        for (const format of ["text", "json"] as const) {
          const { complete, problems } = dialect.parse(query, output, format);
          equal(complete, problems.length === 0);
          ok(problems.length <= 21 && problems.every((line) => line.length <= 250));
        }
      }
    }),
    { numRuns: 400 },
  );
});

/** A detail of FRR with paths as given. */
function detail(paths: readonly { path: string; communities?: string }[]): string {
  const body = paths.map(({ path, communities }, i) =>
    `  ${path}
    192.0.2.1 from 192.0.2.${i % 250 + 1} (192.0.2.1)
      Origin IGP, valid, external${i === 0 ? ", best (First path received)" : ""}
${
      communities === undefined
        ? ""
        : `      Community: ${communities}\n`
    }      Last update: Sat Nov 21 01:50:41 2026
`
  ).join("");
  return `BGP routing table entry for 203.0.113.0/24, version 1
Paths: (${paths.length} available, best #1, table default)
  Not advertised to any peer
${body}`;
}

function readDetail(output: string) {
  const parsed = frr.parse(routeTo("203.0.113.0/24"), output, "text");
  deepEqual(parsed.problems, []);
  return answerOf(parsed.answer, "route").paths;
}

Deno.test("400 paths, a path of 255 hops and 100 wrapped communities are read", () => {
  const many = readDetail(
    detail(Array.from({ length: 400 }, (_, i) => ({ path: `64496 ${i + 1}` }))),
  );
  deepEqual([many.length, many[399]?.asPath[0]?.asns], [400, [64496, 400]]);
  const hops = Array.from({ length: 255 }, (_, i) => 4_200_000_000 + i);
  deepEqual(readDetail(detail([{ path: hops.join(" ") }]))[0]?.asPath, [
    { kind: "sequence", asns: hops },
  ]);
  const communities = Array.from({ length: 100 }, (_, i) => `64496:${i}`);
  const wrapped = communities.join(" ").replace(/(.{60}\S*) /g, "$1\n        ");
  deepEqual(
    readDetail(detail([{ path: "64496", communities: wrapped }]))[0]?.communities,
    communities,
  );
});

/** Pieces that a careless expression would look at again and again. */
const PIECES = [
  "a",
  " ",
  "(",
  "(a) ",
  "{",
  "[",
  '"',
  '\\"',
  "% ",
  "%\n",
  "1 ",
  "1:1 ",
  "\n\n",
  "  1\n",
  "    (a) from ",
  "      Community: 1:1\n",
  "        1:1\n",
  "* > ",
  "*> 10.0.0.0/8\n",
  "!H ",
  "1 ms ",
  '{"a":',
  '{"a":[',
  "Neighbor V AS ",
];

Deno.test("long outputs that are made to be slow are read in a second each", () => {
  const [table = ""] = recordedFrr("show ip bgp").split("\nN*");
  const beginnings = ["", `${table}\n`, `${detail([{ path: "1" }])}      `, "1 "];
  const questions = [routeTo("203.0.113.0/24"), QUESTIONS[2]!, QUESTIONS[4]!, QUESTIONS.at(-1)!];
  for (const piece of PIECES) {
    for (const beginning of beginnings) {
      const output = beginning + piece.repeat(200_000 / piece.length);
      for (const query of questions) {
        for (const format of ["text", "json"] as const) {
          const start = performance.now();
          frr.parse(query, output, format);
          const took = performance.now() - start;
          ok(took < 1_000, `${query.kind} ${format} of ${JSON.stringify(piece)}: ${took} ms`);
        }
      }
    }
  }
});
