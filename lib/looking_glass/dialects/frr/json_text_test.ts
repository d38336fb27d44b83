import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { recordedFrr } from "../../../../tests/support/recorded_frr.ts";
import { answerOf, routeTo } from "../../../../tests/support/looking_glass_questions.ts";
import { ProblemList } from "../text/problem_list.ts";
import { frr } from "./frr.ts";
import { readJsonObjects } from "./json_text.ts";

function read(output: string): { objects: unknown[]; problems: readonly string[] } {
  const problems = new ProblemList();
  const objects = readJsonObjects(output, problems);
  return { objects, problems: problems.list() };
}

const ROUTE = recordedFrr("show ip bgp 10.0.0.0/24 json");

Deno.test("one object, several in a row and braces too many are read without complaint", () => {
  deepEqual(read('{\n "a": 1\n}\n'), { objects: [{ a: 1 }], problems: [] });
  deepEqual(read('{"a":1}{"b":"}{"}\n{}\n'), {
    objects: [{ a: 1 }, { b: "}{" }, {}],
    problems: [],
  });
  deepEqual(read('{"a":[{}]}\n }  } \n'), { objects: [{ a: [{}] }], problems: [] });
  deepEqual(read(""), { objects: [], problems: [] });
});

Deno.test("a warning in front is passed over, other words are noted", () => {
  deepEqual(read('% Warning: slow\n{"a":1}\n'), { objects: [{ a: 1 }], problems: [] });
  deepEqual(read('{"a":1}\nhello\n').problems, ['Cannot read the line: "hello"']);
});

Deno.test("JSON that is none is noted", () => {
  deepEqual(read('{"zebra":,"bgpd":{}}\n'), {
    objects: [],
    problems: ['Cannot read the JSON: "{"zebra":,"bgpd":{}}"'],
  });
});

Deno.test("an object that was cut is closed behind its last whole member", () => {
  deepEqual(read('{"a":{"b":[1]},"c":[{"d":1},{"e'), {
    objects: [{ a: { b: [1] }, c: [{ d: 1 }] }],
    problems: ["The JSON is cut"],
  });
  deepEqual(read('{"a":1,"b":"x'), { objects: [{}], problems: ["The JSON is cut"] });
});

Deno.test("a thousand objects are read as 64", () => {
  const { objects, problems } = read("{}".repeat(1_000));
  equal(objects.length, 64);
  deepEqual(problems, ["More than 64 objects were printed"]);
});

Deno.test("whatever is behind one object, the object is read", () => {
  fc.assert(fc.property(fc.object(), fc.string(), (object, tail) => {
    deepEqual(
      read(`${JSON.stringify(object)} ${tail}`).objects[0],
      JSON.parse(JSON.stringify(object)),
    );
  }));
});

Deno.test("a route whose JSON was cut anywhere is not complete and invents no path", () => {
  const whole = answerOf(frr.parse(routeTo("10.0.0.0/24"), ROUTE, "json").answer, "route").paths;
  const end = ROUTE.lastIndexOf("}");
  for (let length = 0; length <= end; length++) {
    const parsed = frr.parse(routeTo("10.0.0.0/24"), ROUTE.slice(0, length), "json");
    equal(parsed.complete, false, `cut at ${length}`);
    const { paths } = answerOf(parsed.answer, "route");
    deepEqual(
      paths.map(({ asPath }) => asPath),
      whole.slice(0, paths.length).map(({ asPath }) => asPath),
    );
  }
});

Deno.test("unknown members are passed over, wrong types read as nothing", () => {
  const output = JSON.stringify({
    prefix: "192.0.2.0/24",
    novelty: { deep: [1] },
    paths: [
      {
        aspath: { string: "64496" },
        nexthops: [{ ip: "198.51.100.1" }],
        metric: "10",
        locPrf: -1,
        x: {},
      },
      { aspath: 7, nexthops: [] },
      null,
    ],
  });
  const parsed = frr.parse(routeTo("192.0.2.0/24"), output, "json");
  const { paths } = answerOf(parsed.answer, "route");
  deepEqual(paths.map(({ med, localPref, nextHop }) => [med, localPref, nextHop]), [
    [null, null, "198.51.100.1"],
  ]);
  deepEqual(parsed.problems, [
    'Cannot read the path: "{"aspath":7,"nexthops":[]}"',
    'Cannot read the path: "null"',
  ]);
});

Deno.test("what the router says in place of an answer is a refusal", () => {
  const refusal = (output: string) =>
    answerOf(frr.parse({ kind: "summary", family: 4 }, output, "json").answer, "refused").said;
  equal(
    refusal('{"warning":"Default BGP instance not found"}\n'),
    "Default BGP instance not found",
  );
  equal(refusal('{"bgpNoSuchNeighbor":true}\n'), "bgpNoSuchNeighbor");
  const unknown = frr.parse(
    { kind: "summary", family: 4 },
    '{"warning":"No such neighbor in this view/vrf"}\n',
    "json",
  );
  equal(answerOf(unknown.answer, "refused").why, "bad_argument");
  equal(refusal("% [BGP] Unknown command: show x json\n"), "% [BGP] Unknown command: show x json");
});
