/**
 * What ended an attempt or a session, as evidence: the kind, the NOTIFICATION, and one sentence.
 *
 * @module
 */
import { type NetglassError, PermissionMissing } from "../../errors/mod.ts";
import type { Notice } from "../fsm/event.ts";
import { explainNotification } from "../codec/notification.ts";
import type { SessionIncident } from "./session.ts";

/** An incident without its time, direction and state. */
export type Cause = Pick<SessionIncident, "kind" | "code" | "subcode" | "data" | "detail">;

/** Most octets of a NOTIFICATION's data that are kept. */
const DATA_BYTES_MAX = 512;

/** A cause that no NOTIFICATION is part of. */
export function plainCause(kind: SessionIncident["kind"], detail: string): Cause {
  return { kind, code: null, subcode: null, data: null, detail };
}

/** The connection failed; null: the peer closed it. */
export function lossCause(error: NetglassError | null): Cause {
  if (error === null) return plainCause("closed", "The peer closed the connection");
  if (error instanceof PermissionMissing) {
    return plainCause("permission", `${error.message}. ${error.hint}`);
  }
  return plainCause(KIND_OF_FAILURE[String(error.detail["failure"])] ?? "local", error.message);
}

const KIND_OF_FAILURE: Readonly<Record<string, SessionIncident["kind"]>> = {
  refused: "refused",
  reset: "reset",
  timeout: "timeout",
  host_unreachable: "unreachable",
  network_unreachable: "unreachable",
};

/** A NOTIFICATION came. */
export function receivedCause(notice: Notice): Cause {
  const { name, meaning } = explainNotification(notice);
  const detail = `The peer sent ${name}${meaning === null ? "" : `: ${meaning}`}`;
  return { kind: "notification_received", ...kept(notice), detail };
}

/** A NOTIFICATION was sent, for the reason in `why`, a clause. */
export function sentCause(notice: Notice, why: string): Cause {
  const { name } = explainNotification(notice);
  const kind = notice.code === 4 ? "hold_expired" : "notification_sent";
  return { kind, ...kept(notice), detail: `${name} was sent: ${why}` };
}

function kept({ code, subcode, data }: Notice): Pick<SessionIncident, "code" | "subcode" | "data"> {
  return { code, subcode, data: data.slice(0, DATA_BYTES_MAX) };
}
