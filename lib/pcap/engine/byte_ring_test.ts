import assert from "node:assert/strict";
import { CaptureDirectory } from "../../../tests/support/test_captures.ts";
import { type CaptureFile, openCapture } from "../../io/capture_file.ts";
import { closeRing, fillRing, makeRing, readRing } from "./byte_ring.ts";

/** Octets that differ from place to place. */
function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
}

async function withFile(bytes: Uint8Array, act: (file: CaptureFile) => Promise<void>) {
  await using directory = await CaptureDirectory.make();
  using file = openCapture(directory.write("a", bytes), () => true);
  await act(file);
}

function readAll(ring: SharedArrayBuffer, sizeBytes: number, step: number): Uint8Array {
  const source = readRing(ring, sizeBytes);
  const all = new Uint8Array(sizeBytes + step);
  let length = 0;
  for (;;) {
    const read = source.readSync(all.subarray(length, length + step));
    if (read === null) return all.subarray(0, length);
    length += read;
  }
}

// A ring holds four pieces of 256 KiB; what fits needs no second thread to read it.
for (const sizeBytes of [0, 1, 100, 262_144, 262_145, 4 * 262_144 - 1]) {
  for (const step of [977, 300_000]) {
    Deno.test(`${sizeBytes} octets come through a ring in reads of ${step}`, () =>
      withFile(pattern(sizeBytes), async (file) => {
        const ring = makeRing(sizeBytes);
        await fillRing(ring, file);
        assert.deepEqual(readAll(ring, sizeBytes, step), pattern(sizeBytes));
      }));
  }
}

Deno.test("a file that changes under way fails the reader, not the one that fills", () =>
  withFile(pattern(1_000), async (file) => {
    const ring = makeRing(1_000);
    Deno.writeFileSync(file.identity.realPath, pattern(10));
    await fillRing(ring, file);
    assert.throws(() => readAll(ring, 1_000, 100), { code: "env.file_changed", retryable: true });
  }));

Deno.test("what fills a ring waits for room and ends when the ring is closed", () =>
  withFile(pattern(3_000_000), async (file) => {
    const ring = makeRing(3_000_000);
    const filling = fillRing(ring, file);
    // A thread at the other end would keep the event loop going.
    const going = setInterval(() => {}, 1);
    const source = readRing(ring, 3_000_000);
    // The first piece is there after a turn.
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(source.readSync(new Uint8Array(10)), 10);
    closeRing(ring);
    await filling;
    clearInterval(going);
  }));

Deno.test("a ring that was closed before it is filled is left alone", () =>
  withFile(pattern(10), async (file) => {
    const ring = makeRing(10);
    closeRing(ring);
    await fillRing(ring, file);
    assert.deepEqual(readAll(ring, 10, 10), new Uint8Array());
  }));
