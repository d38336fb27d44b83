import assert from "node:assert/strict";
import fc from "fast-check";
import { batchOf, fromHex, ipv4, ipv6, udp } from "../../../tests/support/pcap_samples.ts";
import { DissectColumns } from "../dissect/columns.ts";
import { dissectBatch } from "../dissect/dissect.ts";
import { FlowColumns } from "../flow/flow_columns.ts";
import { DatagramAssembler, type FragmentFacts } from "./fragments.ts";

const RAW = 101;
const MORE = 0x2000;

/** A UDP datagram of 32 octets: header, then 24 octets "abc…x". */
const DATAGRAM = udp(5000, 53, [..."abcdefghijklmnopqrstuvwx"].map(hexOf).join(""));

function hexOf(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(2, "0");
}

/** Octets `from` to `to` of the datagram as a fragment of IPv4. */
function piece(from: number, to: number, more = to < 32, hex = DATAGRAM): string {
  return ipv4(17, hex.slice(2 * from, 2 * to), (more ? MORE : 0) | from >> 3);
}

/** The same of IPv6, with identification 7. */
function piece6(from: number, to: number, hex = DATAGRAM): string {
  const field = (from | (to < 32 ? 1 : 0)).toString(16).padStart(4, "0");
  return ipv6(44, `1100${field}00000007${hex.slice(2 * from, 2 * to)}`);
}

interface Result {
  readonly payloads: string[];
  readonly rows: number[];
  readonly facts: FragmentFacts;
}

function reassemble(packets: readonly string[], secondsApart = 0): Result {
  const batch = batchOf(packets.map((hex) => ({ linkType: RAW, octets: fromHex(hex) })));
  const columns = new DissectColumns();
  dissectBatch(batch, columns);
  const flows = new FlowColumns();
  for (let row = 0; row < batch.count; row++) flows.timeNs[row] = row * secondsApart * 1e9;
  const table = new DatagramAssembler();
  table.addBatch({ packets: batch, dissected: columns, flows });
  const { completed } = table;
  return {
    payloads: completed.map(({ payload }) => payload.toHex()),
    rows: completed.map(({ row }) => row),
    facts: table.finish(),
  };
}

const NOTHING: FragmentFacts = {
  fragments: 0,
  reassembled: 0,
  incomplete: 0,
  evicted: 0,
  overlaps: 0,
  duplicates: 0,
  oversized: 0,
  tiny: 0,
  frames: [],
};

Deno.test("fragments in order, reversed and twice give the datagram at the packet that completes it", () => {
  const parts = [piece(0, 16), piece(16, 24), piece(24, 32)];
  const inOrder = reassemble(parts);
  assert.deepEqual(inOrder.payloads, [DATAGRAM]);
  assert.deepEqual(inOrder.rows, [2]);
  assert.deepEqual(reassemble(parts.toReversed()).payloads, [DATAGRAM]);
  const twice = reassemble([parts[1] ?? "", ...parts]);
  assert.deepEqual(twice.payloads, [DATAGRAM]);
  assert.equal(twice.facts.duplicates, 1);
});

Deno.test("fragments of IPv6 are put together the same way", () => {
  const { payloads, facts } = reassemble([piece6(16, 32), piece6(0, 16)]);
  assert.deepEqual(payloads, [DATAGRAM]);
  assert.deepEqual(facts, { ...NOTHING, fragments: 2, reassembled: 1 });
});

Deno.test("whole packets are not touched", () => {
  assert.deepEqual(reassemble([ipv4(17, DATAGRAM), ipv6(17, DATAGRAM)]).facts, NOTHING);
});

Deno.test("a datagram without its first fragment is incomplete, and named by frame", () => {
  const { payloads, facts } = reassemble([piece(8, 24), piece(24, 32)]);
  assert.deepEqual(payloads, []);
  assert.deepEqual(facts, { ...NOTHING, fragments: 2, incomplete: 1, frames: [1] });
});

Deno.test("what came first counts in an overlap of IPv4", () => {
  const other = "ff".repeat(32);
  const { payloads, facts } = reassemble([
    piece(0, 16),
    piece(8, 24, true, other),
    piece(24, 32),
  ]);
  assert.deepEqual(payloads, [DATAGRAM.slice(0, 32) + "ff".repeat(8) + DATAGRAM.slice(48)]);
  assert.equal(facts.overlaps, 1);
});

Deno.test("an overlap in IPv6 drops the datagram and what still comes of it", () => {
  const { payloads, facts } = reassemble([piece6(0, 16), piece6(8, 24), piece6(24, 32)]);
  assert.deepEqual(payloads, []);
  assert.deepEqual(facts, { ...NOTHING, fragments: 3, overlaps: 1, frames: [1] });
});

Deno.test("a datagram that would be longer than 65,535 octets is dropped", () => {
  const far = ipv4(1, "00".repeat(64), 8189);
  assert.deepEqual(reassemble([far]).facts, {
    ...NOTHING,
    fragments: 1,
    oversized: 1,
    frames: [1],
  });
});

Deno.test("tiny fragments are counted and put together", () => {
  const { payloads, facts } = reassemble([0, 8, 16, 24].map((from) => piece(from, from + 8)));
  assert.deepEqual(payloads, [DATAGRAM]);
  assert.equal(facts.tiny, 3);
});

Deno.test("fragments more than a minute apart do not belong together", () => {
  const { payloads, facts } = reassemble([piece(0, 16), piece(16, 32)], 61);
  assert.deepEqual(payloads, []);
  assert.equal(facts.incomplete, 2);
});

Deno.test("any split in any order gives the datagram", () => {
  const plan = fc.record({
    cuts: fc.array(fc.constantFrom(8, 16, 24), { minLength: 1 }),
    order: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
  });
  fc.assert(fc.property(plan, ({ cuts, order }) => {
    const edges = [...new Set([0, ...cuts, 32])].sort((a, b) => a - b);
    const parts = edges.slice(1).map((to, index) => piece(edges[index] ?? 0, to))
      .map((hex, index) => ({ hex, key: order[index] ?? 0 }))
      .sort((a, b) => a.key - b.key).map(({ hex }) => hex);
    assert.deepEqual(reassemble(parts).payloads, [DATAGRAM]);
  }));
});

Deno.test("any fragments whatever are bounded and never fail", () => {
  const fragment = fc.record({
    offset: fc.integer({ min: 0, max: 0x1fff }),
    more: fc.boolean(),
    size: fc.integer({ min: 0, max: 64 }),
    isV6: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(fragment, { maxLength: 60 }), (all) => {
    const packets = all.map(({ offset, more, size, isV6 }) => {
      const field = (offset << 3 | (more ? 1 : 0)).toString(16).padStart(4, "0");
      return isV6
        ? ipv6(44, `1100${field}00000007${"aa".repeat(size)}`)
        : ipv4(17, "bb".repeat(size), (more ? MORE : 0) | offset);
    });
    const { facts } = reassemble(packets);
    assert.ok(facts.fragments <= all.length);
    assert.ok(facts.reassembled <= facts.fragments);
  }));
});
