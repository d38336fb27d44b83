import assert from "node:assert/strict";
import { sourceOf } from "../../tests/support/capture_bytes.ts";
import { ByteWindow, PlainFeed, WINDOW_BYTES_MAX } from "./window.ts";

/** Octets that tell where they are from. */
function numbered(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => at ^ at >> 8 ^ at >> 16);
}

Deno.test("the rest of a room is carried to the next one, and the room stays as it was", () => {
  const file = numbered(1_000_000);
  const rooms = [0, 1].map(() => new Uint8Array(WINDOW_BYTES_MAX));
  let given = 0;
  const window = new ByteWindow(new PlainFeed(sourceOf(file)), () => rooms[given++] ?? fail());
  assert.equal(window.require(1), true);
  const before = window.bytes;
  const seen = before.slice();
  window.start = window.end - 100;
  const { offset } = window;
  assert.equal(window.require(200), true);
  assert.equal(given, 2);
  assert.deepEqual(before, seen);
  assert.equal(window.bytes.buffer, rooms[1]?.buffer);
  assert.deepEqual([window.base, window.start, window.offset], [offset, 0, offset]);
  assert.deepEqual(window.bytes.slice(0, 200), file.slice(offset, offset + 200));
  assert.equal(window.view.getUint8(199), file[offset + 199]);
});

for (const step of [7_001, 100_000, Infinity]) {
  for (const roomsCount of [0, 1, 3]) {
    Deno.test(`records of any length come whole, in pieces of ${step} and ${roomsCount} rooms`, () => {
      const file = numbered(3_000_000);
      const rooms = Array.from({ length: roomsCount }, () => new Uint8Array(WINDOW_BYTES_MAX));
      let given = 0;
      const next = () => rooms[given++ % roomsCount] ?? fail();
      const feed = new PlainFeed(sourceOf(file, step));
      const window = new ByteWindow(feed, roomsCount === 0 ? null : next);
      let at = 0;
      for (let length = 1; window.require(length); length = length * 7 % 700_001 + 1) {
        assert.equal(window.offset, at);
        const { bytes, start } = window;
        assert.ok(isEqual(bytes.subarray(start, start + length), file.subarray(at, at + length)));
        window.start += length;
        at += length;
      }
      assert.equal(window.ended, true);
      assert.equal(at + window.available, file.length);
    });
  }
}

Deno.test("what is skipped fills no more than a room of the usual size", () => {
  const file = numbered(2_000_000);
  const room = new Uint8Array(WINDOW_BYTES_MAX);
  const window = new ByteWindow(new PlainFeed(sourceOf(file)), () => room);
  window.require(1);
  window.skip(1_500_000);
  assert.equal(window.require(10), true);
  assert.equal(window.offset, 1_500_000);
  assert.equal(window.bytes.length, 262_144);
  assert.equal(window.bytes[window.start], file[1_500_000]);
});

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, at) => octet === b[at]);
}

function fail(): never {
  throw new Error("No room is left");
}
