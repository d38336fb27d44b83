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
