import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Config } from "../config/config.ts";
import { configEnvNames } from "../config/env.ts";
import { defaultConfig } from "../config/load.ts";
import { METADATA } from "./metadata.ts";
import {
  bgp,
  captures,
  hostTable,
  type Need,
  type NeedyTool,
  resolverConfig,
  resolvers,
  run,
  sockets,
  targets,
  udp,
} from "./need.ts";
import { permissionFlags } from "./permission_formats.ts";
import { derivePermissions, type HostFacts, type LaunchFacts } from "./permissions.ts";
import { FIXED_HOST, renderShippedMcpEntry, renderShippedPermissionSet } from "./shipped.ts";

const ping: NeedyTool = { name: "ping", needs: () => [run("ping"), resolvers] };
const traceroute: NeedyTool = { name: "traceroute", needs: () => [run("traceroute"), resolvers] };
const mtr: NeedyTool = { name: "mtr", needs: () => [run("mtr"), resolvers] };
const portCheck: NeedyTool = { name: "port_check", needs: () => [resolvers, targets] };
const dnsLookup: NeedyTool = { name: "dns_lookup", needs: () => [resolvers, targets, udp] };
const pcapSummary: NeedyTool = { name: "pcap_summary", needs: () => [captures] };
const getConnections: NeedyTool = { name: "get_connections", needs: () => [sockets] };
const getDnsConfig: NeedyTool = { name: "get_dns_config", needs: () => [resolverConfig] };
const bgpGetPeers: NeedyTool = { name: "bgp_get_peers", needs: () => [bgp] };
const capabilities: NeedyTool = { name: "capabilities", needs: () => [] };
const allTools = [capabilities, dnsLookup, mtr, ping, portCheck, traceroute];

/** A resolver outside of every special range, so that nothing needs cutting out. */
const HOST: HostFacts = { ...FIXED_HOST, resolvers: ["9.9.9.9"], configFiles: [] };

type Change = { readonly [K in keyof Config]?: Partial<Config[K]> };

function configured(change: Change): Config {
  const base: Record<string, unknown> = { ...defaultConfig() };
  for (const [key, value] of Object.entries(change)) {
    const old = base[key];
    base[key] = typeof value === "object" && value !== null && !Array.isArray(value)
      ? { ...old as object, ...value }
      : value;
  }
  // Sections are merged key by key with checked parts, so the shape is Config's again.
  return base as unknown as Config;
}

/** A speaker with a peer of each kind. */
const SPEAKER: Config["bgp"] = {
  ...defaultConfig().bgp,
  enabled: true,
  local_as: 65_099,
  router_id: "10.255.255.1",
  listen: "10.255.255.1:1790",
  peers: [
    speakerPeer("rr1", "10.255.255.2", {}),
    speakerPeer("rr2", "2001:db8::2", { connect: "active", port: 1179 }),
    speakerPeer("ce1", "10.255.255.3", { connect: "passive" }),
    speakerPeer("ce2", "10.255.255.4", { enabled: false }),
  ],
};

function speakerPeer(
  name: string,
  address: string,
  rest: Partial<Config["bgp"]["peers"][number]>,
): Config["bgp"]["peers"][number] {
  return {
    name,
    address,
    port: 179,
    remote_as: 65_000,
    local_address: null,
    connect: "both",
    hold_time_sec: 90,
    connect_retry_sec: 5,
    delay_open_sec: 0,
    families: ["ipv4-unicast"],
    max_prefixes: null,
    max_prefixes_action: "restart",
    max_prefixes_restart_sec: 300,
    role: null,
    strict_role: false,
    add_path: "off",
    extended_messages: true,
    extended_next_hop: false,
    graceful_restart: true,
    import_policy: null,
    transit: [],
    next_hop: { ipv4: null, ipv6: null },
    enabled: true,
    ...rest,
  };
}

interface Case {
  readonly name: string;
  readonly change: Change;
  readonly tools?: readonly NeedyTool[];
  readonly host?: HostFacts;
  readonly launch?: LaunchFacts;
  /** Everything but --no-prompt, --allow-env and --allow-import, which never vary. */
  readonly flags: readonly string[];
  readonly comments?: readonly string[];
}

