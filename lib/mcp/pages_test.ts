import assert from "node:assert/strict";
import { escapeStrings } from "./escape.ts";
import { type Finish, Pages } from "./pages.ts";

const asItIs: Finish = (answer) => ({ ...answer });

function answer(count: number): Record<string, unknown> {
  return {
    summary: "many",
    results: Array.from({ length: count }, (_, port) => ({ port, state: "closed" })),
  };
}

Deno.test("fit() leaves a short answer whole and says so", () => {
  const pages = new Pages({ monotonicMs: () => 0 });
  const shown = pages.fit("t", "", answer(3), "results", 8_000, asItIs);
  assert.deepEqual(shown.page, { shown: 3, total: 3, next_cursor: null });
});

Deno.test("a cursor walks through all items, each once, in order, within the budget", () => {
  const pages = new Pages({ monotonicMs: () => 0 });
  const seen: number[] = [];
  let shown = pages.fit("t", "k", answer(1_000), "results", 2_000, asItIs);
  for (;;) {
    assert.ok(JSON.stringify(shown).length <= 2_000);
    const { results, page } = shown as {
      results: { port: number }[];
      page: { total: number; next_cursor: string | null };
    };
    assert.equal(page.total, 1_000);
    assert.equal(shown.summary, "many");
    seen.push(...results.map((result) => result.port));
    if (page.next_cursor === null) break;
    shown = pages.next("t", "k", page.next_cursor, 2_000);
  }
  assert.deepEqual(seen, Array.from({ length: 1_000 }, (_, port) => port));
});

Deno.test("at least one item is shown even when it alone is over the budget", () => {
  const pages = new Pages({ monotonicMs: () => 0 });
  const shown = pages.fit("t", "", { results: ["x".repeat(500), "y"] }, "results", 100, asItIs);
  assert.deepEqual((shown.page as { shown: number }).shown, 1);
});

Deno.test("a cursor of another call, an unknown one and an expired one are refused", () => {
  let now = 0;
  const pages = new Pages({ monotonicMs: () => now });
  const { page } = pages.fit("t", "k", answer(1_000), "results", 2_000, asItIs) as {
    page: { next_cursor: string };
  };
  assert.throws(() => pages.next("t", "other", page.next_cursor, 2_000), {
    code: "input.cursor",
    message: 'Cannot continue "t": this cursor belongs to another call',
  });
  assert.throws(() => pages.next("t", "k", "nonsense", 2_000), { code: "input.cursor" });
  now = 600_001;
  assert.throws(() => pages.next("t", "k", page.next_cursor, 2_000), {
    message: 'Cannot continue "t": this cursor is unknown or expired',
  });
});

Deno.test("held items are bounded: the oldest cursor goes first", () => {
  const pages = new Pages({ monotonicMs: () => 0 });
  const big = { results: Array.from({ length: 9 }, () => "x".repeat(1_048_576)) };
  const first = pages.fit("t", "1", big, "results", 100, asItIs) as {
    page: { next_cursor: string };
  };
  const second = pages.fit("t", "2", big, "results", 100, asItIs) as {
    page: { next_cursor: string };
  };
  assert.throws(() => pages.next("t", "1", first.page.next_cursor, 100));
  assert.ok(pages.next("t", "2", second.page.next_cursor, 100));
});

Deno.test("only the items that are shown are finished, and their finished length counts", () => {
  const pages = new Pages({ monotonicMs: () => 0 });
  const finished: number[] = [];
  const finish: Finish = (answer) => {
    finished.push((answer.results as unknown[]).length);
    return escapeStrings(answer) as Record<string, unknown>;
  };
  const results = Array.from({ length: 10_000 }, (_, index) => `${index}\u202e\u202e\u202e\u202e`);
  const shown = pages.fit("t", "k", { summary: "many", results }, "results", 2_000, finish);
  assert.ok(JSON.stringify(shown).length <= 2_000);
  assert.deepEqual((shown.results as string[])[1], "1\\u{202e}\\u{202e}\\u{202e}\\u{202e}");
  assert.ok(finished.every((count) => count < 500), String(finished));
  const { page } = shown as { page: { shown: number; total: number; next_cursor: string } };
  const next = pages.next("t", "k", page.next_cursor, 2_000);
  assert.equal((next.results as string[])[0]?.split("\\")[0], String(page.shown));
});
