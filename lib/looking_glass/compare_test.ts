import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { RemoteFailure } from "../errors/mod.ts";
import { parseAddress } from "../ip/address.ts";
import { parsePrefix } from "../ip/prefix.ts";
import {
  failedView,
  samplePath as path,
  sampleView as view,
} from "../../tests/support/sample_routes.ts";
import type { RoutePath } from "../route/route.ts";
import { NO_PATH } from "./answer.ts";
import { compareViews, sayComparison } from "./compare.ts";
import type { VantageView } from "./vantage.ts";

const target = { prefix: parsePrefix("192.0.2.0/24").prefix };

const error = new RemoteFailure("connect", "Cannot connect to rs9");

Deno.test("one prefix over seven vantage points", () => {
  const comparison = compareViews(target, [
    view("ams", [
      path("3356 64496 64500", { flags: ["best"], communities: ["65535:65281", "64500:1"] }),
      path("174 64496 64500 64500 64500", { rpki: "valid" }),
    ]),
    view("chi", [path("3356 64499 64511", { rpki: "invalid" })]),
    view("syd", []),
    view("sgp", [], { complete: false }),
    failedView("nyc", error),
    view("gru", [path("3356 64496", {}, "192.0.0.0/16")], { match: "covering" }),
    view("lon", [path("3356", {}, "0.0.0.0/0")], { match: "default" }),
  ]);
  deepEqual(comparison.visibility, {
    asked: 7,
    answered: 5,
    seen: 2,
    covered: 1,
    default_only: 1,
    not_seen: 1,
    in_part: 0,
    share: 0.4,
    seen_in_archives: 0,
  });
  deepEqual(comparison.vantages.map(({ vantage, state }) => [vantage, state]), [
    ["nyc", "unsure"],
    ["sgp", "unsure"],
    ["syd", "not_seen"],
    ["lon", "default_only"],
    ["gru", "covered"],
    ["ams", "seen"],
    ["chi", "seen"],
  ]);
  deepEqual(comparison.vantages[0]?.error, {
    code: "remote.connect",
    message: "Cannot connect to rs9",
  });
  deepEqual(comparison.vantages[5], {
    vantage: "ams",
    source: "telnet",
    state: "seen",
    matched_prefix: "192.0.2.0/24",
    path_count: 2,
    origins: ["64500"],
    best_path: "3356 64496 64500",
    best_path_length: 3,
    rpki: ["valid"],
    complete: true,
  });
  deepEqual(comparison.prefixes.map(({ prefix, relation }) => [prefix, relation]), [
    ["192.0.2.0/24", "exact"],
    ["0.0.0.0/0", "default"],
    ["192.0.0.0/16", "covering"],
  ]);
  deepEqual(comparison.origins, [
    { origin: "64500", path_count: 2, vantage_count: 1, vantages: ["ams"] },
    { origin: "64511", path_count: 1, vantage_count: 1, vantages: ["chi"] },
  ]);
  equal(comparison.multiple_origins, true);
  deepEqual(comparison.divergence[0], {
    origin: "64500",
    common_tail: "64496 64500",
    branches: [
      { as: "174", path_count: 1, vantage_count: 1, vantages: ["ams"] },
      { as: "3356", path_count: 1, vantage_count: 1, vantages: ["ams"] },
    ],
  });
  deepEqual(comparison.upstreams.map(({ asn, path_count }) => [asn, path_count]), [
    [64496, 2],
    [64499, 1],
  ]);
  deepEqual(comparison.prepending, [
    { asn: 64500, max_times: 3, path_count: 1, vantage_count: 1, vantages: ["ams"] },
  ]);
  deepEqual(comparison.path_length, { shortest: 3, median: 3, longest: 5 });
  deepEqual(comparison.communities.map(({ community, meaning }) => [community, meaning]), [
    ["64500:1", null],
    ["65535:65281", "no-export: do not announce outside of the AS or its confederation (RFC 1997)"],
  ]);
  equal(comparison.rpki.disagree, false);
  deepEqual(comparison.left_out, {});
  equal(
    sayComparison(comparison),
    "192.0.2.0/24 is seen by 2 of 5 route servers that answered, from more than one origin: " +
      "AS64500 and AS64511; 1 without any route; 1 with a shorter prefix only; " +
      "1 with the default route only; 2 without a sure answer; RPKI invalid at 1",
  );
});

Deno.test("a vantage point that was cut sees the route, and the sentence says that it was cut", () => {
  const comparison = compareViews(target, [
    view("ams", [path("1 64500")]),
    view("chi", [path("2 64500")], { complete: false, missing: "reset" }),
    view("sgp", [], { complete: false }),
  ]);
  deepEqual(comparison.visibility.answered, 2);
  deepEqual(comparison.visibility.in_part, 1);
  equal(
    sayComparison(comparison),
    "192.0.2.0/24 is seen by 2 of 2 route servers that answered, from AS64500; " +
      "1 without a sure answer; 1 with part of an answer only",
  );
});

