/**
 * What no parser of router output may do, whatever a router sends: throw, or take longer than a
 * multiple of the length.
 *
 * @module
 */
import { ok } from "node:assert/strict";
import fc from "fast-check";
import type { Dialect } from "../../lib/looking_glass/dialects/dialect.ts";
import type { RouterQuery } from "../../lib/looking_glass/query.ts";
import { mangled } from "./recorded_output.ts";

/** A question and an output that answers it. */
export type Sample = readonly [RouterQuery, string];

/** Pieces that long outputs are made of: what columns, brackets and expressions could trip over. */
const FILLERS = [" ", "0", "{", "(", "64496 ", "a:", "1/", "[AS", " -", ", ", "\n ", "x"];
const LENGTH = 200_000;
/** For all of them together; quadratic work takes minutes. */
const DEADLINE_MS = 10_000;

/** Parses every sample mangled at random. */
export function holdMangled(dialect: Dialect, samples: readonly Sample[]): void {
  for (const [query, output] of samples) {
    fc.assert(fc.property(mangled(output), (text) => {
      dialect.parse(query, text, "text");
    }));
  }
}

/** Parses every sample with 200 kB of one piece behind it, and in the middle of it. */
export function holdLong(dialect: Dialect, samples: readonly Sample[]): void {
  const started = performance.now();
  for (const [query, output] of samples) {
    const middle = output.length >> 1;
    for (const filler of FILLERS) {
      const long = filler.repeat(LENGTH / filler.length);
      dialect.parse(query, output + long, "text");
      dialect.parse(query, output.slice(0, middle) + long + output.slice(middle), "text");
    }
  }
  ok(performance.now() - started < DEADLINE_MS);
}
