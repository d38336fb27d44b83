/** The other side that bgp_peer_config writes, loaded into the daemons that it is for. */
import assert from "node:assert/strict";
import { designOf } from "../../lib/bgp/peer_config/peer_design.ts";
import { renderBird } from "../../lib/bgp/peer_config/render_bird.ts";
import { renderRouterBgp } from "../../lib/bgp/peer_config/render_router_bgp.ts";
import { configOf } from "../support/config_of.ts";
import { findProgram, gatedTest, interopTest } from "./daemon.ts";

const FRR = "/usr/lib/frr/bgpd";

/** Every statement that can be written: both families, bounds, a role, a port, several hops. */
async function fullDesign() {
  const config = await configOf(`
bgp:
  local_as: 65099
  router_id: 127.0.0.1
  listen: "127.0.0.10:1790"
  peers: [{ name: a, address: 127.0.0.2, port: 1791, remote_as: 4200000000, local_address: 127.0.0.10, role: rs }]
  originate:
    allowed_prefixes: [192.168.99.0/24, { prefix: 10.0.0.0/8, ge: 16, le: 24 }, { prefix: "2001:db8::/32", ge: 48 }]
`);
  const [peer] = config.bgp.peers;
  assert.ok(peer !== undefined);
  return designOf(config.bgp, peer, { ourAddress: null, localPref: 50, multihop: 2, tunnel: null });
}

/** What a program says of a configuration. */
async function checked(
  config: string,
  argv: (file: string, folder: string) => readonly [string, ...string[]],
): Promise<{ readonly code: number; readonly said: string }> {
  const folder = await Deno.makeTempDir({ prefix: "netglass-peer-config-" });
  try {
    // FRR reads it as another user.
    await Deno.chmod(folder, 0o755);
    const file = `${folder}/daemon.conf`;
    await Deno.writeTextFile(file, config, { mode: 0o644 });
    const [program, ...args] = argv(file, folder);
    const output = await new Deno.Command(program, { args }).output();
    const decoder = new TextDecoder();
    const said = decoder.decode(output.stdout) + decoder.decode(output.stderr);
    return { code: output.code, said };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function frr(file: string, folder: string): readonly [string, ...string[]] {
  return [FRR, "-C", "-S", "-Z", "-f", file, "-i", `${folder}/pid`, "--vty_socket", folder];
}

gatedTest(
  "FRR takes every line of its configuration, and of the rollback but the neighbor",
  async () => await Deno.stat(FRR).then(() => null, () => "frr is not installed"),
  async () => {
    const { config, rollback } = renderRouterBgp(await fullDesign(), "frr");
    // It ends with 0 whatever it reads, so a fault of our own has to be told of.
    const faulty = await checked(`${config}bogus line\n`, frr);
    assert.match(faulty.said, /No such command on config line \d+: bogus line/);
    assert.deepEqual(await checked(config, frr), { code: 0, said: "" });
    // bgpd 8.4.4 aborts where a neighbor is removed in a dry run: the rest of the rollback is read.
    const policies = rollback.replace(/^ no neighbor .*\n/m, "");
    assert.notEqual(policies, rollback);
    assert.deepEqual(await checked(config + policies, frr), { code: 0, said: "" });
  },
);

interopTest("BIRD takes its configuration", { programs: ["bird"] }, async () => {
  const { config } = renderBird(await fullDesign());
  const bird = (file: string): readonly [string, ...string[]] => [
    findProgram("bird") ?? "bird",
    "-p",
    "-c",
    file,
  ];
  assert.notEqual((await checked(`${config}bogus`, bird)).code, 0);
  assert.deepEqual(await checked(`router id 127.0.0.2;\n${config}`, bird), { code: 0, said: "" });
});
