/**
 * `list_servers`: the route servers that can be asked.
 *
 * @module
 */
import { z } from "zod";
import { DIALECTS } from "../../lib/looking_glass/dialects/mod.ts";
import type { ServerState } from "../../lib/looking_glass/looking_glass.ts";
import { foldName } from "../../lib/looking_glass/server_names.ts";
import { defineTool } from "../../lib/mcp/define_tool.ts";
import { sayCount } from "../../lib/words/amount.ts";

/** Lists the configured route servers. */
export const listServers = defineTool({
  name: "list_servers",
  title: "List route servers",
  toolset: "looking_glass",
  effect: "observe",
  reach: "local",
  description:
    "The route servers that route_lookup and its neighbours can ask: dialect and how far that is " +
    "verified, location, AS, address families, ping and traceroute, health, and what is left of the " +
    "operator's daily allowance. Contacts nothing.",
  input: () =>
    z.strictObject({
      search: z.string().max(100).optional().describe(
        "Part of a name, host, location or tag: europe, ixp, sydney …",
      ),
      include_disabled: z.boolean().default(false).describe("Also those not enabled"),
      format: z.enum(["text", "json"]).default("json").describe("Accepted; both are the same"),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      type: z.literal("server_list"),
      enabled_count: z.number(),
      disabled_count: z.number(),
      how_to_enable: z.string(),
      servers: z.array(z.object({
        name: z.string(),
        host: z.string(),
        port: z.number(),
        connection_method: z.literal("telnet"),
        enabled: z.boolean(),
        dialect: z.string().nullable().describe("null: not known before it is asked"),
        dialect_verified: z.string().nullable(),
        location: z.string().nullable(),
        asn: z.number().nullable(),
        tags: z.array(z.string()),
        families: z.array(z.string()),
        supports_ping: z.boolean(),
        supports_traceroute: z.boolean(),
        last_checked: z.string().nullable().describe("Day when it was last seen to work"),
        health: z.enum(["ok", "failing", "unknown"]),
        last_error: z.string().optional(),
        last_rtt_ms: z.number().nullable(),
        quota: z.object({
          connections_used: z.number(),
          connections_left: z.number().nullable(),
          bytes_used: z.number(),
          bytes_left: z.number().nullable(),
        }).optional().describe("Last 24 hours; null: no limit is known"),
      })),
    }),
  needs: () => [],
  budget: { ms: 10_000 },
  pages: "servers",
  run: async ({ search, include_disabled }, cx) => {
    const { glass } = await cx.lookingGlass();
    const all = await glass.states();
    const enabled = all.filter(({ server }) => server.enabled);
    const shown = (include_disabled ? all : enabled).filter((state) => matches(state, search));
    return {
      success: true,
      summary: saySelection(shown, enabled.length, all.length, search),
      type: "server_list" as const,
      enabled_count: enabled.length,
      disabled_count: all.length - enabled.length,
      how_to_enable:
        'Add to the configuration looking_glass.servers: [{name: "…", enabled: true}] and start the server with what netglass permissions then prints.',
      servers: shown.map(serverReport),
    };
  },
});

function matches({ server }: ServerState, search: string | undefined): boolean {
  if (search === undefined) return true;
  const wanted = foldName(search);
  return [server.name, server.host, server.location ?? "", ...server.tags]
    .some((text) => foldName(text).includes(wanted));
}

function serverReport({ server, dialect, health, lastError, lastRttMs, quota }: ServerState) {
  const verification = DIALECTS.find(({ name }) => name === dialect)?.verification;
  return {
    name: server.name,
    host: server.host,
    port: server.port,
    connection_method: "telnet" as const,
    enabled: server.enabled,
    dialect,
    dialect_verified: verification === undefined
      ? null
      : verification.against === "real"
      ? `real system: ${verification.what}`
      : `documentation only: ${verification.what}`,
    location: server.location,
    asn: server.asn,
    tags: [...server.tags],
    families: [...server.families],
    supports_ping: server.ping,
    supports_traceroute: server.traceroute,
    last_checked: server.verified,
    health,
    ...(lastError === null ? {} : { last_error: lastError }),
    last_rtt_ms: lastRttMs === null ? null : Math.round(lastRttMs),
    // Of a server that cannot be asked, there is nothing to tell.
    ...(server.enabled
      ? {
        quota: {
          connections_used: quota.connectionsUsed,
          connections_left: quota.connectionsLeft,
          bytes_used: quota.bytesUsed,
          bytes_left: quota.bytesLeft,
        },
      }
      : {}),
  };
}

function saySelection(
  shown: readonly ServerState[],
  enabled: number,
  all: number,
  search: string | undefined,
): string {
  const failing = shown.filter(({ health }) => health === "failing").length;
  const which = search === undefined ? "" : ` for "${search}"`;
  const trouble = failing === 0 ? "" : `; ${failing} failed when last asked`;
  return `${
    sayCount(shown.length, "route server")
  }${which}; ${enabled} of ${all} configured are enabled${trouble}.`;
}
