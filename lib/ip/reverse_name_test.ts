import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { addressFromBytes, parseAddress, renderAddress } from "./address.ts";
import { parseReverseName, reverseName } from "./reverse_name.ts";

Deno.test("reverse names are those of RFC 1035 and RFC 3596", () => {
  equal(reverseName(parseAddress("192.0.2.10")), "10.2.0.192.in-addr.arpa");
  equal(
    reverseName(parseAddress("4321:0:1:2:3:4:567:89ab")),
    "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa",
  );
});

Deno.test("a reverse name and its address turn into each other", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  );
  fc.assert(fc.property(bytes, (b) => {
    const address = addressFromBytes(b);
    deepEqual(parseReverseName(reverseName(address)), address);
  }));
  equal(renderAddress(parseReverseName("10.2.0.192.IN-ADDR.ARPA.")), "192.0.2.10");
});

Deno.test("names of zones and names with odd labels are no reverse names", () => {
  for (
    const text of [
      "2.0.192.in-addr.arpa",
      "1.10.2.0.192.in-addr.arpa",
      "256.2.0.192.in-addr.arpa",
      "010.2.0.192.in-addr.arpa",
      "1.0.0.2.ip6.arpa",
      "10.2.0.192.in-addr.arpa.evil.example",
      "10.2.0.192xin-addr.arpa",
    ]
  ) {
    throws(() => parseReverseName(text), { name: "IpSyntaxError" }, text);
  }
});
