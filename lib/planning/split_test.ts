import assert from "node:assert/strict";
import { parsePrefix, renderPrefix } from "../ip/prefix.ts";
import { split, type SplitInto } from "./split.ts";

function parts(text: string, into: SplitInto) {
  return split(parsePrefix(text).prefix, into);
}

Deno.test("a prefix splits by length and by count", () => {
  const byLength = parts("192.0.2.0/24", { length: 26 });
  assert.equal(byLength.count, 4n);
  assert.deepEqual(byLength.list(0n, 10).map(renderPrefix), [
    "192.0.2.0/26",
    "192.0.2.64/26",
    "192.0.2.128/26",
    "192.0.2.192/26",
  ]);
  assert.equal(parts("192.0.2.0/24", { count: 8 }).length, 27);
  assert.equal(parts("192.0.2.0/24", { count: 1 }).length, 24);
  assert.equal(parts("::/0", { count: 2 ** 52 }).length, 52);
});

Deno.test("any window of any split is there at once", () => {
  const all = parts("::/0", { length: 128 });
  assert.equal(all.count, 2n ** 128n);
  assert.deepEqual(all.list(2n ** 128n - 2n, 10).map(renderPrefix), [
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/128",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
  ]);
  assert.deepEqual(all.list(2n ** 128n, 10), []);
  assert.equal(parts("10.0.0.0/8", { length: 32 }).list(5n, 3).length, 3);
});

Deno.test("a split that there is not is refused with what is possible", () => {
  const refused = (into: SplitInto, message: RegExp, hint: RegExp) =>
    assert.throws(() => parts("192.0.2.0/24", into), { code: "input.split", message, hint });
  refused({ length: 23 }, /into \/23: a \/24 has room for \/24 to \/32$/, /from 24 to 32/);
  refused({ length: 33 }, /into \/33/, /from 24 to 32/);
  refused({ count: 512 }, /into \/33/, /from 24 to 32/);
  refused({ count: 6 }, /6 is no power of two$/, /count 4 or 8/);
  refused({ count: 2 ** 52 + 1 }, /no power of two$/, /4503599627370496 or 9007199254740992/);
});
