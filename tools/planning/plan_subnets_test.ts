import assert from "node:assert/strict";
import { computeWith } from "../../tests/support/pure_tool.ts";
import { planSubnets } from "./plan_subnets.ts";

interface Row {
  readonly vlan_id: number;
  readonly allocated_cidr: string | null;
  readonly change: string | null;
  readonly notes: readonly string[];
  readonly host_capacity: number | string;
}

async function planned(args: Record<string, unknown>) {
  const answer = await computeWith(planSubnets, args);
  const rows = answer.allocations as Row[];
  return {
    answer,
    rows,
    cidrs: Object.fromEntries(rows.map((row) => [row.vlan_id, row.allocated_cidr])),
  };
}

Deno.test("every VLAN gets a subnet with a gateway, and what is left is told", async () => {
  const { answer } = await planned({
    parent_cidr: "10.0.0.0/24",
    requirements: [
      { vlan_id: "10", name: "users", needed_hosts: 40, growth_percent: 20 },
      { vlan_id: 20, name: "servers", prefix: 25 },
    ],
    reserve: 2,
    avoid: ["10.0.0.0/28"],
  });
  assert.deepEqual(answer, {
    success: true,
    summary: "2 of 2 subnets fit in 10.0.0.0/24; 2 blocks left",
    parent_cidr: "10.0.0.0/24",
    allocations: [{
      vlan_id: 20,
      name: "servers",
      requested_hosts: null,
      requested_prefix: 25,
      allocated_cidr: "10.0.0.128/25",
      success: true,
      change: "new",
      gateway: "10.0.0.129",
      first_host: "10.0.0.132",
      last_host: "10.0.0.254",
      host_capacity: 123,
      notes: [],
    }, {
      vlan_id: 10,
      name: "users",
      requested_hosts: 48,
      requested_prefix: null,
      allocated_cidr: "10.0.0.64/26",
      success: true,
      change: "new",
      gateway: "10.0.0.65",
      first_host: "10.0.0.68",
      last_host: "10.0.0.126",
      host_capacity: 59,
      notes: [],
    }],
    summary_cidrs: ["10.0.0.64/26", "10.0.0.128/25"],
    summary_count: 2,
    remaining: {
      free_addresses: 48,
      free_count: 2,
      free_cidrs: ["10.0.0.16/28", "10.0.0.32/27"],
    },
    released: [],
    warnings: [],
  });
});

Deno.test("an IPv6 subnet is a /64, and its counts are exact", async () => {
  const { rows } = await planned({
    parent_cidr: "2001:db8::/48",
    requirements: [{ vlan_id: 10, needed_hosts: 5 }, { vlan_id: 11, needed_hosts: 1000 }],
  });
  assert.deepEqual(rows.map((row) => row.allocated_cidr), ["2001:db8::/64", "2001:db8:0:1::/64"]);
  assert.equal(rows[0]?.host_capacity, "18446744073709551614");
});

Deno.test("one and two hosts leave room for the gateway, unless there is none", async () => {
  const requirements = [{ vlan_id: 1, needed_hosts: 1 }, { vlan_id: 2, hosts: 2 }];
  const parent_cidr = "10.0.0.0/24";
  assert.deepEqual((await planned({ parent_cidr, requirements })).cidrs, {
    1: "10.0.0.8/30",
    2: "10.0.0.0/29",
  });
  assert.deepEqual((await planned({ parent_cidr, requirements, gateway: "none" })).cidrs, {
    1: "10.0.0.2/32",
    2: "10.0.0.0/31",
  });
});

Deno.test("the answer is the previous plan of the next question", async () => {
  const first = await planned({
    parent_cidr: "10.0.0.0/24",
    requirements: [10, 20, 30].map((vlan_id) => ({ vlan_id, needed_hosts: 20 })),
  });
  const { answer, rows } = await planned({
    parent_cidr: "10.0.0.0/24",
    requirements: [
      { vlan_id: 30, needed_hosts: 50 },
      { vlan_id: 20, needed_hosts: 20 },
      { vlan_id: 40, needed_hosts: 20 },
    ],
    previous_plan: first.answer.allocations,
  });
  assert.deepEqual(rows.map((row) => `${row.vlan_id} ${row.allocated_cidr} ${row.change}`), [
    "30 10.0.0.64/26 grown",
    "20 10.0.0.32/27 kept",
    "40 10.0.0.0/27 new",
  ]);
  assert.deepEqual(answer.released, ["VLAN 10: 10.0.0.0/27"]);
});