/** The rows of the table as flags write them. */
const METADATA_FLAGS = METADATA.map(({ host }) => host.includes(":") ? `[${host}]` : host);
const METADATA_DENY = METADATA_FLAGS.join(",");
/** What no target may be, with UDP (which binds 0.0.0.0) and without. */
const NEVER_UDP = "255.255.255.255,[::]";
const NEVER = "255.255.255.255,0.0.0.0/8,[::]";
const DEFAULT_READ = "--allow-read=./captures,/etc/resolv.conf,./lib,./tools";
/** Where no module is a file. */
const READ_WITHOUT_MODULES = "--allow-read=./captures,/etc/resolv.conf";
const FOUR = "--allow-run=ping,traceroute,mtr,ip";

const cases: readonly Case[] = [
  {
    name: "the default: name servers, the four programs, the metadata endpoints denied",
    change: {},
    flags: [
      "--allow-net=0.0.0.0:0,9.9.9.9:53",
      `--deny-net=${METADATA_DENY},${NEVER_UDP}`,
      FOUR,
      DEFAULT_READ,
    ],
    comments: [
      "0.0.0.0/8 is not denied by a flag, because dns_lookup opens a socket on it: the application check alone refuses it as a target.",
    ],
  },
  {
    name: "ss is among the programs with host.connections only: not without it",
    change: { tools: ["get_connections"] },
    tools: [getConnections],
    flags: [`--deny-net=${METADATA_DENY},${NEVER}`, DEFAULT_READ],
  },
  {
    name: "ss is among the programs with host.connections only: with it",
    change: { tools: ["get_connections"], host: { connections: true } },
    tools: [getConnections],
    flags: [`--deny-net=${METADATA_DENY},${NEVER}`, "--allow-run=ss", DEFAULT_READ],
  },
  {
    name: "the resolver configuration is read under its own names, whatever name servers are asked",
    change: { tools: ["get_dns_config"], dns: { resolvers: ["9.9.9.9"] } },
    tools: [getDnsConfig],
    flags: [
      `--deny-net=${METADATA_DENY},${NEVER}`,
      "--allow-read=./captures,/etc/resolv.conf,/run/systemd/resolve/resolv.conf,./lib,./tools",
    ],
  },
  {
    name:
      "a speaker dials its enabled peers but those that dial it, listens, and reads its modules",
    change: { tools: ["bgp_get_peers"], bgp: SPEAKER },
    tools: [bgpGetPeers],
    flags: [
      "--allow-net=10.255.255.2:179,[2001:db8::2]:1179,10.255.255.1:1790",
      `--deny-net=${METADATA_DENY},${NEVER}`,
      "--allow-read=./captures,/etc/resolv.conf,./lib,./tools",
    ],
  },
  {
    name: "a speaker asks the source of validated payloads, so that origins can be validated",
    change: {
      tools: ["bgp_get_peers"],
      bgp: { ...SPEAKER, listen: null, peers: SPEAKER.peers.slice(0, 1) },
      intel: {
        ...defaultConfig().intel,
        rpki: { file: "/srv/vrps.json", rtr: null, url: null },
      },
    },
    tools: [bgpGetPeers],
    flags: [
      "--allow-net=10.255.255.2:179",
      `--deny-net=${METADATA_DENY},${NEVER}`,
      "--allow-read=./captures,/etc/resolv.conf,/srv/vrps.json,./lib,./tools",
    ],
  },
  {
    name: "a speaker that is not enabled adds nothing",
    change: { tools: ["bgp_get_peers"], bgp: { ...SPEAKER, enabled: false } },
    tools: [bgpGetPeers],
    flags: [`--deny-net=${METADATA_DENY},${NEVER}`, DEFAULT_READ],
  },
  {
    name: "a speaker that no tool asks adds nothing",
    change: { tools: ["capabilities"], bgp: SPEAKER },
    tools: [capabilities],
    flags: [`--deny-net=${METADATA_DENY},${NEVER}`, DEFAULT_READ],
  },
  {
    name: "the peers of a speaker are cut out of what is denied",
    change: {
      tools: ["bgp_get_peers"],
      bgp: { ...SPEAKER, listen: null, peers: SPEAKER.peers.slice(0, 1) },
      security: { blocked_targets: ["10.255.255.0/30"], block_cloud_metadata: false },
    },
    tools: [bgpGetPeers],
    flags: [
      "--allow-net=10.255.255.2:179",
      "--deny-net=10.255.255.0/31,10.255.255.3,255.255.255.255,0.0.0.0/8,[::]",
      "--allow-read=./captures,/etc/resolv.conf,./lib,./tools",
    ],
    comments: [
      "10.255.255.2 (bgp.peers) lies in the denied 10.255.255.0/30 (security.blocked_targets): the flags deny around it, and the application check decides inside.",
    ],
  },
  {
    name: "captures are parsed in a worker, which reads the modules that it runs",
    change: { tools: ["pcap_summary"] },
    tools: [pcapSummary],
    flags: [
      `--deny-net=${METADATA_DENY},${NEVER}`,
      "--allow-read=./captures,/etc/resolv.conf,./lib,./tools",
    ],
  },
  {
    name: "captures that are parsed beside everything else are so by the same modules",
    change: { tools: ["pcap_summary"], pcap: { isolation: "inline" } },
    tools: [pcapSummary],
    flags: [
      `--deny-net=${METADATA_DENY},${NEVER}`,
      "--allow-read=./captures,/etc/resolv.conf,./lib,./tools",
    ],
  },
  {
    name: "modules that come from the network are not read: their host is imported from",
    change: { tools: ["pcap_summary"] },
    tools: [pcapSummary],
    host: { ...HOST, moduleRoots: [], moduleHost: "jsr.io:443" },
    flags: [
      `--deny-net=${METADATA_DENY},${NEVER}`,
      READ_WITHOUT_MODULES,
      "--allow-import=jsr.io:443",
    ],
  },
  {
    name: "a program that is to be compiled reads no modules",
    change: { tools: ["pcap_summary"] },
    tools: [pcapSummary],
    launch: { transport: "stdio", isCompiled: true },
    flags: [`--deny-net=${METADATA_DENY},${NEVER}`, READ_WITHOUT_MODULES],
  },
  {
    name: "the directory of exports is read and written",
    change: { tools: ["capabilities"], pcap: { export_path: "/srv/out" } },
    tools: [capabilities],
    flags: [
      `--deny-net=${METADATA_DENY},${NEVER}`,
      "--allow-read=./captures,/etc/resolv.conf,/srv/out,./lib,./tools",
      "--allow-write=/srv/out",
    ],
  },
  {
    name: "tools named one by one get their programs and no base program",
    change: { tools: ["ping"] },
    tools: [ping],
    flags: [
      "--allow-net=9.9.9.9:53",
      `--deny-net=${METADATA_DENY},${NEVER}`,
      "--allow-run=ping",
      DEFAULT_READ,
    ],
  },
  {
    name: "tools without needs get neither network nor programs",
    change: { tools: ["capabilities"], security: { block_cloud_metadata: false } },
    tools: [capabilities],
    flags: [`--deny-net=${NEVER}`, DEFAULT_READ],
  },
  {
    name: "an open network is the bare flag with the whole deny list",
    change: { security: { network: "open", blocked_targets: ["10.1.2.3/8", "*.Bad.example"] } },
    flags: [
      "--allow-net",
      `--deny-net=10.0.0.0/8,*.bad.example,${METADATA_DENY},${NEVER_UDP}`,
      FOUR,
      DEFAULT_READ,
    ],
  },
  {
    name: "an open network opens nothing where no tool dials targets",
    change: { security: { network: "open", block_cloud_metadata: false }, tools: ["ping"] },
    tools: [ping],
    flags: ["--allow-net=9.9.9.9:53", `--deny-net=${NEVER}`, "--allow-run=ping", DEFAULT_READ],
  },
  {
    name: "allowed targets are listed, loopback is denied, and UDP gives way to TCP",
    change: {
      security: {
        allowed_targets: [
          "A.example",
          "*.b.example",
          "198.51.100.7/24",
          "192.0.2.1",
          "2001:DB8::1",
          "2001:db8::/32",
          "we*rd.example",
        ],
        block_cloud_metadata: false,
      },
    },
    flags: [
      "--allow-net=9.9.9.9:53,a.example,*.b.example,198.51.100.0/24,192.0.2.1,[2001:db8::1]",
      "--deny-net=255.255.255.255,127.0.0.0/8,0.0.0.0/8,[::1],[::]",
      FOUR,
      DEFAULT_READ,
    ],
    comments: [
      "An allowed name that leads to loopback is stopped by the flags: add 127.0.0.0/8 and ::1 to security.allowed_targets if it may.",
      "UDP over IPv4 would need 0.0.0.0:0, which is denied because it reaches loopback: questions go over TCP (dns_lookup).",
      'security.allowed_targets "2001:db8::/32" cannot be a flag (Deno knows no IPv6 range): its targets cannot be dialled with security.network: listed.',
      'security.allowed_targets "we*rd.example" cannot be a flag (only *. at the front): its targets cannot be dialled with security.network: listed.',
    ],
  },
  {
    name: "loopback that is an allowed target is not denied",
    change: {
      security: { allowed_targets: ["127.0.0.1", "localhost", "::1"], block_cloud_metadata: false },
    },
    flags: [
      "--allow-net=0.0.0.0:0,9.9.9.9:53,127.0.0.1,localhost,[::1]",
      `--deny-net=${NEVER_UDP}`,
      FOUR,
      DEFAULT_READ,
    ],
  },
  {
    name: "private ranges are denied with loopback and everything special, IPv6 ranges are said",
    change: { security: { block_private: true, block_cloud_metadata: false } },
    tools: [portCheck],
    flags: [
      "--allow-net=9.9.9.9:53",
      "--deny-net=255.255.255.255,127.0.0.0/8,0.0.0.0/8,[::1],[::],10.0.0.0/8,100.64.0.0/10,169.254.0.0/16," +
      "172.16.0.0/12,192.0.0.0/29,192.0.0.8,192.0.0.11,192.0.0.12/30,192.0.0.16/28," +
      "192.0.0.32/27,192.0.0.64/26,192.0.0.128/25,192.0.2.0/24,192.88.99.0/24,192.168.0.0/16," +
      "198.18.0.0/15,198.51.100.0/24,203.0.113.0/24,224.0.0.0/4,240.0.0.0/4",
      DEFAULT_READ,
    ],
    comments: [
      "No flag can deny ::/96, 64:ff9b:1::/48, 100::/64, 100:0:0:1::/64, 2001::/23, 2001:db8::/32, " +
      "3fff::/20, 5f00::/16, fc00::/7, fe80::/10, fec0::/10, ff00::/8 (security.block_private): " +
      "the application check alone refuses these.",
    ],
  },
  {
    name: "a blocked target is denied even where it is also allowed",
    change: {
      security: {
        allowed_targets: ["127.0.0.0/8"],
        blocked_targets: ["127.0.0.9", "::1", "2001:db8::/32", "ev*l.example"],
        block_cloud_metadata: false,
      },
    },
    tools: [portCheck],
    flags: [
      "--allow-net=9.9.9.9:53,127.0.0.0/8",
      `--deny-net=127.0.0.9,[::1],${NEVER}`,
      DEFAULT_READ,
    ],
    comments: [
      'No flag can deny 2001:db8::/32, "ev*l.example" (security.blocked_targets): the application check alone refuses these.',
    ],
  },
  {
    name: "a name server inside a denied range is cut out of it",
    change: {
      security: { blocked_targets: ["192.0.2.0/29"], block_cloud_metadata: false },
      dns: { resolvers: ["192.0.2.2:5353", "[2001:db8::53]:53"] },
    },
    tools: [dnsLookup],
    flags: [
      "--allow-net=0.0.0.0:0,[::]:0,192.0.2.2:5353,[2001:db8::53]:53",
      "--deny-net=192.0.2.0/31,192.0.2.3,192.0.2.4/30,255.255.255.255",
      "--allow-read=./captures,./lib,./tools",
    ],
    comments: [
      "192.0.2.2 (dns.resolvers) lies in the denied 192.0.2.0/29 (security.blocked_targets): the flags deny around it, and the application check decides inside.",
      "0.0.0.0/8 is not denied by a flag, because dns_lookup opens a socket on it: the application check alone refuses it as a target.",
      "[::] is not denied by a flag, because dns_lookup opens a socket on it: the application check alone refuses it as a target.",
    ],
  },
  {
    name: "an allowed range lifts no denial",
    change: {
      security: {
        block_private: true,
        block_cloud_metadata: false,
        allowed_targets: ["192.168.128.0/17", "::1", "127.0.0.0/8"],
      },
    },
    tools: [portCheck],
    flags: [
      "--allow-net=9.9.9.9:53,192.168.128.0/17,[::1],127.0.0.0/8",
      "--deny-net=255.255.255.255,127.0.0.0/8,0.0.0.0/8,[::1],[::],10.0.0.0/8,100.64.0.0/10," +
      "169.254.0.0/16,172.16.0.0/12,192.0.0.0/29,192.0.0.8,192.0.0.11,192.0.0.12/30," +
      "192.0.0.16/28,192.0.0.32/27,192.0.0.64/26,192.0.0.128/25,192.0.2.0/24,192.88.99.0/24," +
      "192.168.0.0/16,198.18.0.0/15,198.51.100.0/24,203.0.113.0/24,224.0.0.0/4,240.0.0.0/4",
      DEFAULT_READ,
    ],
  },
  {
    name: "a metadata address that is the name server stays denied on the ports of metadata",
    change: {},
    tools: [portCheck],
    host: { ...HOST, resolvers: ["169.254.169.254"] },
    flags: [
      "--allow-net=169.254.169.254:53",
      `--deny-net=${
        METADATA_DENY.replace(
          "169.254.169.254",
          "169.254.169.254:80,169.254.169.254:443,169.254.169.254:32526",
        )
      },${NEVER}`,
      DEFAULT_READ,
    ],
    comments: [
      "169.254.169.254 (dns.resolvers) lies in the denied 169.254.169.254 (security.block_cloud_metadata): the flags deny around it, and the application check decides inside.",
    ],
  },
  {
    name: "an HTTP server may listen where it is told to, also on loopback that is no target",
    change: {
      http: { listen: "127.0.0.1:8080" },
      security: { allowed_targets: ["a.example"], block_cloud_metadata: false },
    },
    tools: [capabilities],
    launch: { transport: "http", listen: "[::1]:9090" },
    flags: [
      "--allow-net=[::1]:9090",
      "--deny-net=255.255.255.255,127.0.0.0/8,0.0.0.0/8,[::]",
      DEFAULT_READ,
    ],
    comments: [
      "An allowed name that leads to loopback is stopped by the flags: add 127.0.0.0/8 and ::1 to security.allowed_targets if it may.",
      "[::1] (http.listen) lies in the denied [::1] (loopback is not an allowed target): the flags deny around it, and the application check decides inside.",
    ],
  },
  {
    name: "an HTTP server on every address takes the denial of the unspecified one away",
    change: { security: { block_private: true, block_cloud_metadata: false } },
    tools: [],
    launch: { transport: "http", listen: "[::]:9090" },
    flags: [
      "--allow-net=[::]:9090",
      "--deny-net=255.255.255.255,127.0.0.0/8,0.0.0.0/8,[::1],10.0.0.0/8,100.64.0.0/10," +
      "169.254.0.0/16,172.16.0.0/12,192.0.0.0/29,192.0.0.8,192.0.0.11,192.0.0.12/30," +
      "192.0.0.16/28,192.0.0.32/27,192.0.0.64/26,192.0.0.128/25,192.0.2.0/24,192.88.99.0/24," +
      "192.168.0.0/16,198.18.0.0/15,198.51.100.0/24,203.0.113.0/24,224.0.0.0/4,240.0.0.0/4",
      DEFAULT_READ,
    ],
  },
  {
    name: "http.listen of the configuration counts for HTTP only",
    change: { http: { listen: "127.0.0.1:8080" }, security: { block_cloud_metadata: false } },
    tools: [capabilities],
    launch: { transport: "http" },
    flags: ["--allow-net=127.0.0.1:8080", `--deny-net=${NEVER}`, DEFAULT_READ],
  },
  {
    name: "the audit directory may be read and written, nothing else written",
    change: { audit: { path: "/var/audit" }, security: { block_cloud_metadata: false } },
    tools: [capabilities],
    flags: [
      `--deny-net=${NEVER}`,
      "--allow-read=./captures,/etc/resolv.conf,/var/audit,./lib,./tools",
      "--allow-write=/var/audit",
    ],
  },
  {
    name: "on Windows traceroute is tracert, mtr is said to be missing, and name servers need sys",
    change: { pcap: { allowed_paths: ["C:\\caps"] }, security: { block_cloud_metadata: false } },
    host: { ...HOST, platform: "windows" },
    flags: [
      "--allow-net=0.0.0.0:0,9.9.9.9:53",
      `--deny-net=${NEVER_UDP}`,
      "--allow-run=ping,tracert",
      "--allow-read=C:\\caps,./lib,./tools",
      "--allow-sys=networkInterfaces",
    ],
    comments: [
      "0.0.0.0/8 is not denied by a flag, because dns_lookup opens a socket on it: the application check alone refuses it as a target.",
      "There is no mtr on windows: mtr cannot run.",
    ],
  },
  {
    name: "on macOS there is no ip",
    change: { security: { block_cloud_metadata: false } },
    host: { ...HOST, platform: "darwin" },
    flags: [
      "--allow-net=0.0.0.0:0,9.9.9.9:53",
      `--deny-net=${NEVER_UDP}`,
      "--allow-run=ping,traceroute,mtr",
      DEFAULT_READ,
    ],
  },
];

