/**
 * Whether the end of a session lets its routes stay for a while (RFC 4724 §4.2, RFC 8538 §4).
 *
 * @module
 */
import { encodeHardReset } from "../codec/notification.ts";
import { CEASE, NOTIFICATION } from "../codec/notification_codes.ts";
import type { Notice } from "../fsm/event.ts";
import type { Cause } from "./incident.ts";
import type { Negotiated } from "./session.ts";

/** Reasons of Cease after which nothing may stay. */
const HARD_REASONS: ReadonlySet<number> = new Set([
  CEASE.maxPrefixes,
  CEASE.administrativeShutdown,
  CEASE.peerDeconfigured,
]);

/** True if the peer's routes are to be kept as stale. */
export function isGraceful(cause: Cause, negotiated: Negotiated): boolean {
  const restart = negotiated.gracefulRestart;
  if (restart === null || !restart.families.includes(true)) return false;
  if (cause.code === null) {
    return cause.kind === "closed" || cause.kind === "reset" ||
      cause.kind === "timeout" || cause.kind === "unreachable";
  }
  const isHard = cause.code === NOTIFICATION.cease && cause.subcode === CEASE.hardReset;
  return restart.notification && !isHard;
}

/** The NOTIFICATION as it is sent: behind a hard reset where both know that and nothing may stay. */
export function asSent(notice: Notice, negotiated: Negotiated | null): Notice {
  const isHard = notice.code === NOTIFICATION.cease && HARD_REASONS.has(notice.subcode);
  if (!isHard || negotiated?.gracefulRestart?.notification !== true) return notice;
  return { code: NOTIFICATION.cease, subcode: CEASE.hardReset, data: encodeHardReset(notice) };
}
