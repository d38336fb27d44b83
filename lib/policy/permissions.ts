/**
 * Derives the least Deno permissions that a configuration and its enabled tools need. Pure: what
 * depends on the machine comes in as {@link HostFacts}.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { configEnvNames, type Platform } from "../config/env.ts";
import { pathRules } from "../config/paths.ts";
import type { Program } from "../io/io.ts";
import { RESOLVER_FILES } from "../io/system_resolvers.ts";
import { WORKER_OPTIONS, WORKER_OPTIONS_MARK } from "../io/worker_options.ts";
import { HOST_PROGRAMS } from "./host_programs.ts";
import { type Need, type NeedyTool, rpkiSource } from "./need.ts";
import { deriveNet, type NetNeeds } from "./net_permissions.ts";
import { GrantList, type PermissionSet } from "./permission_set.ts";
import { passwordNames } from "./services.ts";
import { speakerHosts } from "./speaker_hosts.ts";

/** What the permissions depend on beside the configuration. */
export interface HostFacts {
  readonly platform: Platform;
  /** Name servers of the system, `address` or `address:port`. */
  readonly resolvers: readonly string[];
  /** The path with every symbolic link resolved, or null if it does not exist or may not be seen. */
  readonly realPath: (path: string) => string | null;
  /** Configuration files that are looked for (`LoadedConfig.candidates`). */
  readonly configFiles: readonly string[];
  /** The directories of our own modules, most of which are read when they are first needed; none if they are not files. */
  readonly moduleRoots: readonly string[];
  /** `host:port` that our modules come from; null if it is not the network. */
  readonly moduleHost: string | null;
}

/** How the server will be reached. */
export interface LaunchFacts {
  readonly transport: "stdio" | "http" | "call";
  /** `host:port` given on the command line; it replaces `http.listen`. */
  readonly listen?: string;
  /** True if the program is compiled: its modules are inside it. */
  readonly isCompiled?: boolean;
}

/** Programs that no tool of its own asks for: host facts come from `ip -j` (see DESIGN §5). */
const BASE_PROGRAMS: Readonly<Record<Platform, readonly Program[]>> = {
  linux: ["ip"],
  darwin: [],
  windows: [],
};

/** The name of a program on a platform, in the order of the flag; null where there is none. */
const PROGRAM_NAMES: readonly (readonly [Program, Readonly<Record<Platform, Program | null>>])[] = [
  ["ping", { linux: "ping", darwin: "ping", windows: "ping" }],
  ["traceroute", { linux: "traceroute", darwin: "traceroute", windows: "tracert" }],
  ["tracert", { linux: null, darwin: null, windows: "tracert" }],
  ["mtr", { linux: "mtr", darwin: "mtr", windows: null }],
  ["ip", { linux: "ip", darwin: null, windows: null }],
  ["ss", { linux: "ss", darwin: null, windows: null }],
  ["ifconfig", { linux: null, darwin: "ifconfig", windows: null }],
  ["netstat", { linux: null, darwin: "netstat", windows: "netstat" }],
  ["arp", { linux: null, darwin: "arp", windows: "arp" }],
  ["ndp", { linux: null, darwin: "ndp", windows: null }],
  ["scutil", { linux: null, darwin: "scutil", windows: null }],
];

/** An address that serves nothing: the only host that `--allow-import` then names. */
const NO_IMPORT = "127.0.0.1:1";

/** Derives the permissions. Entries are in a fixed order, so equal inputs give equal text. */
export function derivePermissions(
  config: Config,
  tools: readonly NeedyTool[],
  host: HostFacts,
  launch: LaunchFacts,
): PermissionSet {
  const needs: ToolNeed[] = tools.flatMap((tool) =>
    tool.needs(config).map((need) => ({ need, tool: tool.name }))
  );
  // It validates origins by itself.
  if (wantsSpeaker(config, needs)) needs.push({ need: rpkiSource, tool: "bgp.enabled" });
  const listen = launch.transport === "http" ? launch.listen ?? config.http.listen : null;
  const wanted = netNeeds(config, needs);
  const net = deriveNet(config, wanted, { systemResolvers: host.resolvers, listen });

  const run = derivePrograms(config, needs, host.platform);
  const read = new GrantList();
  const write = new GrantList();
  const sys = new GrantList();
  const comments = [...net.comments, ...run.comments];
  const sayLink = (key: string, path: string, real: string): void => {
    if (real === path) return;
    comments.push(
      `${key} "${path}" is a link: the flags name "${real}"; write that into the configuration.`,
    );
  };
  for (const path of config.pcap.allowed_paths) {
    const real = canonical(path, host);
    read.add(real, "pcap.allowed_paths");
    sayLink("pcap.allowed_paths", path, real);
  }
  for (const path of host.configFiles) {
    read.add(path, "configuration");
    // A file is opened by its real path, a link is looked at under its own.
    read.add(canonical(path, host), "configuration");
  }
  if (config.dns.resolvers.includes("system")) {
    // The sources of `lib/io/system_resolvers.ts`.
    if (host.platform === "windows") sys.add("networkInterfaces", "dns.resolvers");
    else read.add("/etc/resolv.conf", "dns.resolvers");
  }
  for (const key of ["audit.path", "pcap.export_path"] as const) {
    const path = key === "audit.path" ? config.audit.path : config.pcap.export_path;
    if (path === null) continue;
    const real = canonical(path, host);
    read.add(real, key);
    write.add(real, key);
    sayLink(key, path, real);
  }
  for (const { need, tool } of needs) {
    if (need.kind === "resolver_config" && host.platform === "linux") {
      // The C library reads the link; what it leads to need not be readable by name.
      for (const path of RESOLVER_FILES) read.add(path, tool);
    }
    const isListed = need.kind === "resolver_config" ||
      need.kind === "host_table" && need.table === "interfaces";
    if (isListed && host.platform === "windows") sys.add("networkInterfaces", tool);
    if (need.kind === "read") read.add(canonical(need.path, host), tool);
    if (need.kind === "write") write.add(canonical(need.path, host), tool);
    if (need.kind === "sys") sys.add(need.name, tool);
    const { file } = config.intel.rpki;
    if (need.kind === "rpki" && file !== null) {
      const real = canonical(file, host);
      read.add(real, "intel.rpki.file", tool);
      sayLink("intel.rpki.file", file, real);
    }
  }

  const env = new GrantList();
  for (const name of configEnvNames(host.platform)) env.add(name, "configuration");
  for (const name of passwordNames(config, wanted.services)) env.add(name, "looking_glass.servers");
  const unstable = new GrantList();
  const { isolation } = config.pcap;
  if (needs.some(({ need }) => need.kind === "captures")) {
    if (isolation === "strict") {
      unstable.add(WORKER_OPTIONS, "pcap.isolation");
      env.add(WORKER_OPTIONS_MARK, "pcap.isolation");
    }
  }
  if (launch.isCompiled !== true) {
    for (const root of host.moduleRoots) read.add(root, "netglass itself");
  }
  const imports = new GrantList();
  if (host.moduleHost === null || launch.isCompiled === true) {
    imports.add(NO_IMPORT, "nothing is imported from remote hosts");
  } else imports.add(host.moduleHost, "netglass itself");

  return {
    net: { allow: net.allow, deny: net.deny },
    run: run.grants,
    read: read.toArray(),
    write: write.toArray(),
    env: env.toArray(),
    sys: sys.toArray(),
    import: imports.toArray(),
    unstable: unstable.toArray(),
    comments,
  };
}

