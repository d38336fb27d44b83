import { deepEqual } from "node:assert/strict";
import { parseCommunity } from "../../route/community.ts";
import { communityWords } from "./community_words.ts";

/** The words in hex, form by form. */
function words(text: string): string[] {
  return communityWords(parseCommunity(text)).forms.map((form) =>
    form.map((word) => word.toString(16).padStart(8, "0")).join(" ")
  );
}

Deno.test("a standard community is one word, up to the highest", () => {
  deepEqual(["64500:1", "blackhole", "65535:65535"].map(words), [
    ["fbf40001"],
    ["ffff029a"],
    ["ffffffff"],
  ]);
});

Deno.test("a large community is three words", () => {
  deepEqual(words("4200000000:1:4294967295"), ["fa56ea00 00000001 ffffffff"]);
});

Deno.test("an extended community has a form for each kind of administrator that its numbers fit", () => {
  // rt:64500:1 with an AS of two octets (RFC 4360 §3.1) or four (RFC 5668 §2), rt:192.0.2.1:9 with an
  // address (RFC 4360 §3.2).
  deepEqual(words("rt:64500:1"), ["0002fbf4 00000001", "02020000 fbf40001"]);
  deepEqual(words("ro:64500:70000"), ["0003fbf4 00011170"]);
  deepEqual(words("ro:4200000000:1"), ["0203fa56 ea000001"]);
  deepEqual(words("rt:192.0.2.1:9"), ["0102c000 02010009"]);
});
