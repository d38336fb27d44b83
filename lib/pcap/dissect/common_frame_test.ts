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
import { DissectColumns } from "./columns.ts";
import { dissectBatch } from "./dissect.ts";

/** Every column of one packet, and its path in words. */
function columnsOf(octets: Uint8Array, wireLength: number, shortcut: boolean): unknown {
  const columns = new DissectColumns();
  const batch = batchOf([{ octets, linkType: 1, wireLength }]);
  dissectBatch(batch, columns, shortcut);
  const row = Object.entries(columns).flatMap(([name, column]) =>
    ArrayBuffer.isView(column) && name !== "path" ? [[name, (column as Int32Array)[0]]] : []
  );
  return [...row, columns.paths.nameOf(columns.path[0] ?? 0)];
}

const COMMON = [
  MAC + "0800" + ipv4(6, tcp(HELLO)),
  MAC + "0800" + ipv4(6, tcp("")) + "000000000000",
  MAC + "0800" + ipv4(17, udp(5353, 53, "00".repeat(12))),
  MAC + "86dd" + ipv6(6, tcp(HELLO)),
  MAC + "86dd" + ipv6(17, udp(40000, 4789, HELLO)),
  ...SAMPLES.filter((sample) => sample.linkType === 1).map((sample) => sample.hex),
].map(fromHex);

Deno.test("the shortcut and the long way say the same of every sample, cut anywhere", () => {
  for (const whole of COMMON) {
    for (let kept = 0; kept <= whole.length; kept++) {
      const octets = whole.subarray(0, kept);
      assert.deepEqual(
        columnsOf(octets, whole.length, true),
        columnsOf(octets, whole.length, false),
      );
    }
  }
});

Deno.test("the shortcut and the long way say the same of frames with any octets changed", () => {
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
        assert.deepEqual(columnsOf(octets, wireLength, true), columnsOf(octets, wireLength, false));
      },
    ),
    { numRuns: 3000 },
  );
});
