import assert from "node:assert/strict";
import type { ByteSource } from "../window.ts";
import { walkPackets } from "./walk.ts";

const CUSTOM_BLOCK = 0x0bad;
const BLOCK_BYTES = 65_536;

/** A pcapng file of `blocks` blocks that are no packets; tells of every read. */
function packetless(blocks: number, onRead: (count: number) => void): ByteSource {
  const head = words([0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffff_ffff, 0xffff_ffff, 28]);
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(words([CUSTOM_BLOCK, BLOCK_BYTES]));
  block.set(words([BLOCK_BYTES]), BLOCK_BYTES - 4);
  const pieces = function* () {
    yield head;
    for (let index = 0; index < blocks; index++) yield block;
  }();
  let rest: Uint8Array = head.subarray(head.length);
  let reads = 0;
  return {
    sizeBytes: head.length + blocks * BLOCK_BYTES,
    readSync(into) {
      onRead(++reads);
      if (rest.length === 0) {
        const { value } = pieces.next();
        if (value === undefined) return null;
        rest = value;
      }
      const length = Math.min(into.length, rest.length);
      into.set(rest.subarray(0, length));
      rest = rest.subarray(length);
      return length;
    },
  };
}

function words(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, index) => view.setUint32(index * 4, value, true));
  return new Uint8Array(view.buffer);
}

const options = { needs: {}, maxPackets: 0 };

Deno.test("a walk that meets no packets for long can be cancelled, and says how far it is", async () => {
  const cancel = new AbortController();
  const source = packetless(20_000, (reads) => {
    if (reads === 500) cancel.abort(new Error("enough"));
  });
  let done = 0;
  const onProgress = (doneBytes: number): void => void (done = doneBytes);
  const walking = walkPackets(
    source,
    { ...options, signal: cancel.signal, onProgress },
    () => assert.fail("There is no packet"),
  );
  await assert.rejects(walking, { message: "enough" });
  assert.ok(done > 0 && done < source.sizeBytes);
});

Deno.test("a capture without packets is read to its end", async () => {
  const source = packetless(500, () => {});
  const { signal } = new AbortController();
  const { packets, complete } = await walkPackets(source, { ...options, signal }, () => {});
  assert.deepEqual([packets, complete], [0, true]);
});
