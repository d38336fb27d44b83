/**
 * `plan_subnets`: a subnet for every VLAN.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../../lib/errors/mod.ts";
import { addressBits, renderAddress } from "../../lib/ip/address.ts";
import { overlaps, type Prefix, renderPrefix } from "../../lib/ip/prefix.ts";
import { defineTool } from "../../lib/mcp/define_tool.ts";
import { exactCount } from "../../lib/planning/exact_count.ts";
import { sayCount } from "../../lib/words/amount.ts";
import {
  type Allocation,
  type PlanRequest,
  planSubnets as plan,
  type Requirement,
  type SubnetPlan,
} from "../../lib/planning/subnet_plan.ts";
import { addressPlan, type AddressRules, grownHosts } from "../../lib/planning/subnet_size.ts";
import {
  cidrList,
  exactCountField,
  ipText,
  listed,
  notesOf,
  PLANNING_BUDGET_MS,
  vlanIdInput,
} from "../../lib/planning/tool_fields.ts";
import { parseVlanId } from "../../lib/planning/vlan_id.ts";
import { readPrefix } from "../../lib/planning/written_prefix.ts";

/** Free prefixes and summary prefixes that one answer lists. */
const MAX_INLINE = 32;
/** More free blocks than this are worth a warning. */
const FRAGMENTED = 8;
const MAX_HOSTS = 4_294_967_296;

const hosts = () => z.int().min(1).max(MAX_HOSTS).optional();
const length = () => z.int().min(0).max(128).optional();
const growthPercent = () => z.int().min(0).max(10_000);

const input = () =>
  z.strictObject({
    parent_cidr: ipText().describe("IPv4 or IPv6 prefix to plan in"),
    requirements: z.array(z.strictObject({
      vlan_id: vlanIdInput(),
      name: z.string().max(128).default(""),
      needed_hosts: hosts(),
      hosts: hosts().describe("Same as needed_hosts"),
      desired_prefix: length().describe("Length, instead of hosts"),
      prefix: length().describe("Same as desired_prefix"),
      growth_percent: growthPercent().optional(),
      growth_hosts: z.int().min(0).max(MAX_HOSTS).default(0),
      avoid: z.array(ipText()).max(100).default([]).describe("Holds for all"),
      contiguous: z.boolean().default(true).describe("Every subnet is one prefix anyway"),
    })).min(1).max(4094).describe("One per VLAN: hosts or length"),
    gateway: z.enum(["first", "last", "none"]).default("first").describe(
      "Host address that the gateway takes, beside needed_hosts",
    ),
    reserve: z.int().min(0).max(1_000).default(0).describe(
      "Addresses next to the gateway to keep from hosts in every subnet",
    ),
    growth_percent: growthPercent().default(0).describe("Default of every requirement by hosts"),
    avoid: cidrList().default([]).describe("Ranges to stay out of"),
    existing: cidrList().default([]).describe("Allocations of others"),
    previous_plan: z.array(z.object({
      vlan_id: vlanIdInput(),
      allocated_cidr: ipText().nullable(),
    })).max(4094).default([]).describe(
      "allocations of an earlier answer: what can stay stays",
    ),
  });

type Input = z.output<ReturnType<typeof input>>;

