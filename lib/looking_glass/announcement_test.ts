import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import {
  failedView,
  samplePath as path,
  sampleView as view,
} from "../../tests/support/sample_routes.ts";
import { RemoteFailure } from "../errors/mod.ts";
import { parsePrefix } from "../ip/prefix.ts";
import type { RoutePath } from "../route/route.ts";
import { checkAnnouncement, sayAnnouncement } from "./announcement.ts";
import { type Expectation, GRAVITY } from "./announcement_findings.ts";
import type { VantageView } from "./vantage.ts";

const EXPECTED: Expectation = {
  prefix: parsePrefix("192.0.2.0/24").prefix,
  origins: [64500],
  upstreams: [],
  maxLength: null,
  moreSpecifics: [],
};
const error = new RemoteFailure("connect", "Cannot connect to rs9");

/** The verdict about one vantage point, and what was found besides. */
function verdicts(one: VantageView, told: Partial<Expectation> = {}): readonly string[] {
  const [row] = checkAnnouncement({ ...EXPECTED, ...told }, [one]).vantages;
  return [row!.verdict, ...row!.also];
}

Deno.test("the expected origin by any upstream is as expected", () => {
  deepEqual(verdicts(view("ams", [path("3356 174 64500 64500")])), ["as_expected"]);
  deepEqual(verdicts(view("ams", [path("64500")])), ["as_expected"]);
});

Deno.test("another origin alone is wrong, beside the expected one it is a second origin", () => {
  deepEqual(verdicts(view("ams", [path("3356 64511")])), ["wrong_origin"]);
  deepEqual(verdicts(view("ams", [path("3356 64511"), path("174 64500")])), ["moas"]);
  deepEqual(verdicts(view("ams", [path("3356 {64500,64511}")])), ["wrong_origin"]);
  deepEqual(verdicts(view("ams", [path("3356 {64500}")])), ["as_expected"]);
});

Deno.test("nothing, a default route or a shorter prefix is not the prefix", () => {
  deepEqual(verdicts(view("ams", [])), ["not_seen"]);
  deepEqual(verdicts(view("ams", [path("1", {}, "0.0.0.0/0")], { match: "default" })), [
    "not_seen",
  ]);
  deepEqual(verdicts(view("ams", [path("1 64500", {}, "192.0.0.0/16")], { match: "covering" })), [
    "covered_only",
  ]);
});

Deno.test("an answer that is not whole proves what it shows and nothing else", () => {
  const cut = { complete: false };
  deepEqual(verdicts(view("ams", [], cut)), ["unknown"]);
  deepEqual(verdicts(view("ams", [path("3356 64500")], cut)), ["unknown"]);
  deepEqual(verdicts(view("ams", [path("3356 64511")], cut)), ["wrong_origin"]);
  deepEqual(verdicts(failedView("ams", error)), ["unknown"]);
});

Deno.test("a route of the vantage point's own AS tells no origin", () => {
  deepEqual(verdicts(view("ams", [path("")])), ["unknown"]);
  deepEqual(verdicts(view("ams", [path("(65001)")])), ["unknown"]);
});

Deno.test("an upstream that was not meant is told, the origin's own ASes are none", () => {
  const upstreams = [174];
  deepEqual(verdicts(view("ams", [path("1 174 64500")]), { upstreams }), ["as_expected"]);
  deepEqual(verdicts(view("ams", [path("1 3356 64500")]), { upstreams }), ["unexpected_upstream"]);
  deepEqual(verdicts(view("ams", [path("64500")]), { upstreams }), ["as_expected"]);
  deepEqual(
    verdicts(view("ams", [path("1 174 64501 64500")]), { upstreams, origins: [64500, 64501] }),
    ["as_expected"],
  );
});

Deno.test("longer prefixes are judged by length, by list, and by origin always", () => {
  const half = path("1 64500", {}, "192.0.2.0/25");
  const both = view("ams", [path("1 64500"), half]);
  deepEqual(verdicts(both), ["as_expected"]);
  deepEqual(verdicts(both, { maxLength: 24 }), ["too_specific"]);
  deepEqual(verdicts(both, { maxLength: 25 }), ["as_expected"]);
  const allowed = [parsePrefix("192.0.2.0/25").prefix];
  deepEqual(verdicts(both, { maxLength: 24, moreSpecifics: allowed }), ["as_expected"]);
  deepEqual(verdicts(both, { moreSpecifics: [parsePrefix("192.0.2.128/25").prefix] }), [
    "too_specific",
  ]);
  deepEqual(
    verdicts(view("ams", [path("1 64500"), path("1 64511", {}, "192.0.2.0/25")]), {
      moreSpecifics: allowed,
    }),
    ["wrong_origin"],
  );
});

