/**
 * From a command line to a running engine: configuration, tools, doors, policy, audit, pipeline.
 *
 * @module
 */
import { createAuditLog } from "../audit/audit_log.ts";
import type { AuditLog } from "../audit/record.ts";
import type { BgpSpeaker } from "../bgp/bgp_service.ts";
import { createBgpService } from "../bgp/speaker/create_bgp_service.ts";
import { speakerSettings } from "../bgp/speaker_settings.ts";
import { homeOf, type Platform } from "../config/env.ts";
import { loadConfig, type LoadedConfig } from "../config/load.ts";
import type { Bug } from "../errors/mod.ts";
import { readEnv } from "../io/env.ts";
import { files, readTextFile, realPathSync } from "../io/files.ts";
import type { Io, Program } from "../io/io.ts";
import { queryPermission } from "../io/permissions.ts";
import { createIo } from "../io/real.ts";
import { systemResolvers } from "../io/system_resolvers.ts";
import { moduleHost, moduleRoots } from "../io/own_modules.ts";
import type { NeedState, ToolCard } from "../mcp/define_tool.ts";
import { createLookingGlassService } from "../looking_glass/looking_glass_service.ts";
import { Pipeline } from "../mcp/pipeline.ts";
import { selectTools } from "../mcp/toolsets.ts";
import { createCaptures } from "../pcap/engine/create_captures.ts";
import { compareGranted, type GrantComparison } from "../policy/granted.ts";
import { judgeHttp } from "../policy/judged_http.ts";
import { createPolicy } from "../policy/make_policy.ts";
import { resolverEndpoints } from "../policy/net_permissions.ts";
import type { PermissionSet } from "../policy/permission_set.ts";
import { derivePermissions, type HostFacts, type LaunchFacts } from "../policy/permissions.ts";
import { checkTargetPattern } from "../policy/targets.ts";
import type { RoaParts, RoaPayloads } from "../registry/rpki/roa_payloads.ts";
import type { CommonOptions } from "./args.ts";
import { endSession } from "./end_session.ts";
import { openRouteGuard } from "./open_route_guard.ts";
import { protectedAddresses } from "./protected_addresses.ts";
import { recordSpeaker } from "./record_speaker.ts";
import { complain } from "./terminal.ts";
import { VERSION } from "./version.ts";

/** What a configuration comes to on this host. */
export interface Setting {
  readonly loaded: LoadedConfig;
  readonly tools: readonly ToolCard[];
  readonly launch: LaunchFacts;
  /** The name servers in use, `address:port`. */
  readonly resolvers: readonly string[];
  /** The flag without which the system's name servers could not be read, or null. */
  readonly resolversFlag: string | null;
  /** The least permissions for this configuration, these tools and this host. */
  readonly permissions: PermissionSet;
}

/** A running engine. */
export interface Engine extends Setting {
  readonly io: Io;
  readonly audit: AuditLog;
  readonly pipeline: Pipeline;
  /**
   * Opens the sessions of the speaker where the configuration enables it and a tool is offered that
   * asks it, once `mayDial` says so; they then live as long as the engine. A call that asks the speaker
   * opens them before.
   * @throws {NetglassError} what kept it from starting
   */
  openSpeaker(mayDial: Promise<boolean>): Promise<void>;
  /** A session of HTTP has ended. */
  endSession(session: string): void;
  /**
   * Ends running calls, ends the sessions of the speaker with `reason` (RFC 9003), writes the audit
   * record out and closes it.
   */
  stop(reason: string): Promise<void>;
}

/** The server was given more than the policy needs. */
export class WiderPermissions extends Error {
  constructor(readonly wider: readonly string[]) {
    super("Refusing to start: Deno was given more than this configuration needs");
    this.name = "WiderPermissions";
  }
}

/** The platform whose conventions hold here. */
export function thisPlatform(): Platform {
  const { os } = Deno.build;
  return os === "darwin" || os === "windows" ? os : "linux";
}

/**
 * Loads the configuration, selects the tools and derives the permissions.
 *
 * @throws {InputError} `input.config`
 */
export async function prepare(
  options: CommonOptions,
  allTools: readonly ToolCard[],
  launch: LaunchFacts,
): Promise<Setting> {
  const platform = thisPlatform();
  const home = homeOf(platform, readEnv);
  const cwd = Deno.cwd();
  const loaded = await loadConfig({
    configFile: options.config,
    argv: {
      ...(options.toolsets === null ? {} : { toolsets: options.toolsets }),
      ...(options.tools === null ? {} : { tools: options.tools }),
      ...(options.excludeTools === null ? {} : { exclude_tools: options.excludeTools }),
      ...(options.readOnly ? { read_only: true } : {}),
      ...(launch.listen === undefined ? {} : { "http.listen": launch.listen }),
    },
    env: readEnv,
    readFile: readTextFile,
    checkTarget: checkTargetPattern,
    cwd,
    home,
    platform,
  });
  for (const warning of loaded.warnings) complain(`netglass: ${warning}`);
  const tools = selectTools(allTools, loaded.config);
  // http.listen makes `serve` an HTTP server without a switch on the command line.
  const served: LaunchFacts = launch.transport === "stdio" && loaded.config.http.listen !== null
    ? { ...launch, transport: "http" }
    : launch;
  const system = await systemResolvers();
  const host: HostFacts = {
    platform,
    resolvers: system.resolvers,
    realPath: realPathSync,
    configFiles: loaded.candidates,
    moduleRoots: moduleRoots(),
    moduleHost: moduleHost(),
  };
  return {
    loaded,
    tools,
    launch: served,
    resolvers: resolverEndpoints(loaded.config, system.resolvers),
    resolversFlag: loaded.config.dns.resolvers.includes("system") ? system.flag : null,
    permissions: derivePermissions(loaded.config, tools, host, served),
  };
}

