/**
 * `bgp_adjust_local_pref`: prefers or shuns the paths of a prefix for a limited time.
 *
 * @module
 */
import { z } from "zod";
import { askedBy } from "../../lib/bgp/guard/lease_report.ts";
import { readNetwork } from "../../lib/bgp/guard/prefix_rules.ts";
import type { OverridePlan } from "../../lib/bgp/guard/override_guard.ts";
import {
  CHANGE_BUDGET_MS,
  lifetimeInput,
  localPrefInput,
  networkInput,
  reasonInput,
} from "../../lib/bgp/guard/tool_fields.ts";
import { renderPrefix } from "../../lib/ip/prefix.ts";
import { type ChangePlan, defineChange } from "../../lib/mcp/change_tool.ts";
import { bgp } from "../../lib/mcp/define_tool.ts";
import { mayOriginate } from "../../lib/mcp/offered.ts";
import { sayCount } from "../../lib/words/amount.ts";

const decisionOutput = () =>
  z.object({
    best: z.string().nullable().describe("Peer of the best path"),
    path_count: z.number(),
    paths: z.array(z.object({
      peer: z.string(),
      next_hop: z.string(),
      as_path: z.string(),
      local_pref: z.number(),
      best: z.boolean(),
      reason: z.string().nullable().describe("Why it is not best"),
    })).readonly(),
  });

/** Sets an import override of LOCAL_PREF. */
export const bgpAdjustLocalPref = defineChange({
  name: "bgp_adjust_local_pref",
  title: "Adjust LOCAL_PREF",
  toolset: "bgp",
  effect: "change",
  reach: "local",
  description:
    "Override the LOCAL_PREF of the paths that peers announce for a prefix, of all peers or one, for " +
    "a limited time, and decide again: shows the decision before and after, path by path. Planned " +
    "first, done once confirmed. A preference of this speaker only: nothing is announced. Lifts " +
    "itself; bgp_withdraw_route lifts it at once. To see a decision without changing it use " +
    "bgp_explain.",
  input: () =>
    z.strictObject({
      network: networkInput(),
      local_pref: localPrefInput().describe("Used instead of what came; higher is preferred"),
      peer: z.string().max(64).optional().describe("Name or address; default: paths of every peer"),
      lifetime_sec: lifetimeInput(),
      reason: reasonInput(),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      network: z.string(),
      state: z.enum(["planned", "in_force"]),
      old_local_pref: z.number().nullable().describe("Of the path that was best"),
      new_local_pref: z.number(),
      expires_at: z.string(),
      before: decisionOutput().describe("When it was planned"),
      after: decisionOutput().nullable().describe("As decided now; null: the prefix is gone"),
    }),
  offered: mayOriginate,
  needs: () => [bgp],
  budget: { ms: CHANGE_BUDGET_MS },
  plan: async (input, cx): Promise<ChangePlan<OverridePlan>> => {
    const guard = await cx.routeGuard();
    const plan = guard.overrides.plan(readNetwork(input.network), {
      peer: input.peer ?? null,
      localPref: input.local_pref,
      lifetimeSec: input.lifetime_sec ?? null,
    }, cx.connection);
    const whose = plan.peerName === null ? "every peer" : plan.peerName;
    return {
      summary: `Use LOCAL_PREF ${plan.localPref} for ${renderPrefix(plan.prefix)} from ${whose} ` +
        `for ${sayCount(plan.lifetimeSec, "second")}` +
        `${input.reason === "" ? "" : `, because "${input.reason}"`}: best is ` +
        `${plan.before.best ?? "none"} now and would be ${plan.after.best ?? "none"}.`,
      decoded: {
        network: renderPrefix(plan.prefix),
        peer: plan.peerName,
        local_pref: plan.localPref,
        lifetime_sec: plan.lifetimeSec,
        reason: input.reason,
      },
      exact: [],
      blastRadius: { before: plan.before, after: plan.after },
      warnings: plan.warnings,
      payload: plan,
    };
  },
  apply: async ({ id, payload }, cx) => {
    const guard = await cx.routeGuard();
    const { before, prefix, localPref } = payload;
    const { decision, expiresAtMs } = await guard.overrides.set(payload, {
      id,
      connection: cx.connection,
    });
    const expires_at = new Date(expiresAtMs).toISOString();
    const asked_by = askedBy(cx.connection);
    cx.evidence({ state: "in_force", asked_by, expires_at, before, after: decision });
    return {
      success: true,
      summary: `LOCAL_PREF ${localPref} is in force for ${renderPrefix(prefix)} until ` +
        `${expires_at}: best was ${before.best ?? "none"}, is ${decision?.best ?? "none"}.`,
      network: renderPrefix(prefix),
      state: "in_force" as const,
      old_local_pref: before.paths.find((path) => path.best)?.local_pref ?? null,
      new_local_pref: localPref,
      expires_at,
      before,
      after: decision,
    };
  },
});
