/**
 * `bgp_withdraw_route`: takes back what is ours for a prefix.
 *
 * @module
 */
import { z } from "zod";
import { askedBy, leaseRow, peerOutcomes } from "../../lib/bgp/guard/lease_report.ts";
import { readNetwork } from "../../lib/bgp/guard/prefix_rules.ts";
import {
  CHANGE_BUDGET_MS,
  leaseOutput,
  networkInput,
  peersOutput,
} from "../../lib/bgp/guard/tool_fields.ts";
import { renderPrefix } from "../../lib/ip/prefix.ts";
import { defineTakeBack } from "../../lib/mcp/change_tool.ts";
import { bgp } from "../../lib/mcp/define_tool.ts";
import { mayOriginate } from "../../lib/mcp/offered.ts";
import { sayCount } from "../../lib/words/amount.ts";
import { sayList } from "../../lib/words/list.ts";

/** Withdraws a route of ours. */
export const bgpWithdrawRoute = defineTakeBack({
  name: "bgp_withdraw_route",
  title: "Withdraw a route of ours",
  toolset: "bgp",
  effect: "change",
  reach: "open",
  description:
    "Take back the route that this speaker announces for a prefix, and the LOCAL_PREF override of " +
    "it, at once: nothing to confirm, no limit of pace, there with read_only too. Routes of others " +
    "cannot be withdrawn. bgp_leases lists what is ours, bgp_withdraw_all takes back everything.",
  input: () => z.strictObject({ network: networkInput() }),
  output: () =>
    z.object({
      success: z.boolean().describe("No Established peer is left that was not told"),
      summary: z.string(),
      network: z.string(),
      state: z.enum(["withdrawn"]),
      route_info: leaseOutput().nullable().describe("null: there was only an override"),
      peers: peersOutput(),
      overrides_lifted: z.number(),
    }),
  offered: mayOriginate,
  needs: () => [bgp],
  budget: { ms: CHANGE_BUDGET_MS },
  run: async ({ network }, cx) => {
    const guard = await cx.routeGuard();
    const prefix = readNetwork(network);
    const { lease, overrides } = await guard.withdraw(prefix);
    const lifted = overrides.length;
    const peers = peerOutcomes(lease?.report ?? null);
    cx.evidence({
      ...(lease === null ? {} : { lease_id: lease.id }),
      plan_ids: overrides,
      state: "withdrawn",
      asked_by: askedBy(cx.connection),
      peers,
      overrides_lifted: lifted,
    });
    const told = peers.filter(({ state }) => state === "sent").length;
    const waiting = peers.filter(({ state }) => state === "pending").map(({ peer }) => peer);
    const text = renderPrefix(prefix);
    const said = [
      ...(lease === null ? [] : [`withdrawn, ${sayCount(told, "peer")} told`]),
      ...(waiting.length === 0 ? [] : [`${sayList(waiting)} not yet: the withdrawal waits`]),
      ...(lifted === 0 ? [] : [`${sayCount(lifted, "LOCAL_PREF override")} lifted`]),
    ];
    return {
      success: waiting.length === 0,
      summary: `${text}: ${said.join("; ")}.`,
      network: text,
      state: "withdrawn" as const,
      route_info: lease === null ? null : leaseRow(lease, guard.speaker.settings.peers),
      peers,
      overrides_lifted: lifted,
    };
  },
});