Deno.test("an invalid state stands beside what else is wrong, gravest first", () => {
  deepEqual(verdicts(view("ams", [path("1 64500", { rpki: "invalid" })])), ["rpki_invalid"]);
  deepEqual(
    verdicts(view("ams", [path("1 64511", { rpki: "invalid" })]), { maxLength: 24 }),
    ["wrong_origin", "rpki_invalid"],
  );
});

Deno.test("the whole check, in order of gravity", () => {
  const check = checkAnnouncement({ ...EXPECTED, upstreams: [174, 3356] }, [
    view("ams", [path("1 174 64500", { rpki: "valid" }), path("2 174 64500", { rpki: "valid" })]),
    view("chi", [path("3356 64511 64511", { rpki: "invalid" })]),
    view("syd", []),
    failedView("nyc", error),
  ]);
  equal(check.verdict, "wrong_origin");
  deepEqual(check.reasons, [
    { verdict: "wrong_origin", vantage_count: 1, vantages: ["chi"], found: ["AS64511"] },
    { verdict: "rpki_invalid", vantage_count: 1, vantages: ["chi"], found: [] },
    { verdict: "not_seen", vantage_count: 1, vantages: ["syd"], found: [] },
    { verdict: "unknown", vantage_count: 1, vantages: ["nyc"], found: [] },
    { verdict: "as_expected", vantage_count: 1, vantages: ["ams"], found: [] },
  ]);
  deepEqual(check.vantages[0], {
    vantage: "chi",
    source: "telnet",
    verdict: "wrong_origin",
    also: ["rpki_invalid"],
    evidence: [{
      prefix: "192.0.2.0/24",
      as_path: "3356 64511x2",
      count: 1,
      rpki: "invalid",
    }],
    complete: true,
    error: null,
  });
  deepEqual(check.vantages.map(({ vantage }) => vantage), ["chi", "syd", "nyc", "ams"]);
  equal(check.vantages[2]?.error, "Cannot connect to rs9");
  deepEqual(check.unseen_origins, []);
  deepEqual(check.unseen_upstreams, [3356]);
  deepEqual(check.limits, [
    "1 answer failed or came in part: what is missing there may exist.",
    "No view shows longer prefixes: whether somebody announces a part of it takes a search with longer:.",
    "Each vantage point shows the paths that reached it: filters and upstreams elsewhere do not show.",
  ]);
  equal(
    sayAnnouncement(check),
    "192.0.2.0/24 by AS64500: wrong origin (AS64511) at chi; RPKI invalid at chi; not seen at syd; " +
      "unknown at 1 of 4 vantage points; as expected at 1 of 4 vantage points",
  );
});

Deno.test("as expected takes that more than half are sure", () => {
  const good = (name: string) => view(name, [path("1 64500")]);
  const check = (...views: VantageView[]) => checkAnnouncement(EXPECTED, views).verdict;
  equal(check(good("a")), "as_expected");
  equal(check(good("a"), good("b"), failedView("c", error)), "as_expected");
  equal(check(good("a"), failedView("c", error)), "unknown");
  equal(check(), "unknown");
});

const anyPath: fc.Arbitrary<RoutePath> = fc.record({
  text: fc.constantFrom("", "1 64500", "1 64511", "1 {64500,2}", "(1)", "64500", "2 3 64500 64500"),
  prefix: fc.constantFrom("192.0.2.0/24", "192.0.2.0/25", "192.0.0.0/16", "0.0.0.0/0", "::/0"),
  rpki: fc.constantFrom("valid", "invalid", null),
}).map(({ text, prefix, rpki }) => path(text, { rpki }, prefix));
const anyViews = fc.array(
  fc.record({
    paths: fc.array(anyPath, { maxLength: 4 }),
    complete: fc.boolean(),
    error: fc.constantFrom(null, error),
  }),
  { maxLength: 5 },
).map((list) => list.map(({ paths, ...told }, index) => view(`v${index}`, paths, told)));

Deno.test("any views give one verdict each, and the order of views and paths does not matter", () => {
  const expectation = { ...EXPECTED, upstreams: [1], maxLength: 24 };
  fc.assert(fc.property(anyViews, (views) => {
    const check = checkAnnouncement(expectation, views);
    equal(check.vantages.length, views.length);
    for (const { verdict, complete } of check.vantages) {
      if (!complete) equal(["as_expected", "not_seen", "covered_only"].includes(verdict), false);
    }
    const ranks = check.reasons.map(({ verdict }) => GRAVITY.indexOf(verdict));
    deepEqual(ranks, ranks.toSorted((a, b) => a - b));
    const turned = views.toReversed().map((one) => ({ ...one, paths: one.paths.toReversed() }));
    deepEqual(checkAnnouncement(expectation, turned), check);
  }));
});