interface ToolNeed {
  readonly need: Need;
  readonly tool: string;
}

function netNeeds(config: Config, needs: readonly ToolNeed[]): NetNeeds {
  const toolsOf = (kind: Need["kind"]): readonly string[] =>
    needs.filter(({ need }) => need.kind === kind).map(({ tool }) => tool);
  return {
    resolvers: toolsOf("net_resolvers"),
    targets: toolsOf("net_targets"),
    udp: toolsOf("net_udp"),
    services: {
      routeServers: toolsOf("route_servers"),
      httpSources: toolsOf("http_sources"),
      rdap: toolsOf("rdap"),
      rpki: toolsOf("rpki"),
      publicIp: toolsOf("public_ip"),
    },
    hosts: [
      ...needs.flatMap(({ need, tool }) =>
        need.kind === "net" ? [{ host: need.host, port: need.port, reason: tool }] : []
      ),
      ...wantsSpeaker(config, needs) ? speakerHosts(config.bgp) : [],
    ],
  };
}

/** True if the speaker will run: the configuration enables it, and a tool is offered that asks it. */
function wantsSpeaker(config: Config, needs: readonly ToolNeed[]): boolean {
  return config.bgp.enabled && needs.some(({ need }) => need.kind === "bgp");
}

function derivePrograms(
  config: Config,
  needs: readonly ToolNeed[],
  platform: Platform,
): { grants: PermissionSet["run"]; comments: readonly string[] } {
  const wanted: (readonly [Program, string])[] = needs.flatMap(({ need, tool }) => {
    const programs = programsOf(need, config, platform);
    return programs.map((program) => [program, tool] as const);
  });
  // A launch that names its tools one by one gets the programs of those tools and no more.
  if (config.tools === null && wanted.length > 0) {
    for (const program of BASE_PROGRAMS[platform]) wanted.push([program, "host facts"]);
  }
  const grants = new GrantList();
  const comments: string[] = [];
  for (const [program, names] of PROGRAM_NAMES) {
    const reasons = wanted.filter(([one]) => one === program).map(([, reason]) => reason);
    if (reasons.length === 0) continue;
    const name = names[platform];
    if (name !== null) grants.add(name, ...reasons);
    else comments.push(`There is no ${program} on ${platform}: ${reasons.join(", ")} cannot run.`);
  }
  return { grants: grants.toArray(), comments };
}

function programsOf(need: Need, config: Config, platform: Platform): readonly Program[] {
  switch (need.kind) {
    case "run":
      return [need.program];
    case "host_table":
      return HOST_PROGRAMS[need.table][platform];
    case "sockets":
      return config.host.connections ? HOST_PROGRAMS.sockets[platform] : [];
    case "resolver_config":
      return HOST_PROGRAMS.resolver[platform];
    default:
      return [];
  }
}

/**
 * The real path of a file or directory. Deno compares paths without resolving links, so a flag must
 * name what will be opened; of a path that does not exist yet, the part that does is resolved.
 */
function canonical(path: string, host: HostFacts): string {
  const rules = pathRules(host.platform);
  if (!rules.isAbsolute(path)) return path;
  let existing = path;
  const rest: string[] = [];
  for (;;) {
    const real = host.realPath(existing);
    if (real !== null) return rules.join(real, ...rest);
    const parent = rules.dirname(existing);
    if (parent === existing) return path;
    rest.unshift(rules.basename(existing));
    existing = parent;
  }
}
