import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { samplePath as path } from "../../tests/support/sample_routes.ts";
import { saySearch, summariseRows } from "./search_result.ts";

Deno.test("each prefix is told once, in the order of addresses, with its origins", () => {
  const result = summariseRows([
    path("1 64500", {}, "198.51.100.0/24"),
    path("1 64500", {}, "192.0.2.0/24"),
    path("2 64500", {}, "192.0.2.0/24"),
    path("2 64511", {}, "192.0.2.0/24"),
  ]);
  deepEqual(result.prefixes, [
    { prefix: "192.0.2.0/24", path_count: 3, origins: ["64500", "64511"] },
    { prefix: "198.51.100.0/24", path_count: 1, origins: ["64500"] },
  ]);
  deepEqual(result.origins, [
    { origin: "64500", prefix_count: 2 },
    { origin: "64511", prefix_count: 1 },
  ]);
  equal(result.paths.path_count, 4);
  equal(
    saySearch("longer:192.0.0.0/8", result),
    "longer:192.0.0.0/8 matches 2 prefixes by 4 paths, from AS64500 and AS64511",
  );
});

Deno.test("no row is said as such", () => {
  equal(saySearch("origin:64500", summariseRows([])), "Nothing matches origin:64500");
});

Deno.test("a table of 5,000 rows is told in 6,000 characters, and what is missing is counted", () => {
  const rows = Array.from(
    { length: 5_000 },
    (_, index) => path(`3356 ${index} 64500`, {}, `10.${index >> 8}.${index & 255}.0/24`),
  );
  const result = summariseRows(rows);
  equal(JSON.stringify(result).length <= 6_000, true);
  equal(result.prefix_count, 5_000);
  equal(result.prefixes.length + result.prefixes_left_out, 5_000);
});

const rows = fc.array(
  fc.record({
    asPath: fc.constantFrom("", "1 2", "3 2", "1 {4,5}", "1 6 6"),
    prefix: fc.constantFrom("192.0.2.0/24", "192.0.2.0/25", "2001:db8::/32", "10.0.0.0/8"),
  }).map(({ asPath, prefix }) => path(asPath, {}, prefix)),
  { maxLength: 20 },
);

Deno.test("no row is lost, and their order does not matter", () => {
  fc.assert(fc.property(rows, (list) => {
    const result = summariseRows(list);
    equal(result.prefixes.reduce((sum, { path_count }) => sum + path_count, 0), list.length);
    deepEqual(summariseRows(list.toReversed()), result);
  }));
});
