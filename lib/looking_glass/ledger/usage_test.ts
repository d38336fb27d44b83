import assert from "node:assert/strict";
import { Usage, WINDOW_MS } from "./usage.ts";

const MINUTE = 60_000;
/** 2025-06-15T15:00:00Z, where a bucket begins. */
const START = 1_750_000_200_000 - (1_750_000_200_000 % (5 * MINUTE));

function use(timeMs: number, bytes: number, host = "rs.example") {
  return { timeMs, host, connections: 1, bytes };
}

Deno.test("uses add up by host, and nothing is known of others", () => {
  const usage = new Usage();
  usage.add(use(START, 100));
  usage.add(use(START + MINUTE, 20));
  usage.add(use(START + 10 * MINUTE, 3));
  assert.deepEqual(usage.of("rs.example", START + 10 * MINUTE), { connections: 3, bytes: 123 });
  assert.deepEqual(usage.of("other.example", START), { connections: 0, bytes: 0 });
});

Deno.test("a use counts for 24 hours, and at most five minutes longer", () => {
  const usage = new Usage();
  usage.add(use(START + MINUTE, 100));
  assert.equal(usage.of("rs.example", START + MINUTE + WINDOW_MS - 1).connections, 1);
  assert.equal(usage.of("rs.example", START + 5 * MINUTE + WINDOW_MS - 1).connections, 1);
  assert.equal(usage.of("rs.example", START + 5 * MINUTE + WINDOW_MS).connections, 0);
});

Deno.test("there is room again when enough of the oldest uses are old", () => {
  const usage = new Usage();
  usage.add(use(START + 20 * MINUTE, 30));
  usage.add(use(START, 50));
  usage.add(use(START + 10 * MINUTE, 20));
  const room = (limit: number) => usage.roomAtMs("rs.example", "bytes", limit, START + 60 * MINUTE);
  assert.equal(room(101), START + 60 * MINUTE);
  assert.equal(room(100), START + 5 * MINUTE + WINDOW_MS);
  assert.equal(room(51), START + 5 * MINUTE + WINDOW_MS);
  assert.equal(room(50), START + 15 * MINUTE + WINDOW_MS);
  assert.equal(room(1), START + 25 * MINUTE + WINDOW_MS);
  assert.equal(
    usage.roomAtMs("rs.example", "connections", 3, START + 60 * MINUTE),
    START + 5 * MINUTE + WINDOW_MS,
  );
});

Deno.test("a clock that is set back forgets no use, but those far ahead", () => {
  const usage = new Usage();
  usage.add(use(START + 60 * MINUTE, 10));
  usage.add(use(START + 365 * WINDOW_MS, 1_000));
  assert.deepEqual(usage.of("rs.example", START), { connections: 1, bytes: 10 });
  assert.equal(usage.roomAtMs("rs.example", "bytes", 100, START), START);
});