for (const { name, change, tools, host, launch, flags, comments } of cases) {
  Deno.test(`permissions: ${name}`, () => {
    const facts = host ?? HOST;
    const set = derivePermissions(
      configured(change),
      tools ?? allTools,
      facts,
      launch ?? { transport: "stdio" },
    );
    const env = `--allow-env=${configEnvNames(facts.platform).join(",")}`;
    const rendered = permissionFlags(set);
    const varying = rendered.flags.filter((flag) =>
      !["--no-prompt", env, "--allow-import=127.0.0.1:1"].includes(flag)
    );
    strictEqual(rendered.flags.length - varying.length, facts.moduleHost === null ? 3 : 2);
    deepStrictEqual(varying, flags);
    if (comments !== undefined) deepStrictEqual(rendered.comments, comments);
  });
}

Deno.test("an audit directory behind a link is said as well", () => {
  const set = derivePermissions(
    configured({ audit: { path: "/data/link" } }),
    allTools,
    { ...HOST, realPath: (path) => path === "/data/link" ? "/srv/audit" : null },
    { transport: "stdio" },
  );
  deepStrictEqual(set.comments.filter((comment) => comment.startsWith("audit.path")), [
    'audit.path "/data/link" is a link: the flags name "/srv/audit"; write that into the configuration.',
  ]);
});

