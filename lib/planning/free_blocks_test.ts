import assert from "node:assert/strict";
import { parsePrefix, renderPrefix } from "../ip/prefix.ts";
import { buddyOf, FreeBlocks } from "./free_blocks.ts";

function taking(free: readonly string[], lengths: readonly number[]): (string | null)[] {
  const blocks = new FreeBlocks(free.map((text) => parsePrefix(text).prefix));
  return lengths.map((length) => {
    const prefix = blocks.take(length);
    return prefix === null ? null : renderPrefix(prefix);
  });
}

Deno.test("the smallest block that is large enough is cut at its lowest address", () => {
  assert.deepEqual(taking(["10.0.0.0/24", "10.0.1.64/26", "10.0.2.0/23"], [27, 27, 27, 24, 25]), [
    "10.0.1.64/27",
    "10.0.1.96/27",
    "10.0.0.0/27",
    "10.0.2.0/24",
    "10.0.0.128/25",
  ]);
});

Deno.test("equal blocks are taken in the given order", () => {
  assert.deepEqual(taking(["10.0.2.0/24", "10.0.0.0/24"], [24, 24, 24]), [
    "10.0.2.0/24",
    "10.0.0.0/24",
    null,
  ]);
});

Deno.test("the largest block is known, and none when all is taken", () => {
  const blocks = new FreeBlocks([parsePrefix("2001:db8::/48").prefix]);
  assert.equal(blocks.largest(), 48);
  assert.equal(blocks.take(47), null);
  blocks.take(64);
  assert.equal(blocks.largest(), 49);
  const one = new FreeBlocks([parsePrefix("::/0").prefix]);
  one.take(0);
  assert.equal(one.largest(), null);
});

Deno.test("a buddy is the other half", () => {
  const buddy = (text: string) => renderPrefix(buddyOf(parsePrefix(text).prefix));
  assert.equal(buddy("10.0.0.0/24"), "10.0.1.0/24");
  assert.equal(buddy("10.0.1.0/24"), "10.0.0.0/24");
  assert.equal(buddy("8000::/1"), "::/1");
  assert.equal(buddy("::/0"), "::/0");
});