/** Plans subnets. */
export const planSubnets = defineTool({
  name: "plan_subnets",
  title: "Plan subnets",
  toolset: "planning",
  effect: "observe",
  reach: "local",
  description:
    "Gives every VLAN a subnet of the parent: disjoint, out of avoid and existing, packed so that " +
    "allocations and free space summarize in few prefixes. IPv4 counts hosts, growth, gateway, " +
    "reserve, network and broadcast; an IPv6 subnet is a /64 unless the parent is longer. Give " +
    "back allocations as previous_plan to change as little as possible. Nothing is configured.",
  input,
  output: () =>
    z.object({
      success: z.boolean().describe("Every VLAN got a subnet"),
      summary: z.string(),
      parent_cidr: z.string(),
      allocations: z.array(z.object({
        vlan_id: z.number(),
        name: z.string(),
        requested_hosts: exactCountField().nullable().describe("With growth"),
        requested_prefix: z.number().nullable(),
        allocated_cidr: z.string().nullable(),
        success: z.boolean(),
        change: z.enum(["new", "kept", "grown", "shrunk", "moved"]).nullable(),
        gateway: z.string().nullable(),
        first_host: z.string().nullable(),
        last_host: z.string().nullable(),
        host_capacity: exactCountField(),
        notes: z.array(z.string()),
      })).describe("Largest first"),
      summary_cidrs: z.array(z.string()).describe(`Of all allocations, the first ${MAX_INLINE}`),
      summary_count: z.number(),
      remaining: z.object({
        free_addresses: exactCountField(),
        free_count: z.number(),
        free_cidrs: z.array(z.string()).describe(`The first ${MAX_INLINE}`),
      }),
      released: z.array(z.string()).describe("Of previous_plan, VLANs not required any more"),
      warnings: z.array(z.string()),
    }),
  needs: () => [],
  budget: { ms: PLANNING_BUDGET_MS },
  pages: "allocations",
  run: (given) => {
    const { request, notes } = readRequest(given);
    const planned = plan(request, MAX_INLINE);
    const { parent, rules, requirements } = request;
    const wanted = new Set(requirements.map(({ vlanId }) => vlanId));
    const placed = planned.allocations.filter(({ prefix }) => prefix !== null).length;
    const moved = planned.allocations.filter(({ change }) => change === "moved").length;
    return {
      success: placed === requirements.length,
      summary: `${placed} of ${sayCount(requirements.length, "subnet")} ${
        placed === 1 ? "fits" : "fit"
      } in ${renderPrefix(parent)}${moved === 0 ? "" : `, ${moved} moved`}; ${
        sayCount(planned.free.count, "block")
      } left`,
      parent_cidr: renderPrefix(parent),
      allocations: planned.allocations.map((one) => reportOn(one, rules)),
      summary_cidrs: planned.summary.slice(0, MAX_INLINE).map(renderPrefix),
      summary_count: planned.summary.length,
      remaining: {
        free_addresses: exactCount(planned.free.addresses),
        free_count: planned.free.count,
        free_cidrs: planned.free.listed.map(renderPrefix),
      },
      released: listed(
        given.previous_plan.flatMap(({ vlan_id, allocated_cidr }) =>
          allocated_cidr === null || wanted.has(parseVlanId(vlan_id))
            ? []
            : `VLAN ${vlan_id}: ${allocated_cidr}`
        ),
      ),
      warnings: [...warningsOn(request, planned), ...listed(notes)],
    };
  },
});

function readRequest(given: Input): { request: PlanRequest; notes: string[] } {
  const parent = readPrefix(given.parent_cidr);
  const avoid = [...given.avoid, ...given.requirements.flatMap((one) => one.avoid)].map(readPrefix);
  const existing = given.existing.map(readPrefix);
  const previous = new Map<number, Prefix>();
  const { family } = parent.prefix;
  const notes = notesOf([parent, ...avoid, ...existing]);
  for (const { vlan_id, allocated_cidr } of given.previous_plan) {
    if (allocated_cidr === null) continue;
    const id = parseVlanId(vlan_id);
    if (previous.has(id)) throw repeated(id, "previous_plan");
    const { prefix } = readPrefix(allocated_cidr);
    if (prefix.family === family) previous.set(id, prefix);
    else notes.push(`VLAN ${id}: ${allocated_cidr} of previous_plan is of the other IP version`);
  }
  for (const [what, ranges] of [["avoid", avoid], ["existing", existing]] as const) {
    const apart = ranges.filter(({ prefix }) => !overlaps(prefix, parent.prefix)).length;
    if (apart > 0) notes.push(`${sayCount(apart, `range`)} of ${what} lie outside the parent`);
  }
  const seen = new Set<number>();
  const requirements = given.requirements.map((one): Requirement => {
    const vlanId = parseVlanId(one.vlan_id);
    if (seen.has(vlanId)) throw repeated(vlanId, "requirements");
    seen.add(vlanId);
    return {
      vlanId,
      name: one.name,
      size: sizeOf(one, vlanId, given.growth_percent, addressBits(family)),
      previous: previous.get(vlanId) ?? null,
    };
  });
  return {
    request: {
      parent: parent.prefix,
      requirements,
      rules: { gateway: given.gateway, reserve: given.reserve },
      avoid: avoid.map(({ prefix }) => prefix),
      existing: existing.map(({ prefix }) => prefix),
    },
    notes,
  };
}

