/** The tools about planning against Python's ipaddress: 100,000 random cases each. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { renderPrefix } from "../../lib/ip/prefix.ts";
import { InputError } from "../../lib/errors/mod.ts";
import type { Tool, ToolContext } from "../../lib/mcp/define_tool.ts";
import { checkOverlaps } from "../../tools/planning/check_overlaps.ts";
import { cidrInfo } from "../../tools/planning/cidr_info.ts";
import { cidrSummarize } from "../../tools/planning/cidr_summarize.ts";
import { findVlanForIp } from "../../tools/planning/find_vlan_for_ip.ts";
import { ipInSubnet } from "../../tools/planning/ip_in_subnet.ts";
import { ipInVlan } from "../../tools/planning/ip_in_vlan.ts";
import { planSubnets } from "../../tools/planning/plan_subnets.ts";
import { subnetSplit } from "../../tools/planning/subnet_split.ts";
import { validateVlanMap } from "../../tools/planning/validate_vlan_map.ts";
import { Random } from "../fuzz/random.ts";
import { findProgram, interopTest } from "./daemon.ts";
import {
  randomPlanRequest,
  randomPrefix,
  randomVlanMap,
  writtenAddress,
  writtenList,
  writtenPrefix,
} from "./planning_cases.ts";

const CASES = 100_000;
const ORACLE = fileURLToPath(new URL("planning_oracle.py", import.meta.url));

/** A tool, its cases, and what of an answer both sides say. */
interface Comparison<Case> {
  readonly tool: Tool;
  readonly makeCase: (random: Random) => Case;
  readonly toArguments: (one: Case) => Record<string, unknown>;
  /** `answer` is null where the tool refused the arguments. */
  // deno-lint-ignore no-explicit-any -- the answer of a tool whose output the schema has checked
  readonly toWord: (answer: any, one: Case) => unknown;
}

