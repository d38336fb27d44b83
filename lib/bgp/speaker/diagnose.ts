/**
 * Why a session is not up, from what was seen of it: a verdict, the evidence for it, and what to do
 * next. Pure.
 *
 * @module
 */
import type { ListenerStatus, PeerStatus } from "../bgp_service.ts";
import { decodeNotification, explainNotification } from "../codec/notification.ts";
import { CEASE, NOTIFICATION } from "../codec/notification_codes.ts";
import type { SessionIncident } from "../session/session.ts";

/** What is the matter. */
export type Verdict =
  | "established"
  | "unstable"
  | "disabled"
  | "over_prefix_limit"
  | "starting"
  | "no_listener"
  | "never_connected"
  | "never_dialled"
  | "refused"
  | "no_answer"
  | "unreachable"
  | "closed_early"
  | "closed"
  | "local_problem"
  | "permission_missing"
  | "wrong_peer_as"
  | "our_as_refused"
  | "open_rejected"
  | "role_mismatch"
  | "hold_expired"
  | "not_heard"
  | "not_read"
  | "protocol_error"
  | "ceased_by_peer"
  | "ceased_by_us"
  | "wrong_address";

/** The verdict, in words. */
export interface Diagnosis {
  readonly verdict: Verdict;
  /** One sentence, without its period. */
  readonly explanation: string;
  /** What to do or to look at, most likely first. */
  readonly nextSteps: readonly string[];
}

/** What the verdict is about. */
export interface Case {
  readonly peer: PeerStatus;
  readonly listener: ListenerStatus;
  readonly localAs: number;
  readonly nowMs: number;
}

/** A session that came up so short a time ago, after others had ended, is not yet called stable, milliseconds. */
const UNSTABLE_MS = 600_000;
/** Ends of sessions within that time that make one unstable. */
const UNSTABLE_ENDS = 3;

/** Judges one peer. */
export function diagnose(one: Case): Diagnosis {
  const { peer } = one;
  if (peer.state === "Established") return ofEstablished(one);
  const last = peer.incidents.findLast(isCause);
  if (peer.isDisabled) return ofDisabled(one, last);
  if (last !== undefined) return ofIncident(one, last);
  return ofNothing(one);
}

/** A connection that lost a collision, or was refused beside a living one, explains nothing. */
function isCause(incident: SessionIncident): boolean {
  return !(incident.code === NOTIFICATION.cease &&
    incident.subcode === CEASE.collision);
}

function ofEstablished({ peer, nowMs }: Case): Diagnosis {
  const ends = peer.incidents.filter(({ state, atMs }) =>
    state === "Established" && nowMs - atMs < UNSTABLE_MS
  );
  const last = ends.at(-1);
  if (ends.length < UNSTABLE_ENDS || last === undefined) {
    return { verdict: "established", explanation: "The session is up", nextSteps: [] };
  }
  return {
    verdict: "unstable",
    explanation: `The session is up, but has ended ${ends.length} times in the last ten minutes, ` +
      `at last because: ${last.detail}`,
    nextSteps: ["Look at the evidence for what the ends have in common."],
  };
}

function ofDisabled({ peer }: Case, last: SessionIncident | undefined): Diagnosis {
  const { maxPrefixes, maxPrefixesAction, maxPrefixesRestartSec } = peer.settings;
  const isLimit = last !== undefined && last.kind === "notification_sent" &&
    meaningOf(last).subcode === CEASE.maxPrefixes;
  if (!isLimit) {
    return {
      verdict: "disabled",
      explanation: "The peer is disabled, by hand or by enabled: false",
      nextSteps: ["Enable it with bgp_peer_control, or with enabled: true in the configuration."],
    };
  }
  return {
    verdict: "over_prefix_limit",
    explanation: `The peer sent more than the ${maxPrefixes} prefixes of max_prefixes`,
    nextSteps: [
      maxPrefixesAction === "restart"
        ? `It is tried again ${maxPrefixesRestartSec} s after the end (max_prefixes_restart_sec).`
        : "It stays down until bgp_peer_control enables it (max_prefixes_action: idle).",
      "Ask the peer what it announces; raise max_prefixes only if that many are expected.",
    ],
  };
}

