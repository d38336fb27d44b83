import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { parseRouteQuery, renderRouteQuery, type RouteQuery } from "./route_query.ts";

Deno.test("each key reads its value", () => {
  deepEqual(parseRouteQuery("origin:15169"), { kind: "origin", asn: 15169 });
  deepEqual(parseRouteQuery("via:AS3356"), { kind: "via", asn: 3356 });
  deepEqual(parseRouteQuery("community:65535:666"), {
    kind: "community",
    community: { kind: "standard", high: 65535, low: 666 },
  });
  deepEqual(parseRouteQuery("longer:192.0.2.0/24"), {
    kind: "longer",
    prefix: { family: 4, value: 0xc0000200n, length: 24 },
  });
  deepEqual(parseRouteQuery("neighbor:2001:DB8::1"), {
    kind: "neighbor",
    address: { family: 6, value: 0x20010db8000000000000000000000001n, zone: null },
  });
});

Deno.test("one query has one canonical text", () => {
  const canonical: readonly [string, string][] = [
    ["origin:1.10", "origin:65546"],
    ['path:"^3356 .* 15169$"', 'path:"^3356 .* 15169$"'],
    ["path:_15169$", 'path:"15169$"'],
    ['path:"^$"', 'path:"^$"'],
    ["community:no-export", "community:65535:65281"],
    ["community:4200000001:1:2", "community:4200000001:1:2"],
    ["community:target:64500:1", "community:rt:64500:1"],
    ["longer:2001:DB8::/32", "longer:2001:db8::/32"],
    ['via:"3356"', "via:3356"],
  ];
  for (const [text, expected] of canonical) {
    equal(renderRouteQuery(parseRouteQuery(text)), expected);
  }
});

Deno.test("an error points at the column and says what was wanted", () => {
  const faults: readonly [string, number, string, RegExp][] = [
    ["", 1, "there is no colon behind the key", /^Write one of origin:15169, via:3356/],
    ["15169", 6, "there is no colon behind the key", /^Write one of/],
    ["toString:1", 1, '"toString" is no key', /^Write one of/],
    ["ORIGIN:1", 1, '"ORIGIN" is no key', /^Write one of/],
    ["origin:", 8, '"" cannot be read', /^Write an AS number from 0 to 4294967295/],
    ["origin:AS-SET", 8, '"AS-SET" cannot be read', /^Write an AS number/],
    ["origin:4294967296", 8, '"4294967296" cannot be read', /^Write an AS number/],
    ["origin:1_000", 8, '"1_000" cannot be read', /^Write an AS number/],
    ["origin:４２", 8, '"\\uff14\\uff12" cannot be read', /^Write an AS number/],
    ["origin:0", 8, "AS 0 is in no path (RFC 7607 §2)", /^Write another AS number/],
    ["via:23456", 5, "AS 23456 stands for any 4-octet AS number (RFC 6793 §9)", /^Write another/],
    ["origin:15169 via:3356", 14, "a second term begins", /^Ask for one term/],
    ["origin:15169\nshow run", 8, '"15169\\nshow run" cannot be read', /^Write an AS number/],
    ['path:"^3356', 12, "the closing quote is missing", /^Write one of/],
    ['path:"', 7, "the closing quote is missing", /^Write one of/],
    ['path:"3356 ?"', 12, '"?" is no item', /^Write AS numbers parted by blanks/],
    ['path:".*"', 7, "it names no AS, so that nearly every path would match", /^Write AS numbers/],
    ['path:""', 7, "it names no AS, so that nearly every path would match", /^Write AS numbers/],
    ["community:65536:1", 11, '"65536" is more than 65535', /^Write two numbers up to 65535/],
    ["community:internet", 11, "routers take 0:0 for every route", /^Write another community/],
    ["longer:192.0.2.1/24", 8, "bits behind the length are set", /^Write 192\.0\.2\.0\/24\.$/],
    ["longer:0.0.0.0/0", 8, "/0 holds too much of the table", /length 8 or more/],
    ["longer:2000::/3", 8, "/3 holds too much of the table", /length 16 or more/],
    ["longer:192.0.2.0", 8, '"192.0.2.0" cannot be read', /^Write an address, a slash/],
    ["neighbor:x | redirect", 10, '"x | redirect" cannot be read', /^Write four decimal parts/],
    ["path:" + "1 ".repeat(200), 321, "it is longer than 320 characters", /^Write one of/],
  ];
  for (const [text, column, problem, wanted] of faults) {
    throws(() => parseRouteQuery(text), (error: unknown) => {
      const { code, message, hint, detail } = error as {
        code: string;
        message: string;
        hint: string;
        detail: { column: number };
      };
      equal(code, "input.query");
      equal(
        message.slice(message.indexOf("as a route query: ") + 18),
        `column ${column}: ${problem}`,
      );
      deepEqual(detail, { column });
      equal(wanted.test(hint), true, hint);
      return true;
    });
  }
});

const asn = fc.integer({ min: 1, max: 4294967295 }).filter((value) => value !== 23456);
const u16 = fc.integer({ min: 1, max: 65535 });
const queries: fc.Arbitrary<RouteQuery> = fc.oneof(
  fc.record({ kind: fc.constantFrom("origin" as const, "via" as const), asn }),
  fc.record({
    kind: fc.constant("path" as const),
    pattern: fc.record({
      fromStart: fc.boolean(),
      toEnd: fc.boolean(),
      items: fc.array(
        fc.record({ kind: fc.constant("asn" as const), asn, repeat: fc.boolean() }),
        { minLength: 1, maxLength: 16 },
      ),
    }),
  }),
  fc.record({
    kind: fc.constant("community" as const),
    community: fc.record({ kind: fc.constant("standard" as const), high: u16, low: u16 }),
  }),
  fc.record({
    kind: fc.constant("longer" as const),
    prefix: fc.record({
      family: fc.constant(4 as const),
      value: fc.integer({ min: 0, max: 0xffffff }).map((value) => BigInt(value) << 8n),
      length: fc.integer({ min: 24, max: 32 }),
    }),
  }),
  fc.record({
    kind: fc.constant("neighbor" as const),
    address: fc.record({
      family: fc.constant(6 as const),
      value: fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
      zone: fc.constant(null),
    }),
  }),
);

Deno.test("writing and reading give the same query back", () => {
  fc.assert(fc.property(queries, (query) => {
    deepEqual(parseRouteQuery(renderRouteQuery(query)), query);
  }));
});

Deno.test("any other text is an input error and nothing else", () => {
  const keys = fc.constantFrom(
    "",
    "origin:",
    "via:",
    "path:",
    "community:",
    "longer:",
    "neighbor:",
  );
  fc.assert(fc.property(keys, fc.string({ unit: "binary" }), (key, rest) => {
    try {
      parseRouteQuery(key + rest);
    } catch (error) {
      equal((error as { code: string }).code, "input.query");
    }
  }));
});
