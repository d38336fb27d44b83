/**
 * What the speaker does by itself, written into the audit record: sessions that come and go, routes
 * of ours that went out late, expired or were withdrawn.
 *
 * @module
 */
import type { AuditLog } from "../audit/record.ts";
import type { BgpSpeaker, SendReport, SpeakerEvent } from "../bgp/bgp_service.ts";
import type { MalformedUpdate } from "../bgp/session/malformed_update.ts";
import type { SessionIncident } from "../bgp/session/session.ts";
import { hexText } from "../bytes/hex.ts";
import { Bug } from "../errors/mod.ts";
import type { Clock } from "../io/io.ts";
import { renderPrefix } from "../ip/prefix.ts";

/** Events of sessions that are written in one minute: a stranger can make as many as he likes. */
const SESSION_EVENTS_PER_MIN = 120;
const MINUTE_MS = 60_000;

/** What became of something of ours: never left out, and on the disk before anything else. */
const OF_CHANGES: ReadonlySet<SpeakerEvent["kind"]> = new Set([
  "sent",
  "expired",
  "withdrawn",
  "override_expired",
]);

/** Writes every event of `speaker` from now on; what sessions do beyond a bound is counted instead. */
export function recordSpeaker(
  speaker: Pick<BgpSpeaker, "onEvent">,
  audit: Pick<AuditLog, "append">,
  clock: Pick<Clock, "monotonicMs">,
  onFailure: (bug: Bug) => void,
): void {
  let minuteMs = -Infinity;
  let written = 0;
  let leftOut = 0;
  const append = (evidence: Readonly<Record<string, unknown>>, change: boolean): void => {
    audit.append({
      event: "event",
      call_id: "speaker",
      tool: null,
      args: null,
      decisions: [],
      outcome: null,
      duration_ms: null,
      change,
      evidence,
    }).catch((error) => onFailure(new Bug(error)));
  };
  speaker.onEvent((event) => {
    const isChange = OF_CHANGES.has(event.kind);
    const nowMs = clock.monotonicMs();
    if (nowMs - minuteMs >= MINUTE_MS) {
      if (leftOut > 0) append({ kind: "left_out", session_events: leftOut }, false);
      [minuteMs, written, leftOut] = [nowMs, 0, 0];
    }
    if (!isChange && ++written > SESSION_EVENTS_PER_MIN) leftOut++;
    else append(evidenceOf(event), isChange);
  });
}

function evidenceOf(event: SpeakerEvent): Readonly<Record<string, unknown>> {
  switch (event.kind) {
    case "state":
    case "max_prefixes":
      return event;
    case "incident":
      return { kind: event.kind, peer: event.peer, ...incidentOf(event.incident) };
    case "malformed":
      return { kind: event.kind, peer: event.peer, ...malformedOf(event.malformed) };
    case "expired":
    case "sent":
    case "withdrawn":
      return { kind: event.kind, lease_id: event.id, peers: reportOf(event.report) };
    case "resent":
      return { kind: event.kind, plan_ids: event.ids, peers: reportOf(event.report) };
    case "override_expired": {
      const { id, prefix, peer, localPref } = event.override;
      return {
        kind: event.kind,
        plan_id: id,
        prefix: renderPrefix(prefix),
        peer_index: peer,
        local_pref: localPref,
      };
    }
  }
}

function incidentOf(incident: SessionIncident): Readonly<Record<string, unknown>> {
  return {
    incident: incident.kind,
    direction: incident.direction,
    state: incident.state,
    code: incident.code,
    subcode: incident.subcode,
    data_hex: incident.data === null ? null : hexText(incident.data),
    detail: incident.detail,
  };
}

/** The whole message, as RFC 7606 §6 wants it. */
function malformedOf(malformed: MalformedUpdate): Readonly<Record<string, unknown>> {
  const { finding, attribute, count, announcedCount, announced, message } = malformed;
  return {
    finding: finding.name,
    action: finding.action,
    source: finding.source,
    attribute_type: attribute,
    update_count: count,
    announced_count: announcedCount,
    announced,
    message_hex: hexText(message),
  };
}

function reportOf({ peers }: SendReport): readonly Readonly<Record<string, unknown>>[] {
  return peers.map(({ peer, state, reason, messages }) => ({
    peer,
    state,
    reason,
    messages_hex: messages.map((message) => hexText(message)),
  }));
}
