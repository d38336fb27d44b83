import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { parseAsPath } from "./as_path.ts";
import {
  type AsPathItem,
  type AsPathPattern,
  matchesAsPath,
  parseAsPathPattern,
  renderAsPathPattern,
} from "./as_path_pattern.ts";

Deno.test("a pattern is anchors, AS numbers, dots and runs", () => {
  deepEqual(parseAsPathPattern("^3356 .* 15169$"), {
    fromStart: true,
    toEnd: true,
    items: [
      { kind: "asn", asn: 3356, repeat: false },
      { kind: "any_run" },
      { kind: "asn", asn: 15169, repeat: false },
    ],
  });
  deepEqual(parseAsPathPattern("3356+ . [174 1299]"), {
    fromStart: false,
    toEnd: false,
    items: [
      { kind: "asn", asn: 3356, repeat: true },
      { kind: "any" },
      { kind: "one_of", asns: [174, 1299] },
    ],
  });
});

Deno.test("one pattern has one canonical text", () => {
  const canonical: readonly [string, string][] = [
    ["_65001$", "65001$"],
    ["^65001_65002_", "^65001 65002"],
    ["  1.10  ", "65546"],
    ["AS3356 .* .* as174", "3356 .* 174"],
    [".* 3356 .*", "3356"],
    ["^.* 3356 .*$", "3356"],
    ["[3356 3356]", "3356"],
    ["[_174 3356_]", "[174 3356]"],
    ["^$", "^$"],
  ];
  for (const [text, expected] of canonical) {
    equal(renderAsPathPattern(parseAsPathPattern(text)), expected, text);
  }
});

Deno.test("an error points at the column and says what was wanted", () => {
  const faults: readonly [string, number, string][] = [
    ["", 1, "it names no AS, so that nearly every path would match"],
    [".*", 1, "it names no AS, so that nearly every path would match"],
    ["^.*$", 1, "it names no AS, so that nearly every path would match"],
    ["^. .$", 1, "it names no AS, so that nearly every path would match"],
    ["^", 1, "it names no AS, so that nearly every path would match"],
    ["$", 1, "it names no AS, so that nearly every path would match"],
    ["(((", 1, '"(((" is no item'],
    ["3356 | 174", 6, '"|" is no item'],
    ["^3356.*15169$", 2, '"3356.*15169" is no item'],
    ["3356 0", 6, "AS 0 is in no path (RFC 7607 §2)"],
    ["23456", 1, "AS 23456 stands for any 4-octet AS number (RFC 6793 §9)"],
    ["3356 4294967296", 6, '"4294967296" is no item'],
    ["3356 ?", 6, '"?" is no item'],
    ["3356\n", 1, '"3356\\n" is no item'],
    ["３３５６", 1, '"\\uff13\\uff13\\uff15\\uff16" is no item'],
    ["1 [2 3", 7, 'the "[" is not closed'],
    ["1 [2 x]", 6, '"x" is no item'],
    ["1 [ ]", 4, "there is no AS number between the brackets"],
    ["[1 2]+", 6, '"+" stands behind "]"'],
    ["1 $ 2", 3, '"$" is no item'],
    ["1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", 40, "it has more than 16 items"],
    ["1 [2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17]", 3, "it has more than 16 items"],
    ["1 ".repeat(2600), 301, "it is longer than 300 characters"],
  ];
  for (const [text, column, problem] of faults) {
    throws(() => parseAsPathPattern(text), (error: unknown) => {
      const { code, message, detail, hint } = error as {
        code: string;
        message: string;
        hint: string;
        detail: { column: number };
      };
      equal(code, "input.as_path");
      equal(detail.column, column, text);
      equal(message.endsWith(`: column ${column}: ${problem}`), true, message);
      equal(hint.includes('for example "^3356 .* 15169$"'), true);
      return true;
    });
  }
});