Deno.test("a capture directory is named by its real path, and a link is said", () => {
  const links: Record<string, string> = { "/data/link": "/srv/real", "/data": "/data" };
  const set = derivePermissions(
    configured({ pcap: { allowed_paths: ["/data/link/not/yet", "/data/x"] } }),
    [],
    { ...HOST, realPath: (path) => links[path] ?? null, configFiles: ["/data/link"] },
    { transport: "stdio" },
  );
  deepStrictEqual(set.read.map(({ value }) => value), [
    "/srv/real/not/yet",
    "/data/x",
    "/data/link",
    "/srv/real",
    "/etc/resolv.conf",
    "./lib",
    "./tools",
  ]);
  deepStrictEqual(set.comments, [
    'pcap.allowed_paths "/data/link/not/yet" is a link: the flags name "/srv/real/not/yet"; write that into the configuration.',
  ]);
});

Deno.test("every entry says which tool or key wants it", () => {
  const set = derivePermissions(defaultConfig(), allTools, HOST, { transport: "stdio" });
  ok(set.net.allow !== "any");
  deepStrictEqual(set.net.allow, [
    { value: "0.0.0.0:0", reasons: ["dns_lookup"] },
    {
      value: "9.9.9.9:53",
      reasons: ["dns.resolvers", "dns_lookup", "mtr", "ping", "port_check", "traceroute"],
    },
  ]);
  deepStrictEqual(set.run, [
    { value: "ping", reasons: ["ping"] },
    { value: "traceroute", reasons: ["traceroute"] },
    { value: "mtr", reasons: ["mtr"] },
    { value: "ip", reasons: ["host facts"] },
  ]);
});

