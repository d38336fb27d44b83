import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { readTableColumns, readTableNumbers } from "./table_columns.ts";

const COLUMNS = readTableColumns(
  "   Network          Next Hop            Metric LocPrf Weight Path",
)!;

/** A row as FRR prints it behind its next hop: `%10u%7u%7u `, blank where there is nothing. */
function row(med: number | "", localPref: number | "", weight: number | ""): string {
  const shown = [
    String(med).padStart(10),
    String(localPref).padStart(7),
    String(weight).padStart(7),
  ];
  return `*> 192.0.2.0/24     198.51.100.1    ${shown.join("")} 64496 i`;
}

Deno.test("a heading tells where columns stand, anything else is none", () => {
  deepEqual(COLUMNS, { network: 3, nextHop: 20, metricEnd: 46, locPrfEnd: 53, weightEnd: 60 });
  equal(readTableColumns("   Network          Next Hop            Metric LocPrf Path"), null);
  equal(readTableColumns("Neighbor        V         AS"), null);
});

Deno.test("only the column tells a metric from a preference", () => {
  const numbers = (line: string) => readTableNumbers(line, 32, COLUMNS, 0);
  deepEqual(numbers(row(27, "", 0)), { med: 27, localPref: null, weight: 0, restAt: 61 });
  deepEqual(numbers(row("", 27, 0)), { med: null, localPref: 27, weight: 0, restAt: 61 });
  deepEqual(numbers(row("", "", 0)), { med: null, localPref: null, weight: 0, restAt: 61 });
});

Deno.test("numbers that touch are parted, what they move is found", () => {
  deepEqual(readTableNumbers(row(4294967295, 4294967295, 32768), 32, COLUMNS, 0), {
    med: 4294967295,
    localPref: 4294967295,
    weight: 32768,
    restAt: 64,
  });
});

Deno.test("a number that ends beside its column is not read", () => {
  equal(readTableNumbers(` ${row(27, "", 0)}`, 33, COLUMNS, 0), null);
  deepEqual(readTableNumbers(` ${row(27, "", 0)}`, 33, COLUMNS, 1)?.med, 27);
  equal(readTableNumbers(row(4294967296, "", 0), 32, COLUMNS, 0), null);
});

Deno.test("whatever FRR prints is read back", () => {
  const number = fc.oneof(fc.constant("" as const), fc.nat({ max: 0xffff_ffff }));
  fc.assert(fc.property(number, number, fc.nat({ max: 65_535 }), (med, localPref, weight) => {
    const line = row(med, localPref, weight);
    const read = readTableNumbers(line, 32, COLUMNS, 0);
    deepEqual(
      [read?.med ?? "", read?.localPref ?? "", read?.weight, line.slice(read?.restAt)],
      [med, localPref, weight, "64496 i"],
    );
  }));
});
