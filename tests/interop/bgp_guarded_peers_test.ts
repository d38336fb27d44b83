/**
 * Peers that let us in on conditions, and conditions of ours: what ends the session with which code,
 * what the session doctor makes of it, and that its advice helps.
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { BGP_DAEMONS, type BgpDaemon, type BgpDaemonSession } from "./bgp_daemons.ts";
import { BgpRig, type NetglassInside } from "./bgp_rig.ts";
import {
  diagnosisOf,
  endsOf,
  type ShownDiagnosis,
  shownPeer,
  untilPeerIs,
  untilUp,
} from "./bgp_shown.ts";
import { poll } from "./route_server_rig.ts";
import { namespaceTest, Topology } from "./topology.ts";

/** One session of BIRD's, each between addresses of its own: 192.0.2.`host` there. */
interface Guarded {
  readonly name: string;
  readonly host: number;
  /** In our configuration. */
  readonly ours: string;
  /** In BIRD's. */
  readonly birds: string;
}

const GUARDED: readonly Guarded[] = [
  { name: "md5", host: 11, ours: "", birds: 'password "secret";' },
  { name: "gtsm", host: 12, ours: "", birds: "ttl security on;" },
  { name: "same_role", host: 13, ours: "role: customer", birds: "local role customer;" },
  { name: "no_role", host: 14, ours: "role: provider, strict_role: true", birds: "" },
  {
    name: "role_required",
    host: 15,
    ours: "",
    birds: "local role customer; require roles yes;",
  },
  {
    name: "our_limit",
    host: 16,
    ours: "max_prefixes: 1, max_prefixes_action: idle",
    birds: "",
  },
  {
    name: "their_limit",
    host: 17,
    ours: "",
    birds: "ipv4 { import limit 1 action disable; };",
  },
  { name: "other_as", host: 18, ours: "remote_as: 65008", birds: "" },
  { name: "our_as", host: 19, ours: "", birds: "neighbor as 65098;" },
];

/** Our address in the session: BIRD has one session with each. */
function ourAddress(host: number): string {
  return `192.0.2.${100 + host}`;
}

/** Fields of every peer of ours. */
const COMMON =
  "connect_retry_sec: 1, hold_time_sec: 9, import_policy: all, families: [ipv4-unicast]";
const ALLOWED = ["192.168.98.0/24", "192.168.99.0/24"];
/** FRR, which dials us with a password, and BIRD, which dials us and wants TTL 255. */
const DIALLERS = { frr: 2, bird: 3 } as const;

const CONFIG = `toolsets: [bgp]
bgp:
  enabled: true
  local_as: 65099
  router_id: 192.0.2.1
  listen: "192.0.2.1:179"
  peers:
${
  GUARDED.map(({ name, host, ours }) =>
    `    - { name: ${name}, address: 192.0.2.${host}, local_address: ${ourAddress(host)}, ` +
    `connect: active, ${ours.includes("remote_as") ? "" : "remote_as: 65002, "}${
      ours && `${ours}, `
    }${COMMON} }`
  ).join("\n")
}
    - { name: md5_dials, address: 192.0.2.2, remote_as: 65003, connect: passive, ${COMMON} }
    - { name: gtsm_dials, address: 192.0.2.3, remote_as: 65002, connect: passive, ${COMMON} }
  originate: { enabled: true, lab: true, allowed_prefixes: [${ALLOWED}], cooldown_sec: 0 }
`;

const BIRD = `log stderr all;
router id 192.0.2.3;
protocol device { }
protocol static { ipv4; route 198.51.100.0/24 blackhole; route 203.0.113.0/24 blackhole; }
template bgp guarded {
  strict bind yes; hold time 9; startup hold time 15;
  connect retry time 1; connect delay time 1; error wait time 1, 1;
  ipv4 { import all; export all; next hop self; };
}
${
  GUARDED.map(({ name, host, birds }) =>
    `protocol bgp p_${name} from guarded {
  local 192.0.2.${host} as 65002; passive on;
  neighbor ${ourAddress(host)}${birds.includes("neighbor as") ? "" : " as 65099"};
  ${birds}
}`
  ).join("\n")
}
protocol bgp p_gtsm_dials from guarded {
  local 192.0.2.3 as 65002; neighbor 192.0.2.1 as 65099; ttl security on;
}
`;

const FRR = `router bgp 65003
 bgp router-id 192.0.2.2
 no bgp ebgp-requires-policy
 neighbor 192.0.2.1 remote-as 65099
 neighbor 192.0.2.1 password secret
 neighbor 192.0.2.1 timers connect 1
`;

/** Starts a daemon with this configuration. */
async function start(rig: BgpRig, name: "bird" | "frr", text: string) {
  const daemon = BGP_DAEMONS.find((one) => one.name === name) as BgpDaemon;
  // The configuration is written out whole.
  return await rig.start(name, { ...daemon, config: () => text }, {} as BgpDaemonSession);
}

/** Waits until the doctor has this verdict, and gives all that it says. */
async function untilVerdict(
  netglass: NetglassInside,
  peer: string,
  verdict: string,
): Promise<ShownDiagnosis> {
  await poll(
    `${peer} is ${verdict}`,
    async () => (await diagnosisOf(netglass, peer)).verdict === verdict,
  );
  return await diagnosisOf(netglass, peer);
}

