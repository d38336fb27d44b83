/**
 * Peers as answers show them.
 *
 * @module
 */
import { hexText } from "../../bytes/hex.ts";
import type { PeerStatus } from "../bgp_service.ts";
import { explainNotification } from "../codec/notification.ts";
import { dottedAddress } from "../codec/octets.ts";
import { attributeName } from "../codec/path_attribute.ts";
import type { MalformedUpdate } from "../session/malformed_update.ts";
import type { Negotiated, SessionIncident } from "../session/session.ts";

/** By family, as answers write it. */
export function byFamily<T>([ipv4, ipv6]: readonly [T, T]): { ipv4: T; ipv6: T } {
  return { ipv4, ipv6 };
}

/** The fields of the row of a peer. */
export function peerRow(peer: PeerStatus, localAs: number, nowMs: number) {
  const { settings, state, negotiated, received, sent, counters } = peer;
  const isUp = state === "Established";
  const last = peer.incidents.at(-1);
  return {
    name: settings.name,
    peer: settings.address,
    peer_as: settings.remoteAs,
    state,
    reason: peer.reason,
    local_addr: negotiated?.localAddress ?? settings.localAddress,
    is_ibgp: settings.remoteAs === localAs,
    uptime: isUp ? Math.max(0, Math.floor((nowMs - peer.sinceMs) / 1000)) : 0,
    since: timeText(peer.sinceMs),
    prefixes_received: received[0] + received[1],
    prefixes_sent: sent[0] + sent[1],
    received: byFamily(received),
    sent: byFamily(sent),
    end_of_rib_received: byFamily(peer.endOfRib),
    is_disabled: peer.isDisabled,
    sessions_established: counters.established,
    last_error: last === undefined ? null : incidentRow(last),
  };
}

/** What both sides agreed on, and the numbers of the session. */
export function sessionRow({ negotiated, counters }: PeerStatus) {
  return {
    negotiated: negotiated === null ? null : negotiatedRow(negotiated),
    counters: {
      messages_received: counters.messagesIn,
      messages_sent: counters.messagesOut,
      updates_received: counters.updatesIn,
      updates_sent: counters.updatesOut,
      received_bytes: counters.bytesIn,
      sent_bytes: counters.bytesOut,
      queued_bytes: counters.queuedBytes,
      treated_as_withdraw: counters.treatedAsWithdraw,
      attributes_discarded: counters.attributesDiscarded,
    },
  };
}

function negotiatedRow(negotiated: Negotiated) {
  const { traits, gracefulRestart } = negotiated;
  return {
    router_id: dottedAddress(negotiated.routerId),
    direction: negotiated.direction,
    local_port: negotiated.localPort,
    remote_port: negotiated.remotePort,
    hold_time_sec: negotiated.holdTimeSec,
    keepalive_sec: negotiated.keepaliveSec,
    families: byFamily(traits.families),
    four_octet_as: traits.as4,
    extended_messages: traits.extendedMessage,
    extended_next_hop: traits.extendedNextHop,
    add_path_receive: byFamily(traits.addPathReceive),
    route_refresh: negotiated.routeRefresh,
    enhanced_refresh: negotiated.enhancedRefresh,
    graceful_restart_sec: gracefulRestart?.restartSec ?? null,
    capabilities_sent: negotiated.ours,
    capabilities_received: negotiated.theirs,
  };
}

/** One incident as evidence. */
export function incidentRow(incident: SessionIncident) {
  const { code, subcode, data } = incident;
  return {
    time: timeText(incident.atMs),
    kind: incident.kind,
    direction: incident.direction,
    state: incident.state,
    detail: incident.detail,
    notification: code === null || subcode === null
      ? null
      : notificationRow(code, subcode, data ?? new Uint8Array(0)),
  };
}

/** A malformed UPDATE as evidence; of the message the first 512 octets. */
export function malformedRow(malformed: MalformedUpdate) {
  const { finding, attribute, count, announcedCount, announced, message } = malformed;
  return {
    time: timeText(malformed.atMs),
    fault: finding.name,
    meaning: finding.meaning,
    source: finding.source,
    done: DONE[finding.action],
    attribute: attribute === null ? null : attributeName(attribute),
    update_count: count,
    announced_count: announcedCount,
    announced: [...announced],
    message_bytes: message.length,
    message_hex: hexText(message.subarray(0, MESSAGE_BYTES_SHOWN)),
  };
}

/** What is done about a fault, by the action of its row. */
const DONE = {
  discard: "left_out",
  withdraw: "routes_withdrawn",
  reset: "session_ended",
} as const;

/** Octets of a message in an answer; the audit record has all of them. */
const MESSAGE_BYTES_SHOWN = 512;

function notificationRow(code: number, subcode: number, data: Uint8Array) {
  const { name, meaning, shutdownText, inner, source } = explainNotification({
    code,
    subcode,
    data,
  });
  return {
    code,
    subcode,
    name,
    meaning,
    source,
    hard_reset_of: inner === null ? null : explainNotification(inner).name,
    remote_said: shutdownText,
    data_hex: hexText(data.subarray(0, 64)),
  };
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
