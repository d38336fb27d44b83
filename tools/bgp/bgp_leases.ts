/**
 * `bgp_leases`: what we announce, until when, and who asked for it.
 *
 * @module
 */
import { z } from "zod";
import { isLive } from "../../lib/bgp/guard/lease.ts";
import { leaseRow } from "../../lib/bgp/guard/lease_report.ts";
import { leaseOutput } from "../../lib/bgp/guard/tool_fields.ts";
import { renderPrefix } from "../../lib/ip/prefix.ts";
import { bgp, defineTool } from "../../lib/mcp/define_tool.ts";
import { mayOriginate } from "../../lib/mcp/offered.ts";
import { sayCount } from "../../lib/words/amount.ts";

/** Lists the leases. */
export const bgpLeases = defineTool({
  name: "bgp_leases",
  title: "List what we announce",
  toolset: "bgp",
  effect: "observe",
  reach: "local",
  description:
    "Every route that this speaker announces or announced since its start: state (planned, pending, " +
    "announced, withdrawn, expired), until when, to whom, who asked for it and why; the LOCAL_PREF " +
    "overrides in force; how many more routes and changes the limits leave. audit_log with plan_id " +
    "turns one of them into a report.",
  input: () =>
    z.strictObject({
      live_only: z.boolean().default(false).describe("Leave out what was withdrawn or has expired"),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      leases: z.array(leaseOutput()).describe("Newest first"),
      live_count: z.number(),
      routes_left: z.number().describe("Of bgp.originate.max_routes"),
      changes_left: z.number().describe("In this minute, of bgp.originate.max_changes_per_min"),
      overrides: z.array(z.object({
        plan_id: z.string().describe("audit_log knows it by that"),
        network: z.string(),
        peer: z.string().nullable().describe("null: of every peer"),
        local_pref: z.number(),
        expires_at: z.string(),
      })),
    }),
  offered: mayOriginate,
  needs: () => [bgp],
  budget: { ms: 10_000 },
  pages: "leases",
  run: async ({ live_only }, cx) => {
    const guard = await cx.routeGuard();
    const { peers } = guard.speaker.settings;
    const leases = guard.leases();
    const live = leases.filter(isLive);
    const overrides = guard.speaker.overrides();
    const announced = live.filter(({ state }) => state === "announced").length;
    return {
      success: true,
      summary: `${sayCount(announced, "route")} of ours announced, ` +
        `${live.length - announced} waiting; ${sayCount(overrides.length, "LOCAL_PREF override")}.`,
      leases: (live_only ? live : leases).map((lease) => leaseRow(lease, peers)).reverse(),
      live_count: live.length,
      routes_left: Math.max(0, guard.settings.maxRoutes - live.length),
      changes_left: guard.changesLeft,
      overrides: overrides.map(({ id, prefix, peer, localPref, expiresAtMs }) => ({
        plan_id: id,
        network: renderPrefix(prefix),
        peer: peer === null ? null : peers[peer]?.name ?? `peer ${peer}`,
        local_pref: localPref,
        expires_at: new Date(expiresAtMs).toISOString(),
      })),
    };
  },
});
