import assert from "node:assert/strict";
import fc from "fast-check";
import {
  batchOf,
  fromHex,
  HELLO,
  ipv4,
  ipv6,
  MAC,
  SAMPLES,
  tcp,
  udp,
} from "../../../tests/support/pcap_samples.ts";
import { Arena } from "../arena.ts";
import { TCP_PORTS } from "../dissect/app/port_protocols.ts";
import { DissectColumns } from "../dissect/columns.ts";
import { dissectBatch } from "../dissect/dissect.ts";
import { PathTable } from "../dissect/path_table.ts";
import { Kernel } from "./kernel.ts";

const arena = new Arena();
const kernel = new Kernel(arena, new PathTable());
const room = arena.uint8(4096);

const OFFSETS = new Set(["srcOffset", "dstOffset", "l3Offset", "l4Offset", "payloadOffset"]);

/** Every column of a row, its path in words; offsets count from `start`. */
function rowOf(columns: DissectColumns, row = 0, start = 0): unknown {
  const values = Object.entries(columns).flatMap(([name, column]) => {
    if (!ArrayBuffer.isView(column) || name === "path") return [];
    const value = (column as Int32Array)[row] ?? 0;
    return [[name, OFFSETS.has(name) && value >= 0 ? value - start : value]];
  });
  return [...values, columns.paths.nameOf(columns.path[row] ?? 0)];
}

function byHand(octets: Uint8Array, wireLength: number): unknown {
  const columns = new DissectColumns();
  dissectBatch(batchOf([{ octets, linkType: 1, wireLength }]), columns);
  return rowOf(columns);
}

/** Four rows at a time are taken together: `octets` is in row `place` among usual ones, which keep theirs. */
function amongUsual(octets: Uint8Array, wireLength: number, place: number): unknown[] {
  const { packets, dissected: columns } = kernel.slot;
  const frames = [0, 1, 2, 3].map((row) => row === place ? octets : USUAL[row] ?? octets);
  room.fill(0xff);
  packets.bytes = room;
  packets.view = new DataView(room.buffer, room.byteOffset, room.length);
  packets.count = frames.length;
  let at = 0;
  for (const [row, frame] of frames.entries()) {
    room.set(frame, at);
    packets.offset[row] = at;
    packets.capturedLength[row] = frame.length;
    packets.wireLength[row] = row === place ? wireLength : frame.length;
    packets.linkType[row] = 1;
    at += frame.length;
  }
  dissectBatch(packets, columns, kernel);
  return frames.map((_, row) => rowOf(columns, row, packets.offset[row]));
}

function expected(octets: Uint8Array, wireLength: number, place: number): unknown[] {
  return [0, 1, 2, 3].map((row) => {
    const usual = row === place ? undefined : USUAL[row];
    return usual === undefined ? byHand(octets, wireLength) : byHand(usual, usual.length);
  });
}

function byKernel(octets: Uint8Array, wireLength: number): unknown {
  const { packets, dissected: columns } = kernel.slot;
  // What lies behind the packet must not be read.
  room.fill(0xff);
  room.set(octets);
  packets.bytes = room;
  packets.view = new DataView(room.buffer, room.byteOffset, room.length);
  packets.count = 1;
  packets.offset[0] = 0;
  packets.capturedLength[0] = octets.length;
  packets.wireLength[0] = wireLength;
  packets.linkType[0] = 1;
  dissectBatch(packets, columns, kernel);
  return rowOf(columns);
}

const COMMON = [
  MAC + "0800" + ipv4(6, tcp(HELLO)),
  MAC + "0800" + ipv4(6, tcp("")) + "000000000000",
  MAC + "0800" + ipv4(17, udp(5353, 53, "00".repeat(12))),
  MAC + "86dd" + ipv6(6, tcp(HELLO)),
  MAC + "86dd" + ipv6(17, udp(40000, 4789, HELLO)),
  MAC + "0800" + ipv4(6, tcp("1603010005" + HELLO)),
  MAC + "0800" + ipv4(6, tcp("474554202f20")),
  MAC + "0800" + ipv4(17, udp(40000, 443, "c000000001080102030405060708")),
  MAC + "0800" + ipv4(17, udp(443, 40000, "4102030405")),
  MAC + "86dd" + ipv6(17, udp(40000, 53, "1234010000010000000000000161000001")),
  MAC + "0800" + ipv4(17, udp(40000, 40001, "")),
  MAC + "8100206f0800" + ipv4(6, tcp(HELLO)),
  MAC + "8100006f86dd" + ipv6(17, udp(40000, 40001, HELLO)),
  ...SAMPLES.filter((sample) => sample.linkType === 1).map((sample) => sample.hex),
].map(fromHex);

/** What is taken four at a time. */
const USUAL = [
  MAC + "0800" + ipv4(6, tcp(HELLO)),
  MAC + "86dd" + ipv6(6, tcp("1603010005" + HELLO)),
  MAC + "8100206f0800" + ipv4(6, tcp("")),
  MAC + "0800" + ipv4(6, tcp(HELLO + HELLO)),
].map(fromHex);

Deno.test("the kernel takes every sample, cut anywhere, from among usual frames", () => {
  for (const whole of COMMON) {
    for (let kept = 0; kept <= whole.length; kept++) {
      const octets = whole.subarray(0, kept);
      const place = kept % 4;
      assert.deepEqual(
        amongUsual(octets, whole.length, place),
        expected(octets, whole.length, place),
      );
    }
  }
});

Deno.test("the kernel takes four frames at a time, any octets of one changed", () => {
  const change = fc.record({ at: fc.nat(80), to: fc.nat(255) });
  fc.assert(
    fc.property(
      fc.constantFrom(...USUAL),
      fc.array(change, { maxLength: 3 }),
      fc.integer({ min: -3, max: 40 }),
      fc.nat(3),
      (whole, changes, beyond, place) => {
        const octets = Uint8Array.from(whole);
        for (const { at, to } of changes) if (at < octets.length) octets[at] = to;
        const wireLength = octets.length + beyond;
        assert.deepEqual(
          amongUsual(octets, wireLength, place),
          expected(octets, wireLength, place),
        );
      },
    ),
    { numRuns: 3000 },
  );
});

Deno.test("the kernel and TypeScript say the same of every sample, cut anywhere", () => {
  for (const whole of COMMON) {
    for (let kept = 0; kept <= whole.length; kept++) {
      const octets = whole.subarray(0, kept);
      assert.deepEqual(
        byKernel(octets, whole.length),
        byHand(octets, whole.length),
      );
    }
  }
});

Deno.test("the kernel and TypeScript say the same of frames with any octets changed", () => {
  const change = fc.record({ at: fc.nat(80), to: fc.nat(255) });
  fc.assert(
    fc.property(
      fc.constantFrom(...COMMON),
      fc.array(change, { maxLength: 4 }),
      fc.integer({ min: -3, max: 40 }),
      (whole, changes, beyond) => {
        const octets = Uint8Array.from(whole);
        for (const { at, to } of changes) if (at < octets.length) octets[at] = to;
        const wireLength = octets.length + beyond;
        assert.deepEqual(byKernel(octets, wireLength), byHand(octets, wireLength));
      },
    ),
    { numRuns: 3000 },
  );
});

Deno.test("compiled code looks at all ports of TCP that have a protocol", () => {
  // TCP_PORT_MAX in assembly/app_protocols.ts.
  assert.equal(Math.max(...TCP_PORTS.map(({ port }) => port)), 8443);
});
