import { equal } from "node:assert/strict";
import fc from "fast-check";
import type { AsPathItem, AsPathPattern } from "../../../route/as_path_pattern.ts";
import { routerCommand } from "../../router_command.ts";
import { asPathRegexp } from "./as_path_regexp.ts";

const ANY: AsPathItem = { kind: "any" };
const RUN: AsPathItem = { kind: "any_run" };

function asn(number: number, repeat = false): AsPathItem {
  return { kind: "asn", asn: number, repeat };
}

function said(items: readonly AsPathItem[], anchors = ""): string | null {
  return asPathRegexp({ fromStart: anchors.includes("^"), toEnd: anchors.includes("$"), items });
}

/** What the expression means, `_` as FRR replaces it. */
function meaning(expression: string): RegExp {
  return new RegExp(expression.replaceAll("_", "(?:^|[,{}() ]|$)"));
}

Deno.test("patterns are said as expressions of Cisco's kind", () => {
  equal(said([asn(65001)]), "_65001_");
  equal(said([asn(65001)], "$"), "_65001$");
  equal(said([asn(3356), asn(174)], "^"), "^3356_174_");
  equal(said([asn(3356), RUN, asn(15169)], "^$"), "^3356_([0-9]+_)*15169$");
  equal(said([asn(3356, true), ANY], "^$"), "^3356(_3356)*_[0-9]+$");
  equal(said([], "^$"), "^$");
});

Deno.test("a run at an end says no more than a missing anchor", () => {
  equal(said([RUN, asn(15169)], "^$"), "_15169$");
  equal(said([asn(3356), RUN], "^$"), "^3356_");
  equal(said([asn(1), RUN, RUN, asn(2)], "^$"), "^1_([0-9]+_)*2$");
});

Deno.test("what needs an alternation or names nothing is not said", () => {
  equal(said([{ kind: "one_of", asns: [3356, 174] }], "^"), null);
  equal(said([{ kind: "one_of", asns: [3356] }], "^"), "^3356_");
  equal(said([], "^"), null);
  equal(said([RUN, RUN], "^$"), null);
});

const pathArb = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 6 });
const itemArb: fc.Arbitrary<AsPathItem> = fc.oneof(
  fc.record({
    kind: fc.constant("asn" as const),
    asn: fc.integer({ min: 1, max: 4 }),
    repeat: fc.boolean(),
  }),
  fc.constant(ANY),
  fc.constant(RUN),
);

Deno.test("an expression finds exactly the paths of its pattern and can be sent", () => {
  const patternArb: fc.Arbitrary<AsPathPattern> = fc.record({
    fromStart: fc.boolean(),
    toEnd: fc.boolean(),
    items: fc.array(itemArb, { maxLength: 5 }),
  });
  fc.assert(fc.property(patternArb, pathArb, (pattern, path) => {
    const expression = asPathRegexp(pattern);
    if (expression === null) return;
    routerCommand("show ip bgp regexp", expression);
    equal(meaning(expression).test(path.join(" ")), matches(pattern, path), expression);
  }));
});

/** The pattern tried at every place, one item after the other. */
function matches({ fromStart, toEnd, items }: AsPathPattern, path: readonly number[]): boolean {
  const from = (place: number, item: number): boolean => {
    const next = items[item];
    if (next === undefined) return !toEnd || place === path.length;
    if (next.kind === "any_run") {
      return from(place, item + 1) || place < path.length && from(place + 1, item);
    }
    const fits = place < path.length && (next.kind !== "asn" || next.asn === path[place]);
    if (!fits) return false;
    return from(place + 1, item + 1) ||
      next.kind === "asn" && next.repeat && from(place + 1, item);
  };
  return fromStart ? from(0, 0) : [...path, 0].some((_, start) => from(start, 0));
}
