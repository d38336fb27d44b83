/**
 * Five BGP daemons as neighbors in tests: how each is configured, started and asked what it knows.
 *
 * @module
 */

/** Names of the daemons. */
export type BgpDaemonName = "frr" | "bird" | "gobgp" | "openbgpd" | "exabgp";

/** One session as the daemon sees it. */
export interface BgpDaemonSession {
  /** AS number of the daemon. */
  readonly asn: number;
  /** Its address on the session. */
  readonly address: string;
  /** Its addresses: identifier, and next hops of its routes. */
  readonly ipv4: string;
  readonly ipv6: string;
  /** AS number and address of netglass. */
  readonly peerAs: number;
  readonly peer: string;
  /** True: it waits to be dialled. */
  readonly isPassive: boolean;
  /** Every capability that it has, or the default ones. */
  readonly isFull: boolean;
  /** More about the session in the words of BIRD and FRR; these two only. */
  readonly lines?: readonly string[];
}

/** A route of ours as the daemon holds it. */
export interface SeenRoute {
  readonly asPath: string;
  readonly nextHop: string;
  /** `64500:1`, in the daemon's order; well-known ones as numbers. */
  readonly communities: readonly string[];
}

/** Runs the daemon's own client with a command, and gives what it prints. */
export type AskDaemon = (words: readonly string[]) => Promise<string>;

/** How one daemon is run. */
export interface BgpDaemon {
  readonly name: BgpDaemonName;
  readonly asn: number;
  readonly programs: readonly string[];
  config(session: BgpDaemonSession): string;
  /** Program and arguments; `dir` is a directory of its own. */
  start(config: string, dir: string, session: BgpDaemonSession): readonly string[];
  /** The client and its leading arguments. */
  client(dir: string): readonly string[];
  /** What its client can ask from the beginning; null: there is none. */
  readonly ready: readonly string[] | null;
  /** Told to the client once the daemon listens, for routes that its configuration cannot hold. */
  announce(session: BgpDaemonSession): readonly (readonly string[])[];
  /** What it holds of `prefix` from `peer`; null: nothing. */
  seen(ask: AskDaemon, prefix: string, peer: string, dir: string): Promise<SeenRoute | null>;
}

/** What every daemon announces, beside one IPv6 prefix of its own. */
export const ANNOUNCED_IPV4 = ["198.51.100.0/24", "203.0.113.0/24"] as const;

/** The IPv6 prefix that the daemon with this AS number announces. */
export function announcedIpv6(asn: number): string {
  return `2001:db8:${asn - 65000}::/48`;
}

const BIRD: BgpDaemon = {
  name: "bird",
  asn: 65002,
  programs: ["bird", "birdc"],
  config: ({ asn, address, ipv4, ipv6, peerAs, peer, isPassive, isFull, lines = [] }) => `
log stderr all;
router id ${ipv4};
protocol device { }
protocol static s4 { ipv4;
  route 198.51.100.0/24 blackhole { bgp_community.add((${asn},100)); bgp_large_community.add((${asn},1,2)); bgp_ext_community.add((rt,${asn},7)); bgp_med = 50; };
  route 203.0.113.0/24 blackhole; }
protocol static s6 { ipv6; route ${announcedIpv6(asn)} blackhole; }
protocol bgp netglass {
  local ${address} as ${asn};
  neighbor ${peer} as ${peerAs};
  ${isPassive ? "passive on;" : ""}
  ${
    isFull
      ? "local role customer; enable extended messages yes; graceful restart yes; advertise hostname yes; long lived graceful restart aware;"
      : ""
  }
  hold time 30; connect retry time 1; connect delay time 1; error wait time 1, 1;
  ${lines.join("\n  ")}
  ipv4 { import all; export all; next hop self; ${
    isFull ? "add paths on; extended next hop yes; import limit 1000 action restart;" : ""
  } };
  ipv6 { import all; export all; next hop address ${ipv6}; ${isFull ? "add paths on;" : ""} };
}
`,
  start: (config, dir) => ["bird", "-f", "-c", config, "-s", `${dir}/ctl`, "-P", `${dir}/pid`],
  client: (dir) => ["birdc", "-r", "-s", `${dir}/ctl`],
  ready: ["show", "status"],
  announce: () => [],
  async seen(ask, prefix) {
    const text = await ask(["show", "route", prefix, "all"]);
    if (!text.includes("BGP.as_path:")) return null;
    return {
      asPath: /BGP\.as_path: (.*)/.exec(text)?.[1]?.trim() ?? "",
      nextHop: /BGP\.next_hop: (\S+)/.exec(text)?.[1] ?? "",
      communities: [...(/BGP\.community: (.*)/.exec(text)?.[1] ?? "").matchAll(/\((\d+),(\d+)\)/g)]
        .map(([, high, low]) => `${high}:${low}`),
    };
  },
};

