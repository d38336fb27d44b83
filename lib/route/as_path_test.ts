import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import {
  type AsPath,
  type AsPathSegment,
  firstUpstream,
  parseAsPath,
  pathHops,
  pathLength,
  pathOrigins,
  prepends,
  renderAsPath,
  renderFoldedPath,
  renderOrigin,
} from "./as_path.ts";

const asn = fc.integer({ min: 0, max: 4294967295 });
const kinds = fc.constantFrom("sequence", "set", "confed_sequence", "confed_set");
const distinctAscending = fc.uniqueArray(asn, { minLength: 1, maxLength: 5 }).map((asns) =>
  asns.sort((a, b) => a - b)
);
/** Paths as a parser makes them: no two sequences side by side. */
const paths: fc.Arbitrary<AsPath> = fc.array(
  fc.tuple(kinds, distinctAscending).map(([kind, asns]): AsPathSegment => ({ kind, asns })),
  { maxLength: 6 },
).map((path) =>
  path.filter(({ kind }, index) => kind !== "sequence" || path[index - 1]?.kind !== "sequence")
);

Deno.test("a path of numbers is one sequence", () => {
  deepEqual(parseAsPath("65001 64496 4200000001"), [
    { kind: "sequence", asns: [65001, 64496, 4200000001] },
  ]);
  deepEqual(parseAsPath("  65001\t1.10  "), [{ kind: "sequence", asns: [65001, 65546] }]);
  deepEqual(parseAsPath(""), []);
});

Deno.test("sets and confederations stand in their brackets", () => {
  deepEqual(parseAsPath("64496 {64510,64511} (65001 65002) [65003 65004] 64499"), [
    { kind: "sequence", asns: [64496] },
    { kind: "set", asns: [64510, 64511] },
    { kind: "confed_sequence", asns: [65001, 65002] },
    { kind: "confed_set", asns: [65003, 65004] },
    { kind: "sequence", asns: [64499] },
  ]);
  deepEqual(parseAsPath("{64510 64511}"), parseAsPath("{ 64510, 64511 }"));
});

Deno.test("what is no path is null", () => {
  for (
    const text of [
      ..."4294967296|01|1.2.3|-1|i|Local|{}|{1|1}|{1,}|{,1}|{1,,2}|1,2|{1)|{(1)}|(1 {2})|1\n2|AS1|1 ?|é|٣|１"
        .split("|"),
      "1\u00002",
      "1\u00a02",
    ]
  ) {
    equal(parseAsPath(text), null, JSON.stringify(text));
  }
});

Deno.test("a sequence reads alike alone and before a set", () => {
  const plain = fc.string({ unit: fc.constantFrom(..."0123456789 "), maxLength: 24 });
  fc.assert(
    fc.property(plain, (text) => {
      const alone = parseAsPath(text);
      const before = parseAsPath(`${text} {1}`);
      deepEqual(before, alone === null ? null : [...alone, { kind: "set", asns: [1] }]);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("writing and reading give the same path back", () => {
  fc.assert(fc.property(paths, (path) => deepEqual(parseAsPath(renderAsPath(path)), path)));
});

Deno.test("paths that differ in the order of a set only are written alike", () => {
  equal(renderAsPath(parseAsPath("1 {30,20,10,20}")!), "1 {10,20,30}");
});

Deno.test("no text makes the reader throw", () => {
  fc.assert(fc.property(
    fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(..."0129.,{}()[] \t") }),
      fc.string({ unit: "binary" }),
    ),
    (text) => {
      const path = parseAsPath(text);
      if (path !== null) deepEqual(parseAsPath(renderAsPath(path)), sorted(path));
    },
  ));
});

function sorted(path: AsPath): AsPath {
  return path.map(({ kind, asns }) =>
    kind === "set" || kind === "confed_set"
      ? { kind, asns: [...new Set(asns)].sort((a, b) => a - b) }
      : { kind, asns }
  );
}

Deno.test("the origin is the last AS, or all of a final set", () => {
  deepEqual(pathOrigins(parseAsPath("65001 64496")!), [64496]);
  deepEqual(pathOrigins(parseAsPath("65001 {64511,64510,64510}")!), [64510, 64511]);
  deepEqual(pathOrigins(parseAsPath("")!), []);
});

Deno.test("the origin is written as the path writes it", () => {
  equal(renderOrigin(parseAsPath("65001 64496 64496")!), "64496");
  equal(renderOrigin(parseAsPath("65001 {64511,64510}")!), "{64510,64511}");
  equal(renderOrigin(parseAsPath("(65001 65002)")!), "(65002)");
  equal(renderOrigin([]), "");
});

Deno.test("a folded path counts an AS that follows itself", () => {
  equal(renderFoldedPath(parseAsPath("1 2 2 2 {2,3} (4 4 5) 6")!), "1 2x3 {2,3} (4x2 5) 6");
  equal(renderFoldedPath([]), "");
});

Deno.test("a set counts as one, a confederation not at all", () => {
  equal(pathLength(parseAsPath("1 2 2 {3,4,5} (65001 65002) [65003] 6")!), 5);
  equal(pathLength([]), 0);
});

Deno.test("an AS that follows itself is one step with a count", () => {
  deepEqual(pathHops(parseAsPath("1 2 2 2 {2,3} 2 (2) 2")!), [
    { asns: [1], isSet: false, isConfed: false, times: 1 },
    { asns: [2], isSet: false, isConfed: false, times: 3 },
    { asns: [2, 3], isSet: true, isConfed: false, times: 1 },
    { asns: [2], isSet: false, isConfed: false, times: 1 },
    { asns: [2], isSet: false, isConfed: true, times: 1 },
    { asns: [2], isSet: false, isConfed: false, times: 1 },
  ]);
  deepEqual(prepends(parseAsPath("1 1 2 3 3 3 {4,5}")!), [
    { asn: 1, times: 2 },
    { asn: 3, times: 3 },
  ]);
});

Deno.test("the first upstream is the AS next to the origin", () => {
  const upstreams: readonly [string, number | null][] = [
    ["3356 174 15169", 174],
    ["3356 174 174 15169 15169", 174],
    ["(65001) 174 15169", 174],
    ["(65001) 15169", null],
    ["174 {1,2}", 174],
    ["{1,2} 15169", null],
    ["", null],
  ];
  for (const [text, expected] of upstreams) {
    equal(firstUpstream(parseAsPath(text)!), expected, text);
  }
});
