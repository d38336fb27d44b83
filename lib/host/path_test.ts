import assert from "node:assert/strict";
import { recordedHost } from "../../tests/host_fixtures.ts";
import type { Scripted } from "../../tests/scripted_programs.ts";
import type { ProgramCall } from "../io/io.ts";
import { parseAddress } from "../ip/address.ts";
import { findPath, type PathQuestion } from "./path.ts";

const ROUTE = {
  type: "unicast",
  dst: "192.0.2.77",
  dev: "va",
  table: "main",
  prefsrc: "192.0.2.7",
  flags: [],
  uid: 0,
  cache: [],
};

/** A path over the recorded tables, with the kernel's answers made up; and what was asked. */
async function path(
  over: Partial<PathQuestion>,
  kernel: (words: string) => Scripted,
  changed: (call: ProgramCall) => Scripted | undefined = () => undefined,
) {
  const programs = recordedHost((call) =>
    call.options.includes("get") ? kernel(call.options.join(" ")) : changed(call)
  );
  const answer = await findPath({ programs, signal: new AbortController().signal }, {
    destination: parseAddress("192.0.2.77"),
    source: null,
    mark: 0,
    outputInterface: null,
    ...over,
  });
  const asked = programs.calls.map(({ options }) => options.join(" "))
    .filter((words) => words.includes(" get "));
  return { answer, asked };
}

function says(entry: Record<string, unknown>): Scripted {
  return { stdout: JSON.stringify([entry]) };
}

/** The routes that cover the destination, in place of all that are recorded. */
function covering(...routes: Record<string, unknown>[]) {
  return ({ options }: ProgramCall): Scripted | undefined =>
    options.includes("match") ? { stdout: JSON.stringify(routes) } : undefined;
}

Deno.test("a silent neighbour is said to lose the packet", async () => {
  const { answer } = await path(
    {},
    () => says(ROUTE),
    covering({ dst: "192.0.2.0/24", dev: "va", table: "main" }),
  );
  assert.deepEqual([answer.verdict, answer.nextHop, answer.onLink], ["send", "192.0.2.77", true]);
  assert.equal(answer.neighbor?.state, "FAILED");
  assert.equal(answer.findings[0], "192.0.2.77 does not answer on va (FAILED): the packet is lost");
});

Deno.test("an IPv4 route is looked up again with its source where rules ask for sources", async () => {
  const { answer, asked } = await path(
    {},
    (words) =>
      says(words.includes(" from ") ? { ...ROUTE, gateway: "192.0.2.9", table: "100" } : ROUTE),
  );
  assert.deepEqual(asked, [
    "-j -4 -d route get 192.0.2.77",
    "-j -4 -d route get 192.0.2.77 from 192.0.2.7",
  ]);
  assert.deepEqual([answer.nextHop, answer.table, answer.neighbor?.state], [
    ...["192.0.2.9", "100", "PERMANENT"],
  ]);
});

Deno.test("source, interface and mark are asked of the kernel", async () => {
  const { asked } = await path(
    { source: parseAddress("192.0.2.1"), outputInterface: "va", mark: 16 },
    () => says(ROUTE),
  );
  assert.deepEqual(asked, ["-j -4 -d route get 192.0.2.77 from 192.0.2.1 oif va mark 16"]);
});

Deno.test("what the kernel refuses has a verdict of its own", async () => {
  const refusals: readonly (readonly [string, Record<string, unknown>[], string])[] = [
    ["RTNETLINK answers: Network is unreachable", [], "no_route"],
    [
      "RTNETLINK answers: No route to host",
      [{ dst: "default", type: "unreachable" }],
      "unreachable",
    ],
    ["RTNETLINK answers: Permission denied", [{ dst: "default", type: "prohibit" }], "prohibit"],
    ["RTNETLINK answers: Invalid argument", [{ dst: "default", type: "blackhole" }], "blackhole"],
    ["RTNETLINK answers: Invalid argument", [{ dst: "default", dev: "va" }], "blackhole"],
    ["RTNETLINK answers: Permission denied", [], "prohibit"],
  ];
  for (const [stderr, routes, verdict] of refusals) {
    const { answer } = await path(
      {},
      (words) => words.endsWith(" 127.0.0.1") ? says({ uid: 0 }) : { code: 2, stderr },
      covering(...routes),
    );
    assert.equal(answer.verdict, verdict, stderr);
    assert.equal(answer.mtu, null);
  }
});

Deno.test("an ip that fails for another reason is no verdict", async () => {
  await assert.rejects(path({}, () => ({ code: 1, stderr: "Cannot open netlink socket" })), {
    code: "env.program_failed",
  });
});

Deno.test("a table that the rules do not lead to is shown as a guess", async () => {
  const { answer } = await path(
    {},
    () => says({ ...ROUTE, table: "200" }),
    covering({ dst: "192.0.2.0/24", dev: "va", table: "main" }),
  );
  assert.equal(answer.rule?.priority, 999);
  assert.ok(answer.findings.some((line) => line.endsWith("the rule shown is a guess")));
});

Deno.test("the smallest MTU counts, and a link that takes more than the one below it is named", async () => {
  const link = (ifname: string, ifindex: number, kind: string, mtu: number, parent?: string) => ({
    ...{ ifname, ifindex, mtu, flags: ["UP", "LOWER_UP", "NOARP"], operstate: "UP" },
    ...{ link_type: "ether", linkinfo: { info_kind: kind } },
    ...(parent === undefined ? {} : { link: parent }),
  });
  const { answer } = await path(
    {},
    () => says({ ...ROUTE, dev: "va.9", metrics: [{ mtu: 1280 }] }),
    ({ options }) =>
      options.includes("link")
        ? {
          stdout: JSON.stringify([
            link("va.9", 9, "vlan", 1600, "va"),
            link("va", 4, "veth", 1500, "vb"),
          ]),
        }
        : undefined,
  );
  assert.equal(answer.mtu, 1280);
  assert.deepEqual(answer.links.map(({ interface: name, mtu }) => [name, mtu]), [
    ["va.9", 1600],
    ["va", 1500],
  ]);
  assert.deepEqual(answer.findings.slice(0, 2), [
    "The route or a learned path MTU allows 1280 octets, less than the link",
    "va.9 takes 1600 octets, va below it 1500",
  ]);
  assert.equal(answer.needsNeighbor, false);
});

Deno.test("an address or interface that is not here is refused with what is", async () => {
  await assert.rejects(path({ source: parseAddress("198.51.100.1") }, () => says(ROUTE)), {
    code: "input.source",
  });
  await assert.rejects(path({ outputInterface: "eth7" }, () => says(ROUTE)), {
    code: "input.interface",
    hint: "It has: lo, br0, vb, va, tun0, mv0, va.5.",
  });
});
