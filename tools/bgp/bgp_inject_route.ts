/**
 * `bgp_inject_route`: announces a route of ours for a limited time.
 *
 * @module
 */
import { z } from "zod";
import { hexText } from "../../lib/bytes/hex.ts";
import type { ExportPreview } from "../../lib/bgp/bgp_service.ts";
import type { Caller, Lease } from "../../lib/bgp/guard/lease.ts";
import { askedBy, decodedPlan, leaseRow, peerOutcomes } from "../../lib/bgp/guard/lease_report.ts";
import { readNetwork } from "../../lib/bgp/guard/prefix_rules.ts";
import type { RenewalPlan, RouteGuard, RoutePlan } from "../../lib/bgp/guard/route_guard.ts";
import {
  CHANGE_BUDGET_MS,
  leaseOutput,
  lifetimeInput,
  localPrefInput,
  networkInput,
  peersOutput,
  reasonInput,
} from "../../lib/bgp/guard/tool_fields.ts";
import { InputError } from "../../lib/errors/mod.ts";
import { type Prefix, renderPrefix } from "../../lib/ip/prefix.ts";
import { type ChangePlan, defineChange, type PlanStep } from "../../lib/mcp/change_tool.ts";
import { bgp, rpkiSource, run } from "../../lib/mcp/define_tool.ts";
import { mayOriginate } from "../../lib/mcp/offered.ts";
import { sayCount } from "../../lib/words/amount.ts";

/** The usual LOCAL_PREF (RFC 4271 §9.1.1 leaves it open; every implementation has 100). */
const DEFAULT_LOCAL_PREF = 100;

const inputSchema = () =>
  z.strictObject({
    network: networkInput(),
    next_hop: z.string().max(50).optional().describe(
      "Address; default ours on the session. Others only if bgp.originate.allowed_next_hops has them",
    ),
    as_path: z.string().max(200).optional().describe(
      "Our own AS number, as often as it shall stand there (same as prepend); other ASes are refused",
    ),
    local_pref: localPrefInput().default(DEFAULT_LOCAL_PREF).describe(
      "For iBGP peers; never sent to eBGP peers",
    ),
    communities: z.array(z.string().max(50)).max(32).default([]).describe(
      'Added to those of bgp.originate.communities: "64500:1", "64500:1:2", "graceful-shutdown"',
    ),
    med: z.int().min(0).max(4_294_967_295).optional().describe("MULTI_EXIT_DISC"),
    prepend: z.int().min(0).max(20).optional().describe(
      "Times our AS number is put in front again",
    ),
    lifetime_sec: lifetimeInput(),
    peers: z.array(z.string().max(64)).max(64).default([]).describe(
      "Names or addresses of peers; empty: all that may have it",
    ),
    renew: z.boolean().default(false).describe(
      "A new lifetime for the route that we announce already; only with network, lifetime_sec, reason",
    ),
    reason: reasonInput(),
  });

type Input = z.output<ReturnType<typeof inputSchema>>;

type Payload =
  | { readonly kind: "announce"; readonly plan: RoutePlan; readonly reason: string }
  | { readonly kind: "renew"; readonly plan: RenewalPlan };

/** Announces a route. */
export const bgpInjectRoute = defineChange({
  name: "bgp_inject_route",
  title: "Announce a route",
  toolset: "bgp",
  effect: "change",
  reach: "open",
  description:
    "Announce a prefix that the operator has allowed, for a limited time (15 minutes unless said " +
    "otherwise), to peers of this speaker. The first call plans: exact octets, what each peer would " +
    "get, what it covers and whose traffic it draws. It is done once confirmed. success: a peer's " +
    "socket has taken it; else state is pending, with the reason. Ends by itself, renew: true " +
    "prolongs, bgp_withdraw_route ends it.",
  input: inputSchema,
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      network: z.string(),
      state: z.enum(["planned", "pending", "announced", "withdrawn", "expired"]),
      route_info: leaseOutput(),
      peers: peersOutput(),
    }),
  offered: mayOriginate,
  // ip: no route may cover the ends of tunnels.
  needs: () => [bgp, rpkiSource, run("ip")],
  budget: { ms: CHANGE_BUDGET_MS },
  plan: async (input, cx): Promise<ChangePlan<Payload>> => {
    const guard = await cx.routeGuard();
    const prefix = readNetwork(input.network);
    return input.renew
      ? await planRenewal(guard, prefix, input, cx)
      : await planRoute(guard, prefix, input, cx);
  },
  apply: async ({ id, payload }, cx) => {
    const guard = await cx.routeGuard();
    const lease = payload.kind === "renew"
      ? await guard.renew(payload.plan, cx)
      : await guard.announce(
        payload.plan,
        id,
        { callId: cx.callId, connection: cx.connection, reason: payload.reason },
        cx.signal,
      );
    const peers = peerOutcomes(lease.report);
    const expires_at = new Date(lease.route.expiresAtMs).toISOString();
    const asked_by = askedBy(cx.connection);
    cx.evidence({ lease_id: lease.id, state: lease.state, asked_by, expires_at, peers });
    return {
      success: lease.state === "announced",
      summary: sayLease(lease, payload.kind),
      network: renderPrefix(lease.route.prefix),
      state: lease.state,
      route_info: leaseRow(lease, guard.speaker.settings.peers),
      peers,
    };
  },
});

