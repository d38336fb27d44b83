import assert from "node:assert/strict";
import { RemoteFailure } from "../errors/mod.ts";
import { systemClock } from "./clock.ts";
import { EntryReader } from "./json_entries.ts";
import { JsonValue } from "./json_value.ts";

const list = (items: readonly unknown[]) =>
  JsonValue.parse("stat.example", new TextEncoder().encode(JSON.stringify(items)));

const never = new AbortController().signal;
const text = (entry: JsonValue) => entry.text();

Deno.test("entries that cannot be read are left out and counted", async () => {
  const reader = new EntryReader(systemClock, never);
  assert.deepEqual(await reader.read(list(["a", 1, "b", {}]), text), ["a", "b"]);
  assert.deepEqual(reader.problems, [
    '2 of 4 entries left out; the first: Cannot use the answer of "stat.example": "[1]" is 1, want a text',
  ]);
});

Deno.test("no entries are no problem; only wrong ones are another form", async () => {
  const reader = new EntryReader(systemClock, never);
  assert.deepEqual(await reader.read(list([]), text), []);
  assert.deepEqual(reader.problems, []);
  await assert.rejects(
    reader.read(list([1, 2]), text),
    (error) => error instanceof RemoteFailure && error.detail.field === "[0]",
  );
});

Deno.test("after two hundred wrong entries nothing more is read, in no list of the document", async () => {
  const reader = new EntryReader(systemClock, never);
  let reads = 0;
  const counted = (entry: JsonValue) => {
    reads++;
    return entry.text();
  };
  assert.deepEqual(await reader.read(list(["a", ...new Array(1_000_000).fill(1)]), counted), ["a"]);
  assert.equal(reads, 201);
  assert.deepEqual(await reader.read(list(["b"]), counted), []);
  assert.equal(reads, 201);
  assert.deepEqual(reader.problems.slice(1), [
    "999800 of 1000001 entries not read: the answer has too many",
    "1 of 1 entries not read: the answer has too many",
  ]);
});

Deno.test("lists in lists share one measure of wrong entries", async () => {
  const reader = new EntryReader(systemClock, never);
  let reads = 0;
  const rows = list(new Array(1000).fill(new Array(150).fill(1)));
  await assert.rejects(
    reader.read(rows, (row) =>
      reader.read(row, (entry) => {
        reads++;
        return entry.text();
      })),
    RemoteFailure,
  );
  assert.equal(reads, 199);
});

Deno.test("a document is read for fifty thousand entries", async () => {
  const reader = new EntryReader(systemClock, never);
  assert.equal((await reader.read(list(new Array(50_001).fill("a")), text)).length, 50_000);
  assert.deepEqual(reader.problems, [
    "1 of 50001 entries not read: the answer has too many",
  ]);
});

Deno.test("of many problems the first twenty are told", async () => {
  const reader = new EntryReader(systemClock, never);
  for (let i = 0; i < 100; i++) await reader.read(list(["a", 1]), text);
  assert.equal(reader.problems.length, 20);
});

Deno.test("a long document gives others their turn, and ends with the call", async () => {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error("enough")), 0);
  const slow = (entry: JsonValue) => {
    const untilMs = performance.now() + 1;
    while (performance.now() < untilMs);
    return entry.text();
  };
  const reader = new EntryReader(systemClock, stop.signal);
  await assert.rejects(reader.read(list(new Array(50_000).fill("a")), slow), /enough/);
  clearTimeout(timer);
});
