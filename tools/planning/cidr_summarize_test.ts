import assert from "node:assert/strict";
import { computeWith } from "../../tests/support/pure_tool.ts";
import { cidrSummarize } from "./cidr_summarize.ts";

Deno.test("both families are summarized, and what cannot be read is told", async () => {
  const cidrs = ["10.0.0.0/25", "10.0.0.200/25", "ten", "2001:db8::/33", "2001:db8:8000::/33"];
  assert.deepEqual(await computeWith(cidrSummarize, { cidrs }), {
    success: false,
    summary: "4 prefixes became 2; 1 entry could not be read and is left out",
    input_count: 5,
    input_cidrs: ["10.0.0.0/25", "10.0.0.128/25", "2001:db8::/33", "2001:db8:8000::/33"],
    invalid_count: 1,
    invalid_cidrs: ["ten"],
    notes: ["10.0.0.200/25 has host bits set: read as 10.0.0.128/25"],
    ipv4: { input_count: 2, summarized_count: 1, addresses: 256, summarized: ["10.0.0.0/24"] },
    ipv6: {
      input_count: 2,
      summarized_count: 1,
      addresses: "79228162514264337593543950336",
      summarized: ["2001:db8::/32"],
    },
    more: [],
  });
});

Deno.test("of 10,000 prefixes none is lost: what does not stand in its family's list stands in more", async () => {
  const cidrs = Array.from(
    { length: 10_000 },
    (_, index) =>
      index % 2 === 0 ? `10.${index >> 8}.${index & 255}.0/25` : `2001:db8:${index}::/48`,
  );
  const answer = await computeWith(cidrSummarize, { cidrs });
  const [ipv4, ipv6] = [answer.ipv4, answer.ipv6] as { summarized: string[] }[];
  const all = [...ipv4?.summarized ?? [], ...ipv6?.summarized ?? [], ...answer.more as string[]];
  assert.deepEqual(all.toSorted(), cidrs.toSorted());
  assert.equal(ipv4?.summarized.length, 50);
  assert.equal((answer.input_cidrs as string[]).length, 20);
});

Deno.test("notes and unread texts are cut and counted", async () => {
  const cidrs = Array.from({ length: 50 }, (_, index) => index % 2 ? `10.0.${index}.1/24` : "x");
  const answer = await computeWith(cidrSummarize, { cidrs });
  assert.equal(answer.invalid_count, 25);
  assert.equal((answer.invalid_cidrs as string[]).length, 20);
  assert.equal((answer.notes as string[]).length, 21);
  assert.equal((answer.notes as string[]).at(-1), "and 5 more");
});

Deno.test("lists that are empty or too long do not pass the schema", () => {
  for (const cidrs of [[], Array(10_001).fill("10.0.0.0/8"), ["1".repeat(65)]]) {
    assert.equal(cidrSummarize.input.safeParse({ cidrs }).success, false);
  }
});
