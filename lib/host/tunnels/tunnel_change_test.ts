import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { tunnelHost } from "../../../tests/tunnel_fixtures.ts";
import { isIpChange } from "../../io/ip_change_argv.ts";
import { parseAddress } from "../../ip/address.ts";
import { parsePrefix } from "../../ip/prefix.ts";
import { planCreate, planDelete, runCommands, type WantedTunnel } from "./tunnel_change.ts";

const { signal } = new AbortController();
const RULES = {
  manage: true,
  allowed_names: ["gre-*", "vx1"],
  allowed_remotes: ["198.51.100.0/24", "2001:db8::2"],
};
const WANTED: WantedTunnel = {
  name: "gre-new",
  kind: "gre",
  local: parseAddress("192.0.2.1"),
  remote: parseAddress("198.51.100.7"),
  key: null,
  ttl: 64,
  mtu: null,
  inner: parsePrefix("10.255.254.1/30"),
};

function plan(change: Partial<WantedTunnel>) {
  return planCreate({ programs: tunnelHost(), signal }, { ...WANTED, ...change }, RULES);
}

const plans: readonly (readonly [name: string, Partial<WantedTunnel>, readonly string[]])[] = [
  ["GRE with an address", {}, [
    "link add dev gre-new type gre local 192.0.2.1 remote 198.51.100.7 ttl 64",
    "addr add 10.255.254.1/30 dev gre-new",
    "link set dev gre-new mtu 1476",
    "link set dev gre-new up",
  ]],
  ["GRE with a key, four octets smaller", { key: 42, inner: null, ttl: 255 }, [
    "link add dev gre-new type gre key 42 local 192.0.2.1 remote 198.51.100.7 ttl 255",
    "link set dev gre-new mtu 1472",
    "link set dev gre-new up",
  ]],
  ["VXLAN with its identifier and port", { name: "vx1", kind: "vxlan", key: 0, inner: null }, [
    "link add dev vx1 type vxlan id 0 local 192.0.2.1 remote 198.51.100.7 ttl 64 dstport 4789",
    "link set dev vx1 mtu 1450",
    "link set dev vx1 up",
  ]],
  ["GRE over IPv6", {
    kind: "ip6gre",
    local: parseAddress("2001:db8::1"),
    remote: parseAddress("2001:db8::2"),
    mtu: 1400,
    inner: null,
  }, [
    "link add dev gre-new type ip6gre local 2001:db8::1 remote 2001:db8::2 ttl 64",
    "link set dev gre-new mtu 1400",
    "link set dev gre-new up",
  ]],
];

for (const [name, change, expected] of plans) {
  Deno.test(`the commands of ${name}, each of which the door lets through`, async () => {
    const { commands, rollback } = await plan(change);
    deepStrictEqual(commands.map((words) => words.join(" ")), expected);
    deepStrictEqual(rollback, [["link", "delete", "dev", change.name ?? "gre-new"]]);
    for (const words of [...commands, ...rollback]) strictEqual(isIpChange(words), true);
  });
}

const refusals: readonly (readonly [name: string, Partial<WantedTunnel>, code: string])[] = [
  ["a name outside of the list", { name: "eth7" }, "policy.tunnel_name"],
  [
    "a far end outside of the list",
    { remote: parseAddress("203.0.113.1") },
    "policy.tunnel_remote",
  ],
  ["a far end of the other family", { remote: parseAddress("2001:db8::2") }, "input.tunnel"],
  ["ends of the wrong family for the kind", { kind: "ip6gre" }, "input.tunnel"],
  ["a local address that is not ours", { local: parseAddress("192.0.2.77") }, "input.tunnel"],
  ["a name that is taken", { name: "gre-rr1" }, "env.tunnel_exists"],
  ["a far end without a route", { remote: parseAddress("198.51.100.99") }, "env.no_route"],
  [
    "an inner network that holds the far end",
    { inner: parsePrefix("198.51.100.1/24") },
    "input.tunnel",
  ],
  ["half of the Internet inside", { inner: parsePrefix("128.0.0.1/1") }, "policy.tunnel_inner"],
  ["an inner network of a whole /8", { inner: parsePrefix("10.0.0.1/8") }, "policy.tunnel_inner"],
  [
    "an inner IPv6 network of a whole site",
    { inner: parsePrefix("fd00:1::1/48") },
    "policy.tunnel_inner",
  ],
  [
    "an inner network that eth0 is in",
    { inner: parsePrefix("192.0.2.9/29") },
    "policy.tunnel_inner",
  ],
  [
    "an inner network that another tunnel is in",
    { inner: parsePrefix("10.255.255.2/32") },
    "policy.tunnel_inner",
  ],
  [
    "an inner network where a cloud keeps credentials",
    { inner: parsePrefix("169.254.169.253/30") },
    "policy.tunnel_inner",
  ],
  ["loopback inside", { inner: parsePrefix("127.9.9.1/30") }, "policy.tunnel_inner"],
  ["multicast inside", { inner: parsePrefix("224.0.0.9/30") }, "policy.tunnel_inner"],
  ["an MTU that does not fit", { mtu: 1477 }, "input.tunnel"],
  ["VXLAN without identifier", { name: "vx1", kind: "vxlan" }, "input.tunnel"],
  [
    "VXLAN with an identifier of 25 bits",
    { name: "vx1", kind: "vxlan", key: 2 ** 24 },
    "input.tunnel",
  ],
];

