/** The other side that bgp_peer_config writes, loaded into the daemons that it is for. */
import assert from "node:assert/strict";
import { designOf } from "../../lib/bgp/peer_config/peer_design.ts";
import { renderBird } from "../../lib/bgp/peer_config/render_bird.ts";
import { renderRouterBgp } from "../../lib/bgp/peer_config/render_router_bgp.ts";
import { configOf } from "../support/config_of.ts";
import { BGP_DAEMONS, type BgpDaemon, type BgpDaemonSession } from "./bgp_daemons.ts";
import { BgpRig, type NetglassInside, type RunningDaemon } from "./bgp_rig.ts";
import { findProgram, gatedTest, interopTest } from "./daemon.ts";
import { poll } from "./route_server_rig.ts";
import { namespaceTest, Topology } from "./topology.ts";

const FRR = "/usr/lib/frr/bgpd";

/** Every statement that can be written: both families or one, bounds, a role, a port, several hops. */
async function fullDesign(families = "ipv4-unicast, ipv6-unicast") {
  const config = await configOf(`
bgp:
  local_as: 65099
  router_id: 127.0.0.1
  listen: "127.0.0.10:1790"
  peers: [{ name: a, address: 127.0.0.2, port: 1791, remote_as: 4200000000, local_address: 127.0.0.10, role: rs, families: [${families}] }]
  originate:
    allowed_prefixes: [192.168.99.0/24, { prefix: 10.0.0.0/8, ge: 16, le: 24 }, { prefix: "2001:db8::/32", ge: 48 }]
`);
  const [peer] = config.bgp.peers;
  assert.ok(peer !== undefined);
  return designOf(config.bgp, peer, { ourAddress: null, localPref: 50, multihop: 2, tunnel: null });
}

/**
 * FRR 8.4 keeps a folder by the number of its process, and complains if one with the same number was
 * killed before.
 */
const OF_ITS_OWN_FILES =
  /^.*(failed to mkdir "\/var\/tmp\/frr\/|crashlog and per-thread log).*\n/gm;

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
    return { code: output.code, said: said.replaceAll(OF_ITS_OWN_FILES, "") };
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
    const ipv6 = renderRouterBgp(await fullDesign("ipv6-unicast"), "frr").config;
    assert.match(ipv6, /no neighbor 127\.0\.0\.10 activate/);
    assert.deepEqual(await checked(ipv6, frr), { code: 0, said: "" });
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

const OURS = "192.168.99.0/24";
/** Allowed here, and not written for the routers. */
const UNWRITTEN = "192.168.98.0/24";

function yamlOf(allowed: readonly string[]): string {
  const peer = (name: string, host: number, asn: number) =>
    `    - { name: ${name}, address: 10.255.255.${host}, remote_as: ${asn}, local_address: 10.255.255.1, ` +
    "connect: active, connect_retry_sec: 1, families: [ipv4-unicast], hold_time_sec: 9 }";
  return `toolsets: [bgp]
bgp:
  enabled: true
  local_as: 65099
  router_id: 10.255.255.1
  peers:
${peer("frr", 2, 65_000)}
${peer("bird", 3, 65_001)}
  originate: { enabled: true, lab: true, cooldown_sec: 0, allowed_prefixes: [${allowed}] }
`;
}

async function designsOf(yaml: string) {
  const { bgp } = await configOf(yaml);
  const options = { ourAddress: null, localPref: 50, multihop: null, tunnel: null };
  return bgp.peers.map((peer) => designOf(bgp, peer, options));
}

const [FRR_DAEMON, BIRD_DAEMON] = ["frr", "bird"].map((name) =>
  BGP_DAEMONS.find((one) => one.name === name)
) as [BgpDaemon, BgpDaemon];

/** Not looked at: these configurations are written out whole. */
const SESSION: BgpDaemonSession = {
  asn: 0,
  address: "",
  ipv4: "",
  ipv6: "",
  peerAs: 0,
  peer: "",
  isPassive: true,
  isFull: false,
};

namespaceTest(
  "routers that are told what is written give our routes LOCAL_PREF 50, take nothing else, and forget us",
  [...FRR_DAEMON.programs, ...BIRD_DAEMON.programs],
  async (t) => {
    const [forFrr, forBird] = await designsOf(yamlOf([OURS]));
    assert.ok(forFrr !== undefined && forBird !== undefined);
    const { config, rollback } = renderRouterBgp(forFrr, "frr");
    await using rig = new BgpRig(new Topology());
    for (const [label, host] of [["us", 1], ["frr", 2], ["bird", 3]] as const) {
      await rig.join(label, [`10.255.255.${host}/24`]);
    }
    const start = (daemon: BgpDaemon, text: string): Promise<RunningDaemon> =>
      rig.start(daemon.name, { ...daemon, config: () => text }, SESSION);
    const frrRouter = await start(
      FRR_DAEMON,
      // Without zebra it knows no address that could be its identifier.
      `router bgp 65000\n bgp router-id 10.255.255.2\n!\n${config}`,
    );
    const birdRouter = await start(
      BIRD_DAEMON,
      `router id 10.255.255.3;\nprotocol device { }\n${renderBird(forBird).config}`,
    );
    const netglass = await rig.netglass("us", yamlOf([OURS, UNWRITTEN]));
    await poll(
      "both sessions are Established",
      async () => (await statesOf(netglass)).join() === "Established,Established",
    );

    await t.step("LOCAL_PREF 50, and only what is allowed", async () => {
      for (const network of [UNWRITTEN, OURS]) {
        const { success } = await netglass.change("bgp_inject_route", { network });
        assert.equal(success, true);
      }
      const shown = async (network: string): Promise<{ paths?: { locPrf?: number }[] }> =>
        JSON.parse(await frrRouter.ask([`show bgp ipv4 unicast ${network} json`]));
      await poll("FRR has it", async () => (await shown(OURS)).paths?.[0]?.locPrf === 50);
      assert.deepEqual((await shown(UNWRITTEN)).paths ?? [], []);
      await poll(
        "BIRD has it",
        async () =>
          /BGP\.local_pref: 50$/m.test(await birdRouter.ask(["show", "route", OURS, "all"])),
      );
      assert.match(await birdRouter.ask(["show", "route", UNWRITTEN]), /Network not found/);
    });

    await t.step("the rollback leaves nothing of us behind", async () => {
      const lines = rollback.split("\n").filter((line) => /[a-z]/.test(line));
      const words = lines.flatMap((line) => ["-c", line.trim()]);
      await frrRouter.ask(["configure terminal", ...words]);
      const running = await frrRouter.ask(["show running-config"]);
      assert.match(running, /hostname|router bgp/);
      assert.doesNotMatch(running, /NETGLASS|10\.255\.255\.1\b/);
      await poll("we hear of it", async () => (await statesOf(netglass))[0] !== "Established");
    });
  },
);

async function statesOf(netglass: NetglassInside): Promise<readonly string[]> {
  const { peers } = await netglass.call("bgp_get_peers") as { peers: { state: string }[] };
  return peers.map(({ state }) => state);
}
