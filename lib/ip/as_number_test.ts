import { equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { parseAsNumber, renderAsNumber } from "./as_number.ts";

Deno.test("AS numbers are read as asplain and asdot, with or without AS", () => {
  equal(parseAsNumber("65000"), 65000);
  equal(parseAsNumber("AS65000"), 65000);
  equal(parseAsNumber("as4200000000"), 4200000000);
  equal(parseAsNumber("1.10"), 65546);
  equal(parseAsNumber("AS65535.65535"), 4294967295);
  equal(parseAsNumber("0"), 0);
});

Deno.test("other texts are no AS numbers", () => {
  for (
    const text of [
      ..."|AS|AS |AS 1|-1|+1|1e3|0x10|01|4294967296|1.65536|65536.1|1.2.3|1.|.1| 1|1\n|ASN1|٣"
        .split("|"),
      "9".repeat(1000),
    ]
  ) {
    throws(() => parseAsNumber(text), { name: "IpSyntaxError" }, JSON.stringify(text));
  }
});

Deno.test("writing and reading give the same number back in both notations", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 4294967295 }), (number) => {
    equal(parseAsNumber(renderAsNumber(number)), number);
    equal(parseAsNumber(renderAsNumber(number, "asdot")), number);
  }));
  equal(renderAsNumber(65546, "asdot"), "1.10");
  equal(renderAsNumber(64500, "asdot"), "64500");
  throws(() => renderAsNumber(4294967296), RangeError);
});
