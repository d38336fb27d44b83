/** The speaker as a server process, between FRR, BIRD, GoBGP, OpenBGPD and ExaBGP at once. */
import { deepEqual, equal } from "node:assert/strict";
import {
  ANNOUNCED_IPV4,
  announcedIpv6,
  BGP_DAEMONS,
  type BgpDaemon,
  type BgpDaemonSession,
} from "./bgp_daemons.ts";
import { BgpRig, type NetglassInside, type RunningDaemon } from "./bgp_rig.ts";
import { poll } from "./route_server_rig.ts";
import { namespaceTest, Topology } from "./topology.ts";

const PROGRAMS = BGP_DAEMONS.flatMap(({ programs }) => programs);
const OUR_AS = 65099;
const OURS = "192.168.99.0/24";
const OURS_IPV6 = "2001:db8:99::/48";

interface Case {
  readonly name: string;
  /** We wait for the daemons. */
  readonly isPassive: boolean;
  readonly isFull: boolean;
  /** Address family of the sessions. */
  readonly transport: 4 | 6;
}

const CASES: readonly Case[] = [
  { name: "dialling them, default capabilities", isPassive: false, isFull: false, transport: 4 },
  { name: "dialled by them, default capabilities", isPassive: true, isFull: false, transport: 4 },
  { name: "dialling them, all capabilities", isPassive: false, isFull: true, transport: 4 },
  { name: "dialled by them, all capabilities", isPassive: true, isFull: true, transport: 4 },
  { name: "over IPv6, all capabilities", isPassive: false, isFull: true, transport: 6 },
];

/** A neighbor in its namespace. */
interface Neighbor {
  readonly daemon: BgpDaemon;
  readonly session: BgpDaemonSession;
  readonly running: RunningDaemon;
}

for (const one of CASES) {
  namespaceTest(`five daemons exchange routes with us, ${one.name}`, PROGRAMS, async (t) => {
    await using rig = new BgpRig(new Topology());
    await join(rig);
    // Who dials starts last: OpenBGPD waits for two minutes after a refusal.
    const early = one.isPassive ? await rig.netglass("us", configOf(one)) : null;
    if (early !== null) await listening(early);
    const neighbors = await startAll(rig, one);
    const netglass = early ?? await rig.netglass("us", configOf(one));
    await establish(netglass);
    await t.step("their routes are in our table, with every attribute", async () => {
      await holdReceived(netglass, neighbors);
    });
    await t.step("a route of ours reaches each of them, and goes again", async () => {
      await holdOriginated(netglass, neighbors);
    });
  });
}

async function listening(netglass: NetglassInside): Promise<void> {
  await poll("we listen", async () => {
    const { listener } = await netglass.call("bgp_session_doctor") as {
      listener: { port: number | null; problem: string | null };
    };
    return listener.port === 179 && listener.problem === null;
  });
}

async function establish(netglass: NetglassInside): Promise<void> {
  try {
    await poll("every session is Established", async () => {
      const { peers } = await netglass.call("bgp_get_peers") as { peers: { state: string }[] };
      return peers.every(({ state }) => state === "Established");
    });
  } catch (error) {
    const doctor = await netglass.call("bgp_session_doctor");
    throw new Error(`The doctor says: ${JSON.stringify(doctor)}`, { cause: error });
  }
}

/** We are host 1 of a switch, the daemons are the hosts from 2 on. */
async function join({ network }: BgpRig): Promise<void> {
  await network.add("switch");
  await network.ip("switch", "link add br0 type bridge");
  await network.ip("switch", "link set br0 up");
  for (const [index, label] of ["us", ...BGP_DAEMONS.map(({ name }) => name)].entries()) {
    const host = index + 1;
    await network.add(label);
    await network.link(
      { at: "switch", name: `p${host}`, addresses: [] },
      { at: label, name: "eth0", addresses: [`192.0.2.${host}/24`, `2001:db8:ffff::${host}/64`] },
    );
    await network.ip("switch", `link set p${host} master br0`);
  }
}

async function startAll(rig: BgpRig, { isPassive, isFull, transport }: Case): Promise<Neighbor[]> {
  return await Promise.all(BGP_DAEMONS.map(async (daemon, index): Promise<Neighbor> => {
    const host = index + 2;
    const ipv6 = `2001:db8:ffff::${host}`;
    const session: BgpDaemonSession = {
      asn: daemon.asn,
      address: transport === 4 ? `192.0.2.${host}` : ipv6,
      ipv4: `192.0.2.${host}`,
      ipv6,
      peerAs: OUR_AS,
      peer: transport === 4 ? "192.0.2.1" : "2001:db8:ffff::1",
      isPassive: !isPassive,
      isFull,
    };
    return { daemon, session, running: await rig.start(daemon.name, daemon, session) };
  }));
}

