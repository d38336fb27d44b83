/**
 * Leases, plans and reports as tools show them and the audit record keeps them.
 *
 * @module
 */
import { hexText } from "../../bytes/hex.ts";
import { renderPrefix } from "../../ip/prefix.ts";
import { communityMeaning, renderCommunity } from "../../route/community.ts";
import type { ExportPreview, SendReport } from "../bgp_service.ts";
import type { PeerSettings } from "../settings.ts";
import type { Lease } from "./lease.ts";
import type { RoutePlan } from "./route_guard.ts";

/** What an order came to at one peer. */
export interface PeerOutcome {
  readonly peer: string;
  readonly state: "sent" | "pending" | "not_exported";
  readonly reason: string | null;
  /** As sent. */
  readonly messages_hex: string[];
  /** RFC 3339, UTC. */
  readonly sent_at: string | null;
}

/** A report, peer by peer. */
export function peerOutcomes(report: SendReport | null): PeerOutcome[] {
  return (report?.peers ?? []).map(({ peer, state, reason, messages, sentAtMs }) => ({
    peer,
    state,
    reason,
    messages_hex: messages.map((message) => hexText(message)),
    sent_at: timeText(sentAtMs),
  }));
}

/** A lease as it is listed. */
export function leaseRow(lease: Lease, peers: readonly PeerSettings[]) {
  const { route } = lease;
  return {
    lease_id: lease.id,
    network: renderPrefix(route.prefix),
    state: lease.state,
    note: lease.note,
    peers: route.peers.map((index) => peers[index]?.name ?? `peer ${index}`),
    next_hop: route.nextHop,
    prepend: route.prepend,
    med: route.med,
    local_pref: route.localPref,
    communities: route.communities.map(renderCommunity),
    reason: lease.asker.reason,
    call_id: lease.asker.callId,
    asked_by: askedBy(lease.asker.connection),
    created_at: new Date(lease.createdMs).toISOString(),
    expires_at: new Date(route.expiresAtMs).toISOString(),
    ended_at: timeText(lease.endedMs),
    renewals: lease.renewals,
  };
}

/** A client in words; of the id of a session only as much as tells it from others: it opens the session. */
export function askedBy(connection: string | null): string {
  if (connection === null) return "a client without session";
  return connection === "process"
    ? "the client of this process"
    : `session ${connection.slice(0, SESSION_CHARS)}`;
}

const SESSION_CHARS = 8;

/** What the audit record keeps of much that was taken back at once; `overrides`: their ids. */
export function takenBackEvidence(
  leases: readonly Lease[],
  overrides: readonly string[],
): Readonly<Record<string, unknown>> {
  return {
    plan_ids: [...leases.map(({ id }) => id), ...overrides],
    state: "withdrawn",
    leases: leases.map((lease) => ({ lease_id: lease.id, peers: peerOutcomes(lease.report) })),
    overrides_lifted: overrides.length,
  };
}

/** What a plan would announce, in words of the protocol. */
export function decodedPlan({ route, previews, origin }: RoutePlan) {
  return {
    network: renderPrefix(route.prefix),
    lifetime_sec: route.lifetimeSec,
    communities: route.communities.map((community) => {
      const text = renderCommunity(community);
      return { community: text, meaning: communityMeaning(text) };
    }),
    rpki: origin.state,
    peers: previews.map(decodedPreview),
  };
}

function decodedPreview({ peer, verdict, reason, route }: ExportPreview) {
  return {
    peer,
    verdict,
    reason,
    update: route === null ? null : {
      origin: route.origin,
      as_path: route.asPath.join(" "),
      next_hop: route.nextHop,
      med: route.med,
      local_pref: route.localPref,
      otc: route.otc,
    },
  };
}

function timeText(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