function ofNothing({ peer, listener }: Case): Diagnosis {
  const { connect, address, localAddress } = peer.settings;
  const isUnderWay = peer.state !== "Idle" && peer.state !== "Active";
  if (
    !isUnderWay && connect !== "active" && (listener.address === null || listener.problem !== null)
  ) {
    return {
      verdict: "no_listener",
      explanation: listener.problem ??
        "The peer is waited for, but bgp.listen names no address to listen on",
      nextSteps: ["Set bgp.listen to an address of this host, with the port that the peer dials."],
    };
  }
  if (!isUnderWay && connect === "passive") {
    const strangers = listener.recent.length === 0 ? [] : [
      `Connections came from ${
        [...new Set(listener.recent.map((stranger) => stranger.address))].slice(0, 3).join(", ")
      }, where no peer is configured: one of them may be this peer behind another address.`,
    ];
    return {
      verdict: "never_connected",
      explanation: `No connection has come from ${address}, and the speaker only waits for it`,
      nextSteps: [
        ...strangers,
        `Check that the peer has us as neighbor ${
          localAddress ?? listener.address
        } and dials port ${listener.port}.`,
        "If the peer has a TCP-MD5 or TCP-AO password for us, its connections never get here: the " +
        "system of this host drops what is signed and not expected to be.",
        "Set connect: both to dial it as well.",
      ],
    };
  }
  return peer.state === "Idle"
    ? {
      verdict: "never_dialled",
      explanation: `The peer has not been dialled yet: ${peer.reason}`,
      nextSteps: ["Ask again in a few seconds."],
    }
    : {
      verdict: "starting",
      explanation: `The first attempt is under way, in state ${peer.state}`,
      nextSteps: ["Ask again in a few seconds."],
    };
}

function ofIncident(one: Case, incident: SessionIncident): Diagnosis {
  const { address, port, localAddress } = one.peer.settings;
  const { detail } = incident;
  switch (incident.kind) {
    case "refused":
      return {
        verdict: "refused",
        explanation: `${address} refused the connection to port ${port}: nothing listens there, ` +
          "or a filter says so",
        nextSteps: [
          `Check that BGP runs on the peer, on port ${port}, and listens on ${address}.`,
          "Some routers refuse whoever is not configured: check that the peer has us as neighbor " +
          `${localAddress ?? "with the address that we leave from"}.`,
        ],
      };
    case "timeout":
      return {
        verdict: "no_answer",
        explanation: `${address} did not answer on port ${port} at all`,
        nextSteps: [
          "If the peer has a TCP-MD5 or TCP-AO password, that is the symptom: it drops what is not " +
          "signed. This speaker cannot sign by itself.",
          gtsmStep(address),
          "Else a filter drops the packets on the way: check access lists for TCP port " +
          `${port} in both directions, and that ${address} can be reached from ${
            localAddress ?? "here"
          } (ping, traceroute).`,
        ],
      };
    case "unreachable":
      return {
        verdict: "unreachable",
        explanation: `There is no way to ${address}: ${detail}`,
        nextSteps: ["Check the route to it (path_to) and the link."],
      };
    case "reset":
    case "closed":
      return ofLoss(one, incident);
    case "local":
      return {
        verdict: "local_problem",
        explanation: detail,
        nextSteps: localAddress === null
          ? ["Read the message: the system of this host refused."]
          : [
            `Check that local_address ${localAddress} is an address of this host (get_interfaces).`,
          ],
      };
    case "permission":
      return {
        verdict: "permission_missing",
        explanation: detail,
        nextSteps: [
          "Start the server with what netglass permissions prints for this configuration.",
        ],
      };
    case "unexpected_peer":
      return {
        verdict: "wrong_address",
        explanation: detail,
        nextSteps: [
          "Correct address, local_address or connect of the peer here, or the neighbor and update " +
          "source there.",
        ],
      };
    case "hold_expired":
      return isUnheard(incident) ? ofUnheard(one) : {
        verdict: "hold_expired",
        explanation: "The peer sent nothing for the hold time, so the session was ended",
        nextSteps: [
          "Check for a lost path in one direction, and for the size of packets: small KEEPALIVEs " +
          "pass where large UPDATEs do not (path MTU).",
          "Check that the peer is not too busy to send its KEEPALIVEs.",
        ],
      };
    case "notification_received":
    case "notification_sent":
      return ofNotification(one, incident);
  }
}