function repeated(vlanId: number, where: string): InputError {
  return new InputError("vlan_id", `Cannot plan: ${where} has VLAN ${vlanId} twice`, {
    hint: "Give each VLAN once; a second subnet needs an id of its own.",
  });
}

function sizeOf(
  one: Input["requirements"][number],
  vlanId: number,
  growthDefault: number,
  bits: number,
): Requirement["size"] {
  const sizes = [one.needed_hosts, one.hosts, one.desired_prefix, one.prefix];
  const count = sizes.filter((size) => size !== undefined).length;
  const needed = one.needed_hosts ?? one.hosts;
  const asked = one.desired_prefix ?? one.prefix;
  const refuse = (why: string, hint: string): never => {
    throw new InputError("requirement", `Cannot plan VLAN ${vlanId}: ${why}`, { hint });
  };
  if (count !== 1) {
    return refuse(
      `exactly one of needed_hosts and desired_prefix is wanted, ${count} were given`,
      'For example {"vlan_id": 10, "name": "users", "needed_hosts": 100}.',
    );
  }
  if (needed !== undefined) {
    return {
      hosts: needed,
      growthPercent: one.growth_percent ?? growthDefault,
      growthHosts: one.growth_hosts,
    };
  }
  if (asked === undefined || asked > bits) {
    return refuse(`/${asked} is longer than an address`, `Give a length up to ${bits}.`);
  }
  if (one.growth_percent !== undefined || one.growth_hosts > 0) {
    return refuse(
      "growth is counted in hosts, and a length was given",
      "Give needed_hosts, or a shorter desired_prefix without growth.",
    );
  }
  return { length: asked };
}

function reportOn(
  { requirement, length, prefix, change, reason }: Allocation,
  rules: AddressRules,
) {
  const { vlanId, name, size } = requirement;
  const addresses = prefix === null ? null : addressPlan(prefix, rules);
  const render = (address: Parameters<typeof renderAddress>[0] | null | undefined) =>
    address === null || address === undefined ? null : renderAddress(address);
  const notes = reason === null ? [] : [reason];
  if (prefix !== null && rules.gateway !== "none" && addresses?.gateway === null) {
    notes.push(`A /${prefix.length} has no room for a gateway`);
  }
  if (prefix !== null && prefix.length < length) notes.push(`A /${length} would do`);
  return {
    vlan_id: vlanId,
    name,
    requested_hosts: "length" in size ? null : exactCount(grownHosts(size)),
    requested_prefix: "length" in size ? size.length : null,
    allocated_cidr: prefix === null ? null : renderPrefix(prefix),
    success: prefix !== null,
    change,
    gateway: render(addresses?.gateway),
    first_host: render(addresses?.hosts?.first),
    last_host: render(addresses?.hosts?.last),
    host_capacity: exactCount(addresses?.hostCount ?? 0n),
    notes,
  };
}

function warningsOn(request: PlanRequest, planned: SubnetPlan): string[] {
  const warnings: string[] = [];
  const unplaced = planned.allocations.filter(({ prefix }) => prefix === null);
  if (unplaced.length > 0) {
    const ids = unplaced.map(({ requirement }) => requirement.vlanId);
    warnings.push(
      `No room for ${sayCount(ids.length, "VLAN")}: ${listed(ids.map(String)).join(", ")}`,
    );
    const requirements = request.requirements.map((one) => ({ ...one, previous: null }));
    const fresh = plan({ ...request, requirements }, 0);
    const missing = fresh.allocations.filter(({ prefix }) => prefix === null).length;
    if (missing < unplaced.length) {
      warnings.push(
        `Without previous_plan ${missing === 0 ? "all fit" : `only ${missing} do not fit`}`,
      );
    }
  }
  if (planned.free.count > FRAGMENTED) {
    warnings.push(`The free space is in ${planned.free.count} blocks`);
  }
  return warnings;
}
