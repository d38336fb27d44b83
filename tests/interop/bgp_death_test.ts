/**
 * Peers, and the network between us and them, that are gone without a word: how soon both sides know,
 * what they say of it, and that they find each other again.
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  ANNOUNCED_IPV4,
  BGP_DAEMONS,
  type BgpDaemon,
  type BgpDaemonSession,
} from "./bgp_daemons.ts";
import { BgpRig } from "./bgp_rig.ts";
import { endsOf, pathsIn, shownPeer, untilPeerIs, untilUp } from "./bgp_shown.ts";
import { poll } from "./route_server_rig.ts";
import { namespaceTest, Topology } from "./topology.ts";

const OURS = "192.168.99.0/24";
/** The daemons here, and the last number of their addresses. */
type PeerName = "frr" | "bird";
const HOSTS: Readonly<Record<PeerName, number>> = { frr: 2, bird: 3 };

function daemonOf(name: PeerName): BgpDaemon {
  const daemon = BGP_DAEMONS.find((one) => one.name === name);
  ok(daemon !== undefined);
  return daemon;
}

const FRR = daemonOf("frr"), BIRD = daemonOf("bird");

/** A peer in our configuration. */
interface Neighbor {
  readonly name: PeerName;
  readonly connect: "active" | "passive";
  readonly holdTimeSec: number;
}

function configOf(neighbors: readonly Neighbor[]): string {
  const peers = neighbors.map(({ name, connect, holdTimeSec }) =>
    `    - { name: ${name}, address: 192.0.2.${HOSTS[name]}, ` +
    `remote_as: ${daemonOf(name).asn}, local_address: 192.0.2.1, ` +
    `connect: ${connect}, connect_retry_sec: 1, import_policy: all, hold_time_sec: ${holdTimeSec} }`
  );
  return `toolsets: [bgp]
bgp:
  enabled: true
  local_as: 65099
  router_id: 192.0.2.1
  listen: "192.0.2.1:179"
  peers:
${peers.join("\n")}
  originate: { enabled: true, lab: true, allowed_prefixes: ["${OURS}"], cooldown_sec: 0 }
`;
}

/** The session as the daemon sees it. */
function sessionOf(
  name: PeerName,
  isPassive: boolean,
  lines: readonly string[],
): BgpDaemonSession {
  const host = HOSTS[name];
  return {
    asn: daemonOf(name).asn,
    address: `192.0.2.${host}`,
    ipv4: `192.0.2.${host}`,
    ipv6: `2001:db8:ffff::${host}`,
    peerAs: 65099,
    peer: "192.0.2.1",
    isPassive,
    isFull: false,
    lines,
  };
}

/** Adds namespaces for us and these. */
async function join(rig: BgpRig, ...names: PeerName[]): Promise<void> {
  await rig.join("us", ["192.0.2.1/24"]);
  for (const name of names) await rig.join(name, [`192.0.2.${HOSTS[name]}/24`]);
}

namespaceTest(
  "when the network is gone both sides end with 4/0 after the hold time, and come back with it",
  [...FRR.programs, ...BIRD.programs],
  async () => {
    await using rig = new BgpRig(new Topology());
    await join(rig, "frr", "bird");
    const sessions = {
      frr: sessionOf("frr", true, ["neighbor 192.0.2.1 timers 1 3"]),
      bird: sessionOf("bird", false, ["hold time 3; keepalive time 1;"]),
    };
    const frr = await rig.start("frr", FRR, sessions.frr);
    const netglass = await rig.netglass(
      "us",
      configOf([
        { name: "frr", connect: "active", holdTimeSec: 3 },
        { name: "bird", connect: "passive", holdTimeSec: 3 },
      ]),
    );
    const bird = await rig.start("bird", BIRD, sessions.bird);
    const theirs = async (): Promise<boolean[]> => [
      await FRR.seen(frr.ask, OURS, "192.0.2.1", frr.directory) !== null,
      await BIRD.seen(bird.ask, OURS, "192.0.2.1", bird.directory) !== null,
    ];
    const ours = async (): Promise<number> => (await pathsIn(netglass, ANNOUNCED_IPV4[0])).length;
    await untilUp(netglass, "frr", "bird");
    await netglass.change("bgp_inject_route", { network: OURS, reason: "is lost and comes back" });
    await poll("all have all", async () => (await theirs()).every(Boolean) && await ours() === 2);

    const lostAtMs = Date.now();
    await rig.network.ip("us", "link set eth0 down");
    for (const name of ["frr", "bird"] as const) {
      await untilPeerIs(netglass, name, "is down", ({ state }) => state !== "Established");
      const [end] = await endsOf(netglass, name);
      equal(end, "hold_expired 4/0", name);
    }
    const tookMs = Date.now() - lostAtMs;
    // What came last came at most a keepalive time, one second, before.
    ok(tookMs > 1_900 && tookMs < 20_000, `${tookMs} ms`);
    await poll(
      "nobody has anything",
      async () => !(await theirs()).some(Boolean) && await ours() === 0,
    );
    const { "192.0.2.1": seen } = JSON.parse(
      await frr.ask(["show bgp neighbors 192.0.2.1 json"]),
    );
    equal(seen.lastNotificationReason, "Hold Timer Expired");
    match(await bird.ask(["show protocols all netglass"]), /Last error: .*Hold timer expired/);

    await rig.network.ip("us", "link set eth0 up");
    await untilUp(netglass, "frr", "bird");
    await poll("all have all", async () => (await theirs()).every(Boolean) && await ours() === 2);
  },
);

