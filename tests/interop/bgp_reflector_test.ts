/**
 * The story of the seed: an eBGP session with a route reflector that serves three PEs. A route of
 * ours reaches the PEs with the LOCAL_PREF of the reflector's policy, and is taken back.
 */
import { deepEqual, equal } from "node:assert/strict";
import { BGP_DAEMONS, type BgpDaemon, type BgpDaemonSession } from "./bgp_daemons.ts";
import { BgpRig, type NetglassInside, type RunningDaemon } from "./bgp_rig.ts";
import { poll } from "./route_server_rig.ts";
import { namespaceTest, Topology } from "./topology.ts";

const OURS = "192.168.99.0/24";
const PES = [11, 12, 13] as const;
const [FRR] = BGP_DAEMONS.filter(({ name }) => name === "frr") as [BgpDaemon];

namespaceTest("a route of ours reaches three PEs through a reflector", FRR.programs, async (t) => {
  await using rig = new BgpRig(new Topology());
  const { rr, pes } = await startFabric(rig);
  const netglass = await rig.netglass("us", CONFIG);
  const loopbacks = PES.map((host) => `10.0.0.${host}/32`);

  await t.step("the whole fabric is visible through one session", async () => {
    await poll("every loopback is there", async () => {
      const known = await networksOf(netglass);
      return loopbacks.every((prefix) => known.includes(prefix));
    });
    const { routes } = await netglass.call("bgp_get_rib", { prefix: loopbacks[0] }) as {
      routes: Record<string, unknown>[];
    };
    deepEqual([routes[0]?.as_path, routes[0]?.peer], ["65000", "rr1"]);
  });

  await t.step("the route is planned, applied and seen on the PEs", async () => {
    const plan = await netglass.call("bgp_inject_route", {
      network: OURS,
      local_pref: 100,
      communities: [],
      reason: "show that the fabric works",
    });
    equal(plan.state, "planned");
    equal(await held(pes), 0);
    const { plan_id, confirm_token } = plan;
    const applied = await netglass.call("bgp_inject_route", { plan_id, confirm_token });
    deepEqual([applied.success, applied.state], [true, "announced"]);
    await poll("every PE has it", async () => await held(pes) === PES.length);
    for (const pe of pes) {
      const [path] = (await show(pe)).paths ?? [];
      deepEqual(
        [path?.aspath?.string, path?.locPrf, path?.nexthops?.[0]?.ip],
        ["65099", 50, "10.255.255.1"],
      );
    }
  });

  await t.step("it is withdrawn, and gone from reflector and PEs", async () => {
    const { success } = await netglass.call("bgp_withdraw_route", { network: OURS });
    equal(success, true);
    await poll("it is gone", async () => await held([rr, ...pes]) === 0);
  });

  await t.step("a second one goes when the server ends", async () => {
    await netglass.change("bgp_inject_route", { network: OURS, reason: "ends with the server" });
    await poll("every PE has it again", async () => await held(pes) === PES.length);
    await netglass.end();
    await poll("it is gone", async () => await held([rr, ...pes]) === 0);
    const neighbor = JSON.parse(await rr.ask(["show bgp neighbors 10.255.255.1 json"]));
    const { lastNotificationReason } = neighbor["10.255.255.1"];
    equal(lastNotificationReason, "Cease/Administrative Shutdown");
  });
});

const CONFIG = `toolsets: [bgp]
limits: { answer_chars: 100000 }
bgp:
  enabled: true
  local_as: 65099
  router_id: 10.255.255.1
  peers:
    - { name: rr1, address: 10.255.255.2, remote_as: 65000, local_address: 10.255.255.1, connect: active, connect_retry_sec: 1, import_policy: all, families: [ipv4-unicast] }
  originate:
    enabled: true
    lab: true
    allowed_prefixes: [${OURS}]
    cooldown_sec: 0
    communities: []
`;

/** What FRR shows of a prefix. */
interface Shown {
  readonly paths?: readonly {
    readonly aspath?: { readonly string: string };
    readonly locPrf?: number;
    readonly nexthops?: readonly { readonly ip: string }[];
  }[];
}

async function show(router: RunningDaemon): Promise<Shown> {
  const text = await router.ask([`show bgp ipv4 unicast ${OURS} json`]);
  return JSON.parse(text.trim() === "" ? "{}" : text);
}

/** How many of these routers hold our route. */
async function held(routers: readonly RunningDaemon[]): Promise<number> {
  const shown = await Promise.all(routers.map(show));
  return shown.filter(({ paths }) => (paths ?? []).length > 0).length;
}

async function networksOf(netglass: NetglassInside): Promise<readonly string[]> {
  const { routes } = await netglass.call("bgp_get_rib") as { routes: { network: string }[] };
  return routes.map(({ network }) => network);
}

async function startFabric(
  rig: BgpRig,
): Promise<{ readonly rr: RunningDaemon; readonly pes: readonly RunningDaemon[] }> {
  const join = (label: string, host: number) => rig.join(label, [`10.255.255.${host}/24`]);
  const start = async (label: string, host: number, text: string): Promise<RunningDaemon> => {
    await join(label, host);
    return await rig.start(label, { ...FRR, config: () => text }, SESSION);
  };
  await join("us", 1);
  const rr = await start("rr", 2, reflectorConfig());
  const pes = await Promise.all(PES.map((host) => start(`pe${host}`, host, peConfig(host))));
  return { rr, pes };
}

/** Not looked at: these configurations are written out whole. */
const SESSION: BgpDaemonSession = {
  asn: 65000,
  address: "10.255.255.2",
  ipv4: "10.255.255.2",
  ipv6: "::",
  peerAs: 65099,
  peer: "10.255.255.1",
  isPassive: true,
  isFull: false,
};

const COMMON = [" no bgp ebgp-requires-policy", " no bgp network import-check"];

function reflectorConfig(): string {
  return [
    "router bgp 65000",
    " bgp router-id 10.255.255.2",
    ...COMMON,
    " neighbor 10.255.255.1 remote-as 65099",
    " neighbor 10.255.255.1 passive",
    " neighbor 10.255.255.1 advertisement-interval 0",
    ...PES.flatMap((host) => [
      ` neighbor 10.255.255.${host} remote-as 65000`,
      ` neighbor 10.255.255.${host} timers connect 1`,
      ` neighbor 10.255.255.${host} advertisement-interval 0`,
    ]),
    " address-family ipv4 unicast",
    "  neighbor 10.255.255.1 route-map NETGLASS-IN in",
    ...PES.map((host) => `  neighbor 10.255.255.${host} route-reflector-client`),
    " exit-address-family",
    "!",
    "route-map NETGLASS-IN permit 10",
    " set local-preference 50",
    "!",
    "",
  ].join("\n");
}

function peConfig(host: number): string {
  return [
    "router bgp 65000",
    ` bgp router-id 10.255.255.${host}`,
    ...COMMON,
    " neighbor 10.255.255.2 remote-as 65000",
    " neighbor 10.255.255.2 timers connect 1",
    " neighbor 10.255.255.2 advertisement-interval 0",
    " address-family ipv4 unicast",
    `  network 10.0.0.${host}/32`,
    " exit-address-family",
    "!",
    "",
  ].join("\n");
}
