import { equal } from "node:assert/strict";
import fc from "fast-check";
import { renderAddress } from "./address.ts";
import { endsInNumber, readNumberHost } from "./number_host.ts";

Deno.test("number hosts mean what the URL parser makes of them", () => {
  const part = fc.oneof(
    fc.integer({ min: 0, max: 300 }).map(String),
    fc.integer({ min: 0, max: 300 }).map((n) => `0x${n.toString(16)}`),
    fc.integer({ min: 0, max: 300 }).map((n) => `0${n.toString(8)}`),
    fc.integer({ min: 0, max: 2 ** 33 }).map(String),
    fc.constantFrom("0x", "08", "00", "0"),
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const text = parts.join(".");
      const meant = readNumberHost(text);
      const url = URL.parse(`http://${text}/`);
      equal(endsInNumber(text), true);
      equal(meant === null ? null : renderAddress(meant), url?.hostname ?? null, text);
    }),
    { numRuns: 1000 },
  );
});