for (const [name, change, code] of refusals) {
  Deno.test(`refused: ${name}`, () => rejects(plan(change), { code }));
}

Deno.test("with no allowed far end no tunnel can be created", () =>
  rejects(
    planCreate({ programs: tunnelHost(), signal }, WANTED, { ...RULES, allowed_remotes: [] }),
    {
      code: "policy.tunnel_remote",
      hint: 'Allow it with tunnels.allowed_remotes: ["198.51.100.7"].',
    },
  ));

Deno.test("what is deleted can be made anew, with key and addresses", async () => {
  const { commands, rollback } = await planDelete(
    { programs: tunnelHost(), signal },
    "gre-rr1",
    RULES,
  );
  deepStrictEqual(commands, [["link", "delete", "dev", "gre-rr1"]]);
  deepStrictEqual(rollback.map((words) => words.join(" ")), [
    "link add dev gre-rr1 type gre key 42 local 192.0.2.1 remote 198.51.100.1 ttl 64",
    "addr add 10.255.255.1/30 dev gre-rr1",
    "link set dev gre-rr1 mtu 1472",
    "link set dev gre-rr1 up",
  ]);
  for (const words of rollback) strictEqual(isIpChange(words), true);
});

for (
  const [name, code] of [
    ["eth0", "policy.tunnel_name"],
    ["gre-none", "input.tunnel"],
    ["gre0", "policy.tunnel_name"],
  ] as const
) {
  Deno.test(`deleting ${name} is refused`, () =>
    rejects(planDelete({ programs: tunnelHost(), signal }, name, RULES), { code }));
}

Deno.test("the interface of the module is not deleted, even where its name is allowed", () =>
  rejects(
    planDelete({ programs: tunnelHost(), signal }, "gre0", { ...RULES, allowed_names: ["*"] }),
    { code: "input.tunnel" },
  ));

Deno.test("a command that fails undoes those before it", async () => {
  const programs = tunnelHost((command) =>
    command.startsWith("addr add") ? { code: 2, stderr: "RTNETLINK answers: File exists\n" } : {}
  );
  const commands = await planCreate({ programs, signal }, WANTED, RULES);
  await rejects(runCommands({ programs, signal }, commands), {
    code: "env.tunnel_failed",
    message: 'Cannot run "ip addr add 10.255.254.1/30 dev gre-new": what had been done was undone',
  });
  deepStrictEqual(programs.calls.slice(-3).map(({ options }) => options.slice(0, 2).join(" ")), [
    "link add",
    "addr add",
    "link delete",
  ]);
});

Deno.test("a first command that is cut off is undone too: it may have done its work", async () => {
  const programs = tunnelHost((command) =>
    command.startsWith("link add") ? { code: null, ended: "cancelled" } : {}
  );
  const commands = await planCreate({ programs, signal }, WANTED, RULES);
  await rejects(runCommands({ programs, signal }, commands), {
    message: /^Cannot run "ip link add .*": what had been done was undone$/,
  });
  strictEqual(programs.calls.at(-1)?.options.join(" "), "link delete dev gre-new");
});

Deno.test("a deletion that is cut off is not called undone", async () => {
  const programs = tunnelHost(() => ({ code: null, ended: "deadline" }));
  await rejects(
    runCommands({ programs, signal }, { commands: [["link", "delete", "dev", "x"]], rollback: [] }),
    { message: /it was stopped, and may have been done all the same$/ },
  );
});

Deno.test("without the capability nothing is changed, and the answer says what is missing", async () => {
  const programs = tunnelHost(() => ({
    code: 2,
    stderr: "RTNETLINK answers: Operation not permitted\n",
  }));
  const commands = await planCreate({ programs, signal }, WANTED, RULES);
  await rejects(runCommands({ programs, signal }, commands), {
    message: /nothing was changed$/,
    hint: /CAP_NET_ADMIN/,
  });
});