Deno.test("the shipped set is the default's, with paths relative to the repository", () => {
  const { env, ...shipped } = renderShippedPermissionSet(allTools);
  deepStrictEqual(env, configEnvNames("linux"));
  deepStrictEqual(shipped, {
    net: {
      allow: ["0.0.0.0:0", "127.0.0.53:53"],
      deny: [...METADATA_FLAGS, "255.255.255.255", "[::]"],
    },
    run: ["ping", "traceroute", "mtr", "ip"],
    read: ["./captures", "./config.yaml", "/etc/resolv.conf", "./lib", "./tools"],
    import: ["127.0.0.1:1"],
  });
});

Deno.test("the shipped client entry has absolute placeholders and no path of a machine", () => {
  const { command, args } = renderShippedMcpEntry(allTools).mcpServers.netglass;
  strictEqual(command, "deno");
  deepStrictEqual(args.slice(0, 3), ["run", "--cached-only", "--no-prompt"]);
  deepStrictEqual(args.slice(-3), [
    "/path/to/netglass/main.ts",
    "--config",
    "/path/to/netglass/config.yaml",
  ]);
  ok(
    args.includes(
      "--allow-read=/path/to/netglass/captures,/path/to/netglass/config.yaml,/etc/resolv.conf,/path/to/netglass/lib,/path/to/netglass/tools",
    ),
  );
});