/** The peer's OPEN came, and none of ours got there, as either side has found (RFC 4271 §8.2.2). */
function isUnheard({ kind, state, code }: SessionIncident): boolean {
  return state === "OpenConfirm" && code === NOTIFICATION.holdTimerExpired &&
    (kind === "hold_expired" || kind === "notification_received");
}

/** Receivers with a least TTL let the connection come up and drop what follows on it. */
function ofUnheard({ peer: { settings: { address, localAddress } } }: Case): Diagnosis {
  return {
    verdict: "not_heard",
    explanation: `The connection to ${address} came up and the peer's OPEN arrived, but the peer ` +
      "answered nothing that we sent until the hold time was over",
    nextSteps: [
      gtsmStep(address),
      `Else packets from ${
        localAddress ?? "here"
      } to ${address} are lost on the way: check access ` +
      "lists and the path in that direction.",
      "A peer that holds on to a connection of before may close new ones until it gives that up, " +
      "some minutes.",
    ],
  };
}

/** What a peer with GTSM wants (RFC 5082). */
function gtsmStep(address: string): string {
  return "If the peer wants TTL 255 (GTSM, ttl-security), that is the symptom: it drops packets " +
    `that left with less. ip route replace ${address} … hoplimit 255 makes ours leave with it.`;
}

function ofLoss(one: Case, { state, detail, kind }: SessionIncident): Diagnosis {
  const { peer: { settings: { address }, incidents }, localAs } = one;
  if (state === "Established") {
    return {
      verdict: "closed",
      explanation: `The session was up and the connection was lost: ${detail}`,
      nextSteps: ["Ask the peer for its log of that time: no NOTIFICATION came with it."],
    };
  }
  if (incidents.some(isUnheard)) return ofUnheard(one);
  const how = kind === "reset" ? "reset" : "closed";
  return {
    verdict: "closed_early",
    explanation: `${address} took the connection and ${how} it in state ${state}, without a ` +
      "NOTIFICATION that says why",
    nextSteps: [
      "Routers do that to whom they have no neighbor configured for: check the address there, and " +
      `that it expects AS ${localAs} from us.`,
      "Some wait a while after an error before they take a session again: see whether it recovers.",
    ],
  };
}

/** The NOTIFICATION of an incident; of a hard reset the one that it carries (RFC 8538 §3). */
function meaningOf(incident: SessionIncident) {
  const data = incident.data ?? new Uint8Array(0);
  const outer = { code: incident.code ?? 0, subcode: incident.subcode ?? 0, data };
  const isHard = outer.code === NOTIFICATION.cease && outer.subcode === CEASE.hardReset &&
    data.length >= 2;
  return isHard ? decodeNotification(data, 0, data.length) : outer;
}