Deno.test("what the previous plan makes impossible is told", async () => {
  const { answer } = await planned({
    parent_cidr: "10.0.0.0/24",
    requirements: [{ vlan_id: 10, prefix: 26 }, { vlan_id: 20, prefix: 26 }, {
      vlan_id: 30,
      prefix: 25,
    }],
    previous_plan: [
      { vlan_id: 10, allocated_cidr: "10.0.0.0/26" },
      { vlan_id: 20, allocated_cidr: "10.0.0.128/26" },
    ],
  });
  assert.equal(answer.success, false);
  assert.deepEqual(answer.warnings, ["No room for 1 VLAN: 30", "Without previous_plan all fit"]);
});

Deno.test("what has no effect or was not written exactly is noted", async () => {
  const { answer } = await planned({
    parent_cidr: "10.0.0.7/24",
    requirements: [{ vlan_id: 10, prefix: 32 }],
    existing: ["192.0.2.0/24", "2001:db8::/32"],
    previous_plan: [{ vlan_id: 10, allocated_cidr: "2001:db8::/64" }],
  });
  assert.deepEqual(answer.warnings, [
    "10.0.0.7/24 has host bits set: read as 10.0.0.0/24",
    "VLAN 10: 2001:db8::/64 of previous_plan is of the other IP version",
    "2 ranges of existing lie outside the parent",
  ]);
  assert.deepEqual((answer.allocations as Row[])[0]?.notes, ["A /32 has no room for a gateway"]);
});

Deno.test("a free space in many pieces is warned about", async () => {
  const { answer } = await planned({
    parent_cidr: "10.0.0.0/20",
    requirements: [{ vlan_id: 10, prefix: 24 }],
    existing: Array.from({ length: 10 }, (_, index) => `10.0.${index}.128/25`),
  });
  assert.deepEqual(answer.warnings, ["The free space is in 12 blocks"]);
});

Deno.test("requirements that make no sense are refused by name", async () => {
  const refused = async (code: string, message: RegExp, args: Record<string, unknown>) =>
    await assert.rejects(
      planned({ parent_cidr: "10.0.0.0/24", requirements: [{ vlan_id: 10, prefix: 28 }], ...args }),
      { code, message },
    );
  const one = (requirement: Record<string, unknown>) => ({
    requirements: [{ vlan_id: 10, ...requirement }],
  });
  await refused(
    "input.requirement",
    /^Cannot plan VLAN 10: exactly one .*, 0 were given$/,
    one({}),
  );
  await refused("input.requirement", /, 2 were given$/, one({ hosts: 1, prefix: 28 }));
  await refused("input.requirement", /\/33 is longer than an address$/, one({ prefix: 33 }));
  await refused(
    "input.requirement",
    /growth is counted in hosts/,
    one({ prefix: 28, growth_hosts: 1 }),
  );
  await refused("input.vlan_id", /"4095" as a VLAN id$/, one({ vlan_id: 4095, prefix: 28 }));
  await refused("input.vlan_id", /^Cannot plan: requirements has VLAN 10 twice$/, {
    requirements: [{ vlan_id: 10, prefix: 28 }, { vlan_id: "010", prefix: 28 }],
  });
  await refused("input.vlan_id", /^Cannot plan: previous_plan has VLAN 10 twice$/, {
    previous_plan: Array(2).fill({ vlan_id: 10, allocated_cidr: "10.0.0.0/28" }),
  });
  await refused("input.prefix", /"ten"/, one({ prefix: 28, avoid: ["ten"] }));
  await refused("input.avoid", /10\.0\.0\.0\/8 contains all of it$/, { avoid: ["10.0.0.0/8"] });
  await refused(
    "input.avoid",
    /10\.0\.0\.0\/8 contains all of it$/,
    one({ prefix: 28, avoid: ["10.0.0.0/8"] }),
  );
});

Deno.test("thousands of VLANs among ten thousand allocations are planned in seconds", async () => {
  const { answer } = await planned({
    parent_cidr: "10.0.0.0/8",
    requirements: Array.from({ length: 4094 }, (_, index) => ({
      vlan_id: index + 1,
      needed_hosts: 1 + index % 500,
    })),
    existing: Array.from(
      { length: 10_000 },
      (_, index) => `10.${index >> 7}.${index * 2 & 255}.0/27`,
    ),
    previous_plan: Array.from({ length: 4094 }, (_, index) => ({
      vlan_id: index + 1,
      allocated_cidr: `10.${index >> 7}.${index * 2 & 255}.128/${25 + index % 4}`,
    })),
  });
  assert.equal(answer.success, true);
});