/** The answer of the tool, or null where it refuses its arguments. */
async function answerOf(tool: Tool, args: Record<string, unknown>): Promise<unknown> {
  try {
    // These tools compute, and look at no context.
    return await tool.run(args, {} as ToolContext);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** Cases that go to Python at once: it works on them while the next ones are made. */
const BATCH = 5_000;

/**
 * Python's word on each of {@link CASES} cases. `makeLine` makes the line of JSON that Python gets.
 */
async function askOracle(tool: string, makeLine: () => Promise<string>): Promise<string[]> {
  const child = new Deno.Command(findProgram("python3") ?? "python3", {
    args: [ORACLE, tool],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const said = new Response(child.stdout).text();
  const writer = child.stdin.getWriter();
  const encoder = new TextEncoder();
  for (let made = 0; made < CASES; made += BATCH) {
    let lines = "";
    for (let index = 0; index < BATCH; index++) lines += `${await makeLine()}\n`;
    await writer.write(encoder.encode(lines));
  }
  await writer.close();
  const { success } = await child.status;
  assert.ok(success);
  const words = (await said).trimEnd().split("\n");
  assert.equal(words.length, CASES);
  return words;
}

function compare<Case>({ tool, makeCase, toArguments, toWord }: Comparison<Case>): void {
  interopTest(`${tool.name} says what Python says`, { programs: ["python3"] }, async () => {
    const random = new Random(6);
    const lines: string[] = [];
    const ours: string[] = [];
    const words = await askOracle(tool.name, async () => {
      const one = makeCase(random);
      const answer = await answerOf(tool, toArguments(one));
      if (answer !== null && lines.length % 1000 === 0) tool.output.strict().parse(answer);
      ours.push(JSON.stringify(toWord(answer, one)));
      const line = JSON.stringify(one);
      lines.push(line);
      return line;
    });
    words.forEach((word, index) => {
      if (ours[index] !== word) assert.equal(ours[index], word, lines[index]);
    });
  });
}

compare({
  tool: cidrInfo,
  makeCase: writtenPrefix,
  toArguments: (cidr) => ({ cidr }),
  toWord: (answer) =>
    answer && [
      answer.cidr_normalized,
      answer.ip_version,
      answer.prefix_length,
      answer.network_address,
      answer.broadcast_address,
      answer.netmask,
      answer.wildcard_mask,
      answer.total_addresses,
      answer.usable_host_addresses,
      answer.first_usable,
      answer.last_usable,
    ],
});

compare({
  tool: ipInSubnet,
  makeCase: (random) => {
    const near = randomPrefix(random);
    return {
      ip: writtenAddress(random, near),
      cidr: random.oneIn(10) ? writtenPrefix(random) : renderPrefix(near),
    };
  },
  toArguments: (one) => one,
  toWord: (answer) => [
    answer.reason_code,
    answer.in_subnet,
    answer.is_usable_host,
    answer.ip_normalized,
    answer.cidr_normalized,
  ],
});

compare({
  tool: subnetSplit,
  makeCase: (random) => {
    const parent = randomPrefix(random);
    const bits = parent.family === 4 ? 32 : 128;
    const depth = random.oneIn(1000) ? 13 : random.below(6);
    const length = Math.min(parent.length + depth, bits);
    const cidr = renderPrefix(parent);
    if (random.oneIn(4)) {
      const count = random.oneIn(4) ? 1 + random.below(70) : 2 ** (length - parent.length);
      return { cidr, count, start_index: 0 };
    }
    if (random.oneIn(2)) {
      const new_prefix = random.oneIn(8) ? random.below(bits + 1) : length;
      const last = 2n ** BigInt(Math.max(new_prefix - parent.length, 0));
      return {
        cidr,
        new_prefix,
        start_index: String(last > 20n ? last - BigInt(random.below(20)) : 0n),
      };
    }
    return { cidr, new_prefix: length, start_index: random.oneIn(4) ? random.below(8) : 0 };
  },
  toArguments: (one) => one,
  toWord: (answer) =>
    answer && [answer.child_prefix, answer.count, answer.subnets, answer.next_index],
});

compare({
  tool: cidrSummarize,
  makeCase: writtenList,
  toArguments: (cidrs) => ({ cidrs }),
  toWord: (answer) => [
    answer.invalid_count,
    [answer.ipv4, answer.ipv6].map((one) => [one.input_count, one.summarized, one.addresses]),
  ],
});

compare({
  tool: checkOverlaps,
  makeCase: writtenList,
  toArguments: (cidrs) => ({ cidrs }),
  toWord: (answer) => [
    answer.invalid_count,
    answer.overlap_count,
    answer.equal_count,
    answer.overlaps.map((one: Record<string, string>) =>
      `${one.a} ${one.relationship} ${one.b} ${one.overlap_cidr}`
    ).sort(),
  ],
});

compare({
  tool: validateVlanMap,
  makeCase: randomVlanMap,
  toArguments: (vlan_map) => ({ vlan_map }),
  toWord: (answer) => [
    answer.error_count,
    answer.valid,
    answer.overlaps.map((one: Record<string, string>) =>
      `${one.vlan_a} ${one.cidr_a} ${one.relationship} ${one.vlan_b} ${one.cidr_b}`
    ).sort(),
  ],
});

compare({
  tool: findVlanForIp,
  makeCase: (random) => ({
    ip: writtenAddress(random, randomPrefix(random)),
    vlan_map: randomVlanMap(random),
  }),
  toArguments: (one) => one,
  toWord: (answer) =>
    answer && [
      answer.success,
      answer.match_type,
      answer.matches.map((one: Record<string, string>) => [one.vlan_id, one.cidr]),
    ],
});

compare({
  tool: ipInVlan,
  makeCase: (random) => ({
    ip: writtenAddress(random, randomPrefix(random)),
    vlan_id: random.pick<string | number>(["10", 10, "010", "20", 1, 4094, 4095, "x"]),
    vlan_map: randomVlanMap(random),
  }),
  toArguments: (one) => one,
  toWord: (answer) => [answer.reason_code, answer.best_guess_vlan],
});

interopTest(
  "plan_subnets: Python finds no fault in any plan",
  { programs: ["python3"] },
  async () => {
    const random = new Random(6);
    const lines: string[] = [];
    let [refused, kept] = [0, 0];
    const words = await askOracle("plan_subnets", async () => {
      const given = randomPlanRequest(random);
      const answer = await answerOf(planSubnets, given);
      const line = JSON.stringify({ given, answer });
      if (answer === null) refused++;
      else if (line.includes('"kept"')) kept++;
      lines.push(line);
      return line;
    });
    words.forEach((faults, index) => {
      if (faults !== "[]") assert.equal(faults, "[]", lines[index]);
    });
    // The cases reach what they are made for.
    assert.ok(refused > CASES / 100 && refused < CASES / 4, `${refused} refused`);
    assert.ok(kept > CASES / 20, `${kept} kept something`);
  },
);