function configOf({ isPassive, isFull, transport }: Case): string {
  const ours = transport === 4 ? "192.0.2.1" : "2001:db8:ffff::1";
  const peers = BGP_DAEMONS.map(({ name, asn }, index) => {
    const host = index + 2;
    const address = transport === 4 ? `192.0.2.${host}` : `"2001:db8:ffff::${host}"`;
    return `    - { name: ${name}, address: ${address}, remote_as: ${asn}, ` +
      `local_address: "${ours}", connect: ${isPassive ? "passive" : "active"}, ` +
      `connect_retry_sec: 1, import_policy: all, hold_time_sec: 30, ` +
      `next_hop: { ipv4: 192.0.2.1, ipv6: "2001:db8:ffff::1" }` +
      // ExaBGP and GoBGP have no roles.
      (isFull && ["frr", "bird", "openbgpd"].includes(name) ? ", role: provider" : "") +
      (isFull ? ", extended_next_hop: true" : "") + " }";
  });
  return `toolsets: [bgp]
limits: { answer_chars: 200000 }
bgp:
  enabled: true
  local_as: ${OUR_AS}
  router_id: 192.0.2.1
  listen: "${transport === 4 ? ours : `[${ours}]`}:179"
  peers:
${peers.join("\n")}
  originate:
    enabled: true
    lab: true
    allowed_prefixes:
      - { prefix: ${OURS}, communities: ["65099:7", no-export] }
      - { prefix: "${OURS_IPV6}", communities: ["65099:7", no-export] }
    cooldown_sec: 0
`;
}

/** One path as bgp_get_rib shows it. */
interface ShownPath {
  readonly network: string;
  readonly peer: string;
  readonly next_hop: string;
  readonly as_path: string;
  readonly med: number | null;
  readonly communities: readonly string[];
  readonly large_communities?: readonly string[];
  readonly extended_communities?: readonly string[];
}

async function pathsOf(netglass: NetglassInside, prefix: string): Promise<readonly ShownPath[]> {
  const { routes } = await netglass.call("bgp_get_rib", { prefix, best_only: false });
  return routes as readonly ShownPath[];
}

async function holdReceived(
  netglass: NetglassInside,
  neighbors: readonly Neighbor[],
): Promise<void> {
  for (const prefix of ANNOUNCED_IPV4) {
    await poll(
      `${prefix} is there from everybody`,
      async () =>
        new Set((await pathsOf(netglass, prefix)).map(({ peer }) => peer)).size ===
          neighbors.length,
    );
    for (const path of await pathsOf(netglass, prefix)) {
      const { asn } = neighbors.find(({ daemon }) => daemon.name === path.peer)!.daemon;
      equal(path.as_path, `${asn}`);
      const isRich = prefix === ANNOUNCED_IPV4[0];
      // BIRD sends a MED beyond its AS only if the export filter has set it.
      if (isRich && path.peer !== "bird") equal(path.med, 50, path.peer);
      deepEqual(
        [path.communities, path.large_communities, path.extended_communities],
        isRich ? [[`${asn}:100`], [`${asn}:1:2`], [`rt:${asn}:7`]] : [[], undefined, undefined],
        `${prefix} of ${path.peer}`,
      );
    }
  }
  for (const { daemon: { name, asn }, session } of neighbors) {
    const prefix = announcedIpv6(asn);
    await poll(`${prefix} is there`, async () => (await pathsOf(netglass, prefix)).length > 0);
    const [path] = await pathsOf(netglass, prefix);
    // Between IPv4 addresses OpenBGPD names itself ::1.
    const isNamedByLoopback = name === "openbgpd" && !session.address.includes(":");
    const nextHop = isNamedByLoopback ? "::1" : session.ipv6;
    deepEqual([path?.peer, path?.as_path, path?.next_hop], [name, `${asn}`, nextHop]);
  }
}

async function holdOriginated(
  netglass: NetglassInside,
  neighbors: readonly Neighbor[],
): Promise<void> {
  const seenBy = (prefix: string) =>
    Promise.all(
      neighbors.map(({ daemon, session, running }) =>
        daemon.seen(running.ask, prefix, session.peer, running.directory)
      ),
    );
  for (const network of [OURS, OURS_IPV6]) {
    const injected = await netglass.change("bgp_inject_route", {
      network,
      communities: ["65099:7"],
      reason: "interop",
    });
    deepEqual([injected.success, injected.state], [true, "announced"]);
    await poll(
      `everybody has ${network}`,
      async () => (await seenBy(network)).every((route) => route !== null),
    );
    for (const [index, route] of (await seenBy(network)).entries()) {
      const expected = {
        asPath: "65099",
        nextHop: network === OURS ? "192.0.2.1" : "2001:db8:ffff::1",
        communities: ["65099:7", "65535:65281"],
      };
      deepEqual(
        { ...route, communities: [...route?.communities ?? []].sort() },
        expected,
        neighbors[index]?.daemon.name,
      );
    }
    const withdrawn = await netglass.call("bgp_withdraw_route", { network });
    equal(withdrawn.success, true);
    await poll(
      `nobody has ${network} any more`,
      async () => (await seenBy(network)).every((route) => route === null),
    );
  }
}
