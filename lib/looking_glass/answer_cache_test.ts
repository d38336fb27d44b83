import assert from "node:assert/strict";
import { LAB_QUERY, labDialect, labServer } from "../../tests/support/lab_router.ts";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { AnswerCache } from "./answer_cache.ts";
import type { ServerAnswer } from "./looking_glass.ts";

const signal = new AbortController().signal;

function answer(raw: string, fields: Partial<ServerAnswer> = {}): ServerAnswer {
  return {
    server: labServer(23),
    dialect: "frr",
    command: "show summary",
    parsed: labDialect.parse(LAB_QUERY, raw, "text"),
    complete: true,
    reason: null,
    raw,
    bytesReceived: raw.length,
    elapsedMs: 1,
    cachedMs: null,
    ...fields,
  };
}

function question(key: string, isFresh = false) {
  return { key, isFresh, signal };
}

/** Answers `raw` and counts how often it was asked. */
function asker(raw: string, fields?: Partial<ServerAnswer>) {
  const ask = () => {
    ask.times++;
    return Promise.resolve(answer(raw, fields));
  };
  ask.times = 0;
  return ask;
}

Deno.test("a whole answer is given again for a minute, with its age", async () => {
  const clock = new ManualClock();
  const cache = new AnswerCache(clock);
  const ask = asker("one");
  assert.equal((await cache.get(question("a"), ask)).cachedMs, null);
  await clock.pass(59_000);
  assert.deepEqual(await cache.get(question("a"), ask), { ...answer("one"), cachedMs: 59_000 });
  assert.equal(ask.times, 1);
  await clock.pass(1_000);
  assert.equal((await cache.get(question("a"), ask)).cachedMs, null);
  assert.equal(ask.times, 2);
});

Deno.test("other questions, and questions that want it fresh, are asked", async () => {
  const cache = new AnswerCache(new ManualClock());
  const ask = asker("one");
  await cache.get(question("a"), ask);
  await cache.get(question("b"), ask);
  await cache.get(question("a", true), ask);
  assert.equal(ask.times, 3);
});

Deno.test("answers that are cut and refusals are not kept", async () => {
  const cache = new AnswerCache(new ManualClock());
  const refused = { kind: "refused", why: "busy", said: "% Busy" } as const;
  for (
    const fields of [
      { complete: false },
      { parsed: { answer: refused, complete: true, problems: [] } },
    ]
  ) {
    const ask = asker("one", fields);
    await cache.get(question("a"), ask);
    await cache.get(question("a"), ask);
    assert.equal(ask.times, 2);
  }
});

Deno.test("no more than 256 answers and four million characters are kept, the newest", async () => {
  const cache = new AnswerCache(new ManualClock());
  const small = asker("x");
  for (let at = 0; at < 300; at++) await cache.get(question(`${at}`), small);
  await cache.get(question("44"), small);
  assert.equal(small.times, 300);
  await cache.get(question("43"), small);
  assert.equal(small.times, 301);
  const large = asker("x".repeat(1_500_000));
  for (const key of ["a", "b", "c"]) await cache.get(question(key), large);
  await cache.get(question("c"), large);
  await cache.get(question("b"), large);
  assert.equal(large.times, 3);
  await cache.get(question("a"), large);
  assert.equal(large.times, 4);
});

Deno.test("equal questions at the same time share an answer, and a failure", async () => {
  const cache = new AnswerCache(new ManualClock());
  const ask = asker("one");
  const shared = await Promise.all([1, 2, 3].map(() => cache.get(question("a"), ask)));
  assert.deepEqual(shared.map(({ raw }) => raw), ["one", "one", "one"]);
  assert.equal(ask.times, 1);
  let failures = 0;
  const fail = () => {
    failures++;
    return Promise.reject(new Error("no route"));
  };
  const failed = await Promise.allSettled([1, 2, 3].map(() => cache.get(question("b"), fail)));
  assert.deepEqual(failed.map(({ status }) => status), ["rejected", "rejected", "rejected"]);
  assert.equal(failures, 1);
});

Deno.test("whoever waits for one that was cancelled asks itself", async () => {
  const cache = new AnswerCache(new ManualClock());
  const stop = new AbortController();
  const never = () =>
    new Promise<ServerAnswer>((_, reject) => {
      stop.signal.addEventListener("abort", () => reject(stop.signal.reason));
    });
  const first = cache.get({ key: "a", isFresh: false, signal: stop.signal }, never);
  const ask = asker("two");
  const second = cache.get(question("a"), ask);
  stop.abort();
  await assert.rejects(first);
  assert.equal((await second).raw, "two");
  assert.equal(ask.times, 1);
});

Deno.test("one that waits goes when its own time is over", async () => {
  const cache = new AnswerCache(new ManualClock());
  const done = Promise.withResolvers<ServerAnswer>();
  const first = cache.get(question("a"), () => done.promise);
  const stop = new AbortController();
  const second = cache.get({ key: "a", isFresh: false, signal: stop.signal }, asker("two"));
  stop.abort(new Error("over"));
  await assert.rejects(second, /over/);
  done.resolve(answer("one"));
  assert.equal((await first).raw, "one");
});
