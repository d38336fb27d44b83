import assert from "node:assert/strict";
import fc from "fast-check";
import { chanceOfAtMost, judgePath, type MeasuredHop, pathVerdict } from "./path_verdict.ts";

const mtr = { complete: true, destinationMayRateLimit: false };

/** Hops from answers received of `sent`; the last is the destination unless told. */
function path(sent: number, received: readonly number[], reached = true): MeasuredHop[] {
  return received.map((count, i) => ({
    hop: i + 1,
    address: count === 0 ? null : `192.0.2.${i + 1}`,
    sent,
    received: count,
    isDestination: reached && i === received.length - 1,
    unreachable: null,
  }));
}

Deno.test("no loss anywhere is clean", () => {
  assert.deepEqual(judgePath(path(10, [10, 10, 10]), mtr), {
    kind: "clean",
    from_hop: null,
    loss_percent: 0,
    rate_limited_hops: [],
    explanation: "No loss at any hop",
    confidence: "high",
  });
});

Deno.test("a silent router on a good path is clean too", () => {
  const verdict = judgePath(path(10, [10, 0, 10]), mtr);
  assert.equal(verdict.kind, "clean");
  assert.match(verdict.explanation, /hop 2 never answers/);
});

Deno.test("loss in the middle that later hops do not share is rate limiting", () => {
  const verdict = judgePath(path(10, [4, 10, 10]), mtr);
  assert.deepEqual(
    [verdict.kind, verdict.from_hop, verdict.loss_percent, verdict.confidence],
    ["rate_limited_routers", 1, 0, "high"],
  );
  assert.equal(
    verdict.explanation,
    "Nothing is lost on the way to the destination: hop 1 (60 %) leaves probes unanswered only " +
      "because it limits its own answers",
  );
});

Deno.test("one unanswered probe of ten is too little to be sure what it was", () => {
  assert.equal(judgePath(path(10, [9, 10]), mtr).confidence, "low");
});

Deno.test("loss that every later hop shares begins where it first shows", () => {
  const verdict = judgePath(path(20, [20, 13, 14, 12]), mtr);
  assert.deepEqual(
    [verdict.kind, verdict.from_hop, verdict.loss_percent, verdict.confidence],
    ["loss_to_destination", 2, 40, "high"],
  );
  assert.match(verdict.explanation, /between hop 1 \(192\.0\.2\.1\) and hop 2 \(192\.0\.2\.2\)/);
});

Deno.test("real loss and a rate-limiting router before it are told apart", () => {
  const verdict = judgePath(path(20, [4, 20, 12, 12]), mtr);
  assert.deepEqual([verdict.kind, verdict.from_hop], ["loss_to_destination", 3]);
  assert.deepEqual(verdict.rate_limited_hops, [1]);
});

Deno.test("loss that only the destination shows may be its own limit", () => {
  const verdict = judgePath(path(20, [20, 20, 12]), mtr);
  assert.deepEqual([verdict.kind, verdict.from_hop, verdict.confidence], [
    "loss_to_destination",
    3,
    "medium",
  ]);
  assert.match(verdict.explanation, /may also limit its own answers/);
});

Deno.test("a UDP traceroute cannot blame a destination that limits ICMP errors", () => {
  const verdict = judgePath(path(3, [3, 3, 1]), { complete: true, destinationMayRateLimit: true });
  assert.equal(verdict.kind, "inconclusive");
});

Deno.test("answers that end before the destination are no answer, or inconclusive if cut", () => {
  const hops = path(10, [10, 10, 0], false);
  const verdict = judgePath(hops, mtr);
  assert.deepEqual([verdict.kind, verdict.from_hop], ["no_answer", 3]);
  assert.equal(judgePath(hops, { ...mtr, complete: false }).kind, "inconclusive");
  assert.equal(judgePath([], mtr).kind, "no_answer");
});

Deno.test("one router that refuses at several distances is no loop", () => {
  const hops = path(3, [1, 0, 1], false).map((hop) =>
    hop.address === null ? hop : { ...hop, address: "192.0.2.1" }
  );
  assert.equal(judgePath(hops, mtr).kind, "no_answer");
});

Deno.test("the binomial tail is right where it is known", () => {
  assert.equal(chanceOfAtMost(0, 10, 0.5), 1 / 1024);
  assert.ok(Math.abs(chanceOfAtMost(5, 10, 0.5) - 0.623046875) < 1e-12);
  assert.equal(chanceOfAtMost(10, 10, 0.5), 1);
});

Deno.test("any measurement gets a verdict of the known shape", () => {
  const hop = fc.record({
    hop: fc.integer({ min: 1, max: 64 }),
    address: fc.option(fc.ipV4(), { nil: null }),
    sent: fc.nat(100),
    received: fc.nat(100),
    isDestination: fc.boolean(),
    unreachable: fc.option(fc.constant("host unreachable"), { nil: null }),
  }).map((one) => ({ ...one, received: Math.min(one.received, one.sent) }));
  fc.assert(fc.property(
    fc.array(hop, { maxLength: 40 }),
    fc.boolean(),
    fc.boolean(),
    (hops, complete, destinationMayRateLimit) => {
      pathVerdict().parse(judgePath(hops, { complete, destinationMayRateLimit }));
    },
  ));
});