Deno.test("an address is answered by the longest match of each vantage point", () => {
  const comparison = compareViews({ address: parseAddress("192.0.2.9") }, [
    view("ams", [path("1 2"), path("1 3", {}, "192.0.0.0/16")], { match: "longest" }),
    view("chi", [path("1 3", {}, "192.0.0.0/16")], { match: "longest" }),
    view("lon", [path("1", {}, "0.0.0.0/0")], { match: "default" }),
  ]);
  deepEqual(
    comparison.vantages.map((
      { vantage, state, matched_prefix },
    ) => [vantage, state, matched_prefix]),
    [
      ["lon", "default_only", "0.0.0.0/0"],
      ["ams", "seen", "192.0.2.0/24"],
      ["chi", "seen", "192.0.0.0/16"],
    ],
  );
  equal(comparison.target, "192.0.2.9");
  equal(
    sayComparison(comparison),
    "192.0.2.9 is seen by 2 of 3 route servers that answered, from more than one origin: AS2 and " +
      "AS3; 1 with the default route only",
  );
});

Deno.test("an AS_SET is an origin apart from the ASes", () => {
  const comparison = compareViews(target, [
    view("ams", [path("1 64500"), path("1 {64510,64511}")]),
  ]);
  deepEqual(comparison.origins.map(({ origin }) => origin), ["64500", "{64510,64511}"]);
  equal(comparison.multiple_origins, false);
});

Deno.test("remembered and refused paths do not count as seeing", () => {
  const comparison = compareViews(target, [
    view("ams", [path("1 2", { flags: ["history"] }), path("1 2", { flags: ["filtered"] })]),
  ]);
  equal(comparison.vantages[0]?.state, "not_seen");
});

Deno.test("more-specifics that a source shows are told, and are not the prefix itself", () => {
  const comparison = compareViews(target, [
    view("ams", [path("1 3", {}, "192.0.2.128/25")], { source: "ripestat" }),
  ]);
  deepEqual(comparison.prefixes.map(({ prefix, relation }) => [prefix, relation]), [
    ["192.0.2.128/25", "more_specific"],
  ]);
  equal(comparison.vantages[0]?.state, "not_seen");
});

Deno.test("archives name only those that see it, so they are counted apart", () => {
  const comparison = compareViews(target, [
    view("ams", []),
    view("rrc00", [path("1 2")], { source: "ripestat" }),
    view("rrc01", [path("3 2")], { source: "ripestat" }),
  ]);
  equal(comparison.visibility.share, 0);
  equal(comparison.visibility.seen_in_archives, 2);
  equal(
    sayComparison(comparison),
    "192.0.2.0/24 is seen by 0 of 1 route server that answered, and by 2 archived collectors, " +
      "from AS2; 1 without any route",
  );
});

Deno.test("vantage points that differ about one origin disagree about RPKI", () => {
  const states = (a: RoutePath["rpki"], b: RoutePath["rpki"]) =>
    compareViews(target, [
      view("ams", [path("1 2", { rpki: a })]),
      view("chi", [path("1 2", { rpki: b })]),
    ]).rpki.disagree;
  equal(states("valid", "invalid"), true);
  equal(states("valid", "not_found"), true);
  equal(states("valid", "valid"), false);
  equal(states("valid", "unverified"), false);
  equal(states("valid", null), false);
});

Deno.test("an exact answer without a path is not sure", () => {
  equal(compareViews(target, [view("ams", [], { match: "exact" })]).vantages[0]?.state, "unsure");
});

Deno.test("two vantage points of one name are told apart by their source", () => {
  const comparison = compareViews(target, [
    view("linx", [path("1 2")]),
    view("linx", [path("1 2")], { source: "routeviews-api" }),
  ]);
  deepEqual(comparison.origins[0]?.vantages, ["linx (routeviews-api)", "linx (telnet)"]);
});

Deno.test("long lists are cut, and it is said how much is missing", () => {
  const paths = Array.from({ length: 30 }, (_, index) => path(`${index + 1} 64500`));
  const comparison = compareViews(target, [view("ams", paths)]);
  equal(comparison.as_paths.length, 6);
  deepEqual(comparison.left_out, { as_paths: 24, "divergence.branches": 24, upstreams: 24 });
});

Deno.test("no route server, no sure answer", () => {
  equal(
    sayComparison(compareViews(target, [failedView("ams", error)])),
    "none of 1 route server gave a sure answer about 192.0.2.0/24",
  );
});