function ofNotification(one: Case, incident: SessionIncident): Diagnosis {
  const notification = meaningOf(incident);
  const { name } = explainNotification(notification);
  const isOurs = incident.kind === "notification_sent";
  switch (notification.code) {
    case NOTIFICATION.open:
      return ofOpen(one, incident, notification);
    case NOTIFICATION.holdTimerExpired:
      return isUnheard(incident) ? ofUnheard(one) : {
        verdict: "hold_expired",
        explanation: "The peer heard nothing of us for its hold time and ended the session",
        nextSteps: [
          "Check the path from here to the peer: what it sends arrives, what we send not.",
        ],
      };
    case NOTIFICATION.cease:
      return ofCease(incident, notification, isOurs);
    case SEND_HOLD_TIMER:
      return {
        verdict: "not_read",
        explanation: `${isOurs ? "The peer" : "We"} did not read for too long: ${incident.detail}`,
        nextSteps: ["Check the load of the side that does not read, and the path MTU."],
      };
    default:
      return {
        verdict: "protocol_error",
        explanation: `${incident.detail} (${name})`,
        nextSteps: isOurs
          ? ["What the peer sent is not BGP as the RFCs want it: report it to its maker."]
          : ["The peer did not take what we sent: report it with the evidence here."],
      };
  }
}

/** RFC 9687 §3. */
const SEND_HOLD_TIMER = 8;
/** RFC 4271 §6.2, RFC 9234 §4.2. */
const PEER_AS = 2;
const ROLE_MISMATCH = 11;

function ofOpen(
  { peer: { settings }, localAs }: Case,
  { kind, detail }: SessionIncident,
  { subcode, data }: { readonly subcode: number; readonly data: Uint8Array },
): Diagnosis {
  const isOurs = kind === "notification_sent";
  const { remoteAs, role } = settings;
  if (subcode === PEER_AS && isOurs) {
    return {
      verdict: "wrong_peer_as",
      explanation: `The peer says its AS is ${
        asOf(data) ?? "another one"
      }, you configured ${remoteAs}`,
      nextSteps: [
        "If that is the right router, correct remote_as of the peer here.",
        `Else ${settings.address} is another router than you think.`,
      ],
    };
  }
  if (subcode === PEER_AS) {
    return {
      verdict: "our_as_refused",
      explanation: `The peer does not take AS ${localAs} from us: it has another AS configured`,
      nextSteps: [
        `Set remote-as ${localAs} for us on the peer, or bgp.local_as here to the AS that it expects.`,
      ],
    };
  }
  if (subcode === ROLE_MISMATCH) {
    return {
      verdict: "role_mismatch",
      explanation: detail,
      nextSteps: [
        `Our role is ${role ?? "not set"}; the peer's has to be its counterpart: provider and ` +
        "customer, rs and rs-client, peer and peer (RFC 9234 §4.2).",
      ],
    };
  }
  return {
    verdict: "open_rejected",
    explanation: detail,
    nextSteps: [
      isOurs
        ? "Correct it on the peer; the explanation names what was not acceptable."
        : "Compare what both offer: families, hold time, router id, capabilities (bgp_get_peers).",
    ],
  };
}

function ofCease(
  { detail }: SessionIncident,
  notification: { readonly code: number; readonly subcode: number; readonly data: Uint8Array },
  isOurs: boolean,
): Diagnosis {
  const { subcode } = notification;
  const { name, meaning } = explainNotification(notification);
  if (isOurs) {
    return { verdict: "ceased_by_us", explanation: detail, nextSteps: [] };
  }
  return {
    verdict: "ceased_by_peer",
    explanation: `The peer ended the session: ${name}${meaning === null ? "" : `: ${meaning}`}`,
    nextSteps: [
      subcode === CEASE.maxPrefixes
        ? "We announced more than it allows: look at bgp_leases and at its maximum-prefix."
        : subcode === CEASE.peerDeconfigured
        ? "Its operator has removed us: ask for the neighbor to be configured again."
        : "Ask its operator; last_error of bgp_get_peers has the text that came with it, if any.",
    ],
  };
}

/** The AS number in the data of 2/2, two octets or four. */
function asOf(data: Uint8Array): number | null {
  if (data.length !== 2 && data.length !== 4) return null;
  return data.reduce((number, octet) => number * 256 + octet, 0);
}
