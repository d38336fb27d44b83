/**
 * Recorded outputs of route servers, and what may become of one on the way.
 *
 * @module
 */
import fc from "fast-check";

const FIXTURES = new URL("../fixtures/looking_glass/", import.meta.url);

/** A file below `tests/fixtures/looking_glass`. */
export function recordedOutput(path: string): string {
  return Deno.readTextFileSync(new URL(path, FIXTURES));
}

/** The output up to each place where it can be cut, the whole not among them. */
export function* cutsOf(output: string): Generator<string> {
  for (let length = 0; length < output.length; length++) yield output.slice(0, length);
}

/** The output with pieces of it replaced, repeated or taken out, or with strange text put in. */
export function mangled(output: string): fc.Arbitrary<string> {
  const place = fc.nat(output.length);
  const piece = fc.oneof(
    fc.string({ maxLength: 40, unit: "binary" }),
    fc.constantFrom(
      "\n",
      "\t",
      "(",
      "[",
      "{",
      ":",
      ", ",
      "4294967296",
      "::",
      "/129",
      " ".repeat(99),
    ),
    fc.tuple(place, fc.nat(300)).map(([at, length]) => output.slice(at, at + length)),
  );
  const edit = fc.tuple(place, fc.nat(60), piece);
  return fc.array(edit, { minLength: 1, maxLength: 8 }).map((edits) =>
    edits.reduce(
      (text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length),
      output,
    )
  );
}
