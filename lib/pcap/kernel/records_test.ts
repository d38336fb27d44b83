import assert from "node:assert/strict";
import { sourceOf } from "../../../tests/support/capture_bytes.ts";
import { onEthernet } from "../../../tests/support/ethernet_frames.ts";
import { hostileTcp } from "../../../tests/support/hostile_tcp.ts";
import { withoutTimes } from "../../../tests/support/untimed_packets.ts";
import { Arena } from "../arena.ts";
import { BATCH_PACKETS } from "../batch.ts";
import { PathTable } from "../dissect/path_table.ts";
import { walkPackets } from "../engine/walk.ts";
import { type FramingBatch, makeFramingBatch } from "../framing_batch.ts";
import { type CaptureReader, openReader } from "../reader.ts";
import { WINDOW_BYTES_MAX } from "../window.ts";
import { Kernel } from "./kernel.ts";

const FILE_HEADER = 24, RECORD_HEADER = 16;
const NANOSECONDS = 0xa1b23c4d;

/** The same file with its numbers in the other byte order. */
function swapped(pcap: Uint8Array): Uint8Array<ArrayBuffer> {
  const file = Uint8Array.from(pcap);
  const swap = (at: number, length: number) => file.subarray(at, at + length).reverse();
  const view = new DataView(file.buffer);
  const words = (from: number, to: number) => {
    for (let at = from; at < to; at += 4) swap(at, 4);
  };
  for (let at = FILE_HEADER; at < file.length;) {
    const captured = view.getUint32(at + 8);
    words(at, at + RECORD_HEADER);
    at += RECORD_HEADER + captured;
  }
  swap(0, 4);
  swap(4, 2);
  swap(6, 2);
  words(8, FILE_HEADER);
  return file;
}

/** Changes a word of the record with a number, from 0; big-endian. */
function withWord(pcap: Uint8Array, record: number, word: number, value: number): Uint8Array {
  const file = Uint8Array.from(pcap);
  const view = new DataView(file.buffer);
  let at = FILE_HEADER;
  for (let index = 0; index < record; index++) at += RECORD_HEADER + view.getUint32(at + 8);
  view.setUint32(at + word * 4, value);
  return file;
}

function rowsOf(batch: FramingBatch): unknown[] {
  return Array.from({ length: batch.count }, (_, row) => [
    batch.streamOffset + (batch.offset[row] ?? 0),
    ...([
      "capturedLength",
      "wireLength",
      "timeSec",
      "timeNsec",
      "linkType",
      "interfaceId",
      "fcsLength",
      "noTime",
    ] as const).map((name) => batch[name][row]),
  ]);
}

async function readTo(reader: CaptureReader, batch: FramingBatch): Promise<unknown> {
  const rows: unknown[] = [];
  while (!reader.ended) {
    if (reader.next(batch) === 0) await reader.fill();
    rows.push(...rowsOf(batch));
  }
  return [rows, reader.warnings, reader.complete, reader.truncatedAt];
}

/** Reads a capture with the kernel and without; how many packets it has. */
async function compare(file: Uint8Array): Promise<number> {
  const arena = new Arena();
  const kernel = new Kernel(arena, new PathTable());
  const room = arena.uint8(WINDOW_BYTES_MAX);
  const { packets } = kernel.slot;
  // As after another capture.
  packets.linkType.fill(7);
  packets.interfaceId.fill(7);
  packets.noTime.fill(1);
  packets.fcsLength.fill(7);
  const compiled = await openReader(sourceOf(file), {}, () => room, kernel);
  const plain = await openReader(sourceOf(file));
  assert.deepEqual(await readTo(compiled, packets), await readTo(plain, makeFramingBatch()));
  return compiled.packets;
}

Deno.test("the kernel frames as TypeScript does, in both byte orders and units", async () => {
  const pcap = hostileTcp({ seed: 3, frames: 3001, connections: 3 });
  const nanoseconds = Uint8Array.from(pcap);
  new DataView(nanoseconds.buffer).setUint32(0, NANOSECONDS);
  for (const file of [pcap, nanoseconds, swapped(pcap), swapped(nanoseconds), onEthernet(pcap)]) {
    assert.equal(await compare(file), 3001);
  }
});

Deno.test("the kernel leaves records that are odd, or cut, to TypeScript", async () => {
  const pcap = hostileTcp({ seed: 5, frames: 2_200, connections: 3 });
  const changes = [[1, 1_000_000], [1, 0xffff_ffff], [2, 0xffff_ffff], [3, 0], [3, 1], [0, 0]];
  for (const record of [0, 3, BATCH_PACKETS - 1, BATCH_PACKETS, 2_199]) {
    for (const [word = 0, value = 0] of changes) {
      const file = withWord(pcap, record, word, value);
      assert.ok(await compare(file) >= record);
      await compare(swapped(file));
    }
  }
  for (let cut = 1; cut < 60; cut += 3) await compare(pcap.subarray(0, pcap.length - cut));
});

Deno.test("the kernel's times and sums are those of the packets", async () => {
  const pcap = hostileTcp({ seed: 8, frames: 2_503, connections: 3 });
  const never = withoutTimes(pcap, () => false);
  for (const file of [pcap, withoutTimes(pcap, (index) => index % 5 !== 0), never]) {
    const times: number[] = [];
    let wire = 0;
    let captured = 0;
    const signal = new AbortController().signal;
    const facts = await walkPackets(
      sourceOf(file),
      { needs: {}, maxPackets: 2_501, signal },
      ({ packets, flows }) => {
        for (let row = 0; row < packets.count; row++) {
          wire += packets.wireLength[row] ?? 0;
          captured += packets.capturedLength[row] ?? 0;
          const sec = (packets.timeSec[row] ?? 0) - flows.baseSec;
          const ns = packets.noTime[row] === 1 ? NaN : sec * 1e9 + (packets.timeNsec[row] ?? 0);
          assert.equal(flows.timeNs[row], ns);
          if (!Number.isNaN(ns)) times.push(ns);
        }
      },
    );
    assert.equal(facts.packets, 2_501);
    assert.deepEqual([facts.wireBytes, facts.capturedBytes], [wire, captured]);
    const isTimed = times.length > 0;
    assert.equal(facts.firstNs, isTimed ? Math.min(...times) : null);
    assert.equal(facts.lastNs, isTimed ? Math.max(...times) : null);
  }
});