const FRR: BgpDaemon = {
  name: "frr",
  asn: 65003,
  programs: ["/usr/lib/frr/bgpd", "vtysh"],
  config: ({ asn, ipv4, ipv6, peerAs, peer, isPassive, isFull, lines = [] }) => `
hostname frr
router bgp ${asn}
 bgp router-id ${ipv4}
 no bgp ebgp-requires-policy
 no bgp network import-check
 no bgp default ipv4-unicast
 ${isFull ? "bgp graceful-restart" : ""}
 neighbor ${peer} remote-as ${peerAs}
 neighbor ${peer} timers 10 30
 neighbor ${peer} timers connect 1
 neighbor ${peer} advertisement-interval 0
 neighbor ${peer} disable-connected-check
 neighbor ${peer} sender-as-path-loop-detection
 ${isPassive ? `neighbor ${peer} passive` : ""}
 ${isFull ? `neighbor ${peer} local-role customer` : ""}
 ${isFull ? `neighbor ${peer} capability extended-nexthop` : ""}
 ${lines.join("\n ")}
 address-family ipv4 unicast
  network 198.51.100.0/24 route-map SETC
  network 203.0.113.0/24
  neighbor ${peer} activate
  ${isFull ? `neighbor ${peer} addpath-tx-all-paths` : ""}
  neighbor ${peer} soft-reconfiguration inbound
 exit-address-family
 address-family ipv6 unicast
  network ${announcedIpv6(asn)}
  neighbor ${peer} activate
  neighbor ${peer} route-map NH6 out
  neighbor ${peer} soft-reconfiguration inbound
 exit-address-family
!
route-map SETC permit 10
 set community ${asn}:100
 set large-community ${asn}:1:2
 set extcommunity rt ${asn}:7
 set metric 50
!
route-map NH6 permit 10
 set ipv6 next-hop global ${ipv6}
!
`,
  start: (config, dir) => [
    ...["/usr/lib/frr/bgpd", "-Z", "-S", "-f", config, "-i", `${dir}/pid`],
    ...["--vty_socket", dir, "-P", "0"],
  ],
  client: (dir) => ["vtysh", "--histfile", `${dir}/history`, "--vty_socket", dir, "-c"],
  ready: ["show version"],
  announce: () => [],
  async seen(ask, prefix, peer) {
    const family = prefix.includes(":") ? "ipv6" : "ipv4";
    const text = await ask([`show bgp ${family} unicast ${prefix} json`]);
    const { paths = [] } = JSON.parse(text === "" ? "{}" : text) as {
      paths?: {
        aspath?: { string: string };
        community?: { list: string[] };
        nexthops?: { ip: string; scope?: string }[];
        peer?: { peerId: string };
      }[];
    };
    const path = paths.find((one) => one.peer?.peerId === peer);
    if (path === undefined) return null;
    const names: Readonly<Record<string, string>> = { noExport: "65535:65281" };
    return {
      asPath: path.aspath?.string ?? "",
      nextHop: path.nexthops?.find(({ scope }) => scope !== "link-local")?.ip ?? "",
      communities: (path.community?.list ?? []).map((text) => names[text] ?? text),
    };
  },
};

