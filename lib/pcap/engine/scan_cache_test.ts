import assert from "node:assert/strict";
import { sourceOf } from "../../../tests/support/capture_bytes.ts";
import { pcapFile } from "../../../tests/support/pcap_samples.ts";
import { Gate } from "./gate.ts";
import { HeldCapture } from "./held_capture.ts";
import { ScanCache } from "./scan_cache.ts";
import { Walker } from "./walker.ts";

const MIB = 2 ** 20;
const patient = { signal: new AbortController().signal, onProgress: () => {} };

/** Captures of one packet each by inode, and how often each was read. */
function shelf(octets: number) {
  const file = pcapFile(1, [new Uint8Array(octets)]);
  new DataView(file.buffer).setUint32(16, 16 * MIB, true); // snapshot length
  const reads = new Map<number, number>();
  const capture = (inode: number): HeldCapture =>
    new HeldCapture({
      identity: { realPath: "/a", sizeBytes: file.length, mtimeMs: 0, ctimeMs: 0, inode },
      open() {
        reads.set(inode, (reads.get(inode) ?? 0) + 1);
        return { ...sourceOf(file), close() {} };
      },
      share: () => assert.fail("Nothing is fed here"),
      assertUnchanged() {},
      close() {},
    });
  return { capture, reads };
}

async function readsAfter(octets: number, order: readonly number[]): Promise<readonly number[]> {
  const cache = new ScanCache(new Gate(1), new Walker(), { entries: 8, bytes: 24 * MIB });
  const { capture, reads } = shelf(octets);
  for (const inode of order) await cache.scan(capture(inode), 0, patient);
  return [...reads.values()];
}

Deno.test("a scan that is kept counts the window that its memory holds", async () => {
  assert.deepEqual(await readsAfter(1000, [1, 2, 3, 1]), [1, 1, 1]);
  assert.deepEqual(await readsAfter(15 * MIB, [1, 2, 3, 1]), [2, 1, 1]);
});