const prefixes = fc.constantFrom(
  "192.0.2.0/24",
  "192.0.2.0/25",
  "192.0.0.0/16",
  "0.0.0.0/0",
  "::/0",
);
const segments = fc.record({
  kind: fc.constantFrom("sequence", "set", "confed_sequence", "confed_set"),
  asns: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
});
const anyPath: fc.Arbitrary<RoutePath> = fc.record({
  prefix: prefixes.map((text) => parsePrefix(text).prefix),
  asPath: fc.array(segments, { maxLength: 3 }),
  rpki: fc.constantFrom("valid", "invalid", "unverified", null),
  flags: fc.subarray(["best", "history", "dampened"] as const),
  communities: fc.array(fc.string(), { maxLength: 2 }),
}).map((told) => ({ ...NO_PATH, ...told }));
const views: fc.Arbitrary<VantageView[]> = fc.array(
  fc.record({
    vantage: fc.string({ maxLength: 3 }),
    source: fc.constantFrom("telnet", "ripestat", "routeviews-api"),
    location: fc.constant(null),
    match: fc.constantFrom("exact", "longest", "covering", "default", "none", null),
    paths: fc.array(anyPath, { maxLength: 5 }),
    complete: fc.boolean(),
    asOf: fc.constant(null),
    error: fc.constantFrom(null, error),
  }),
  { maxLength: 6 },
);

Deno.test("any views compare: each is in one state, and silence that is not sure is no absence", () => {
  fc.assert(fc.property(views, (list) => {
    const comparison = compareViews(target, list, 100);
    const { asked, answered, seen, covered, default_only, not_seen } = comparison.visibility;
    equal(seen + covered + default_only + not_seen, answered);
    equal(list.filter(({ source }) => source === "telnet").length, asked);
    equal(comparison.vantages.length, list.length);
    for (const { state, complete } of comparison.vantages) {
      if (!complete) equal(state === "seen" || state === "unsure", true);
    }
    const paths = comparison.vantages.reduce((sum, { path_count }) => sum + path_count, 0);
    equal(comparison.as_paths.reduce((sum, { path_count }) => sum + path_count, 0), paths);
    equal(comparison.origins.reduce((sum, { path_count }) => sum + path_count, 0), paths);
    equal(typeof sayComparison(comparison), "string");
  }));
});

Deno.test("the order of views and of their paths does not matter", () => {
  const distinctViews = views.map((list) =>
    list.map((each, index) => ({ ...each, vantage: `v${index}` }))
  );
  fc.assert(fc.property(distinctViews, (list) => {
    const turned = list.toReversed().map((each) => ({ ...each, paths: each.paths.toReversed() }));
    deepEqual(compareViews(target, turned), compareViews(target, list));
  }));
});

Deno.test("sixteen vantage points with thirty paths each are told in 8,000 characters", () => {
  const views = Array.from({ length: 16 }, (_, index) =>
    view(
      `route-views.v${index}`,
      Array.from({ length: 30 }, (_, at) =>
        path(`${37000 + at + index} ${3356 + at % 5} ${1299 + at % 7} 15169`, {
          rpki: "valid",
          flags: at === 3 ? ["best"] : [],
          communities: [`${3356 + at % 5}:1`, `15169:${at}`, "65535:65281"],
        })),
    ));
  equal(JSON.stringify(compareViews(target, views)).length <= 8_000, true);
});

Deno.test("thousands of origins, as a hostile router shows them, cost neither quadratic work nor room", () => {
  const views = Array.from({ length: 16 }, (_, at) =>
    view(
      `v${at}`,
      Array.from(
        { length: 500 },
        (_, n) => path(`${100 + at} ${200 + n} ${70_000 + 500 * at + n}`),
      ),
    ));
  const before = performance.now();
  const comparison = compareViews(target, views);
  const { left_out, divergence } = comparison;
  equal(left_out.divergence, 16 * 500 - divergence.length);
  equal(left_out["vantages.origins"], 16 * (500 - 6));
  equal(JSON.stringify(comparison).length < 9_000, true);
  // Comparing each path with each origin takes half a minute.
  equal(performance.now() - before < 5_000, true);
});

Deno.test("paths and sets of thousands of ASes are told by their ends", () => {
  const many = Array.from({ length: 1_500 }, (_, n) => 70_000 + n);
  const views = Array.from(
    { length: 16 },
    (_, at) =>
      view(`v${at}`, [path(`${at + 1} ${many.join(" ")}`), path(`${at + 1} {${many.join(",")}}`)]),
  );
  const comparison = compareViews(target, views);
  equal(JSON.stringify(comparison).length < 24_000, true);
  equal(sayComparison(comparison).length < 600, true);
  const [row] = comparison.as_paths;
  equal(row?.as_path.length, 401);
  equal(row?.as_path.endsWith(" 71499"), true);
});
