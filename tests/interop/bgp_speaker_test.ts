/** The speaker as a server process, between FRR, BIRD, GoBGP, OpenBGPD and ExaBGP at once. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  ANNOUNCED_IPV4,
  announcedIpv6,
  BGP_DAEMONS,
  type BgpDaemon,
  type BgpDaemonSession,
  type SeenRoute,
} from "./bgp_daemons.ts";
import { BgpRig, type NetglassInside, type RunningDaemon } from "./bgp_rig.ts";
import { endsOf, listenerOf } from "./bgp_shown.ts";
import { poll } from "./route_server_rig.ts";
import { namespaceTest, Topology } from "./topology.ts";

const PROGRAMS = [...BGP_DAEMONS.flatMap(({ programs }) => programs), "nft", "ss"];
const OUR_AS = 65099;
const OURS = "192.168.99.0/24";
const OURS_IPV6 = "2001:db8:99::/48";

interface Case {
  readonly name: string;
  readonly dials: "we" | "they" | "both";
  readonly isFull: boolean;
  /** Address family of the sessions. */
  readonly transport: 4 | 6;
}

const CASES: readonly Case[] = [
  { name: "dialling them, default capabilities", dials: "we", isFull: false, transport: 4 },
  { name: "dialled by them, default capabilities", dials: "they", isFull: false, transport: 4 },
  { name: "dialling them, all capabilities", dials: "we", isFull: true, transport: 4 },
  { name: "dialled by them, all capabilities", dials: "they", isFull: true, transport: 4 },
  { name: "over IPv6, all capabilities", dials: "we", isFull: true, transport: 6 },
  { name: "both dialling, default capabilities", dials: "both", isFull: false, transport: 4 },
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
    const early = one.dials === "they" ? await rig.netglass("us", configOf(one)) : null;
    if (early !== null) await listening(early);
    const neighbors = await startAll(rig, one);
    if (one.dials === "both") await rig.network.rules("us", SPEECHLESS);
    const netglass = early ?? await rig.netglass("us", configOf(one));
    if (one.dials === "both") await holdTwoConnections(rig);
    await establish(netglass);
    await t.step("their routes are in our table, with every attribute", async () => {
      await holdReceived(netglass, neighbors);
    });
    await t.step("a route of ours reaches each of them, and goes again", async () => {
      await holdOriginated(netglass, neighbors);
    });
    if (one.dials === "both") {
      await t.step("of two connections one is left, and stays", async () => {
        await holdOneConnectionEach(rig, netglass, neighbors);
      });
    } else if (one.isFull) {
      await t.step("our routes go with us when we are killed", async () => {
        await holdOurDeath(netglass, neighbors);
      });
    } else {
      await t.step("their routes go with them when they are killed", async () => {
        await holdTheirDeath(netglass, neighbors);
      });
    }
  });
}

async function listening(netglass: NetglassInside): Promise<void> {
  await poll("we listen", async () => {
    const { port, problem } = await listenerOf(netglass);
    return port === 179 && problem === null;
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

/** We are host 1, the daemons are the hosts from 2 on. */
async function join(rig: BgpRig): Promise<void> {
  for (const [index, label] of ["us", ...BGP_DAEMONS.map(({ name }) => name)].entries()) {
    const host = index + 1;
    await rig.join(label, [`192.0.2.${host}/24`, `2001:db8:ffff::${host}/64`]);
  }
}

async function startAll(rig: BgpRig, { dials, isFull, transport }: Case): Promise<Neighbor[]> {
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
      isPassive: dials === "we",
      isFull,
    };
    return { daemon, session, running: await rig.start(daemon.name, daemon, session) };
  }));
}

const CONNECT = { we: "active", they: "passive", both: "both" } as const;

