import assert from "node:assert/strict";
import fc from "fast-check";
import type { PacketBatch } from "../batch.ts";
import { batchOf, emptyBatch, fromHex, SAMPLES } from "../../../tests/support/pcap_samples.ts";
import { DissectColumns } from "./columns.ts";
import { dissectBatch } from "./dissect.ts";
import { LINK_TYPES } from "./link_types.ts";

/** A view that throws on any read outside of one packet. */
class GuardedView extends DataView<ArrayBuffer> {
  from = 0;
  to = 0;

  #check(offset: number, size: number): void {
    assert.ok(
      offset >= this.from && offset + size <= this.to,
      `read ${size} at ${offset} outside ${this.from}..${this.to}`,
    );
  }

  override getUint8(offset: number): number {
    this.#check(offset, 1);
    return super.getUint8(offset);
  }

  override getUint16(offset: number, little?: boolean): number {
    this.#check(offset, 2);
    return super.getUint16(offset, little);
  }

  override getInt32(offset: number, little?: boolean): number {
    this.#check(offset, 4);
    return super.getInt32(offset, little);
  }

  override getUint32(offset: number, little?: boolean): number {
    this.#check(offset, 4);
    return super.getUint32(offset, little);
  }
}

const COLUMNS = new DissectColumns();

/** Dissects one packet that lies between poison; throws if anything outside of it is read. */
function dissectGuarded(octets: Uint8Array, linkType: number, wireLength: number): void {
  const lead = 32;
  const bytes = new Uint8Array(lead + octets.length + lead).fill(0xa5);
  bytes.set(octets, lead);
  const view = new GuardedView(bytes.buffer);
  view.from = lead;
  view.to = lead + octets.length;
  const batch = emptyBatch(bytes, view);
  batch.count = 1;
  batch.offset[0] = lead;
  batch.capturedLength[0] = octets.length;
  batch.wireLength[0] = wireLength;
  batch.linkType[0] = linkType;
  dissectBatch(batch, COLUMNS);
  assertInside(batch, lead, lead + octets.length);
}

/** Offsets that the columns give lie in the packet, and what they announce as captured does too. */
function assertInside(batch: PacketBatch, from: number, to: number): void {
  const length = COLUMNS.addressLength[0] ?? 0;
  for (const offset of [COLUMNS.srcOffset[0] ?? -1, COLUMNS.dstOffset[0] ?? -1]) {
    if (length === 0) assert.equal(offset, -1);
    else assert.ok(offset >= from && offset + length <= to);
  }
  const captured = COLUMNS.payloadCaptured[0] ?? 0;
  const wire = COLUMNS.payloadWire[0] ?? 0;
  assert.ok(captured >= 0 && captured <= wire);
  if (captured > 0) assert.ok((COLUMNS.payloadOffset[0] ?? -1) + captured <= to);
  assert.ok(wire <= (batch.wireLength[0] ?? 0));
}

Deno.test("no sample cut anywhere makes a dissector throw or read past the cut", () => {
  for (const one of SAMPLES) {
    const octets = fromHex(one.hex);
    for (let length = 0; length <= octets.length; length++) {
      dissectGuarded(octets.subarray(0, length), one.linkType, octets.length);
      dissectGuarded(octets.subarray(0, length), one.linkType, length);
    }
  }
});

Deno.test("no sample with octets changed makes a dissector throw or read outside", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SAMPLES),
      fc.array(
        fc.tuple(fc.nat(200), fc.constantFrom(0, 1, 3, 4, 6, 17, 41, 47, 0x45, 0x7f, 0x80, 0xff)),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
      (one, changes) => {
        const octets = fromHex(one.hex);
        for (const [at, value] of changes) octets[at % octets.length] = value;
        dissectGuarded(octets, one.linkType, octets.length);
      },
    ),
    { numRuns: 20_000 },
  );
});

Deno.test("random octets of any link type make no dissector throw or read outside", () => {
  const linkTypes = [...LINK_TYPES.map(({ code }) => code), 147, 65535];
  fc.assert(
    fc.property(
      fc.constantFrom(...linkTypes),
      fc.uint8Array({ maxLength: 200 }),
      fc.nat(300),
      (linkType, octets, more) => dissectGuarded(octets, linkType, octets.length + more),
    ),
    { numRuns: 10_000 },
  );
});

Deno.test("a packet that ends with the buffer gives the same columns as one in its middle", () => {
  for (const one of SAMPLES) {
    const packet = { linkType: one.linkType, octets: fromHex(one.hex) };
    const last = new DissectColumns();
    dissectBatch(batchOf([packet], 7, 0xff), last);
    const middle = new DissectColumns();
    dissectBatch(
      batchOf([packet, { linkType: 1, octets: new Uint8Array(64).fill(0xff) }], 7),
      middle,
    );
    for (
      const name of ["path", "srcPort", "payloadWire", "payloadOffset", "malformed", "seq"] as const
    ) {
      assert.equal(last[name][0], middle[name][0], `${one.name} ${name}`);
    }
  }
});

Deno.test("a frame check sequence longer than the frame is ignored", () => {
  dissectBatch(batchOf([{ linkType: 1, octets: new Uint8Array(3), fcsLength: 4 }]), COLUMNS);
  assert.equal(COLUMNS.paths.nameOf(COLUMNS.path[0] ?? 0), "eth:_ws.malformed");
});
