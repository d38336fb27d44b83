import assert from "node:assert/strict";
import { computeWith } from "../../tests/support/pure_tool.ts";
import { subnetSplit } from "./subnet_split.ts";

Deno.test("a prefix is split by length or by count", async () => {
  const wanted = {
    success: true,
    summary: "192.0.2.0/25 has 2 subnets of /26",
    parent_cidr: "192.0.2.0/25",
    child_prefix: 26,
    count: 2,
    addresses_per_subnet: 64,
    complete: true,
    next_index: null,
    subnets: ["192.0.2.0/26", "192.0.2.64/26"],
    notes: ["192.0.2.1/25 has host bits set: read as 192.0.2.0/25"],
  };
  const cidr = "192.0.2.1/25";
  assert.deepEqual(await computeWith(subnetSplit, { cidr, new_prefix: 26 }), wanted);
  assert.deepEqual(await computeWith(subnetSplit, { cidr, count: 2 }), wanted);
});

Deno.test("a split into millions is counted, and listed from any place on", async () => {
  const first = await computeWith(subnetSplit, { cidr: "10.0.0.0/8", new_prefix: 32 });
  assert.equal(first.count, 16777216);
  assert.equal((first.subnets as string[]).length, 4096);
  assert.equal(first.complete, false);
  assert.equal(first.next_index, 4096);
  const last = await computeWith(subnetSplit, {
    cidr: "::/0",
    new_prefix: 128,
    start_index: "340282366920938463463374607431768211455",
  });
  assert.equal(last.count, "340282366920938463463374607431768211456");
  assert.deepEqual(last.subnets, ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"]);
  assert.equal(last.complete, true);
});

Deno.test("next_index leads to the subnets that follow", async () => {
  const cidr = "10.0.0.0/16";
  const first = await computeWith(subnetSplit, { cidr, new_prefix: 29 });
  const second = await computeWith(subnetSplit, {
    cidr,
    new_prefix: 29,
    start_index: first.next_index,
  });
  assert.deepEqual(first.next_index, 4096);
  assert.equal((second.subnets as string[])[0], "10.0.128.0/29");
  assert.equal(second.complete, true);
});

Deno.test("one of length and count is wanted, and a start within the split", async () => {
  const cidr = "10.0.0.0/24";
  await assert.rejects(computeWith(subnetSplit, { cidr }), { code: "input.arguments" });
  await assert.rejects(
    computeWith(subnetSplit, { cidr, new_prefix: 25, count: 2 }),
    { code: "input.arguments" },
  );
  await assert.rejects(computeWith(subnetSplit, { cidr, count: 2, start_index: 2 }), {
    code: "input.start_index",
    message: "Cannot list from subnet 2 on: the split has 2 subnets",
  });
});