function configOf({ dials, isFull, transport }: Case): string {
  const ours = transport === 4 ? "192.0.2.1" : "2001:db8:ffff::1";
  const peers = BGP_DAEMONS.map(({ name, asn }, index) => {
    const host = index + 2;
    const address = transport === 4 ? `192.0.2.${host}` : `"2001:db8:ffff::${host}"`;
    return `    - { name: ${name}, address: ${address}, remote_as: ${asn}, ` +
      `local_address: "${ours}", connect: ${CONNECT[dials]}, ` +
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

async function seenBy(
  neighbors: readonly Neighbor[],
  prefix: string,
): Promise<(SeenRoute | null)[]> {
  return await Promise.all(
    neighbors.map(({ daemon, session, running }) =>
      daemon.seen(running.ask, prefix, session.peer, running.directory)
    ),
  );
}

/** Announces a route and waits until everybody has it. */
async function announceToAll(
  netglass: NetglassInside,
  neighbors: readonly Neighbor[],
  network: string,
): Promise<void> {
  const injected = await netglass.change("bgp_inject_route", {
    network,
    communities: ["65099:7"],
    reason: "interop",
  });
  deepEqual([injected.success, injected.state], [true, "announced"]);
  await poll(
    `everybody has ${network}`,
    async () => (await seenBy(neighbors, network)).every((route) => route !== null),
  );
}

async function untilNobodyHas(neighbors: readonly Neighbor[], network: string): Promise<void> {
  await poll(
    `nobody has ${network} any more`,
    async () => (await seenBy(neighbors, network)).every((route) => route === null),
  );
}

async function holdOriginated(
  netglass: NetglassInside,
  neighbors: readonly Neighbor[],
): Promise<void> {
  for (const network of [OURS, OURS_IPV6]) {
    await announceToAll(netglass, neighbors, network);
    for (const [index, route] of (await seenBy(neighbors, network)).entries()) {
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
    await untilNobodyHas(neighbors, network);
  }
}

/** Among them are three that would keep the routes of a peer that restarts gracefully. */
async function holdOurDeath(
  netglass: NetglassInside,
  neighbors: readonly Neighbor[],
): Promise<void> {
  await announceToAll(netglass, neighbors, OURS);
  await netglass.kill();
  // ExaBGP tells its log of UPDATEs only.
  await untilNobodyHas(neighbors.filter(({ daemon }) => daemon.name !== "exabgp"), OURS);
}

async function holdTheirDeath(
  netglass: NetglassInside,
  neighbors: readonly Neighbor[],
): Promise<void> {
  for (const { running } of neighbors) running.process.kill("SIGKILL");
  await poll("no session is left", async () => {
    const { established } = await netglass.call("bgp_get_peers");
    return established === 0;
  });
  const { peers } = await netglass.call("bgp_get_peers") as {
    peers: { name: string; last_error: { kind: string } | null }[];
  };
  for (const { name, last_error } of peers) {
    // OpenBGPD's sessions are in a process of their own, which has the time for a NOTIFICATION.
    const isTold = name === "openbgpd" && last_error?.kind === "notification_received";
    if (!isTold) match(last_error?.kind ?? "", /^(closed|reset)$/, name);
  }
  await poll("their routes are gone", async () => {
    const { routes } = await netglass.call("bgp_get_rib", { best_only: false });
    return (routes as unknown[]).length === 0;
  });
}

/** Sessions that came up, by peer. */
async function timesUp(netglass: NetglassInside): Promise<number[]> {
  const { peers } = await netglass.call("bgp_get_peers", { detail: "full" }) as {
    peers: { state: string; sessions_established: number }[];
  };
  return peers.map(({ state, sessions_established }) =>
    state === "Established" ? sessions_established : 0
  );
}

/** Connections come up, and nothing is said on them: TCP sends it again once it may. */
const SPEECHLESS = `table inet speechless {
  chain in {
    type filter hook input priority 0
    tcp flags & psh == psh drop
  }
  chain out {
    type filter hook output priority 0
    tcp flags & psh == psh drop
  }
}
`;

/** These two dial also while somebody is connected to them. */
const DIAL_ALL_THE_SAME = ["frr", "bird"];

/** The last number of the far address of each connection, in order. */
async function connections({ network }: BgpRig): Promise<string[]> {
  const { stdout } = await network.exec("us", "ss", ["-Htn", "state", "established"]);
  return stdout.split("\n").filter((line) => line !== "")
    .map((line) => /192\.0\.2\.(\d+):\d+\s*$/.exec(line)?.[1] ?? line).sort();
}

/** Waits until there are two connections, and lets both sides speak. */
async function holdTwoConnections(rig: BgpRig): Promise<void> {
  await poll("two are connected twice", async () => {
    const hosts = await connections(rig);
    return new Set(hosts).size === BGP_DAEMONS.length &&
      hosts.length === BGP_DAEMONS.length + DIAL_ALL_THE_SAME.length;
  });
  await rig.network.rules("us", "");
}

async function holdOneConnectionEach(
  rig: BgpRig,
  netglass: NetglassInside,
  neighbors: readonly Neighbor[],
): Promise<void> {
  const wanted = neighbors.map((_, index) => String(index + 2)).join();
  await poll("one is left", async () => (await connections(rig)).join() === wanted);
  const before = await timesUp(netglass);
  ok(before.every((times) => times > 0), `${before}`);
  for (const peer of DIAL_ALL_THE_SAME) {
    // Who closes the connection at once may take its NOTIFICATION away.
    for (const end of await endsOf(netglass, peer)) match(end, / 6\/7$|^closed$|^reset$/, peer);
    ok((await endsOf(netglass, peer)).length > 0, peer);
  }
  // Two rounds of those who dial every second.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  deepEqual(await timesUp(netglass), before);
  equal((await connections(rig)).join(), wanted);
}
