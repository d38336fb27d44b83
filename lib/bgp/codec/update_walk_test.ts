import assert from "node:assert/strict";
import { bgpTraits } from "../../../tests/support/bgp_octets.ts";
import { UPDATE_CASES } from "../../../tests/support/malformed_updates.ts";
import { findingName, outcome, walk } from "../../../tests/support/walked_updates.ts";
import { FINDINGS } from "./update_findings.ts";
import { UpdateWalker } from "./update_walk.ts";

for (const [name, body, expected, changes] of UPDATE_CASES) {
  Deno.test(`${name}: ${expected}`, () => assert.equal(outcome(walk(body, changes)), expected));
}

Deno.test("every finding of the table is reached by a row", () => {
  const reached = new Set(
    UPDATE_CASES.map(([, body, , changes]) => findingName(walk(body, changes))),
  );
  assert.deepEqual(FINDINGS.map(({ name }) => name).filter((name) => !reached.has(name)), []);
});

Deno.test("a walker that met a bad message reads the next as if nothing had been", () => {
  const walker = new UpdateWalker(bgpTraits());
  for (const [, body, expected, changes] of UPDATE_CASES) {
    if (changes === undefined) assert.equal(outcome(walker.walk(body, 0, body.length)), expected);
  }
});

Deno.test("a message is read the same wherever it stands in the buffer, and left as it was", () => {
  for (const [, body, expected, changes] of UPDATE_CASES) {
    const buffer = Uint8Array.of(0xff, 0xff, 0xff, ...body, 0xff, 0xff, 0xff);
    const before = buffer.slice();
    const walker = new UpdateWalker(bgpTraits(changes));
    assert.equal(outcome(walker.walk(buffer, 3, 3 + body.length)), expected);
    assert.deepEqual(buffer, before);
  }
});
