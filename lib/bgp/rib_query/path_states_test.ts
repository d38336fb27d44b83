import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { parseAsPath } from "../../route/as_path.ts";
import {
  type AsPathItem,
  type AsPathPattern,
  matchesAsPath,
  parseAsPathPattern,
  renderAsPathPattern,
} from "../../route/as_path_pattern.ts";
import { realRib } from "../../../tests/support/fed_rib.ts";
import { ListedRib, type PlainPath } from "../../../tests/support/listed_rib.ts";
import { step } from "../rib/path_moves.ts";
import { PathAutomaton } from "./path_automaton.ts";
import { PathStates, type PathTrie } from "./path_states.ts";

const ASN = fc.integer({ min: 1, max: 5 });

const ITEM: fc.Arbitrary<AsPathItem> = fc.oneof(
  fc.record({ kind: fc.constant("asn" as const), asn: ASN, repeat: fc.boolean() }),
  fc.constant({ kind: "any" as const }),
  fc.constant({ kind: "any_run" as const }),
  fc.record({
    kind: fc.constant("one_of" as const),
    asns: fc.uniqueArray(ASN, { minLength: 2, maxLength: 3 }),
  }),
);

/** Of one item, so that only the last AS counts, to more than a state of an octet can tell. */
const PATTERN: fc.Arbitrary<AsPathPattern> = fc.tuple(
  fc.boolean(),
  fc.array(ITEM, { maxLength: 9, size: "max" }).filter((items) =>
    items.reduce((sum, item) => sum + (item.kind === "one_of" ? item.asns.length : 1), 0) < 16
  ),
  fc.boolean(),
).map(([hasStart, items, hasEnd]) =>
  parseAsPathPattern(renderAsPathPattern({
    fromStart: hasStart,
    toEnd: hasEnd,
    items: [...items, { kind: "asn", asn: 1, repeat: false }],
  }))
);

const PATH_TEXT = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: ASN.map(String) },
    fc.array(ASN, { minLength: 1, maxLength: 3 }).map((asns) => `{${asns.join(",")}}`),
  ),
  { maxLength: 8 },
).map((steps) => steps.join(" "));

for (
  const [name, tables] of Object.entries({
    listed: (paths: readonly PlainPath[]) => new ListedRib(paths),
    real: (paths: readonly PlainPath[]) => realRib(paths),
  })
) {
  Deno.test(`${name} tables: the automaton finds the paths that the pattern matches, at every node of a trie`, () => {
    fc.assert(
      fc.property(
        PATTERN,
        fc.array(PATH_TEXT, { minLength: 1, maxLength: 30, size: "max" }),
        (pattern, texts) => {
          const rib = tables(
            texts.map((asPath, index) => ({ prefix: `10.0.${index}.0/24`, peer: 0, asPath })),
          );
          const fresh = new PathStates(rib.scan, new PathAutomaton(pattern));
          const known = new PathStates(rib.scan, new PathAutomaton(pattern));
          while (known.advance(7));
          rib.walk(0, { within: null, from: null }, (id) => {
            for (const { attributes } of rib.paths(id)) {
              const wanted = matchesAsPath(pattern, rib.attributes(attributes).asPath);
              const node = rib.scan.partOf(attributes, "path");
              const kept = (known.values[node] ?? 0) & known.wanted;
              deepEqual(
                [isWanted(fresh, node), fresh.holdsNow(node), kept !== 0],
                [wanted, wanted, wanted],
              );
            }
          });
        },
      ),
      { numRuns: 300 },
    );
  });
}

/** What is kept of a node, or found out. */
function isWanted(states: PathStates, node: number): boolean {
  return ((states.values[node] || states.judge(node)) & states.wanted) !== 0;
}

/** A single path of `length` ASes, and how often a node of it was looked at. */
function longPath(length: number): PathTrie & { readonly looks: () => number } {
  let looks = 0;
  return {
    looks: () => looks,
    pathBound: () => length + 1,
    pathParent: (node) => node - 1,
    stepPaths: () => {},
    stepPath: (moves, state, node) => {
      looks++;
      return step(moves, state, node % 2 === 0 ? 1 : 2);
    },
  };
}

Deno.test("a pattern that makes other engines backtrack looks at each node once", () => {
  const trie = longPath(100_000);
  const pattern = parseAsPathPattern("^.* 1+ .* 2+ .* 1+ .* 2+ .* 1+ .* 2+ .* 3$");
  const states = new PathStates(trie, new PathAutomaton(pattern));
  let matching = 0;
  for (let node = 0; node < trie.pathBound(); node++) if (isWanted(states, node)) matching++;
  equal(matching, 0);
  equal(trie.looks(), 100_000);
});

Deno.test("the longest path first costs no more than the shortest first", () => {
  const trie = longPath(100_000);
  const states = new PathStates(trie, new PathAutomaton(parseAsPathPattern("1 2$")));
  let matching = 0;
  for (let node = trie.pathBound() - 1; node >= 0; node--) if (isWanted(states, node)) matching++;
  equal(matching, 49_999);
  equal(trie.looks(), 100_000);
});

Deno.test("parents that turn in a circle, as memory under change can show, end the look", () => {
  const circle: PathTrie = {
    pathBound: () => 10,
    pathParent: (node) => node === 5 ? 6 : 5,
    stepPaths: () => {},
    stepPath: (moves, state) => step(moves, state, 7),
  };
  const states = new PathStates(circle, new PathAutomaton(parseAsPathPattern("^7+$")));
  equal(isWanted(states, 5), true);
});

Deno.test("an empty path matches only what wants one", () => {
  const states = (text: string) =>
    isWanted(new PathStates(longPath(0), new PathAutomaton(parseAsPathPattern(text))), 0);
  deepEqual([states("^$"), states("1"), parseAsPath("")], [true, false, []]);
});
