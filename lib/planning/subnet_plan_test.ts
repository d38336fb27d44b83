import assert from "node:assert/strict";
import { parsePrefix, renderPrefix } from "../ip/prefix.ts";
import { planSubnets, type Requirement } from "./subnet_plan.ts";

const prefix = (text: string) => parsePrefix(text).prefix;

interface Given {
  /** VLAN id to length, or to length and previous prefix. */
  readonly vlans: Readonly<Record<number, number | readonly [length: number, previous: string]>>;
  readonly avoid?: readonly string[];
  readonly existing?: readonly string[];
}

function planned(parent: string, { vlans, avoid = [], existing = [] }: Given) {
  const requirements = Object.entries(vlans).map(([id, entry]): Requirement => {
    const [length, previous] = typeof entry === "number" ? [entry, null] : entry;
    return {
      vlanId: Number(id),
      name: "",
      size: { length },
      previous: previous === null ? null : prefix(previous),
    };
  });
  const { allocations, free, summary } = planSubnets({
    parent: prefix(parent),
    requirements,
    rules: { gateway: "first", reserve: 0 },
    avoid: avoid.map(prefix),
    existing: existing.map(prefix),
  }, 10);
  return {
    allocations: allocations.map((one) =>
      `${one.requirement.vlanId} ${
        one.prefix === null ? null : renderPrefix(one.prefix)
      } ${one.change}`
    ),
    reasons: allocations.flatMap(({ reason }) => reason ?? []),
    free: free.listed.map(renderPrefix),
    summary: summary.map(renderPrefix),
  };
}

Deno.test("subnets are packed from large to small, equal ones as given", () => {
  assert.deepEqual(planned("10.0.0.0/24", { vlans: { 1: 28, 2: 26, 3: 28, 4: 25 } }), {
    allocations: [
      "4 10.0.0.0/25 new",
      "2 10.0.0.128/26 new",
      "1 10.0.0.192/28 new",
      "3 10.0.0.208/28 new",
    ],
    reasons: [],
    free: ["10.0.0.224/27"],
    summary: ["10.0.0.0/25", "10.0.0.128/26", "10.0.0.192/27"],
  });
});

Deno.test("holes are filled before large blocks are opened", () => {
  const { allocations, free } = planned("10.0.0.0/24", {
    vlans: { 1: 27, 2: 28 },
    existing: ["10.0.0.0/28", "10.0.0.64/26"],
  });
  assert.deepEqual(allocations, ["1 10.0.0.32/27 new", "2 10.0.0.16/28 new"]);
  assert.deepEqual(free, ["10.0.0.128/25"]);
});

Deno.test("of equal blocks the one that completes a larger one of ours is taken", () => {
  const { allocations, summary } = planned("10.0.0.0/22", {
    vlans: { 1: 24, 2: [24, "10.0.3.0/24"] },
    avoid: ["10.0.0.0/24"],
  });
  assert.deepEqual(allocations, ["1 10.0.2.0/24 new", "2 10.0.3.0/24 kept"]);
  assert.deepEqual(summary, ["10.0.2.0/23"]);
});

Deno.test("what can stay stays, and grows or shrinks around its place", () => {
  const { allocations, reasons } = planned("10.0.0.0/24", {
    vlans: {
      1: [27, "10.0.0.224/27"],
      2: [26, "10.0.0.64/27"],
      3: [28, "10.0.0.128/27"],
      4: [27, "10.0.0.144/28"],
      5: [28, "10.9.0.0/28"],
      6: [28, "10.0.0.224/28"],
    },
  });
  assert.deepEqual(allocations, [
    "2 10.0.0.64/26 grown",
    "1 10.0.0.224/27 kept",
    "4 10.0.0.192/27 moved",
    "3 10.0.0.128/28 shrunk",
    "5 10.0.0.144/28 moved",
    "6 10.0.0.160/28 moved",
  ]);
  assert.deepEqual(reasons, [
    "Moved: 10.0.0.144/28 cannot grow to a /27 where it is",
    "Moved: 10.9.0.0/28 lies outside the parent",
    "Moved: 10.0.0.224/28 overlaps 10.0.0.224/27, which is taken",
  ]);
});

Deno.test("what does not fit says why, and the rest is placed", () => {
  const { allocations, reasons } = planned("10.0.0.0/24", {
    vlans: { 1: 23, 2: 25, 3: 25, 4: 30 },
  });
  assert.deepEqual(allocations, [
    "1 null null",
    "2 10.0.0.0/25 new",
    "3 10.0.0.128/25 new",
    "4 null null",
  ]);
  assert.deepEqual(reasons, [
    "Needs a /23, which is larger than the parent",
    "Needs a /30; nothing is free",
  ]);
  assert.deepEqual(
    planned("10.0.0.0/24", { vlans: { 1: 25 }, avoid: ["10.0.0.127/32", "10.0.0.128/32"] }).reasons,
    ["Needs a /25; the largest free block is a /26"],
  );
});

Deno.test("a parent that is avoided or in use as a whole is refused", () => {
  const refused = (given: Omit<Given, "vlans">, message: RegExp) =>
    assert.throws(
      () => planned("10.0.0.0/24", { vlans: { 1: 28 }, ...given }),
      { code: "input.avoid", message },
    );
  refused({ avoid: ["10.0.0.0/8"] }, /the range to avoid 10\.0\.0\.0\/8 contains all of it$/);
  refused({ existing: ["10.0.0.0/24"] }, /the existing range 10\.0\.0\.0\/24 contains all of it$/);
  refused(
    { avoid: ["10.0.0.0/25"], existing: ["10.0.0.128/25"] },
    /the ranges to avoid and the existing ones together fill it$/,
  );
});

Deno.test("ranges of the other family and beside the parent change nothing", () => {
  assert.deepEqual(
    planned("2001:db8::/62", {
      vlans: { 1: 64, 2: 64 },
      avoid: ["0.0.0.0/0", "2001:db8:1::/48"],
      existing: ["2001:db8::/64"],
    }),
    {
      allocations: ["1 2001:db8:0:1::/64 new", "2 2001:db8:0:2::/64 new"],
      reasons: [],
      free: ["2001:db8:0:3::/64"],
      summary: ["2001:db8:0:1::/64", "2001:db8:0:2::/64"],
    },
  );
});