/**
 * What a launch lacks, program by program: a query cannot tell a program that is not installed from
 * one that was not granted, the door can.
 */
async function needStates(
  compared: GrantComparison,
  io: Io,
): Promise<readonly NeedState[]> {
  const states: NeedState[] = [];
  for (const { kind, value, flag, reasons } of compared.missing) {
    // A `run` entry is a program's name: derivePermissions takes it from the tools' needs.
    const absent = kind === "run" && await io.programs.state(value as Program) === "absent";
    states.push({ flag, reasons, state: absent ? "absent" : "missing" });
  }
  return states;
}

/**
 * Starts the engine of `setting`.
 *
 * @throws {WiderPermissions} unless `acceptWider`
 * @throws {Unavailable} `env.audit` if the record cannot be opened
 */
export async function start(setting: Setting, acceptWider: boolean): Promise<Engine> {
  const { loaded: { config, layers }, tools, launch, resolvers, resolversFlag, permissions } =
    setting;
  const compared = compareGranted(permissions, queryPermission);
  if (compared.wider.length > 0 && !acceptWider) throw new WiderPermissions(compared.wider);

  const doors = createIo({
    resolvers,
    dnsTimeoutMs: config.dns.timeout_ms,
    userAgent: `netglass/${VERSION}`,
    ...(resolversFlag === null ? {} : { resolversFlag }),
  });
  const policy = createPolicy(config, doors.net, files);
  const io = judgeHttp(doors, policy);
  const audit = await createAuditLog({ path: config.audit.path, files, clock: io.clock });
  const captures = createCaptures(config.pcap);
  const hosts = { judge: policy.judgeService };
  const lookingGlass = createLookingGlassService({ config, io, hosts, files, readEnv });
  let roaPayloads: Promise<RoaPayloads> | null = null;
  const openRoaPayloads = () =>
    roaPayloads ??= loadRoaPayloads({ config, io, files, judge: hosts.judge });
  const { file, rtr, url } = config.intel.rpki;
  const hasRoaSource = file !== null || rtr !== null || url !== null;
  const service = createBgpService({
    settings: speakerSettings(config),
    io,
    roaPayloads: hasRoaSource ? openRoaPayloads : null,
    thread: config.bgp.thread,
    logBug,
  });
  let recorded: BgpSpeaker | null = null;
  const bgp = async () => {
    const speaker = await service.open();
    // One that died has a successor.
    if (speaker !== recorded) recordSpeaker(speaker, audit, io.clock, logBug);
    recorded = speaker;
    return speaker;
  };
  const routeGuard = openRouteGuard(bgp, {
    config,
    clock: io.clock,
    roaPayloads: hasRoaSource ? openRoaPayloads : null,
    protectedAddresses: () => protectedAddresses(io.programs, config.http.listen),
  });
  const pipeline = new Pipeline({
    tools,
    config,
    io,
    policy,
    audit,
    server: {
      version: VERSION,
      transport: launch.transport,
      tools,
      configSources: layers,
      widerPermissions: compared.wider,
      needStates: () => needStates(compared, io),
    },
    captures,
    lookingGlass: lookingGlass.open,
    roaPayloads: openRoaPayloads,
    bgp,
    routeGuard,
    logBug,
  });
  return {
    ...setting,
    io,
    audit,
    pipeline,
    openSpeaker: async (mayDial) => {
      const isAsked = tools.some((tool) => tool.needs(config).some(({ kind }) => kind === "bgp"));
      if (!config.bgp.enabled) return;
      if (isAsked) {
        if (await mayDial) await bgp();
      } else {
        complain(
          "netglass: bgp.enabled has no effect: no tool that asks the speaker is offered (toolsets: [bgp])",
        );
      }
    },
    endSession: endSession({ config, routeGuard, audit, onFailure: logBug }),
    stop: async (reason) => {
      // What is out there is taken back though a call does not stop.
      await Promise.all([pipeline.stop(), service.stop(reason)]);
      await captures.stop();
      await lookingGlass.stop();
      await audit.close();
    },
  };
}

/** Loaded with the first question about them, so that a start does not wait for it. */
async function loadRoaPayloads(parts: RoaParts): Promise<RoaPayloads> {
  const { createRoaPayloads } = await import("../registry/rpki/roa_payloads.ts");
  return createRoaPayloads(parts);
}

/** Writes the details of a bug to stderr, under the id that the client saw. */
export function logBug(bug: Bug): void {
  const cause = bug.cause instanceof Error ? bug.cause.stack ?? bug.cause.message : bug.cause;
  complain(`netglass: bug ${bug.id}: ${String(cause)}`);
}
