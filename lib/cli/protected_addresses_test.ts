import assert from "node:assert/strict";
import { Unavailable } from "../errors/mod.ts";
import type { ProgramResult, Programs } from "../io/io.ts";
import { protectedAddresses } from "./protected_addresses.ts";

const GRE = {
  ifindex: 7,
  ifname: "gre-lab",
  flags: ["POINTOPOINT", "UP", "LOWER_UP"],
  mtu: 1476,
  operstate: "UNKNOWN",
  link_type: "gre",
  linkinfo: { info_kind: "gre", info_data: { local: "10.0.0.1", remote: "10.0.0.2" } },
};

/** `ip` that answers by its subject. */
function programs(part: Partial<Programs> = {}): Programs {
  return {
    platform: "linux",
    state: () => Promise.resolve("ready"),
    run: ({ options }) =>
      Promise.resolve({
        code: 0,
        stdout: JSON.stringify(options.includes("link") ? [GRE] : []),
        stderr: "",
        truncated: false,
        ended: "exit",
        durationMs: 1,
      } as ProgramResult),
    ...part,
  };
}

Deno.test("both ends of every tunnel are protected, and where HTTP is served", async () => {
  assert.deepEqual(await protectedAddresses(programs(), "10.9.9.9:8080"), [
    { address: "10.9.9.9", what: "where this server is asked over HTTP" },
    { address: "10.0.0.1", what: "our end of the tunnel gre-lab" },
    { address: "10.0.0.2", what: "the far end of the tunnel gre-lab" },
  ]);
});

const ETH0 = {
  ifindex: 2,
  ifname: "eth0",
  flags: ["UP", "LOWER_UP"],
  mtu: 1500,
  operstate: "UP",
  link_type: "ether",
  addr_info: [
    { family: "inet", local: "192.0.2.10", prefixlen: 24, scope: "global" },
    { family: "inet6", local: "2001:db8::10", prefixlen: 64, scope: "global" },
  ],
};

Deno.test("a server that is asked at every address has all of them protected", async () => {
  const host = programs({
    run: () =>
      Promise.resolve({
        code: 0,
        stdout: JSON.stringify([ETH0]),
        stderr: "",
        truncated: false,
        ended: "exit",
        durationMs: 1,
      } as ProgramResult),
  });
  for (const listen of ["0.0.0.0:8080", "[::]:8080"]) {
    assert.deepEqual(await protectedAddresses(host, listen), [
      { address: "192.0.2.10", what: "where this server is asked over HTTP" },
      { address: "2001:db8::10", what: "where this server is asked over HTTP" },
    ]);
  }
});

Deno.test("a server that is asked at every address of a host that cannot tell them announces nothing", async () => {
  const absent = programs({ state: () => Promise.resolve("absent") });
  await assert.rejects(protectedAddresses(absent, "0.0.0.0:8080"), { code: "env.own_addresses" });
});

Deno.test("a host without ip has no tunnels that could be asked about", async () => {
  const absent = programs({ state: () => Promise.resolve("absent") });
  assert.deepEqual(await protectedAddresses(absent, null), []);
  assert.deepEqual(await protectedAddresses(programs({ platform: "darwin" }), null), []);
});

Deno.test("an ip that fails forbids what may not be judged without it", async () => {
  const failing = programs({
    run: () => Promise.reject(new Unavailable("program_absent", "Cannot run ip")),
  });
  await assert.rejects(protectedAddresses(failing, null), Unavailable);
});
