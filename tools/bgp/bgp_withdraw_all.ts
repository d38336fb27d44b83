/**
 * `bgp_withdraw_all`: the kill switch.
 *
 * @module
 */
import { z } from "zod";
import { askedBy, leaseRow, takenBackEvidence } from "../../lib/bgp/guard/lease_report.ts";
import { CHANGE_BUDGET_MS, leaseOutput, reasonInput } from "../../lib/bgp/guard/tool_fields.ts";
import { defineTakeBack } from "../../lib/mcp/change_tool.ts";
import { bgp } from "../../lib/mcp/define_tool.ts";
import { mayOriginate } from "../../lib/mcp/offered.ts";
import { sayCount } from "../../lib/words/amount.ts";

/** Takes back everything that is ours. */
export const bgpWithdrawAll = defineTakeBack({
  name: "bgp_withdraw_all",
  title: "Withdraw everything of ours",
  toolset: "bgp",
  effect: "change",
  reach: "open",
  description:
    "The kill switch: withdraw every route that this speaker announces and lift every LOCAL_PREF " +
    "override, at once, nothing to confirm, there with read_only too. Plans that wait are void " +
    "afterwards. Sessions stay up, and routes of others stay as they are.",
  input: () => z.strictObject({ reason: reasonInput() }),
  output: () =>
    z.object({
      success: z.boolean().describe("No Established peer is left that was not told"),
      summary: z.string(),
      state: z.enum(["withdrawn"]),
      withdrawn: z.array(leaseOutput()),
      overrides_lifted: z.number(),
    }),
  offered: mayOriginate,
  needs: () => [bgp],
  budget: { ms: CHANGE_BUDGET_MS },
  run: async (_input, cx) => {
    const guard = await cx.routeGuard();
    const { leases, overrides } = await guard.withdrawAll();
    const waiting = leases.filter(({ report }) =>
      report?.peers.some(({ state }) => state === "pending")
    ).length;
    const asked_by = askedBy(cx.connection);
    cx.evidence({ ...takenBackEvidence(leases, overrides), asked_by });
    return {
      success: waiting === 0,
      summary: `${sayCount(leases.length, "route")} of ours withdrawn, ` +
        `${sayCount(overrides.length, "LOCAL_PREF override")} lifted` +
        (waiting === 0 ? "." : `; of ${waiting} a peer that reads too slowly is not told yet.`),
      state: "withdrawn" as const,
      withdrawn: leases.map((lease) => leaseRow(lease, guard.speaker.settings.peers)),
      overrides_lifted: overrides.length,
    };
  },
});