const GOBGP: BgpDaemon = {
  name: "gobgp",
  asn: 65004,
  programs: ["gobgpd", "gobgp"],
  config: ({ asn, address, ipv4, peerAs, peer, isPassive, isFull }) => `
[global.config]
  as = ${asn}
  router-id = "${ipv4}"
  port = 179
  local-address-list = ["${address}"]
[[neighbors]]
  [neighbors.config]
    neighbor-address = "${peer}"
    peer-as = ${peerAs}
  [neighbors.transport.config]
    local-address = "${address}"
    passive-mode = ${isPassive}
  [neighbors.timers.config]
    hold-time = 30
    connect-retry = 1
    idle-hold-time-after-reset = 1
  [neighbors.graceful-restart.config]
    enabled = ${isFull}
    restart-time = 120
  [neighbors.add-paths.config]
    receive = ${isFull}
    send-max = ${isFull ? 8 : 0}
  [[neighbors.afi-safis]]
    [neighbors.afi-safis.config]
      afi-safi-name = "ipv4-unicast"
    [neighbors.afi-safis.mp-graceful-restart.config]
      enabled = ${isFull}
  [[neighbors.afi-safis]]
    [neighbors.afi-safis.config]
      afi-safi-name = "ipv6-unicast"
    [neighbors.afi-safis.mp-graceful-restart.config]
      enabled = ${isFull}
`,
  start: (config) => ["gobgpd", "-f", config, "-t", "toml", "--api-hosts", "127.0.0.1:50051"],
  client: () => ["gobgp", "-u", "127.0.0.1"],
  ready: ["global"],
  announce: ({ asn, ipv4, ipv6 }) =>
    [
      `global rib add 198.51.100.0/24 nexthop ${ipv4} med 50 community ${asn}:100 large-community ${asn}:1:2 rt ${asn}:7`,
      `global rib add 203.0.113.0/24 nexthop ${ipv4}`,
      `global rib -a ipv6 add ${announcedIpv6(asn)} nexthop ${ipv6}`,
    ].map((line) => line.split(" ")),
  async seen(ask, prefix, peer) {
    const family = prefix.includes(":") ? "ipv6" : "ipv4";
    const text = await ask(["neighbor", peer, "adj-in", "-a", family, "-j"]);
    if (!text.trimStart().startsWith("{")) return null;
    const table = JSON.parse(text) as Record<string, { attrs: Record<string, unknown>[] }[]>;
    const path = table[prefix]?.[0];
    if (path === undefined) return null;
    const attribute = (type: number) => path.attrs.find((one) => one.type === type);
    const segments = (attribute(2)?.as_paths ?? []) as { asns: number[] }[];
    const communities = (attribute(8)?.communities ?? []) as number[];
    return {
      asPath: segments.flatMap(({ asns }) => asns).join(" "),
      nextHop: String((attribute(3) ?? attribute(14))?.nexthop ?? ""),
      communities: communities.map((value) => `${value >>> 16}:${value & 0xffff}`),
    };
  },
};

