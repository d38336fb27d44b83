/**
 * DNS rebinding against the real server, in a network namespace of its own: the name server gives a
 * harmless address while the name is judged and another one when it is dialed.
 */
import assert from "node:assert/strict";
import { namespaceTest, Topology } from "../interop/topology.ts";
import { bareEnv, Install, MAIN } from "../support/netglass.ts";

const SERVER = new URL("./flipping_dns_server.ts", import.meta.url).pathname;

/** Two addresses of the namespace's own loopback interface (TEST-NET-1, RFC 5737). */
const JUDGED = "192.0.2.1";
const OTHER = "192.0.2.2";

interface Outcome {
  readonly error?: { readonly code: string; readonly message: string };
  readonly state?: string;
}

/** What port_check says of a name that changes from `first` to `later`. */
async function check(first: string, later: string): Promise<Outcome> {
  await using network = new Topology();
  await network.add("host");
  const name = network.nameOf("host");
  for (const address of [JUDGED, OTHER]) await network.ip("host", `addr add ${address}/32 dev lo`);
  // `ip netns exec` shows this file as /etc/resolv.conf inside the namespace.
  await Deno.mkdir(`/etc/netns/${name}`, { recursive: true });
  await Deno.writeTextFile(`/etc/netns/${name}/resolv.conf`, "nameserver 127.0.0.1\n");
  const inside = (args: readonly string[]) =>
    new Deno.Command("ip", {
      args: ["netns", "exec", name, Deno.execPath(), ...args],
      stdout: "piped",
      stderr: "piped",
      clearEnv: true,
      env: { ...bareEnv(), NO_COLOR: "1" },
    });
  const server = inside(["run", "-A", "--quiet", SERVER, first, later]).spawn();
  try {
    const reader = server.stdout.getReader();
    await reader.read();
    await using install = await Install.make({
      // The name is allowed and no address is: so the name has to be dialed, and resolved again.
      security: { allowed_targets: ["*.rebind.test"] },
      dns: { resolvers: ["127.0.0.1"] },
    });
    const output = await inside([
      "run",
      "--quiet",
      ...await install.flags(),
      MAIN,
      "call",
      "port_check",
      '{"target":"x.rebind.test","port":5300,"timeout":2}',
      "--config",
      install.configFile,
    ]).output();
    await reader.cancel();
    return JSON.parse(new TextDecoder().decode(output.stdout)) as Outcome;
  } finally {
    server.kill("SIGKILL");
    await Promise.all([server.status, server.stderr.cancel()]);
    await Deno.remove(`/etc/netns/${name}`, { recursive: true });
  }
}

namespaceTest(
  "a name that turns to the metadata endpoint is stopped by Deno's own deny list",
  ["ip"],
  async () => {
    const { error } = await check(JUDGED, "169.254.169.254");
    assert.equal(error?.code, "permission.net", error?.message);
  },
);

namespaceTest(
  "a name that turns to another address than was judged is refused before a byte is sent",
  ["ip"],
  async () => {
    const { error } = await check(JUDGED, OTHER);
    assert.equal(error?.code, "policy.rebinding", error?.message);
  },
);