Deno.test("strict isolation takes the switch of Deno, and marks the launch with a name that goes with it", () => {
  const flagsOf = (config: Config, tools: readonly NeedyTool[]): readonly string[] =>
    permissionFlags(derivePermissions(config, tools, HOST, { transport: "stdio" })).flags
      .filter((flag) => /worker-options|WORKER_OPTIONS/.test(flag));
  const strict = configured({ pcap: { isolation: "strict" } });
  const names = configEnvNames("linux").join(",");
  deepStrictEqual(flagsOf(strict, [pcapSummary]), [
    `--allow-env=${names},NETGLASS_UNSTABLE_WORKER_OPTIONS`,
    "--unstable-worker-options",
  ]);
  deepStrictEqual(flagsOf(strict, [ping]), []);
  deepStrictEqual(flagsOf(defaultConfig(), [pcapSummary]), []);
});

Deno.test("the tables of a host are read by the programs of its platform", () => {
  const needs: readonly Need[] = [
    ...(["interfaces", "routes", "neighbors"] as const).map(hostTable),
    sockets,
    resolverConfig,
  ];
  const tools = [{ name: "one", needs: () => needs }];
  const programsOf = (platform: HostFacts["platform"], connections: boolean) => {
    const set = derivePermissions(
      configured({ tools: ["one"], host: { connections } }),
      tools,
      { ...HOST, platform },
      { transport: "stdio" },
    );
    return {
      run: set.run.map(({ value }) => value),
      sys: set.sys.map(({ value }) => value),
      comments: set.comments.filter((line) => line.startsWith("There is no")),
    };
  };
  deepStrictEqual(programsOf("linux", true), { run: ["ip", "ss"], sys: [], comments: [] });
  deepStrictEqual(programsOf("linux", false), { run: ["ip"], sys: [], comments: [] });
  deepStrictEqual(programsOf("darwin", true), {
    run: ["ifconfig", "netstat", "arp", "ndp", "scutil"],
    sys: [],
    comments: [],
  });
  deepStrictEqual(programsOf("windows", true), {
    run: ["netstat", "arp"],
    sys: ["networkInterfaces"],
    comments: [],
  });
});