const OPENBGPD: BgpDaemon = {
  name: "openbgpd",
  asn: 65005,
  programs: ["bgpd", "bgpctl"],
  config: ({ asn, address, ipv4, ipv6, peerAs, peer, isPassive, isFull }) => `
AS ${asn}
router-id ${ipv4}
fib-update no
listen on ${address}
socket "SOCKET"
nexthop qualify via default
network 198.51.100.0/24 set { community ${asn}:100 large-community ${asn}:1:2 ext-community rt ${asn}:7 med 50 nexthop ${ipv4} }
network 203.0.113.0/24 set nexthop ${ipv4}
network ${announcedIpv6(asn)} set nexthop ${ipv6}
neighbor ${peer} {
  remote-as ${peerAs}
  local-address ${address}
  ${isPassive ? "passive" : ""}
  holdtime 30
  announce IPv4 unicast
  announce IPv6 unicast
  ${
    isFull
      ? `announce policy customer
  announce add-path recv yes
  announce add-path send all
  announce enhanced refresh yes
  max-prefix 1000`
      : ""
  }
}
allow from any
allow to any
`,
  start: (config) => ["bgpd", "-d", "-f", config],
  client: (dir) => ["bgpctl", "-s", `${dir}/socket`, "-j"],
  ready: ["show", "summary"],
  announce: () => [],
  async seen(ask, prefix) {
    const text = await ask(["show", "rib", "detail", prefix]);
    if (!text.trimStart().startsWith("{")) return null;
    const { rib = [] } = JSON.parse(text) as {
      rib?: { prefix: string; aspath: string; exit_nexthop: string; communities?: string[] }[];
    };
    const path = rib.find((one) => one.prefix === prefix && one.aspath !== "");
    if (path === undefined) return null;
    const names: Readonly<Record<string, string>> = { NO_EXPORT: "65535:65281" };
    return {
      asPath: path.aspath,
      nextHop: path.exit_nexthop,
      communities: (path.communities ?? []).map((text) => names[text] ?? text),
    };
  },
};

const EXABGP: BgpDaemon = {
  name: "exabgp",
  asn: 65006,
  programs: ["exabgp"],
  config: ({ asn, address, ipv4, ipv6, peerAs, peer, isPassive, isFull }) => `
process log {
  run /bin/sh -c "cat >> LOG";
  encoder json;
}
neighbor ${peer} {
  router-id ${ipv4};
  local-address ${address};
  local-as ${asn};
  peer-as ${peerAs};
  hold-time 30;
  ${isPassive ? "passive true;" : ""}
  capability { ${
    isFull
      ? "graceful-restart 120; route-refresh enable; add-path send/receive; extended-message enable; asn4 enable;"
      : "asn4 enable;"
  } }
  family { ipv4 unicast; ipv6 unicast; }
  api { processes [ log ]; receive { parsed; update; } }
  static {
    route 198.51.100.0/24 next-hop ${ipv4} community [ ${asn}:100 ] large-community [ ${asn}:1:2 ] extended-community [ target:${asn}:7 ] med 50;
    route 203.0.113.0/24 next-hop ${ipv4};
    route ${announcedIpv6(asn)} next-hop ${ipv6};
  }
}
`,
  start: (config, _dir, { address }) => [
    ...["env", "exabgp.daemon.user=root", "exabgp.log.level=WARNING", "exabgp.api.cli=false"],
    ...[`exabgp.tcp.bind=${address}`, "exabgp.tcp.port=179", "exabgp", config],
  ],
  client: (dir) => ["cat", `${dir}/log`],
  ready: null,
  announce: () => [],
  async seen(ask, prefix) {
    let seen: SeenRoute | null = null;
    for (const line of (await ask([])).split("\n")) {
      if (!line.startsWith("{")) continue;
      const message = JSON.parse(line).neighbor?.message?.update;
      for (const [family, byHop] of Object.entries(message?.announce ?? {})) {
        if (!family.endsWith("unicast")) continue;
        for (const [nextHop, routes] of Object.entries(byHop as Record<string, unknown>)) {
          if (!(routes as { nlri: string }[]).some(({ nlri }) => nlri === prefix)) continue;
          const { "as-path": path = {}, community = [] } = message.attribute ?? {};
          const asns = Array.isArray(path)
            ? path
            : Object.values(path as Record<string, { value: number[] }>).flatMap((one) =>
              one.value
            );
          seen = {
            asPath: asns.join(" "),
            nextHop,
            communities: (community as [number, number][]).map((pair) => pair.join(":")),
          };
        }
      }
      for (const routes of Object.values(message?.withdraw ?? {})) {
        if ((routes as { nlri: string }[]).some(({ nlri }) => nlri === prefix)) seen = null;
      }
    }
    return seen;
  },
};

/** All of them. */
export const BGP_DAEMONS: readonly BgpDaemon[] = [FRR, BIRD, GOBGP, OPENBGPD, EXABGP];
