/**
 * Why nothing went on: from how a connection stood when it stopped, what was tried meanwhile, and
 * what made it go on again. The first rule that holds tells the cause.
 *
 * @module
 */
import { CLIENT, otherRole, type Role, type RoleName, roleName, SERVER } from "./flow_packet.ts";
import type { TcpStanding } from "./tcp_progress.ts";
import { sayCount } from "../../words/amount.ts";

/** What a stall was for. */
export type StallCause =
  /** The capture lacks packets here, or its clock leapt: nothing need have stopped. */
  | "capture_gap"
  /** A SYN or SYN-ACK that was not answered. */
  | "handshake"
  | "zero_window"
  /** Data was lost and sent again after a timeout. */
  | "retransmission_timeout"
  /** Data was under way that was acknowledged late, without being sent again. */
  | "late_ack"
  /** The other side had said its part. */
  | "waiting_for_server"
  | "waiting_for_client"
  /** Nobody had anything to say, or it cannot be told whose turn it was. */
  | "idle";

/** What ended a stall; `none`: the capture ended first. */
export type StallEnd = "data" | "ack" | "fin" | "reset" | "syn" | "none";

/** A time without progress. */
export interface Silence {
  /** How the connection stood when it stopped; null for UDP. */
  readonly standing: TcpStanding | null;
  /** Who sent data last, null if nobody had. */
  readonly lastSpeaker: Role | null;
  /** Only that side ever sent data, and much: a transfer, to which no answer is due. */
  readonly isAlone: boolean;
  /** Repetitions meanwhile, whose they were (of the last), and keep-alives and probes. */
  readonly repeated: number;
  readonly repeatedBy: Role;
  readonly probes: number;
  readonly end: StallEnd;
  readonly endedBy: Role;
  /** What ended it shows that the capture lacks packets, or that its clock leapt. */
  readonly isCaptureGap: boolean;
  /** UDP: the same was sent again, as far as its length tells. */
  readonly isAskedAgain: boolean;
}

/** What a silence was for. */
export interface StallVerdict {
  readonly cause: StallCause;
  readonly waitedFor: RoleName | null;
  /** One sentence without a final period. */
  readonly detail: string;
}

type Rule = (silence: Silence) => StallVerdict | null;

const RULES: readonly Rule[] = [
  captureGap,
  handshake,
  zeroWindow,
  retransmissionTimeout,
  halfClosed,
  lateAck,
  oneSided,
];

/** What the silence was for. */
export function stallVerdict(silence: Silence): StallVerdict {
  for (const rule of RULES) {
    const verdict = rule(silence);
    if (verdict !== null) return verdict;
  }
  return turn(silence);
}

function captureGap({ isCaptureGap }: Silence): StallVerdict | null {
  return isCaptureGap
    ? {
      cause: "capture_gap",
      waitedFor: null,
      detail: "the capture lacks packets here or its clock leapt; the connection may have gone on",
    }
    : null;
}

function handshake({ standing, repeated, end }: Silence): StallVerdict | null {
  const opening = standing?.opening ?? null;
  if (opening === null) return null;
  const what = opening === "server" ? "SYN" : "SYN-ACK";
  const again = repeated > 0 ? `, sent again ${times(repeated)},` : "";
  return {
    cause: "handshake",
    waitedFor: opening,
    detail: end === "none"
      ? `the ${what}${again} was never answered`
      : `the ${what}${again} was answered late`,
  };
}

function zeroWindow({ standing, probes }: Silence): StallVerdict | null {
  const closed = standing?.closedWindow.indexOf(true) ?? -1;
  if (closed < 0) return null;
  const role = roleName(closed === 0 ? CLIENT : SERVER);
  const probed = probes > 0 ? `; ${sayCount(probes, "probe")} meanwhile` : "";
  return {
    cause: "zero_window",
    waitedFor: role,
    detail: `the ${role} had closed its window: its application did not read${probed}`,
  };
}

function retransmissionTimeout({ repeated, repeatedBy, end }: Silence): StallVerdict | null {
  if (repeated === 0) return null;
  const role = roleName(repeatedBy);
  return {
    cause: "retransmission_timeout",
    waitedFor: null,
    detail: `the ${role} sent again ${times(repeated)}` +
      (end === "none" ? "; it was never acknowledged" : ""),
  };
}

function halfClosed({ standing }: Silence): StallVerdict | null {
  if (standing === null || standing.fin[CLIENT] === standing.fin[SERVER]) return null;
  const open: Role = standing.fin[CLIENT] ? SERVER : CLIENT;
  const detail = `the ${roleName(otherRole(open))} had closed, the ${roleName(open)} had not yet`;
  return waiting(open, detail);
}

/** Data was under way, and neither an answer nor a repetition of it ended the silence. */
function lateAck({ standing, lastSpeaker, end, endedBy }: Silence): StallVerdict | null {
  if (standing === null || !standing.seen[CLIENT] || !standing.seen[SERVER]) return null;
  const sender = end === "ack" ? otherRole(endedBy) : end === "data" ? endedBy : lastSpeaker;
  const isSilence = end === "ack" || end === "data" || end === "none";
  if (sender === null || !isSilence || !standing.unacked[sender]) return null;
  return {
    cause: "late_ack",
    waitedFor: roleName(otherRole(sender)),
    detail: end === "none"
      ? `data of the ${roleName(sender)} was not acknowledged before the capture ended`
      : `data of the ${roleName(sender)} was acknowledged late`,
  };
}

function oneSided({ standing }: Silence): StallVerdict | null {
  return standing !== null && !(standing.seen[CLIENT] && standing.seen[SERVER])
    ? idle("only one direction is in the capture: whose turn it was cannot be told")
    : null;
}

/** Everything was said and acknowledged: it was somebody's turn. */
function turn({ lastSpeaker, isAlone, end, endedBy, isAskedAgain }: Silence): StallVerdict {
  if (lastSpeaker === null) {
    return end === "data"
      ? waiting(endedBy, `nobody had sent data; the ${roleName(endedBy)} began`)
      : idle("nobody had sent data");
  }
  const last = roleName(lastSpeaker);
  const next = roleName(otherRole(lastSpeaker));
  if (isAskedAgain) {
    return waiting(otherRole(lastSpeaker), `the ${next} did not answer: the ${last} asked again`);
  }
  if (isAlone || (end === "data" && endedBy === lastSpeaker)) {
    return waiting(lastSpeaker, `the ${last} paused while it was sending`);
  }
  const came = {
    data: "then it sent",
    ack: "nothing but an ACK came",
    fin: `nothing more came, the ${roleName(endedBy)} closed`,
    reset: `nothing more came, the ${roleName(endedBy)} reset the connection`,
    syn: "then a SYN came",
    none: "nothing came before the capture ended",
  }[end];
  return waiting(
    otherRole(lastSpeaker),
    lastSpeaker === CLIENT
      ? `the client had sent its request, the server's answer was due; ${came}`
      : `the server had answered, it was the client's turn; ${came}`,
  );
}

function waiting(role: Role, detail: string): StallVerdict {
  return {
    cause: role === SERVER ? "waiting_for_server" : "waiting_for_client",
    waitedFor: roleName(role),
    detail,
  };
}

function idle(detail: string): StallVerdict {
  return { cause: "idle", waitedFor: null, detail };
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
