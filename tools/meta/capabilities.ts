/** The tool `capabilities`: what works here, what does not, and under which policy. */
import { z } from "zod";
import type { Config } from "../../lib/config/config.ts";
import { defineTool, type ToolContext } from "../../lib/mcp/define_tool.ts";
import { installHint } from "../../lib/io/program.ts";
import type { Program, Programs } from "../../lib/io/io.ts";

/** What there is to be found on each platform. */
const PROGRAMS: Readonly<Record<Programs["platform"], readonly Program[]>> = {
  linux: ["ping", "traceroute", "mtr", "ip"],
  darwin: ["ping", "traceroute", "mtr"],
  windows: ["ping", "tracert"],
};

/** Most peers and prefixes that are listed. */
const LISTED_MAX = 50;

const output = () =>
  z.object({
    success: z.boolean(),
    summary: z.string(),
    server_version: z.string(),
    runtime_version: z.string(),
    platform: z.string(),
    python_version: z.null().describe("Always null: netglass runs on Deno, see runtime_version"),
    transport: z.enum(["stdio", "http", "call"]),
    tools: z.array(z.string()),
    dependencies: z.array(z.object({
      name: z.string(),
      available: z.boolean(),
      path: z.null().describe(
        "Always null: the path of a program is not readable inside the fence",
      ),
      note: z.string().nullable(),
    })),
    permissions: z.object({
      missing: z.array(z.string()).describe("Flags that enabled tools need and Deno was not given"),
      wider: z.array(z.string()).describe("What Deno was given beyond the policy"),
    }),
    security: z.object({
      network: z.enum(["listed", "open"]),
      allowed_targets_configured: z.boolean(),
      allowed_targets_count: z.int(),
      blocked_targets_count: z.int(),
      block_private: z.boolean(),
      block_cloud_metadata: z.boolean(),
      read_only: z.boolean(),
    }),
    pcap: z.object({
      max_packets: z.int(),
      allow_custom_filters: z.boolean(),
      allowed_paths: z.array(z.string()),
    }),
    bgp: z.object({
      local_as: z.number().nullable(),
      router_id: z.string().nullable(),
      peers: z.array(z.string()),
      may_announce: z.array(z.string()).describe("Prefixes with their lengths; nothing else"),
    }).nullable().describe("null: not enabled"),
    resolvers: z.array(z.string()),
    audit_path: z.string().nullable(),
    config_sources: z.array(z.string()),
  });

type Dependency = z.output<ReturnType<typeof output>>["dependencies"][number];

async function dependency(program: Program, cx: ToolContext): Promise<Dependency> {
  const state = await cx.io.programs.state(program);
  return {
    name: program,
    available: state === "ready",
    path: null,
    note: state === "ready"
      ? null
      : state === "absent"
      ? installHint(program, cx.io.programs.platform)
      : `not permitted: start the server with --allow-run=${program}`,
  };
}

/** The speaker as configured; how its sessions stand is for protocol_summary. */
function bgpFacts(
  { bgp: { local_as, router_id, peers, originate }, read_only }: Config,
): z.output<ReturnType<typeof output>>["bgp"] {
  const prefixes = originate.enabled && !read_only ? originate.allowed_prefixes : [];
  return {
    local_as,
    router_id,
    peers: peers.slice(0, LISTED_MAX).map(({ name }) => name),
    may_announce: prefixes.slice(0, LISTED_MAX).map(({ prefix, ge, le }) =>
      [prefix, ...(ge === null ? [] : [`ge ${ge}`]), ...(le === null ? [] : [`le ${le}`])].join(" ")
    ),
  };
}

function summarize(
  tools: number,
  dependencies: readonly Dependency[],
  missing: readonly string[],
  wider: readonly string[],
): string {
  const absent = dependencies.filter((item) => !item.available).map((item) => item.name);
  const parts = [
    `${tools} tools enabled`,
    absent.length === 0
      ? `${dependencies.map((item) => item.name).join(", ")} ready`
      : `not usable: ${absent.join(", ")}`,
  ];
  if (missing.length > 0) {
    parts.push(`${missing.length} permission${missing.length > 1 ? "s" : ""} missing`);
  }
  if (wider.length > 0) parts.push("running with wider permissions than the policy needs");
  return parts.join("; ");
}

export const capabilities = defineTool({
  name: "capabilities",
  title: "What works here",
  toolset: "meta",
  effect: "observe",
  reach: "local",
  description:
    "What this server can do on this host: enabled tools, installed programs with install hints, " +
    "Deno permissions missing or too wide, the active policy, BGP, resolvers. Call it first; it is cheap.",
  input: () => z.strictObject({}),
  output,
  needs: () => [],
  budget: { ms: 10_000 },
  run: async (_input, cx) => {
    const [dependencies, needs] = await Promise.all([
      Promise.all(PROGRAMS[cx.io.programs.platform].map((program) => dependency(program, cx))),
      cx.server.needStates(),
    ]);
    const missing = needs.filter((need) => need.state === "missing")
      .map((need) => need.flag);
    const { security, pcap, read_only, audit } = cx.config;
    const wider = [...cx.server.widerPermissions];
    return {
      success: true,
      summary: summarize(cx.server.tools.length, dependencies, missing, wider),
      server_version: cx.server.version,
      runtime_version: `deno ${Deno.version.deno}`,
      platform: `${Deno.build.os} ${Deno.build.arch}`,
      python_version: null,
      transport: cx.server.transport,
      tools: cx.server.tools.map((tool) => tool.name),
      dependencies,
      permissions: { missing, wider },
      security: {
        network: security.network,
        allowed_targets_configured: security.allowed_targets.length > 0,
        allowed_targets_count: security.allowed_targets.length,
        blocked_targets_count: security.blocked_targets.length,
        block_private: security.block_private,
        block_cloud_metadata: security.block_cloud_metadata,
        read_only,
      },
      pcap: { ...pcap, allowed_paths: [...pcap.allowed_paths] },
      bgp: cx.config.bgp.enabled ? bgpFacts(cx.config) : null,
      resolvers: [...cx.io.net.resolvers],
      audit_path: audit.path,
      config_sources: [...cx.server.configSources],
    };
  },
});
