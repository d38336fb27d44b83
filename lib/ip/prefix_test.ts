import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { ipv4FromBits, ipv6FromBits, parseAddress, renderAddress } from "./address.ts";
import {
  comparePrefixes,
  contains,
  containsPrefix,
  firstAddress,
  halves,
  lastAddress,
  overlaps,
  parsePrefix,
  prefixOf,
  prefixSize,
  renderPrefix,
  unmapPrefix,
} from "./prefix.ts";

const p = (text: string) => parsePrefix(text).prefix;

Deno.test("a prefix drops its host bits and says so", () => {
  const { prefix, address, hostBitsSet } = parsePrefix("10.1.2.3/8");
  equal(renderPrefix(prefix), "10.0.0.0/8");
  equal(renderAddress(address), "10.1.2.3");
  equal(hostBitsSet, true);
  equal(parsePrefix("2001:db8::/32").hostBitsSet, false);
  equal(parsePrefix("192.0.2.1/32").hostBitsSet, false);
  equal(renderPrefix(p("::ffff:10.0.0.0/104")), "::ffff:10.0.0.0/104");
});

Deno.test("odd lengths and odd addresses are refused", () => {
  for (
    const text of [
      "10.0.0.0",
      "10.0.0.0/",
      "10.0.0.0/33",
      "10.0.0.0/08",
      "10.0.0.0/-1",
      "10.0.0.0/+8",
      "10.0.0.0/8/8",
      "10.0.0.0/255.0.0.0",
      "10.0/16",
      "/8",
      "::/129",
      "::/1e1",
      "fe80::%eth0/64",
      "fe80::/64%eth0",
      " 10.0.0.0/8",
      "10.0.0.0 /8",
    ]
  ) {
    throws(() => p(text), { name: "IpSyntaxError" }, text);
  }
  throws(() => p("10.0.0.0/33"), { expected: "a length from 0 to 32, for example 10.0.0.0/32" });
});

Deno.test("containment is by bits and never crosses families", () => {
  equal(contains(p("10.0.0.0/8"), parseAddress("10.255.255.255")), true);
  equal(contains(p("10.0.0.0/8"), parseAddress("11.0.0.0")), false);
  equal(contains(p("0.0.0.0/0"), parseAddress("::")), false);
  equal(contains(p("::/0"), parseAddress("ffff::")), true);
  equal(containsPrefix(p("10.0.0.0/8"), p("10.1.0.0/16")), true);
  equal(containsPrefix(p("10.1.0.0/16"), p("10.0.0.0/8")), false);
  equal(overlaps(p("10.1.0.0/16"), p("10.0.0.0/8")), true);
  equal(overlaps(p("10.1.0.0/16"), p("10.2.0.0/16")), false);
  equal(overlaps(p("0.0.0.0/0"), p("::/0")), false);
});

Deno.test("first, last, size and halves of a prefix", () => {
  equal(renderAddress(lastAddress(p("192.0.2.64/26"))), "192.0.2.127");
  equal(renderAddress(lastAddress(p("::/0"))), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
  equal(prefixSize(p("0.0.0.0/0")), 4294967296n);
  deepEqual(halves(p("10.0.0.0/8"))?.map(renderPrefix), ["10.0.0.0/9", "10.128.0.0/9"]);
  equal(halves(p("::1/128")), null);
});

Deno.test("prefixes sort by family, then address, then length", () => {
  const sorted = ["::/0", "10.0.0.0/16", "10.0.0.0/8", "9.0.0.0/8"].map(p).sort(comparePrefixes);
  deepEqual(sorted.map(renderPrefix), ["9.0.0.0/8", "10.0.0.0/8", "10.0.0.0/16", "::/0"]);
});

Deno.test("writing and reading give the same prefix back, and it holds its ends", () => {
  const prefixes = fc.oneof(
    fc.tuple(fc.bigInt(0n, (1n << 32n) - 1n).map(ipv4FromBits), fc.integer({ min: 0, max: 32 })),
    fc.tuple(fc.bigInt(0n, (1n << 128n) - 1n).map(ipv6FromBits), fc.integer({ min: 0, max: 128 })),
  );
  fc.assert(fc.property(prefixes, ([address, length]) => {
    const prefix = prefixOf(address, length);
    deepEqual(p(renderPrefix(prefix)), prefix);
    equal(contains(prefix, address), true);
    equal(contains(prefix, firstAddress(prefix)), true);
    equal(contains(prefix, lastAddress(prefix)), true);
  }));
});

Deno.test("a prefix of mapped addresses stands for one of IPv4", () => {
  const unmapped = (text: string): string => renderPrefix(unmapPrefix(parsePrefix(text).prefix));
  equal(unmapped("::ffff:10.0.0.0/104"), "10.0.0.0/8");
  equal(unmapped("::ffff:0:0/96"), "0.0.0.0/0");
  equal(unmapped("::ffff:192.0.2.1/128"), "192.0.2.1/32");
  for (const text of ["::ffff:0:0/95", "::/0", "2001:db8::/104", "10.0.0.0/8"]) {
    equal(unmapped(text), renderPrefix(parsePrefix(text).prefix));
  }
});