Deno.test("patterns match step by step", () => {
  const cases: readonly [string, string, boolean][] = [
    ["^3356 .* 15169$", "3356 15169", true],
    ["^3356 .* 15169$", "3356 174 1299 15169", true],
    ["^3356 .* 15169$", "174 3356 15169", false],
    ["^3356 .* 15169$", "3356 15169 174", false],
    ["3356", "174 3356 15169", true],
    ["3356", "174 33560", false],
    ["^3356 15169$", "3356 15169 15169", false],
    ["^3356 15169+$", "3356 15169 15169", true],
    ["^3356+ 15169+$", "3356 15169", true],
    ["^3356 . 15169$", "3356 15169", false],
    ["^3356 . 15169$", "3356 1 15169", true],
    ["[174 3356] 15169$", "1 174 15169", true],
    ["[174 3356] 15169$", "1 2 15169", false],
    ["64511$", "1 {64510,64511}", true],
    ["64510 64511$", "1 {64510,64511}", false],
    ["65002 3356", "(65001 65002) 3356", true],
    ["^$", "", true],
    ["^$", "1", false],
    ["15169", "", false],
  ];
  for (const [pattern, path, expected] of cases) {
    equal(
      matchesAsPath(parseAsPathPattern(pattern), parseAsPath(path)!),
      expected,
      `${pattern} on ${path}`,
    );
  }
});

const asn = fc.constantFrom(1, 2, 3, 4200000000);
const items: fc.Arbitrary<AsPathItem> = fc.oneof(
  fc.record({ kind: fc.constant("asn" as const), asn, repeat: fc.boolean() }),
  fc.constant({ kind: "any" as const }),
  fc.constant({ kind: "any_run" as const }),
  fc.record({
    kind: fc.constant("one_of" as const),
    asns: fc.uniqueArray(asn, { minLength: 2, maxLength: 3 }),
  }),
);
const patterns: fc.Arbitrary<AsPathPattern> = fc.record({
  fromStart: fc.boolean(),
  toEnd: fc.boolean(),
  items: fc.array(items, { maxLength: 5 }),
});

/** Tries everything, one step at a time. */
function slowMatch({ items, fromStart, toEnd }: AsPathPattern, path: readonly number[]): boolean {
  const rest = (list: readonly AsPathItem[], asns: readonly number[]): boolean => {
    const [item, ...others] = list;
    if (item === undefined) return !toEnd || asns.length === 0;
    if (item.kind === "any_run") {
      return asns.concat(0).some((_, count) => rest(others, asns.slice(count)));
    }
    const [first, ...behind] = asns;
    if (first === undefined) return false;
    if (item.kind === "asn" && item.asn !== first) return false;
    if (item.kind === "one_of" && !item.asns.includes(first)) return false;
    return rest(others, behind) || item.kind === "asn" && item.repeat && rest(list, behind);
  };
  const starts = fromStart ? [path] : path.concat(0).map((_, index) => path.slice(index));
  return starts.some((start) => rest(items, start));
}

Deno.test("the matcher agrees with trying everything", () => {
  fc.assert(
    fc.property(patterns, fc.array(asn, { maxLength: 6 }), (pattern, asns) => {
      const path = [{ kind: "sequence" as const, asns }];
      equal(matchesAsPath(pattern, path), slowMatch(pattern, asns));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("what is dropped from a pattern changes nothing about what it matches", () => {
  fc.assert(
    fc.property(patterns, fc.array(asn, { maxLength: 6 }), (written, asns) => {
      fc.pre(written.items.some(({ kind }) => kind === "asn" || kind === "one_of"));
      const path = [{ kind: "sequence" as const, asns }];
      const read = parseAsPathPattern(renderAsPathPattern(written));
      equal(matchesAsPath(read, path), matchesAsPath(written, path));
      deepEqual(parseAsPathPattern(renderAsPathPattern(read)), read);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("a long path takes no long time", () => {
  const pattern = parseAsPathPattern("1 .* 1 .* 1 .* 1 .* 1 .* 1 .* 2$");
  const path = [{ kind: "sequence" as const, asns: Array.from({ length: 20_000 }, () => 1) }];
  equal(matchesAsPath(pattern, path), false);
});
