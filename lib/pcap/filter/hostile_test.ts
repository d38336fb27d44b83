/** Whatever octets a packet has, every field of the language is read or absent, without an exception. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { captureOf } from "../../../tests/support/asked_capture.ts";
import { fromHex, pcapFile, SAMPLES } from "../../../tests/support/pcap_samples.ts";
import type { Expression } from "./expression.ts";
import type { Field } from "./field.ts";
import { allFields } from "./field_table.ts";
import { Filter } from "./filter.ts";

/** Conditions that read every value of a field, to its last octet where it has octets. */
function conditionsOn(field: Field): Expression[] {
  const operand = { field, slice: null, mask: null };
  const present: Expression = { kind: "present", operand };
  if (field.readers.kind === "number") return [present];
  const last = { field, slice: { start: -1, length: 1 }, mask: null };
  const matches: Expression = { kind: "matches", operand, pattern: "zz$" };
  return field.readers.kind === "text"
    ? [present, matches]
    : [present, matches, { kind: "present", operand: last }];
}

const CONDITIONS = allFields().flatMap(conditionsOn);

/** A sample with octets changed, cut anywhere. */
const mutated = fc.tuple(
  fc.constantFrom(...SAMPLES),
  fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 8 }),
  fc.nat(300),
).map(([sample, changes, length]) => {
  const bytes = fromHex(sample.hex);
  for (const [at, octet] of changes) bytes[at % bytes.length] = octet;
  return { linkType: sample.linkType, bytes: bytes.subarray(0, Math.max(1, length)) };
});

Deno.test("every field can be asked of every packet", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(mutated, { minLength: 1, maxLength: 20 }), async (packets) => {
      const [{ linkType } = { linkType: 1 }] = packets;
      const file = pcapFile(linkType, packets.map(({ bytes }) => bytes));
      const filters = CONDITIONS.map((condition) => new Filter(condition));
      const facts = await captureOf(file).walk({ tcpFlags: true }, (batch) => {
        for (const filter of filters) {
          const mask = filter.select(batch);
          assert.ok(mask.every((one, row) => one === 0 || (one === 1 && row < packets.length)));
        }
      });
      assert.equal(facts.packets, packets.length);
    }),
    { numRuns: 60 },
  );
});