namespaceTest(
  "a peer that lost its power is back before the hold time of its old session is over",
  BIRD.programs,
  async () => {
    await using rig = new BgpRig(new Topology());
    await join(rig, "bird");
    const session = sessionOf("bird", false, ["hold time 90; keepalive time 30;"]);
    // Keepalives go out every three seconds: the first that reaches the new host is answered by RST.
    const netglass = await rig.netglass(
      "us",
      configOf([{ name: "bird", connect: "passive", holdTimeSec: 9 }]),
    );
    const old = await rig.start("bird", BIRD, session);
    await untilUp(netglass, "bird");
    await poll("its routes are there", async () => (await pathsIn(netglass)).length === 3);

    await rig.unplug("bird");
    old.process.kill("SIGKILL");
    await rig.join("bird again", ["192.0.2.3/24"]);
    await rig.start("bird again", BIRD, session);
    await untilPeerIs(
      netglass,
      "bird",
      "is up again",
      ({ state, sessions_established }) => state === "Established" && sessions_established === 2,
    );
    const ends = await endsOf(netglass, "bird");
    equal(ends.find((end) => !end.includes("6/7")), "reset");
    await poll("its routes are there", async () => (await pathsIn(netglass)).length === 3);
    ok((await pathsIn(netglass)).every(({ stale }) => stale === undefined));
  },
);

/** A daemon whose routes are worth keeping. */
interface Restarter {
  readonly name: PeerName;
  /** With this restart time, in seconds. */
  readonly lines: (sec: number) => readonly string[];
  /** Arguments when it is started again. */
  readonly args: readonly string[];
  /** What it still has is announced again before its End-of-RIB. */
  readonly keeps: boolean;
}

const RESTARTERS: readonly Restarter[] = [
  {
    name: "frr",
    lines: (sec) => [
      "bgp graceful-restart",
      "bgp graceful-restart preserve-fw-state",
      `bgp graceful-restart restart-time ${sec}`,
      "bgp graceful-restart select-defer-time 1",
    ],
    args: [],
    // FRR 8.4 sends End-of-RIB as soon as the session is up, and its routes after a while.
    keeps: false,
  },
  {
    name: "bird",
    lines: (sec) => [`graceful restart yes; graceful restart time ${sec};`],
    args: ["-R"],
    keeps: true,
  },
];

for (const { name, lines, args, keeps } of RESTARTERS) {
  const daemon = daemonOf(name);
  namespaceTest(
    `routes of ${name} while it restarts gracefully are stale, until End-of-RIB or its time is over`,
    daemon.programs,
    async (t) => {
      await using rig = new BgpRig(new Topology());
      await join(rig, name);
      const [kept, dropped] = ANNOUNCED_IPV4;
      const first = await rig.start(name, daemon, sessionOf(name, true, lines(120)));
      const netglass = await rig.netglass(
        "us",
        configOf([{ name, connect: "active", holdTimeSec: 90 }]),
      );
      const staleness = async (): Promise<Record<string, boolean>> =>
        Object.fromEntries(
          (await pathsIn(netglass)).filter(({ network }) => !network.includes(":"))
            .map(({ network, stale }) => [network, stale === true]),
        );
      const untilDown = () =>
        untilPeerIs(netglass, name, "is down", ({ state }) => state !== "Established");
      await untilUp(netglass, name);
      await poll("its routes are there", async () => Object.keys(await staleness()).length === 2);

      await t.step("they are there while it is gone", async () => {
        first.process.kill("SIGKILL");
        await untilDown();
        deepEqual(await staleness(), { [kept]: true, [dropped]: true });
      });
      const again: BgpDaemon = {
        ...daemon,
        config: (session) =>
          daemon.config(session).replace(/.*203\.0\.113\.0\/24( blackhole;)?/, ""),
        start: (...of) => [...daemon.start(...of), ...args],
      };
      const second = await rig.start(name, again, sessionOf(name, true, lines(4)));
      await t.step("what it does not announce again goes with its End-of-RIB", async () => {
        await poll(
          "one is left, and not stale",
          async () => JSON.stringify(await staleness()) === JSON.stringify({ [kept]: false }),
        );
        equal((await shownPeer(netglass, name)).state, "Established");
        const { changes } = await netglass.call("bgp_changes", { prefix: kept }) as {
          changes: { kind: string }[];
        };
        equal(changes.some(({ kind }) => kind === "withdraw"), !keeps);
      });
      await t.step("they go when it does not come back within its restart time", async () => {
        const killedAtMs = Date.now();
        second.process.kill("SIGKILL");
        await untilDown();
        deepEqual(await staleness(), { [kept]: true });
        await poll("it is gone", async () => Object.keys(await staleness()).length === 0);
        ok(Date.now() - killedAtMs > 3_900);
      });
    },
  );
}