async function planRoute(
  guard: RouteGuard,
  prefix: Prefix,
  input: Input,
  caller: Caller,
): Promise<ChangePlan<Payload>> {
  const plan = await guard.planRoute(prefix, {
    nextHop: input.next_hop ?? null,
    asPath: input.as_path ?? null,
    prepend: input.prepend ?? null,
    med: input.med ?? null,
    localPref: input.local_pref,
    communities: input.communities,
    peers: input.peers,
    lifetimeSec: input.lifetime_sec ?? null,
  }, caller);
  const { previews, route } = plan;
  const toEbgp = previews.filter((one) => one.route !== null && one.route.localPref === null);
  const unsent = input.local_pref === DEFAULT_LOCAL_PREF || toEbgp.length === 0
    ? []
    : [`local_pref ${input.local_pref} is not sent to eBGP peers: ${names(toEbgp)}.`];
  return {
    summary: `Announce ${renderPrefix(prefix)} to ${names(previews) || "no peer"} for ` +
      `${sayCount(route.lifetimeSec, "second")}${because(input.reason)}.`,
    decoded: { ...decodedPlan(plan), reason: input.reason },
    exact: exactly(previews),
    blastRadius: plan.radius,
    warnings: [...plan.warnings, ...unsent],
    payload: { kind: "announce", plan, reason: input.reason },
  };
}

async function planRenewal(
  guard: RouteGuard,
  prefix: Prefix,
  input: Input,
  caller: Caller,
): Promise<ChangePlan<Payload>> {
  const { next_hop, as_path, med, prepend, communities, peers, local_pref } = input;
  const isOther = [next_hop, as_path, med, prepend].some((one) => one !== undefined) ||
    communities.length > 0 || peers.length > 0 || local_pref !== DEFAULT_LOCAL_PREF;
  if (isOther) {
    throw new InputError("renew", "Cannot renew with other attributes: the route stays as it is", {
      hint:
        "Give network, lifetime_sec and reason only, or withdraw the route and announce another.",
    });
  }
  const plan = await guard.planRenewal(prefix, input.lifetime_sec ?? null, caller);
  return {
    summary: `Announce ${renderPrefix(prefix)} for another ` +
      `${sayCount(plan.lifetimeSec, "second")}${because(input.reason)}.`,
    decoded: {
      network: renderPrefix(prefix),
      lease_id: plan.leaseId,
      lifetime_sec: plan.lifetimeSec,
      reason: input.reason,
    },
    exact: exactly(plan.previews),
    blastRadius: {},
    warnings: plan.warnings,
    payload: { kind: "renew", plan },
  };
}

/** The octets, peer by peer. */
function exactly(previews: readonly ExportPreview[]): readonly PlanStep[] {
  return previews.filter(({ messages }) => messages.length > 0).map(({ peer, messages }) => ({
    to: peer,
    octets: messages.map((message) => hexText(message)),
  }));
}

function sayLease(lease: Lease, done: Payload["kind"]): string {
  const network = renderPrefix(lease.route.prefix);
  const until = `until ${new Date(lease.route.expiresAtMs).toISOString()}`;
  if (lease.state !== "announced") {
    return `${network} is ${lease.state}: ${lease.note ?? "taken back meanwhile"}.`;
  }
  const sent = (lease.report?.peers ?? []).filter(({ state }) => state === "sent");
  const verb = done === "renew" ? "stays announced" : "is announced";
  return `${network} ${verb} to ${names(sent)} ${until}.`;
}

function names(peers: readonly { readonly peer: string }[]): string {
  return peers.map(({ peer }) => peer).join(", ");
}

function because(reason: string): string {
  return reason === "" ? "" : `, because "${reason}"`;
}
