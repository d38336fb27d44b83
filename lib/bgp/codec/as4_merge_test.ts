import assert from "node:assert/strict";
import fc from "fast-check";
import { parseAsPath, pathLength, renderAsPath } from "../../route/as_path.ts";
import { As4Merge } from "./as4_merge.ts";
import { AS_TRANS, decodeAsPath, encodeAsPath } from "./as_path_octets.ts";

/** Merges paths written as texts. */
function merged(shortPath: string, as4Path: string): string {
  const encoded = (text: string, asBytes: 2 | 4): Uint8Array =>
    encodeAsPath(parseAsPath(text) ?? [], asBytes);
  const first = encoded(shortPath, 2), second = encoded(as4Path, 4);
  const octets = Uint8Array.of(...first, ...second);
  const merge = new As4Merge();
  merge.merge(octets, 0, first.length, first.length, octets.length);
  return renderAsPath(decodeAsPath(merge.octets, 0, merge.end));
}

for (
  const [name, path, as4, expected] of [
    ["no AS4_PATH", "100 23456 300", "", "100 23456 300"],
    ["an AS4_PATH as long as the path", "23456 300", "200000 300", "200000 300"],
    ["an AS4_PATH behind an OLD speaker", "100 23456 300", "200000 300", "100 200000 300"],
    ["an AS4_PATH that is longer", "100 300", "200000 300 400", "100 300"],
    ["a set, which counts as one", "100 {23456,7}", "{200000,7}", "100 {7,200000}"],
    ["a set in front of what AS4_PATH tells", "{5,6} 23456", "200000", "{5,6} 200000"],
    [
      "confederations in front, which do not count",
      "(65001) 100 23456",
      "200000",
      "(65001) 100 200000",
    ],
    ["confederations in AS4_PATH, which are left out", "100 23456", "(65001) 200000", "100 200000"],
    ["a confederation behind what AS4_PATH tells", "23456 (65001)", "200000", "200000"],
    ["an AS4_PATH of confederations alone", "100 23456", "(65001)", "100 23456"],
    ["an empty path", "", "", ""],
  ] as const
) {
  Deno.test(`${name}: ${expected}`, () => assert.equal(merged(path, as4), expected));
}

Deno.test("what an OLD speaker passes on is whole again, wherever it put itself in front", () => {
  const asns = fc.array(fc.integer({ min: 1, max: 0xffff_ffff }), {
    minLength: 1,
    maxLength: 40,
    size: "max",
  });
  const short = fc.array(fc.integer({ min: 1, max: 65_535 }), { maxLength: 10 });
  fc.assert(fc.property(short, asns, (old, path) => {
    const trans = path.map((asn) => asn > 65_535 ? AS_TRANS : asn);
    assert.equal(merged([...old, ...trans].join(" "), path.join(" ")), [...old, ...path].join(" "));
  }));
});

Deno.test("the buffer grows with the path", () => {
  const path = Array.from({ length: 5_000 }, (_, index) => index + 1).join(" ");
  const text = merged(path, path);
  assert.equal(text, path);
  assert.equal(pathLength(parseAsPath(text) ?? []), 5_000);
});