namespaceTest(
  "peers with conditions end sessions with the right code, and the doctor names the remedy",
  ["bird", "birdc", "/usr/lib/frr/bgpd", "vtysh", "nft"],
  async (t) => {
    await using rig = new BgpRig(new Topology());
    const ours = [1, ...GUARDED.map(({ host }) => 100 + host)];
    const birds = [DIALLERS.bird, ...GUARDED.map(({ host }) => host)];
    await rig.join("us", ours.map((host) => `192.0.2.${host}/24`));
    await rig.join("bird", birds.map((host) => `192.0.2.${host}/24`));
    await rig.join("frr", [`192.0.2.${DIALLERS.frr}/24`]);
    const bird = await start(rig, "bird", BIRD);
    await start(rig, "frr", FRR);
    const netglass = await rig.netglass("us", CONFIG);
    const birdSays = (name: string) => bird.ask(["show", "protocols", "all", `p_${name}`]);

    await t.step("roles that do not fit, or are missing where one is required: 2/11", async () => {
      for (const name of ["same_role", "no_role", "role_required"]) {
        const { next_steps } = await untilVerdict(netglass, name, "role_mismatch");
        match(next_steps[0] ?? "", /provider and customer/);
        for (const end of await endsOf(netglass, name)) match(end, / 2\/11$/);
      }
      for (const name of ["same_role", "no_role"]) {
        match(await birdSays(name), /Last error: .*Role mismatch/);
      }
    });
    await t.step("another AS on either side: 2/2", async () => {
      const { explanation } = await untilVerdict(netglass, "other_as", "wrong_peer_as");
      equal(explanation, "The peer says its AS is 65002, you configured 65008");
      deepEqual(new Set(await endsOf(netglass, "other_as")), new Set(["notification_sent 2/2"]));
      await untilVerdict(netglass, "our_as", "our_as_refused");
      deepEqual(new Set(await endsOf(netglass, "our_as")), new Set(["notification_received 2/2"]));
    });
    await t.step("more prefixes than we take: 6/1, and it stays down", async () => {
      await untilVerdict(netglass, "our_limit", "over_prefix_limit");
      deepEqual(await endsOf(netglass, "our_limit"), ["notification_sent 6/1"]);
      const { is_disabled, prefixes_received } = await shownPeer(netglass, "our_limit");
      deepEqual([is_disabled, prefixes_received], [true, 0]);
      match(
        await birdSays("our_limit"),
        /Last error: +Received: Maximum number of prefixes reached/,
      );
    });
    await t.step("more prefixes than they take: 6/1 of theirs", async () => {
      await untilUp(netglass, "their_limit");
      for (const network of ALLOWED) {
        await netglass.change("bgp_inject_route", { network, reason: "one too many" });
      }
      const { next_steps } = await untilVerdict(netglass, "their_limit", "ceased_by_peer");
      match(next_steps[0] ?? "", /maximum-prefix/);
      const [end] = await endsOf(netglass, "their_limit");
      equal(end, "notification_received 6/1");
    });
    await t.step("TTL security lets connections come up, and 4/0 ends them", async () => {
      for (const name of ["gtsm", "gtsm_dials"]) {
        const { next_steps } = await untilVerdict(netglass, name, "not_heard");
        match(next_steps[0] ?? "", /GTSM.*ip route replace 192\.0\.2\.\d+ … hoplimit 255/);
        const [end] = await endsOf(netglass, name);
        // Whose patience is over first.
        match(end ?? "", /^(hold_expired|notification_received) 4\/0$/);
      }
    });
    await t.step("with the recipe of the README both come up and stay", async () => {
      for (const [host, from] of [[12, ourAddress(12)], [DIALLERS.bird, "192.0.2.1"]]) {
        const route = `192.0.2.${host}/32 dev eth0 src ${from} hoplimit 255`;
        await rig.network.ip("us", `route replace ${route}`);
      }
      await rig.network.rules("us", NOT_FROM_AFAR);
      await untilUp(netglass, "gtsm", "gtsm_dials");
      const before = await shownPeer(netglass, "gtsm");
      await untilPeerIs(
        netglass,
        "gtsm",
        "has sent its table",
        (one) => one.prefixes_received === 2,
      );
      equal(before.sessions_established, 1);
    });
    await t.step(
      "a password is silence: no answer to us, and nothing comes from them",
      async () => {
        const { next_steps, evidence } = await untilVerdict(netglass, "md5", "no_answer");
        match(next_steps[0] ?? "", /TCP-MD5/);
        deepEqual(new Set(evidence.map(({ kind }) => kind)), new Set(["timeout"]));
        const dials = await diagnosisOf(netglass, "md5_dials");
        equal(dials.verdict, "never_connected");
        ok(dials.next_steps.some((step) => step.includes("TCP-MD5")));
      },
    );
  },
);

/** As the README has it. */
const NOT_FROM_AFAR = `table inet gtsm {
  chain input {
    type filter hook input priority 0
    ip saddr 192.0.2.12 tcp sport 179 ip ttl lt 255 drop
    ip saddr 192.0.2.3 tcp dport 179 ip ttl lt 255 drop
  }
}
`;
