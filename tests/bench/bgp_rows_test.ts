import { deepEqual, equal } from "node:assert/strict";
import { compared } from "../../bench/bgp/rows.ts";

const SECONDS = { number: "converged", unit: "s", ours: 1.5 };
const BIRD = { name: "BIRD", value: 2 };

Deno.test("a row has both numbers, their ratio and what it is judged by", () => {
  deepEqual(compared({ ...SECONDS, theirs: BIRD, goal: { of: "ratio", atMost: 0.8 } }), {
    number: "converged",
    ours: "1.5 s",
    peer: "2 s (BIRD)",
    ratio: "0.75",
    goal: "<= 0.8",
    met: true,
  });
});

Deno.test("a goal for ours alone is judged whatever the other has", () => {
  const { goal, met } = compared({ ...SECONDS, theirs: BIRD, goal: { of: "ours", atMost: 1 } });
  equal(goal, "<= 1 s");
  equal(met, false);
});

Deno.test("a rate is judged by the least that it must be", () => {
  const rate = { number: "churn", unit: "prefixes/s", ours: 123_456, theirs: null };
  const row = compared({ ...rate, goal: { of: "ours", atLeast: 100_000 } });
  equal(row.ours, "123,456 prefixes/s");
  equal(row.goal, ">= 100,000 prefixes/s");
  equal(row.met, true);
});

Deno.test("a ratio is not judged where there is nobody to compare with", () => {
  const row = compared({ ...SECONDS, theirs: null, goal: { of: "ratio", atMost: 0.8 } });
  equal(row.peer, "-");
  equal(row.ratio, "-");
  equal(row.met, null);
});

Deno.test("a row without a goal is not judged", () => {
  equal(compared({ ...SECONDS, theirs: BIRD, goal: null }).met, null);
});
